"""The waiting line of a server under overload: who is next, who is refused, who is dropped.

Sources: B. Maurer, *Fail at Scale*, ACM Queue 13 (8), 2015: adaptive LIFO, and a variant for servers
of CoDel (K. Nichols and V. Jacobson, *Controlling Queue Delay*, ACM Queue 10 (5), 2012).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

ORDERS = ("oldest first", "newest first", "adaptive")


@dataclass(slots=True, eq=False)
class Request:
    """One attempt of a call.

    Attributes:
        sent: When it was sent (s).
        deadline: When its client hangs up (s).
        attempt: 0 for the first, 1 for the first retry.
        important: Whether it belongs to the calls that matter most.
        awaited: Whether its client still waits.
    """

    sent: float
    deadline: float
    attempt: int
    important: bool
    awaited: bool = True


@dataclass(frozen=True)
class Server:
    """How the service behaves; it can do workers / service_s requests a second.

    Attributes:
        workers: Requests worked on at a time.
        service_s: Mean service time; times lie evenly between half and one and a half of it.
        order: One of `ORDERS`; "adaptive" takes the newest while more than `workers` wait.
        max_queue: A request that finds this many waiting is refused at once; None: no bound.
        margin_s: At its turn a request is dropped if less than this is left until its deadline
            (0: if its client has gone); None: the server knows no deadlines.
        controlled_delay_s: (target, interval): at its turn a request is dropped if it waited longer
            than the interval, or than the target while the queue was not empty for an interval.
        priorities: Important requests go first, and push others out of a full queue.
    """

    workers: int = 10
    service_s: float = 0.1
    order: str = "oldest first"
    max_queue: int | None = None
    margin_s: float | None = None
    controlled_delay_s: tuple[float, float] | None = None
    priorities: bool = False

    def __post_init__(self) -> None:
        if self.order not in ORDERS:
            raise ValueError(f"order={self.order!r} is unknown: use one of {', '.join(ORDERS)}")
        if self.workers < 1 or self.service_s <= 0:
            raise ValueError("a server needs one worker or more and a service time above zero")

    @property
    def capacity(self) -> float:
        """Requests a second with all workers busy."""
        return self.workers / self.service_s


class WaitingLine:
    """Requests that wait for a worker of *server*."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._important: deque[Request] = deque()
        self._others: deque[Request] = deque()
        self._empty_at = 0.0

    def __len__(self) -> int:
        return len(self._important) + len(self._others)

    def offer(self, request: Request) -> Request | None:
        """Let *request* wait; return who is turned away: nobody, it, or one it pushed out."""
        bound = self._server.max_queue
        pushed = None
        if bound is not None and len(self) >= bound:
            if not (self._server.priorities and request.important and self._others):
                return request
            pushed = self._others.pop()  # the newest: it has invested least
        first = self._server.priorities and request.important
        (self._important if first else self._others).append(request)
        return pushed

    def take(self, now: float) -> tuple[Request | None, list[Request]]:
        """Who is next at time *now*, if anybody, and who was dropped on the way to it."""
        dropped: list[Request] = []
        while len(self):
            queue = self._important or self._others
            order = self._server.order
            newest = order == "newest first" or (
                order == "adaptive" and len(self) > self._server.workers
            )
            request = queue.pop() if newest else queue.popleft()
            hopeless = self._hopeless(request, now)
            if not len(self):
                self._empty_at = now
            if not hopeless:
                return request, dropped
            dropped.append(request)
        self._empty_at = now
        return None, dropped

    def _hopeless(self, request: Request, now: float) -> bool:
        margin, delay = self._server.margin_s, self._server.controlled_delay_s
        if margin is not None and request.deadline - now < margin:
            return True
        if delay is None:
            return False
        target, interval = delay
        standing = now - self._empty_at > interval
        return now - request.sent > (target if standing else interval)
