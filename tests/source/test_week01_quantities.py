"""Week 1: which quantities are right, which are wrong, and what the learner is told."""

from __future__ import annotations

import pytest

from tests.source.weeks import failures as failures_of

CAPACITY_TESTS = {"capacity-load", "capacity-memory", "capacity-hit-rate"}


def failures(replaced: dict[str, str]) -> dict[str, str]:
    return failures_of("week01", replaced)


def capacity(load: str, memory: str, hit_rate: str) -> str:
    """What a learner would leave in the solution cell of task 2."""
    return f"peak_views = {load!r}\ncache_memory = {memory!r}\nneeded_hit_rate = {hit_rate!r}"


@pytest.mark.parametrize(
    "answers",
    [
        ("1,389 views/s", "3 GB", "71.2 %"),
        ("1.4k requests/s", "2.8 GiB", "72%"),
        ("120 million page views per day", "3000 MB", "0.71"),
        ("about 1400 per second", "24 Gbit", "71 percent"),
        ("83,000 reads/min", "3 GiB", "70 %"),
    ],
)
def test_capacity_accepts_right_quantities(answers: tuple[str, str, str]) -> None:
    assert failures({"capacity-solution": capacity(*answers)}) == {}


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (("463 views/s", "1.5 GB", "28.8 %"), "too low"),  # no peak, one copy, the miss rate
        (("120M views/s", "3 TB", "95 %"), "too high"),
        (("1,389", "3", "71.2"), ""),
        (("1,389 views", "3 GB/s", "71.2 views/s"), "measured in"),
        (("3 GB", "1,389 views/s", "3 GB"), "measured in"),
        (("", "", ""), "cannot read a number"),
        (("lots", "nan GB", "-71 %"), ""),
        (("1e999 views/s", "9**9**9 GB", "x" * 10_000), ""),
    ],
)
def test_capacity_rejects_wrong_quantities(answers: tuple[str, str, str], message: str) -> None:
    failed = failures({"capacity-solution": capacity(*answers)})
    assert set(failed) == CAPACITY_TESTS
    for text in failed.values():
        assert text.startswith("AssertionError: ")
        assert message in text
