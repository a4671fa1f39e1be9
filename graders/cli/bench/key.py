"""The figures that one should know, each beside what was to be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graders.cli.bench.tables import percent, share, table
from graders.levels import Level

if TYPE_CHECKING:
    from graders.training.attacks import AttackResult
    from graders.training.levels import LevelsResult
    from graders.training.mohler import MohlerResult
    from graders.training.speed import SpeedResult

NOT_MEASURED = "not measured: the data were not at hand"

Line = tuple[str, str, str, bool | None]
"""Measure, what was found, what was to be reached, and whether it was (`None`: not measured)."""

_WORDS = {True: "yes", False: "no", None: ""}


def key_figures(
    levels: LevelsResult,
    mohler: MohlerResult | None,
    attacks: dict[str, AttackResult],
    speed: SpeedResult,
) -> str:
    """The table of key figures as Markdown; *mohler* is `None` if it was not measured."""
    lines = [*_levels(levels), _mohler(mohler), *_attacks(attacks), *_speed(speed)]
    return table(
        ["measure", "found", "to reach", "reached"],
        ([what, found, reach, _WORDS[good]] for what, found, reach, good in lines),
    )


def _levels(result: LevelsResult) -> Iterator[Line]:
    rows, whole = result.rows, result.rows["overall level"]
    yield (
        "levels, unseen questions: kappa / exact / within one",
        f"{share(whole.kappa)} / {share(whole.exact)} / {share(whole.near)}",
        "≥ .90 / ≥ .70 / ≥ .99",
        whole.kappa >= 0.9 and whole.exact >= 0.7 and whole.near >= 0.99,
    )
    other = result.heldout.get("overall level")
    if other is not None:
        yield "levels, another writer: kappa", share(other.kappa), "≥ .85", other.kappa >= 0.85
    for name, bound in (("uneven and borderline", 0.6), ("dimensions of uneven answers", 0.5)):
        if name in rows:
            found = rows[name].kappa
            yield f"{name}: kappa", share(found), f"≥ {share(bound)}", found >= bound
    name = "criteria of uneven answers"
    if name in rows:
        bar = rows[name].bar
        yield f"{name}: senior or above, balanced accuracy", share(bar), "≥ .74", bar >= 0.74
    sure = result.sureness
    yield "70 % interval holds", percent(sure.coverage), "≥ 70 %", sure.coverage >= 0.695
    yield "scores that wait for a person", percent(sure.reviewed), "", None
    honest = [row for row in result.at if row.label > Level.OFF]
    waiting = sum(row.unscored for row in honest)
    if honest:
        part = waiting / (waiting + sum(row.scored for row in honest))
        good = part <= 0.015
        yield "answers (not *off*) that wait without a level", percent(part, 1), "≤ 1.5 %", good


def _mohler(result: MohlerResult | None) -> Line:
    what, reach = "Mohler 2011, leave-assignment-out: r / RMSE", "≥ .64 / ≤ .845"
    if result is None:
        return what, NOT_MEASURED, reach, None
    good = result.r >= 0.64 and result.rmse <= 0.845
    return what, f"{share(result.r, 3)} / {share(result.rmse, 3)}", reach, good


def _attacks(found: dict[str, AttackResult]) -> Iterator[Line]:
    totals = [one.total for one in found.values()]
    tried, raised = sum(one.count for one in totals), sum(one.raised for one in totals)
    senior = sum(one.senior for one in totals)
    yield (
        f"{tried:,} attempts: raised by a level / to senior",
        f"{raised} / {senior}",
        "0 / 0",
        raised == 0 and senior == 0,
    )
    honest = [row for one in found.values() for row in one.harmless]
    accused, lowered = sum(row.accused for row in honest), sum(row.lowered for row in honest)
    yield (
        f"{sum(row.count for row in honest):,} honest look-alikes: accused / lowered",
        f"{accused} / {lowered}",
        "0 / 0",
        accused == 0 and lowered == 0,
    )


def _speed(result: SpeedResult) -> Iterator[Line]:
    run = result.run
    yield "answers a second, one core", f"{result.rate:,.0f}", "≥ 300", result.rate >= 300
    yield "one answer", f"{run.median_ms:.1f} ms", "≤ 5 ms", run.median_ms <= 5
    yield "whole process", f"{result.process:.2f} s", "≤ 1 s", result.process <= 1
    yield "memory", f"{run.memory_mb:,.0f} MB", "≤ 300 MB", run.memory_mb <= 300
