"""Cache policies, as small as they can be: each request hits, or misses and is stored.

All policies answer `request(key) -> bool` (was it a hit?) and never hold more than `size` keys.
Values are left out: for a hit rate only the keys matter.

Sources: LRU, LFU and FIFO are folklore; S3-FIFO is from Yang, Zhang, Qiu, Yue and Vinayak, "FIFO
queues are all you need for cache eviction", SOSP 2023.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from typing import Literal


class Policy:
    """What all policies share.

    Attributes:
        size: Most keys that the cache holds.
    """

    def __init__(self, size: int) -> None:
        if size < 1:
            raise ValueError(f"a cache of size {size} holds nothing: use a size of 1 or more")
        self.size = size

    def request(self, key: int) -> bool:
        """Whether *key* was there; if not, it is stored now."""
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


class Fifo(Policy):
    """Evicts the key that was stored first, however often it was used since."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._keys: OrderedDict[int, None] = OrderedDict()  # next to go first

    def request(self, key: int) -> bool:
        """Whether *key* was there; if not, it is stored now."""
        if key in self._keys:
            self._used(key)
            return True
        if len(self._keys) == self.size:
            self._keys.popitem(last=False)
        self._keys[key] = None
        return False

    def _used(self, key: int) -> None:
        pass

    def __len__(self) -> int:
        return len(self._keys)


class Lru(Fifo):
    """Evicts the key that was not used for longest: FIFO, but a use sends a key to the end."""

    def _used(self, key: int) -> None:
        self._keys.move_to_end(key)


class Lfu(Policy):
    """Evicts the key with the fewest uses since it was stored; of several, the least recent one."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._uses: dict[int, int] = {}
        self._by_uses: defaultdict[int, OrderedDict[int, None]] = defaultdict(OrderedDict)
        self._fewest = 1

    def request(self, key: int) -> bool:
        """Whether *key* was there; if not, it is stored now."""
        uses = self._uses.get(key, 0)
        if uses:
            self._remove(key, uses)
        elif len(self._uses) == self.size:
            victim = next(iter(self._by_uses[self._fewest]))
            self._remove(victim, self._fewest)
            del self._uses[victim]
        self._uses[key] = uses + 1
        self._by_uses[uses + 1][key] = None
        if not uses:
            self._fewest = 1
        return uses > 0

    def _remove(self, key: int, uses: int) -> None:
        del self._by_uses[uses][key]
        if not self._by_uses[uses]:
            del self._by_uses[uses]
            self._fewest += self._fewest == uses  # its own key is the next in line

    def __len__(self) -> int:
        return len(self._uses)


class S3Fifo(Policy):
    """Three queues: new keys prove themselves in a small one before they may enter the main one.

    A tenth of the size is on probation. Who leaves it with two uses or more enters the main
    queue, anyone else is forgotten, but its name is remembered for a while (the ghosts): a key
    that comes back soon enters the main queue at once. In there, a used key gets another round.
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._small: deque[int] = deque()
        self._main: deque[int] = deque()
        self._ghosts: OrderedDict[int, None] = OrderedDict()
        self._uses: dict[int, int] = {}  # of the keys that are held, at most 3
        self._small_size = max(1, size // 10)

    def request(self, key: int) -> bool:
        """Whether *key* was there; if not, it is stored now."""
        if key in self._uses:
            self._uses[key] = min(3, self._uses[key] + 1)
            return True
        while len(self._uses) >= self.size:
            if len(self._small) >= self._small_size or not self._main:
                self._leave_small()
            else:
                self._leave_main()
        known = key in self._ghosts
        if known:
            del self._ghosts[key]
        (self._main if known else self._small).append(key)
        self._uses[key] = 0
        return False

    def _leave_small(self) -> None:
        key = self._small.popleft()
        if self._uses[key] > 1:
            self._main.append(key)
            self._uses[key] = 0
            return
        del self._uses[key]
        self._ghosts[key] = None
        if len(self._ghosts) > self.size - self._small_size:
            self._ghosts.popitem(last=False)

    def _leave_main(self) -> None:
        key = self._main.popleft()
        if self._uses[key]:
            self._uses[key] -= 1
            self._main.append(key)
        else:
            del self._uses[key]

    def __len__(self) -> int:
        return len(self._uses)


class TtlCache:
    """An LRU cache whose entries expire, and may be served expired for a while if you allow it.

    Attributes:
        size: Most keys that the cache holds.
        ttl: Seconds for which an entry is fresh.
        grace: Seconds after that in which it may still be served, marked as stale.
    """

    def __init__(self, size: int, ttl: float, grace: float = 0) -> None:
        if size < 1 or not ttl > 0 or not grace >= 0:
            raise ValueError(
                f"size={size}, ttl={ttl}, grace={grace} make no cache: "
                "size and ttl must be above 0, grace must not be below"
            )
        self.size = size
        self.ttl = ttl
        self.grace = grace
        self._stored: OrderedDict[int, float] = OrderedDict()  # key -> when (s)

    def look_up(self, key: int, now: float) -> Literal["hit", "stale", "miss"]:
        """What the cache can say about *key* at *now* (s)."""
        stored = self._stored.get(key)
        if stored is None:
            return "miss"
        age = now - stored
        if age >= self.ttl + self.grace:
            del self._stored[key]
            return "miss"
        self._stored.move_to_end(key)
        return "hit" if age < self.ttl else "stale"

    def store(self, key: int, now: float) -> None:
        """Keep *key*, fresh as of *now* (s)."""
        if key not in self._stored and len(self._stored) == self.size:
            self._stored.popitem(last=False)
        self._stored[key] = now
        self._stored.move_to_end(key)

    def __len__(self) -> int:
        return len(self._stored)


POLICIES: dict[str, type[Policy]] = {"LRU": Lru, "LFU": Lfu, "FIFO": Fifo, "S3-FIFO": S3Fifo}
"""Name -> policy, in the order in which they are drawn."""
