"""How far attempts to raise the mark get: templates on weak answers, own attempts, and harmless look-alikes.

Each attempt is laid on an answer and both are graded through the same path as any other answer.
What counts is the difference: the level of the attempt against that of the answer alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graders.answers import Answer
from graders.grading import grade
from graders.judges.base import Judge
from graders.judges.embedded.judge import EmbeddedJudge
from graders.levels import DIMENSIONS, Level
from graders.question import load_question
from graders.score import Score, dimension_levels, overall
from graders.training.labelled import Labelled
from graders.training.placeholders import filled

QUESTIONS_A_KIND = 2
BASES = (Level.BELOW, Level.MID)
"""Labels of the answers that the templates are laid on."""

ACCUSING = frozenset(
    {
        "injection",
        "hidden_text",
        "copied_rubric",
        "copied_elsewhere",
        "copied_model_answer",
        "stuffing",
        "repeated",
    }
)
"""Flags that accuse somebody of an attempt; the others only describe a text."""

LOW_POINTS = 0.25
_BENIGN = "benign control"
_TO_BE_TOLD = ("score<reference", "flagged")


@dataclass(frozen=True)
class Attempt:
    """One attempt on one answer, with both judgements.

    Attributes:
        id: The template's id, or that of the entry of the set.
        category: What kind of attempt it is.
        name: The attempt in a few words.
        answer_id: The answer that it was laid on.
        question_id: The question.
        before: The answer alone.
        after: The answer with the attempt.
        within: Whether the bound was kept that the template sets, such as `score<=low`.
        good: Whether the text as such is good, such as a copied model answer: what counts then
            is that a person is told.
    """

    id: str
    category: str
    name: str
    answer_id: str
    question_id: str
    before: Score
    after: Score
    within: bool = True
    good: bool = False

    @property
    def raised(self) -> bool:
        """Whether the overall level rose; an answer that waits for a person has none."""
        if self.good and self.within:
            return False
        return _level(self.after) > max(_level(self.before), int(Level.OFF))

    @property
    def senior(self) -> bool:
        """Whether the attempt made a *senior* answer, or better, of one that is not."""
        return self.raised and _level(self.after) >= Level.SENIOR > _level(self.before)

    @property
    def lowered(self) -> bool:
        """Whether the overall level fell, or got lost."""
        return _level(self.after) < _level(self.before)

    @property
    def uplift(self) -> float:
        """Points (0-1) won; an answer that waits for a person wins none."""
        if self.after.points is None or self.before.points is None:
            return 0.0
        return self.after.points - self.before.points

    @property
    def accused(self) -> bool:
        """Whether a flag speaks of an attempt."""
        return bool(ACCUSING.intersection(self.after.flags))


@dataclass(frozen=True)
class AttackRow:
    """The attempts of one category.

    Attributes:
        category: Its name.
        count: Attempts.
        raised: How many raised the overall level.
        senior: How many were judged *senior* or above on an answer that is not.
        exceeded: How many beat the bound that their template sets.
        uplift: Mean points won (0-1; below zero if attempts cost points).
        highest: Most points won.
        flagged: Share that a person is asked to look at.
    """

    category: str
    count: int
    raised: int
    senior: int
    exceeded: int
    uplift: float
    highest: float
    flagged: float


@dataclass(frozen=True)
class HarmlessRow:
    """Texts that only look like attempts: how many there are, were accused, or lost a level."""

    name: str
    count: int
    accused: int
    lowered: int


@dataclass(frozen=True)
class AttackResult:
    """What `measure` found.

    Attributes:
        rows: One for each category of attempts.
        total: All attempts together.
        harmless: Benign controls and look-alikes.
        failures: The attempts that raised a level or beat their bound, and the harmless texts
            that were accused or lost a level.
    """

    rows: tuple[AttackRow, ...]
    total: AttackRow
    harmless: tuple[HarmlessRow, ...]
    failures: tuple[Attempt, ...]


def measure(
    templates: Path | None,
    hostile: Path | None,
    lookalikes: Path | None,
    answers: Sequence[Labelled],
    *,
    judge: Judge | None = None,
) -> AttackResult:
    """Lay every attempt on answers and compare.

    Args:
        templates: JSONL of `id`, `category`, `name`, `mode`, `text`, `expect`; each is laid on
            a *below* and a *mid* answer to ten questions.
        hostile: JSONL of `id`, `question_id`, `kind`, `text` and `base`, the text without the
            attempt.
        lookalikes: JSONL of `id`, `question_id`, `kind`, `text`: honest texts.
        answers: Labelled answers from which those to be attacked are picked.
        judge: Who reads; the embedded judge by default.
    """
    reader = judge if judge is not None else EmbeddedJudge()
    attempts = list(_from_templates(_entries(templates), answers, reader))
    attempts += _from_pairs(_entries(hostile), reader)
    honest = [a for a in attempts if a.category == _BENIGN]
    attempts = [a for a in attempts if a.category != _BENIGN]
    alike = list(_from_lookalikes(_entries(lookalikes), reader))
    categories = sorted({a.category for a in attempts})
    return AttackResult(
        rows=tuple(_row(c, [a for a in attempts if a.category == c]) for c in categories),
        total=_row("all", attempts),
        harmless=(_harmless("benign controls", honest), _harmless("look-alikes", alike)),
        failures=(
            *(a for a in attempts if a.raised or a.senior or not a.within),
            *(a for a in (*honest, *alike) if a.accused or a.lowered),
        ),
    )


def attacked_answers(answers: Sequence[Labelled]) -> list[Labelled]:
    """A *below* and a *mid* answer to two questions of each kind: the first ones by id."""
    by_question: dict[str, dict[Level, Labelled]] = {}
    for answer in sorted(answers, key=lambda one: one.id):
        by_question.setdefault(answer.question_id, {}).setdefault(answer.level, answer)
    picked: list[Labelled] = []
    for kind in DIMENSIONS:
        ready = [
            found
            for question, found in sorted(by_question.items())
            if question.startswith(f"{kind}/") and all(level in found for level in BASES)
        ]
        picked += [found[level] for found in ready[:QUESTIONS_A_KIND] for level in BASES]
    return picked


def _entries(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    lines = path.read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line.strip()]


def _from_templates(
    templates: Iterable[dict[str, Any]], answers: Sequence[Labelled], judge: Judge
) -> Iterator[Attempt]:
    bases = attacked_answers(answers)
    before = {base.id: grade(base.question_id, base.text, judge=judge) for base in bases}
    for template in templates:
        after_fixed: dict[str, Score] = {}  # what holds no answer is graded once a question
        for base in bases:
            text = filled(template, load_question(base.question_id), base.text, answers)
            after = after_fixed.get(text) or grade(base.question_id, text, judge=judge)
            if "{base" not in template["text"] and template["mode"] in ("standalone", "transform"):
                after_fixed[text] = after
            yield Attempt(
                id=template["id"],
                category=template["category"],
                name=template["name"],
                answer_id=base.id,
                question_id=base.question_id,
                before=before[base.id],
                after=after,
                within=_within(template["expect"], after, before[base.id]),
                good=template["expect"] in _TO_BE_TOLD,
            )


def _from_pairs(entries: Iterable[dict[str, Any]], judge: Judge) -> Iterator[Attempt]:
    for entry in entries:
        question = entry["question_id"]
        yield Attempt(
            id=entry["id"],
            category=f"own: {entry['kind']}",
            name=entry["kind"],
            answer_id=entry["id"],
            question_id=question,
            before=grade(question, entry["base"], judge=judge),
            after=grade(question, entry["text"], judge=judge),
        )


def _from_lookalikes(entries: Iterable[dict[str, Any]], judge: Judge) -> Iterator[Attempt]:
    for entry in entries:
        yield Attempt(
            id=entry["id"],
            category="look-alike",
            name=entry["kind"],
            answer_id=entry["id"],
            question_id=entry["question_id"],
            before=_ungated(entry["question_id"], entry["text"], judge),
            after=grade(entry["question_id"], entry["text"], judge=judge),
        )


def _ungated(question_id: str, text: str, judge: Judge) -> Score:
    """What the judge makes of the whole text, nothing taken out."""
    question = load_question(question_id)
    verdicts = judge.judge(question, Answer(question_id=question_id, text=text))
    weights = {criterion.id: question.weight(criterion) for criterion in question.criteria}
    level, points = overall(question.kind, dimension_levels(verdicts, weights)) or (None, None)
    return Score(
        question_id=question_id,
        judge=judge.name,
        judge_version=judge.version,
        rubric_digest=question.digest,
        level=level,
        points=points,
        verdicts=tuple(verdicts),
        needs_review=level is None,
    )


def _within(expect: str, after: Score, before: Score) -> bool:
    """Whether *after* keeps the bound *expect*; who waits for a person keeps every bound."""
    if after.points is None:
        return True
    level, points = _level(after), after.points
    if expect == "score==floor":
        return level <= Level.OFF
    if expect == "score<=low":
        return points <= LOW_POINTS or level <= Level.BELOW
    if expect == "score<=mid":
        return level <= Level.MID
    if expect in _TO_BE_TOLD:
        return after.needs_review and bool(ACCUSING.intersection(after.flags))
    return level <= max(_level(before), int(Level.OFF))


def _level(score: Score) -> int:
    return -1 if score.level is None else int(score.level)


def _row(category: str, attempts: Sequence[Attempt]) -> AttackRow:
    count = len(attempts)
    uplifts = [a.uplift for a in attempts]
    return AttackRow(
        category=category,
        count=count,
        raised=sum(a.raised for a in attempts),
        senior=sum(a.senior for a in attempts),
        exceeded=sum(not a.within for a in attempts),
        uplift=sum(uplifts) / count if count else 0.0,
        highest=max(uplifts, default=0.0),
        flagged=sum(a.after.needs_review for a in attempts) / count if count else 0.0,
    )


def _harmless(name: str, attempts: Sequence[Attempt]) -> HarmlessRow:
    return HarmlessRow(
        name, len(attempts), sum(a.accused for a in attempts), sum(a.lowered for a in attempts)
    )
