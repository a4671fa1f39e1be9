"""Capacity drills: a seed gives a task, the same everywhere; an answer is judged with its reason.

An estimate is right if its order of magnitude is: within a factor of about three. What earns the
marks in an interview is the second question, which decision the number changes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from graders.errors import UsageError
from graders.study.drills.data import FAMILIES as DATA
from graders.study.drills.load import FAMILIES as LOAD
from graders.study.drills.task import Task
from graders.study.quantities import check_quantity

FAMILIES = {**DATA, **LOAD}

CLOSE = 1.25
"""Accepted as close: this factor in both directions."""


@dataclass(frozen=True)
class Drill:
    """One task.

    Attributes:
        seed: The number it was made from.
        family: The kind of task, such as `"egress-cost"`.
        task: Facts, questions, and what is right.
    """

    seed: int
    family: str
    task: Task

    @property
    def text(self) -> str:
        """The task as Markdown: facts, what is asked, and the decision with its options."""
        options = "\n".join(f"{n}. {text}" for n, text in enumerate(self.task.options, 1))
        return (
            f"{self.task.facts}\n\n**{self.task.asks}**\n\n"
            f"Then: {self.task.decision}\n\n{options}\n"
        )


@dataclass(frozen=True)
class DrillResult:
    """How an answer compares.

    Attributes:
        close: Within a quarter of the right result.
        right: The order of magnitude is right.
        decided: Whether the right option was chosen; `None` if none was.
        message: What to tell the learner, with the working.
    """

    close: bool
    right: bool
    decided: bool | None
    message: str

    def __repr__(self) -> str:
        return self.message


def make_drill(seed: int, family: str | None = None) -> Drill:
    """The drill for *seed*; the same seed and family give the same task on every machine.

    Args:
        seed: Any whole number.
        family: One of `families()`; chosen by the seed when absent.

    Raises:
        UsageError: If there is no such family.
    """
    chance = random.Random(f"seniorkit-drill:{seed}")
    chosen = family if family is not None else chance.choice(families())
    if chosen not in FAMILIES:
        raise UsageError(
            f"there is no drill family {chosen[:60]!r}", fix=f"Allowed: {', '.join(families())}"
        )
    chance = random.Random(f"seniorkit-drill:{chosen}:{seed}")
    return Drill(seed, chosen, FAMILIES[chosen](chance).shuffled(chance))


def families() -> list[str]:
    """The kinds of task, sorted."""
    return sorted(FAMILIES)


def judge_drill(
    drill: Drill, answer: object, option: object = None, *, final: bool = False
) -> DrillResult:
    """Judge a quantity and, if given, the number of the chosen option; never raises.

    Args:
        drill: The task.
        answer: What the learner wrote, such as `"30 TB/day"`.
        option: 1 for the first option, and so on.
        final: Whether there is no second try, so that the working is shown in any case.
    """
    task = drill.task
    check = check_quantity(answer, task.expected, within=CLOSE)
    if check.ratio is None and task.also:
        other = check_quantity(answer, task.also, within=CLOSE)
        check = other if other.ratio is not None else check
    if check.ratio is None and not final:
        # Nothing to compare yet: the working would give the answer away.
        return DrillResult(False, False, None, check.message)
    right = check.ratio is not None and max(check.ratio, 1 / check.ratio) <= task.order
    said = [check.message]
    if check.ratio is not None and right and not check.ok:
        said = [_near(check.ratio)]
    said.append(f"Working: {task.working}")
    decided = None
    if option is not None:
        decided = type(option) is int and option == task.right
        said.append(f"{'Right' if decided else 'The other way'}: {task.because}")
    return DrillResult(check.ok, right, decided, "\n".join(said))


def _near(ratio: float) -> str:
    way = "high" if ratio > 1 else "low"
    return (
        f"The order of magnitude is right ({max(ratio, 1 / ratio):.1f} times too {way}); "
        "say it with a range and go on."
    )
