"""Drills: the same seed gives the same task, the facts suffice, and any answer gets a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.errors import UsageError
from graders.study.drills import Drill, families, judge_drill, make_drill
from graders.study.quantities import check_quantity, read_quantity

SEEDS = range(60)
DAY = 86_400

# What a person would work out from the numbers in the facts, in the order in which they stand.
BY_HAND: dict[str, Callable[..., tuple[float, str]]] = {
    "bloom-filter": lambda keys, fp, bits, *_: (keys * 1e9 * bits / 8, "bytes"),
    "cache-memory": lambda n, size, share, *_: (n * 1e6 * size * share / 100 * 2, "bytes"),
    "code-space": lambda length, base, rate: (base**length / rate / DAY / 365, "years"),
    "concurrency": lambda load, ms, pool: (load * ms / 1000, "connections"),
    "connections": lambda phones, kb, *_: (phones * 1e6 * kb * 1000, "bytes"),
    "downtime": lambda n, each, *_: ((1 - (each / 100) ** n) * 43_200, "min"),
    "egress-bandwidth": lambda viewers, rate, *_: (viewers * rate * 1e6, "bit/s"),
    "fan-out": lambda posts, followers, *_: (posts * followers, "writes/s"),
    "log-cost": lambda load, lines, size, price, *_: (
        load * lines * size * DAY * 30 / 1e9 * price,
        "dollars/month",
    ),
    "needed-hit-rate": lambda load, safe: (100 * (load - safe) / load, "%"),
    "peak-load": lambda users, actions, peak, *_: (users * 1e6 * actions * peak / DAY, "requests/s"),
    "rebuild-time": lambda tb, gbit, share, *_: (tb * 8e12 / (gbit * 1e9 * share / 100), "s"),
    "retention": lambda rate, size, days, *_: (rate * size * days * DAY * 3, "bytes"),
    "tail-of-fan-in": lambda calls, *_: (100 * (1 - 0.99**calls), "%"),
    "write-shards": lambda writes, growth, node: (math.ceil(writes * growth / (node / 2)), "machines"),
    "yearly-storage": lambda events, size, copies, *_: (events * 1e6 * size * 365 * copies, "bytes"),
}  # fmt: skip


def numbers(text: str) -> list[float]:
    return [float(n.replace(",", "")) for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def everything() -> list[Drill]:
    return [make_drill(seed, family) for family in families() for seed in SEEDS]


def test_there_are_many_families_and_each_is_worked_out_by_hand() -> None:
    assert len(families()) >= 12
    assert set(BY_HAND) == set(families())


@pytest.mark.parametrize("family", sorted(BY_HAND))
def test_the_facts_suffice_and_the_result_is_right(family: str) -> None:
    for seed in SEEDS:
        drill = make_drill(seed, family)
        value, unit = BY_HAND[family](*numbers(drill.task.facts))
        result = judge_drill(drill, f"{value!r} {unit}", drill.task.right)
        assert result.close and result.right and result.decided, (drill, result)


@pytest.mark.parametrize("family", sorted(BY_HAND))
def test_an_order_of_magnitude_is_what_counts(family: str) -> None:
    for seed in SEEDS:
        drill = make_drill(seed, family)
        value, _ = read_quantity(drill.task.expected)
        unit = drill.task.expected.split()[1]
        written, _ = read_quantity(f"1 {unit}")
        for factor in (10, 0.1, 4, 0.25):
            wrong = judge_drill(drill, f"{value / written * factor!r} {unit}")
            assert not wrong.right and not wrong.close
            assert "too high" in wrong.message or "too low" in wrong.message
        near = judge_drill(drill, f"{value / written * (1 + (drill.task.order - 1) / 2)!r} {unit}")
        assert near.right


@pytest.mark.parametrize("family", sorted(BY_HAND))
def test_the_right_option_is_never_always_the_same(family: str) -> None:
    assert {make_drill(seed, family).task.right for seed in range(200)} == {1, 2}


def test_a_seed_is_a_task_and_seeds_differ() -> None:
    assert [make_drill(seed) for seed in SEEDS] == [make_drill(seed) for seed in SEEDS]
    assert len({make_drill(seed).text for seed in range(300)}) > 150
    assert {make_drill(seed).family for seed in range(300)} == set(families())


def test_the_working_names_the_result() -> None:
    for drill in everything():
        told = drill.task.working.rsplit("=", 1)[1].strip().removesuffix(".")
        expected = drill.task.also or drill.task.expected
        assert check_quantity(told, expected, within=1.02).ok, drill.task.working
        assert "nan" not in drill.text and "e+" not in drill.text


def test_a_monthly_cost_may_be_written_with_or_without_the_month() -> None:
    drill = make_drill(4, "log-cost")
    cost = drill.task.also.split()[0]
    for answer in (f"${cost}", f"${cost}/month", f"{cost} dollars a month", f"USD {cost}"):
        assert judge_drill(drill, answer).close is (not answer.startswith("USD")), answer


@pytest.mark.parametrize(
    "answer",
    ["", "12 bananas", "1e999 TB", "-3 GB", "NaN", None, [], "9" * 500, "1 / 0", "lots", True],
)
def test_whatever_is_typed_gets_a_friendly_sentence_and_gives_nothing_away(answer: object) -> None:
    for family in families():
        result = judge_drill(make_drill(3, family), answer, 1)
        assert not result.right
        assert "Working" not in result.message
        assert result.message.endswith((".", "?"))
        assert "\n" not in result.message


@given(st.text(max_size=60), st.integers() | st.text(max_size=5) | st.none())
def test_nothing_that_is_typed_stops_it(answer: str, option: object) -> None:
    assert judge_drill(make_drill(8), answer, option).message


@pytest.mark.parametrize("option", [0, 3, -1, "1", 1.0, True, [1]])
def test_an_option_that_is_none_is_not_right(option: object) -> None:
    drill = next(d for d in everything() if d.task.right == 1)
    assert judge_drill(drill, drill.task.expected, option).decided is False


def test_a_family_that_does_not_exist_is_named_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="peak-load"):
        make_drill(1, "peak")
