"""What calls cost: the account that counts it, and the budget that it never passes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from graders.judges.llm.errors import Final
from graders.judges.llm.settings import Budget, Prices


class BudgetSpent(Final):
    """The next call could pass the budget, so it was not made."""


@dataclass(frozen=True)
class Usage:
    """What was used.

    Attributes:
        calls: Calls that the server answered, or may have charged without an answer.
        input_tokens: Tokens of prompts, cached ones included.
        cached_tokens: Those of them that the server had cached.
        output_tokens: Tokens of replies, reasoning included.
        guessed: Calls whose figures the server did not tell; they are estimated, rather too high.
    """

    calls: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    guessed: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.output_tokens + other.output_tokens,
            self.guessed + other.guessed,
        )

    @property
    def tokens(self) -> int:
        """Input and output tokens together."""
        return self.input_tokens + self.output_tokens

    def money(self, prices: Prices | None) -> float | None:
        """The cost in the currency of *prices*; `None` if there are none."""
        if prices is None:
            return None
        cached = prices.input if prices.cached_input is None else prices.cached_input
        fresh = self.input_tokens - self.cached_tokens
        total = fresh * prices.input + self.cached_tokens * cached
        return (total + self.output_tokens * prices.output) / 1e6


class Account:
    """Counts usage and holds the budget; lives on one event loop.

    Before a call, the most that it can cost is reserved; after it, the true figure is booked.
    A call that does not fit waits until those under way are booked, and is refused if it then
    still does not fit. So the budget is kept whatever runs at the same time.
    """

    def __init__(self, budget: Budget, prices: Prices | None, used: Usage) -> None:
        self._budget = budget
        self._prices = prices
        self._changed = asyncio.Condition()
        self._reserved: list[Usage] = []
        self.usage = used

    async def reserve(self, input_tokens: int, output_tokens: int) -> Usage:
        """Set the cost of one call aside, at most *input_tokens* and *output_tokens*.

        Raises:
            BudgetSpent: If it does not fit into the budget.
        """
        wanted = Usage(1, input_tokens, 0, output_tokens)
        async with self._changed:
            while bound := self._passed(wanted):
                if not self._reserved:
                    raise BudgetSpent(
                        f"the next call could pass the budget of {bound}",
                        where="[judge.budget]",
                        fix="Raise the budget and run again",
                    )
                await self._changed.wait()
            self._reserved.append(wanted)
        return wanted

    async def settle(self, reservation: Usage, usage: Usage | None) -> None:
        """Book what a call used in place of its *reservation*; `None` if it cost nothing."""
        async with self._changed:
            self._reserved.remove(reservation)
            if usage is not None:
                self.usage += usage
            self._changed.notify_all()

    def _passed(self, wanted: Usage) -> str | None:
        """The bound that *wanted* would pass, in words."""
        total = sum(self._reserved, self.usage) + wanted
        if self._budget.tokens is not None and total.tokens > self._budget.tokens:
            return f"{self._budget.tokens:,} tokens"
        money = total.money(self._prices)
        if self._budget.money is not None and money is not None and money > self._budget.money:
            return f"{self._budget.money:g}"
        return None
