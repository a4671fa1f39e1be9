"""The retry policy does what the server says, and backs off where it says nothing."""

from __future__ import annotations

import asyncio
import email.utils
import time
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graders.judges.llm import retry
from graders.judges.llm.errors import Final
from graders.judges.llm.retry import (
    LONGEST_WAIT,
    MAX_WAIT,
    OUTAGE_AFTER,
    OUTAGE_SECONDS,
    Down,
    Pace,
    told_to_wait,
)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "1500", "retry-after": "7"}, 1.5),
        ({"x-ratelimit-reset-requests": "6m0s"}, 360),
        ({"x-ratelimit-reset-requests": "20ms", "x-ratelimit-reset-tokens": "1.5s"}, 1.5),
        (
            {
                "x-ratelimit-reset-requests": "1s",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "9s",
                "x-ratelimit-remaining-tokens": "500",
            },
            1,
        ),
        ({"x-ratelimit-reset-requests": "2"}, 2),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e99"}, None),
        ({"x-ratelimit-reset-requests": "1s and more"}, None),
    ],
)
def test_what_the_server_says_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    assert told_to_wait(429, headers) == seconds


def test_a_date_is_a_time_to_wait_until() -> None:
    later = email.utils.formatdate(time.time() + 30, usegmt=True)
    waited = told_to_wait(503, {"retry-after": later})
    assert waited is not None
    assert 27 < waited < 31


def test_limits_of_other_calls_say_nothing_about_a_fault() -> None:
    assert told_to_wait(500, {"x-ratelimit-reset-requests": "9s"}) is None


@given(st.text(max_size=50), st.sampled_from(["retry-after", "x-ratelimit-reset-tokens"]))
@example("0\x1f", "retry-after")
def test_no_header_makes_a_wait_that_is_no_time(value: str, name: str) -> None:
    waited = told_to_wait(429, {name: value})
    assert waited is None or 0 <= waited < 1e14


@given(st.integers(1, 1000))
def test_the_back_off_grows_within_bounds_and_is_jittered(tried: int) -> None:
    waits = {Pace().wait_after(tried, 500, {}) for _ in range(8)}
    assert len(waits) > 1
    assert all(0 < wait <= LONGEST_WAIT for wait in waits)
    assert tried == 1 or max(waits) > 0.5


def test_a_wait_is_at_least_what_was_asked_for_and_not_without_end() -> None:
    assert 3 <= Pace().wait_after(1, 429, {"retry-after": "3"}) <= 4
    with pytest.raises(Final, match="asks to wait 3,600 seconds"):
        Pace().wait_after(1, 429, {"retry-after": "3600"})


NEARLY_EMPTY = {
    "x-ratelimit-remaining-requests": "9900",
    "x-ratelimit-reset-requests": "14m24s",
    "x-ratelimit-remaining-tokens": "800",
    "x-ratelimit-reset-tokens": "1.2s",
}
"""The tokens are too few for most calls; the requests would be all there again after the reset."""


def test_the_limit_that_is_too_small_for_the_call_is_waited_for_and_no_other() -> None:
    assert 1.2 <= Pace().wait_after(1, 429, NEARLY_EMPTY, needed=5000) <= 1.5


def test_limits_with_enough_left_leave_the_back_off() -> None:
    assert told_to_wait(429, NEARLY_EMPTY, needed=500) is None
    assert Pace().wait_after(1, 429, NEARLY_EMPTY, needed=500) <= 0.5


def test_a_reset_far_away_is_waited_for_within_bounds_and_ends_nothing() -> None:
    empty = {**NEARLY_EMPTY, "x-ratelimit-remaining-requests": "0"}
    assert MAX_WAIT <= Pace().wait_after(1, 429, empty) <= MAX_WAIT + 1
    assert Pace().wait_after(1, 429, {"x-ratelimit-reset-tokens": "6m0s"}) <= MAX_WAIT + 1


@pytest.mark.parametrize(
    "headers",
    [
        {"retry-after": "0"},
        {"retry-after-ms": "0"},
        {"retry-after": "Thu, 01 Jan 2015 00:00:00 GMT"},
    ],
)
def test_a_time_that_is_over_already_does_not_end_the_back_off(headers: dict[str, str]) -> None:
    waits = [Pace().wait_after(tried, 503, headers) for tried in range(1, 5)]
    assert all(wait >= 0.25 * 2**n for n, wait in enumerate(waits))


class Clock:
    """A clock that only waiting moves, so that a busy machine adds nothing to a wait."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def seconds_of_turn(self, pace: Pace) -> float:
        started = self.now
        asyncio.run(pace.turn())
        return self.now - started


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the module under test, and what waits by it."""
    clock = Clock()
    monkeypatch.setattr(retry, "time", SimpleNamespace(monotonic=clock.monotonic, time=time.time))
    monkeypatch.setattr(retry, "asyncio", SimpleNamespace(sleep=clock.sleep))
    return clock


# 125 ms have no rounding in a binary fraction; the jitter adds a quarter of it at most.


def test_a_refusal_holds_up_the_other_calls_too(clock: Clock) -> None:
    pace = Pace()
    pace.wait_after(1, 429, {"retry-after-ms": "125"})
    assert 0.125 <= clock.seconds_of_turn(pace) <= 0.125 * 1.25
    pace.wait_after(1, 500, {"retry-after-ms": "125"})
    assert clock.seconds_of_turn(pace) == 0


def test_a_limit_that_is_used_up_is_waited_for_before_it_is_hit(clock: Clock) -> None:
    pace = Pace()
    spare = {"x-ratelimit-remaining-tokens": "5000", "x-ratelimit-reset-tokens": "125ms"}
    pace.answered(spare, needed=4000)
    assert clock.seconds_of_turn(pace) == 0
    pace.answered(spare, needed=6000)
    assert 0.125 <= clock.seconds_of_turn(pace) <= 0.125 * 1.25


def test_a_server_that_fails_again_and_again_is_down_for_a_while(clock: Clock) -> None:
    pace = Pace()
    for _ in range(OUTAGE_AFTER - 1):
        pace.failed()
    assert clock.seconds_of_turn(pace) == 0
    pace.failed()
    with pytest.raises(Down, match="failed 5 times in a row"):
        asyncio.run(pace.turn())
    clock.now += OUTAGE_SECONDS
    assert clock.seconds_of_turn(pace) == 0


def test_a_server_that_wants_a_long_wait_is_left_alone_until_it_is_over(clock: Clock) -> None:
    pace = Pace()
    with pytest.raises(Down, match="asks to wait 300 seconds"):
        pace.wait_after(1, 503, {"retry-after": "300"})
    clock.now += 200
    with pytest.raises(Down, match="asks to wait 100 seconds"):
        asyncio.run(pace.turn())
    clock.now += 100
    assert clock.seconds_of_turn(pace) == 0


def test_a_final_error_is_remembered_for_a_minute(clock: Clock) -> None:
    pace = Pace()
    pace.stop(Final("no such key", where="there", fix="Check it"))
    clock.now += 59
    with pytest.raises(Final, match=r"no such key\. Check it"):
        asyncio.run(pace.turn())
    clock.now += 1
    assert clock.seconds_of_turn(pace) == 0
