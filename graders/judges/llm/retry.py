"""When to try again: the one policy, which listens to what the server says about its limits."""

from __future__ import annotations

import asyncio
import email.utils
import math
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

FINAL_SECONDS = 60.0
"""For so long nobody is asked after a final error: credit can be bought, a model be started."""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LIMITED = ("requests", "tokens")


class Down(Final):
    """The server does not answer for now; it is asked again when its time is over."""


class Pace:
    """When the next call may begin, and how long a failed one waits; one for each server."""

    def __init__(self) -> None:
        self._resume = 0.0
        self._failed = 0
        self._closed_until = 0.0
        self._stopped: Final | None = None
        self._stopped_until = 0.0

    async def turn(self) -> None:
        """Wait until the server takes calls again.

        Raises:
            Down: If the server was found to be down, or asked for a long wait that is not over.
            Final: The one of a moment ago.
        """
        while True:
            now = time.monotonic()
            self._refuse(now)
            wait = self._resume - now
            if wait <= 0:
                return
            # Not all at the same moment: those who wait here came at different times.
            await asyncio.sleep(wait + random.uniform(0, min(1.0, wait / 4)))

    def _refuse(self, now: float) -> None:
        """Raise what keeps everybody from asking, if something does."""
        if (error := self._stopped) is not None and now < self._stopped_until:
            # A copy: the same one raised again and again would grow by a traceback each time.
            raise type(error)(error.what, where=error.where, fix=error.fix)
        if now < self._closed_until:
            raise _closed(self._closed_until - now)
        if self._failed >= OUTAGE_AFTER and now < self._resume:
            raise Down(
                f"the server failed {self._failed} times in a row",
                where="[judge] base_url",
                fix="See that it runs (seniorkit judge check), then run again",
            )

    def stop(self, error: Final) -> None:
        """Let all calls fail with *error* for `FINAL_SECONDS`."""
        self._stopped, self._stopped_until = error, time.monotonic() + FINAL_SECONDS

    def answered(self, headers: Mapping[str, str], needed: int = 0) -> None:
        """Note a call that was answered, and what the server has left for the next ones.

        Args:
            headers: Of the reply.
            needed: Tokens that the next call will need.
        """
        self._failed = 0
        waits = [
            _duration(headers.get(f"x-ratelimit-reset-{name}")) for name in _short(headers, needed)
        ]
        self._pause(max((wait for wait in waits if wait is not None), default=0.0))

    def failed(self) -> None:
        """Note a call that failed with all its tries."""
        self._failed += 1
        if self._failed >= OUTAGE_AFTER:
            self._resume = time.monotonic() + OUTAGE_SECONDS

    def wait_after(
        self, tried: int, status: int | None, headers: Mapping[str, str], needed: int = 0
    ) -> float:
        """Seconds until the next try of a call that failed *tried* times.

        Args:
            tried: Tries so far, from 1.
            status: Of the reply, if there was one.
            headers: Of the reply.
            needed: Tokens that the call needs at most.

        Raises:
            Down: If the server asks for more than `MAX_WAIT`; until then `turn` raises it, too.
        """
        back_off = random.uniform(0.5, 1.0) * min(
            LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(tried - 1, 20)
        )
        told = told_to_wait(status, headers, needed)
        if told is None:
            return back_off
        if told > MAX_WAIT:
            if _retry_after(headers) is not None:
                self._closed_until = time.monotonic() + told
                raise _closed(told)
            told = MAX_WAIT  # a limit is full again only then; some of it is there much sooner
        if status == 429:
            # The limit is the account's: the calls beside this one would be refused, too.
            self._pause(told)
        # A time that is over already, as of a clock that is slow, says nothing about the next try.
        return max(back_off, told + random.uniform(0, min(1.0, 0.1 + told / 10)))

    def _pause(self, seconds: float) -> None:
        if 0 < seconds <= MAX_WAIT:
            self._resume = max(self._resume, time.monotonic() + seconds)


def _closed(seconds: float) -> Down:
    return Down(
        f"the server asks to wait {math.ceil(seconds):,} seconds",
        where="[judge] base_url",
        fix="Run again after that time",
    )


def told_to_wait(status: int | None, headers: Mapping[str, str], needed: int = 0) -> float | None:
    """Seconds that the server asks to wait; `None` if it does not say.

    A limit's reset is the time until all of it is there again, so only limits that are too small
    for the call count, or else those of which nobody knows how much is left.

    Args:
        status: Of the reply, if there was one.
        headers: Of the reply. Source of the names: OpenAI's and Azure's rate limit headers, RFC
            9110 for `retry-after`.
        needed: Tokens that the call needs at most.
    """
    asked = _retry_after(headers)
    if asked is not None or status != 429:
        return asked
    unknown = [name for name in _LIMITED if _left(headers, name) is None]
    resets = [
        _duration(headers.get(f"x-ratelimit-reset-{name}"))
        for name in _short(headers, needed) or unknown
    ]
    return max((reset for reset in resets if reset is not None), default=None)


def _short(headers: Mapping[str, str], needed: int) -> list[str]:
    """The limits of which less is left than a call of *needed* tokens needs."""
    most = {"requests": 1, "tokens": max(1, needed)}
    return [
        name
        for name in _LIMITED
        if (left := _left(headers, name)) is not None and left < most[name]
    ]


def _left(headers: Mapping[str, str], name: str) -> float | None:
    return _number(headers.get(f"x-ratelimit-remaining-{name}"))


def _retry_after(headers: Mapping[str, str]) -> float | None:
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
    return None


def _number(value: str | None) -> float | None:
    if value is None or not re.fullmatch(r"\d{1,12}(\.\d{1,9})?", value.strip()):
        return None
    return float(value.strip())  # which knows fewer spaces than there are


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
