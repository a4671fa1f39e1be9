"""When to try again: the one policy, which listens to what the server says about its limits."""

from __future__ import annotations

import asyncio
import email.utils
import random
import re
import time
from collections.abc import Mapping

from graders.judges.llm.errors import Final

MAX_WAIT = 120.0
"""Seconds; a server that asks for more is not waited for."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 20.0
"""Bounds of the back-off in seconds where the server says nothing; doubled with each try."""

OUTAGE_AFTER = 5
"""Calls in a row that failed with all their tries, until the server counts as down."""

OUTAGE_SECONDS = 60.0

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LIMITED = ("requests", "tokens")


class Down(Final):
    """The server does not answer for now; a minute later it is asked again."""


class Pace:
    """When the next call may begin, and how long a failed one waits; one for each server."""

    def __init__(self) -> None:
        self._resume = 0.0
        self._failed = 0

    async def turn(self) -> None:
        """Wait until the server takes calls again.

        Raises:
            Down: If the server was found to be down a moment ago.
        """
        if self._failed >= OUTAGE_AFTER and time.monotonic() < self._resume:
            raise Down(
                f"the server failed {self._failed} times in a row",
                where="[judge] base_url",
                fix="See that it runs (seniorkit judge check), then run again",
            )
        while (wait := self._resume - time.monotonic()) > 0:
            # Not all at the same moment: those who wait here came at different times.
            await asyncio.sleep(wait + random.uniform(0, min(1.0, wait / 4)))

    def answered(self, headers: Mapping[str, str], needed: int = 0) -> None:
        """Note a call that was answered, and what the server has left for the next ones.

        Args:
            headers: Of the reply.
            needed: Tokens that the next call will need.
        """
        self._failed = 0
        short = [
            name
            for name in _LIMITED
            if (left := _number(headers.get(f"x-ratelimit-remaining-{name}"))) is not None
            and left < (needed if name == "tokens" else 1)
        ]
        waits = [_duration(headers.get(f"x-ratelimit-reset-{name}")) for name in short]
        self._pause(max((wait for wait in waits if wait is not None), default=0.0))

    def failed(self) -> None:
        """Note a call that failed with all its tries."""
        self._failed += 1
        if self._failed >= OUTAGE_AFTER:
            self._resume = time.monotonic() + OUTAGE_SECONDS

    def wait_after(self, tried: int, status: int | None, headers: Mapping[str, str]) -> float:
        """Seconds until the next try of a call that failed *tried* times.

        Raises:
            Final: If the server asks for more than `MAX_WAIT`.
        """
        told = told_to_wait(status, headers)
        if told is None:
            return random.uniform(0.5, 1.0) * min(
                LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tried - 1, 20)
            )
        if told > MAX_WAIT:
            raise Final(
                f"the server asks to wait {told:,.0f} seconds",
                where="[judge] base_url",
                fix="Run again after that time",
            )
        if status == 429:
            # The limit is the account's: the calls beside this one would be refused, too.
            self._pause(told)
        return told + random.uniform(0, min(1.0, 0.1 + told / 10))

    def _pause(self, seconds: float) -> None:
        if 0 < seconds <= MAX_WAIT:
            self._resume = max(self._resume, time.monotonic() + seconds)


def told_to_wait(status: int | None, headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait; `None` if it does not say.

    Source of the names: OpenAI's and Azure's rate limit headers, RFC 9110 for `retry-after`.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None:
        return seconds
    if value:
        try:
            return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
        except (ValueError, TypeError, OverflowError):
            pass
    if status != 429:
        return None
    used_up = [
        name for name in _LIMITED if _number(headers.get(f"x-ratelimit-remaining-{name}")) == 0
    ]
    resets = [_duration(headers.get(f"x-ratelimit-reset-{name}")) for name in used_up or _LIMITED]
    return max((reset for reset in resets if reset is not None), default=None)


def _number(value: str | None) -> float | None:
    if value is None or not re.fullmatch(r"\s*\d{1,12}(\.\d{1,9})?\s*", value):
        return None
    return float(value)


def _duration(value: str | None) -> float | None:
    """Seconds of `6m0s`, `20ms` or a bare number."""
    if value is None or len(value) > 40:
        return None
    bare = _number(value)
    if bare is not None:
        return bare
    parts = _DURATION.findall(value)
    if not parts or "".join(number + unit for number, unit in parts) != value.strip():
        return None
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)
