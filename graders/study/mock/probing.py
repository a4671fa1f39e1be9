"""What to ask next: the criterion that loses most on what was said so far, and words for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from graders.answers import Answer
from graders.grading import grade
from graders.judges.text import words
from graders.levels import Level
from graders.question import Criterion, Question
from graders.question.model import FollowUp
from graders.score import Score, Verdict
from graders.study.mock import lines
from graders.study.mock.facts import fact_for

MOST_ASKED = 2
"""How often one criterion is probed; after that, what has not been said will not be."""

FEWEST_QUOTED = 5
"""Words from which a quotation is worth taking up."""


@dataclass(frozen=True)
class Probe:
    """A follow-up.

    Attributes:
        text: The interviewer's words.
        bare: The question alone, without what leads up to it.
        criterion: What it is about.
        source: Whose words the question is.
    """

    text: str
    bare: str
    criterion: str
    source: Literal["lines", "bank"]


def so_far(question: Question, said: str) -> Score:
    """What the embedded judge makes of *said*: offline and in milliseconds, whoever judges later."""
    return grade(question, Answer(question_id=question.id, text=said))


def warm_up(question: Question) -> None:
    """Load the judge and prepare *question*, so that the first turn is answered at once."""
    if question.model_answers is not None:
        so_far(question, question.model_answers.mid)
    fact_for("How many?", question)


def weakest(question: Question, score: Score, probed: Sequence[str]) -> list[Criterion]:
    """The criteria that may be probed, the one that loses most first.

    What was probed before comes after what was not. Where all are senior, what keeps the answer
    from staff is asked about; where all are staff, what weighs most, so that nobody goes unasked.

    Args:
        question: The question.
        score: The judgement of what was said so far.
        probed: Ids of the criteria that were probed, with repeats.
    """
    verdicts = {verdict.criterion: verdict for verdict in score.verdicts}
    lowest = min((v.level or Level.OFF for v in verdicts.values()), default=Level.OFF)
    goal = max(int(Level.SENIOR), lowest + 1)

    def loss(criterion: Criterion) -> float:
        verdict = verdicts.get(criterion.id)
        level = verdict.level if verdict is not None and verdict.level is not None else Level.OFF
        return question.weight(criterion) * max(0, goal - level)

    open_ones = [
        criterion
        for criterion in question.criteria
        if loss(criterion) > 0 and probed.count(criterion.id) < MOST_ASKED
    ]
    return sorted(open_ones, key=lambda c: (probed.count(c.id), -loss(c)))


def probe_for(
    question: Question, criterion: Criterion, score: Score, used: Sequence[str], seed: str
) -> Probe | None:
    """A follow-up about *criterion* that was not asked before, or `None` if there is none left.

    Args:
        question: The question.
        criterion: What to ask about.
        score: The judgement of what was said so far; its evidence is taken up.
        used: Everything said so far.
        seed: Decides between lines that are as good.
    """
    ready = [
        follow_up.ask
        for follow_up in question.follow_ups
        if follow_up.criterion == criterion.id and not follow_up.constraint_change
    ]
    bare, source = lines.fresh(ready, used, seed), "bank"
    if bare is None:
        bare, source = (
            lines.fresh(lines.pool("probes", criterion.dimension), used, seed),
            "lines",
        )
    if bare is None:
        return None
    lead = _lead(criterion, score, used, seed)
    text = f"{lead} {bare}" if lead else bare
    return Probe(text, bare, criterion.id, "bank" if source == "bank" else "lines")


def change_for(question: Question, score: Score, seed: str) -> FollowUp | None:
    """The changed constraint to interrupt with: about something that was already spoken of."""
    changes = [follow_up for follow_up in question.follow_ups if follow_up.constraint_change]
    levels = {verdict.criterion: verdict.level or Level.OFF for verdict in score.verdicts}
    spoken = [one for one in changes if levels.get(one.criterion, Level.OFF) > Level.OFF]
    options = spoken or changes
    text = lines.fresh([one.ask for one in options], [], seed)
    return next((one for one in options if one.ask == text), None)


def _lead(criterion: Criterion, score: Score, used: Sequence[str], seed: str) -> str | None:
    """What leads up to the question: the candidate's own words, or that there were none."""
    verdict = next((v for v in score.verdicts if v.criterion == criterion.id), None)
    if verdict is not None and (quote := _taken_up(verdict, used)):
        shapes = [line.format(quote=quote) for line in lines.pool("you said")]
        said = lines.fresh(shapes, used, seed)
        return f"{said}." if said and not said.endswith((".", "”")) else said
    if verdict is None or (verdict.level or Level.OFF) <= Level.BELOW:
        topic = lines.topic(criterion.dimension)
        shapes = [line.format(topic=topic) for line in lines.pool("nothing yet")]
        return lines.fresh(shapes, used, seed)
    return None


def _taken_up(verdict: Verdict, used: Sequence[str]) -> str | None:
    """A passage that the verdict rests on and that was not taken up before."""
    if (verdict.level or Level.OFF) <= Level.OFF:
        return None
    said = [line for line in used if "“" in line]
    for passage in verdict.evidence:
        quote = lines.quoted(passage)
        if len(words(quote)) >= FEWEST_QUOTED and not any(quote in line for line in said):
            return quote
    return None
