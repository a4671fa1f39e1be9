"""All orders of a few steps: which rules leave an old version in the cache, and which cannot."""

from __future__ import annotations

from math import comb

import pytest
from simulators.cache_race import (
    RULES,
    SCENES,
    Rule,
    orders,
    orders_of,
    outcome_table,
    outcomes,
    play,
    story,
)

BY_NAME = {rule.name: rule for rule in RULES}
ONE, TWO, LAG = SCENES


def test_all_orders_are_tried_and_none_twice() -> None:
    assert len(list(orders(SCENES[ONE]))) == comb(5, 2)
    assert len(set(orders(SCENES[ONE]))) == comb(5, 2)
    assert len(set(orders(SCENES[TWO]))) == comb(4, 2)


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("delete, then commit", (6, 0, 15)),
        ("commit, then set the new value", (1, 2, 13)),
        ("commit, then set; versions compared", (0, 0, 0)),
        ("commit, then delete", (1, 0, 15)),
        ("commit, then delete; versions compared", (1, 0, 15)),
        ("commit, then delete; leases", (0, 0, 2)),
        ("commit, then tombstone; versions compared", (0, 0, 0)),
    ],
)
def test_what_each_rule_lets_through(name: str, old: tuple[int, ...]) -> None:
    assert tuple(outcomes(BY_NAME[name], scene)[0] for scene in SCENES) == old


def test_the_one_bad_order_of_commit_then_delete_is_the_late_fill() -> None:
    rule = BY_NAME["commit, then delete"]
    bad = [order for order in orders_of(rule, ONE) if play(rule, ONE, order)[1]]
    assert bad == [("Reader", "Reader", "Writer", "Writer", "Reader")]


def test_a_rule_that_refuses_nothing_fills_the_cache_in_every_order() -> None:
    # Otherwise "nothing old is left" could be had by caching nothing at all.
    for rule in RULES:
        ends = [play(rule, ONE, order)[0][-1] for order in orders_of(rule, ONE)]
        assert any(line.cached.startswith("version") for line in ends), rule.name


def test_a_fill_of_the_announced_version_is_accepted() -> None:
    order = ("Writer", "Writer", "Reader", "Reader", "Reader")
    lines, old = play(BY_NAME["commit, then tombstone; versions compared"], ONE, order)
    assert not old
    assert lines[-1].cached == "version 2"


def test_the_replica_never_runs_ahead_of_the_commit() -> None:
    for rule in RULES:
        for order in orders_of(rule, LAG):
            lines, _ = play(rule, LAG, order)
            (caught_up,) = [line for line in lines if line.actor == "Replica"]
            assert caught_up.said == "has version 2 now"


def test_stories_and_table_say_what_was_counted() -> None:
    assert "1 of 10" in outcome_table()
    order = ("Reader", "Reader", "Writer", "Writer", "Reader")
    told = story(BY_NAME["commit, then delete"], ONE, order)
    assert "An old version stays" in told
    assert "| 5 | Reader | fills the cache with version 1 | 2 | version 1 |" in told
    assert "token void" in story(BY_NAME["commit, then delete; leases"], ONE, order)


@pytest.mark.parametrize(("scene", "order"), [(ONE, ("Reader",)), ("nothing", ()), (ONE, ())])
def test_an_order_of_another_scene_is_refused(scene: str, order: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="take one of"):
        play(Rule("any"), scene, order)
