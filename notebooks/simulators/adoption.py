"""Teams that adopt a standard when it pays for them: thresholds, and three ways to push.

A team adopts as soon as enough *others* have; how many is enough differs from team to team. Where
that ends depends on the order of the thresholds, not on their mean: M. Granovetter, Threshold
Models of Collective Behavior, American Journal of Sociology 83 (6), 1978. On top of his model a
team has costs and gains in engineer-days, so that help, orders and better tools can be compared.

What it leaves out: that people talk to some teams more than to others, and that they remember.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

QUARTER = 13
"""Weeks between two plannings of one team; only then does it change its mind."""

HELP_WEEKS = 4
"""How long helpers stay with one team."""

CHEAPEST = 0.4
"""Tools and examples never bring the move below this share of its first cost."""


@dataclass(frozen=True)
class Team:
    """One team's view of the standard.

    Attributes:
        cost: Engineer-days to move, once.
        own: Engineer-days a quarter that it gains, upkeep taken off, if nobody else has moved;
            negative where the standard only pays in company.
    """

    cost: float
    own: float


def make_teams(number: int, *, cost: float, own: float, seed: int) -> list[Team]:
    """Draw *number* different teams.

    Args:
        number: How many.
        cost: Median engineer-days to move; two thirds of the teams lie within a factor of 1.6.
        own: Mean gain alone, in engineer-days a quarter, with a standard deviation of 3.
        seed: The same seed, the same teams.

    Raises:
        ValueError: If there is no team or no cost.
    """
    if number < 1 or cost <= 0:
        raise ValueError(
            f"{number} teams at {cost:g} days: use at least one team and a cost above 0"
        )
    chance = random.Random(seed)
    return [
        Team(cost * chance.lognormvariate(0, 0.47), chance.gauss(own, 3)) for _ in range(number)
    ]


def threshold(
    team: Team, per_other: float, *, horizon: float = 2, relief: float = 0, loss: float = 0
) -> int:
    """How many other teams must have moved before this one does; more than there are: never.

    Args:
        team: The team.
        per_other: Engineer-days a quarter that each other team brings.
        horizon: Quarters within which a move has to pay for itself.
        relief: Share of its cost that somebody else or a better tool takes off, 0 to 1.
        loss: Engineer-days that the team is ready to lose by the move, because it was told to.
    """
    if per_other <= 0:
        raise ValueError(
            f"per_other={per_other:g}: without a gain by company nothing spreads; use > 0"
        )
    needed = (team.cost * (1 - relief) - loss) / horizon - team.own
    return max(0, math.ceil(needed / per_other - 1e-9))


def cascade(thresholds: Sequence[int], start: int = 0) -> list[int]:
    """Adopters round by round until nobody else moves: `[0, 1, 3, 3]` ends at 3.

    Args:
        thresholds: How many others each team waits for.
        start: Teams that have moved already, whatever their thresholds.
    """
    rounds = [start]
    while True:
        willing = max(start, sum(one <= rounds[-1] for one in thresholds))
        rounds.append(willing)
        if rounds[-1] <= rounds[-2]:
            return rounds


@dataclass(frozen=True)
class Push:
    """What is done for the standard.

    Attributes:
        name: For the legend.
        pressure: Engineer-days of loss that a team accepts because it was told to.
        pressed_for: Weeks during which somebody looks.
        helpers: Teams that helpers move at the same time, each for `HELP_WEEKS`.
        improvement: Share by which each helped team makes the move cheaper for all later ones.
    """

    name: str
    pressure: float = 0
    pressed_for: int = 0
    helpers: int = 0
    improvement: float = 0.04


@dataclass(frozen=True)
class Run:
    """How it went.

    Attributes:
        adopters: Teams that use the standard, at the end of each week.
        team_days: Engineer-days that teams spent on moving.
        helper_days: Engineer-days that helpers spent.
        left: How many teams went back.
    """

    adopters: tuple[int, ...]
    team_days: float
    helper_days: float
    left: int


def spread(
    teams: Sequence[Team], push: Push, *, per_other: float, weeks: int = 104, horizon: float = 2
) -> Run:
    """Play *weeks* weeks; each team plans once a quarter, on a week of its own.

    At its planning a team moves if that pays within the horizon, or loses little and it is pressed
    to. A team that has moved goes back if it gains nothing by staying and nobody looks any more.
    """
    moved: set[int] = set()
    helped, left, discount = 0, 0, 0.0
    team_days = helper_days = 0.0
    history = []
    for week in range(weeks):
        pressed = week < push.pressed_for
        for i in range(week % QUARTER, len(teams), QUARTER):
            others = len(moved - {i})
            if i in moved:
                if teams[i].own + per_other * others < 0 and not pressed:
                    moved.discard(i)
                    left += 1
            elif others >= threshold(
                teams[i],
                per_other,
                horizon=horizon,
                relief=discount,
                loss=push.pressure if pressed else 0,
            ):
                moved.add(i)
                team_days += teams[i].cost * (1 - discount)
        if push.helpers and week % HELP_WEEKS == HELP_WEEKS - 1:
            for i in _next_in_line(teams, moved, per_other)[: push.helpers]:
                moved.add(i)
                helper_days += teams[i].cost * (1 - discount)
                helped += 1
                discount = min(1 - CHEAPEST, helped * push.improvement)
        history.append(len(moved))
    return Run(tuple(history), team_days, helper_days, left)


def _next_in_line(teams: Sequence[Team], moved: set[int], per_other: float) -> list[int]:
    """Teams that would stay if somebody else moved them, cheapest first."""
    staying = [
        i
        for i, team in enumerate(teams)
        if i not in moved and team.own + per_other * len(moved) >= 0
    ]
    return sorted(staying, key=lambda i: (teams[i].cost, i))


WHOM = {
    "nobody": lambda teams, waits, reached: [],
    "the keenest": lambda teams, waits, reached: sorted(waits, key=lambda i: (waits[i], i)),
    "the largest": lambda teams, waits, reached: sorted(waits, key=lambda i: (-teams[i].cost, i)),
    "those next after the gap": lambda teams, waits, reached: sorted(
        (i for i in waits if waits[i] > reached), key=lambda i: (waits[i], i)
    ),
}
"""Whom to help first: name -> the order of teams, given what each waits for and how far it got."""


def with_help(
    teams: Sequence[Team], per_other: float, whom: str, count: int
) -> tuple[list[int], list[int], float]:
    """Carry the whole move of *count* teams; they then only need to want to stay.

    Returns:
        The thresholds before, the thresholds after, and the helpers' engineer-days.
    """
    if whom not in WHOM:
        raise ValueError(f"{whom!r} is nobody that can be helped (known: {', '.join(WHOM)})")
    before = [threshold(team, per_other) for team in teams]
    reached = cascade(before)[-1]
    chosen = WHOM[whom](teams, dict(enumerate(before)), reached)[:count]
    after = [
        threshold(team, per_other, relief=1 if i in chosen else 0) for i, team in enumerate(teams)
    ]
    return before, after, sum(teams[i].cost for i in chosen)
