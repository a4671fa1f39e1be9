"""From a model's opinions to verdicts: nothing counts without a quote that the answer holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graders.judges.llm.protocol import Reply
from graders.judges.llm.quotes import evidence_of, shows
from graders.judges.llm.reply import Opinion, Reading, read_reply
from graders.judges.text import Document, Span
from graders.levels import Level
from graders.question import Criterion, Question
from graders.score import Verdict

CHECKS = 2
"""Raised whenever a rule changes by which a reply is read, checked or asked about again.

What was kept under the old rules is then not served any more.
"""

SUSPICIOUS = (
    "The model found words that speak to the grader, so nothing that it gives counts before a "
    "person has looked."
)
UNFOUND = (
    "The model reported words that speak to the grader and that could not be found in the answer, "
    "so nothing that it gives counts before a person has looked."
)
NO_QUOTE = (
    "The verdict could not be shown by any words of the answer, so a person should judge this."
)
NO_REPLY = "The model did not judge this, so a person should."
NOTHING = (
    "The model found nothing at all in this answer, which no quote can show, so a person looks."
)


@dataclass(frozen=True)
class Checked:
    """The opinions of one reply, checked against the answer.

    Attributes:
        verdicts: Criterion id -> verdict, for what stood the check.
        suspicious: Where passages stand that speak to the grader.
        problems: What is to be asked again, in words for the model.
        unquoted: Criteria whose verdict no quote shows.
        unfound: Whether passages were reported, none of which stands in the answer.
    """

    verdicts: dict[str, Verdict]
    suspicious: tuple[Span, ...]
    problems: tuple[str, ...]
    unquoted: frozenset[str] = frozenset()
    unfound: bool = False

    @property
    def usable(self) -> bool:
        """Whether the reply had an opinion in the given form on any criterion."""
        return bool(self.verdicts or self.unquoted)


def interpret(reply: Reply, question: Question) -> Reading:
    """Read *reply*; a refusal or a reply that was cut off is not judged by its fragments."""
    if reply.refusal or reply.finish == "content_filter":
        return Reading(problems=("You refused. Judging this text for an interview is wanted.",))
    if reply.finish == "length":
        short = "one short quote and one short sentence for each criterion"
        return Reading(problems=(f"The reply was cut off. Be brief: {short}.",))
    return read_reply(reply.text, question)


def check(question: Question, document: Document, reading: Reading) -> Checked:
    """Look every quote of *reading* up in the answer."""
    # No report is too short to be believed, if it stands there.
    suspicious = tuple(evidence_of(document, reading.suspicious, least=1))
    unfound = bool(reading.suspicious) and not suspicious
    verdicts: dict[str, Verdict] = {}
    problems = list(reading.problems)
    if unfound:
        problems.append(
            "What you report under suspicious does not stand in the answer. Copy the passage letter "
            "for letter, or give an empty list if there is none."
        )
    unquoted = set()
    for criterion in question.criteria:
        opinion = reading.opinions.get(criterion.id)
        if opinion is None:
            continue
        spans = evidence_of(document, opinion.quotes)
        counted = [
            span
            for span in spans
            if shows(question, document, span)
            and not any(_overlap(span, bad) for bad in suspicious)
        ]
        if opinion.level is not None and opinion.level > Level.OFF and not counted:
            unquoted.add(criterion.id)
            problems.append(
                f"The criterion {criterion.id} has no quote that stands in the answer. Copy four "
                "words or more letter for letter, not the question's, or change the verdict."
            )
            continue
        evidence = [document.raw[span.start : span.end] for span in counted]
        verdicts[criterion.id] = _verdict(criterion, opinion, evidence)
    return Checked(verdicts, suspicious, tuple(problems), frozenset(unquoted), unfound)


def final(question: Question, first: Checked, second: Checked | None) -> list[Verdict]:
    """The verdicts in the question's order; what stood no check has no level.

    What was right at first stays: only the rest was asked again. A report of words that speak to
    the grader is taken back only by a reply that could be read.
    """
    given = {**(second.verdicts if second else {}), **first.verdicts}
    suspicious = [*first.suspicious, *(second.suspicious if second else ())]
    unquoted = (second or first).unquoted
    unfound = second.unfound if second and second.usable else first.unfound
    verdicts = []
    for criterion in question.criteria:
        verdict = given.get(criterion.id)
        if verdict is None:
            why = NO_QUOTE if criterion.id in unquoted else NO_REPLY
            verdict = Verdict(
                criterion=criterion.id,
                dimension=criterion.dimension,
                level=None,
                reason=why,
                confidence=0.0,
            )
        elif (suspicious or unfound) and verdict.level is not None:
            # It read them, so it may have obeyed them, whatever it says of them.
            doubt = SUSPICIOUS if suspicious else UNFOUND
            withheld = {"level": None, "confidence": 0.0, "doubt": doubt}
            verdict = verdict.model_copy(update=withheld)
        verdicts.append(verdict)
    return verdicts


def looked_at(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """*verdicts*, with a doubt if all are *off*.

    *Off* needs no quote, so nothing shows that the model has read; weak models give it to
    everything.
    """
    nothing = all(verdict.level == Level.OFF for verdict in verdicts)
    first = [v.model_copy(update={"doubt": NOTHING}) for v in verdicts[:1]] if nothing else []
    return [*first, *verdicts[len(first) :]]


def blank(question: Question) -> list[Verdict]:
    """The verdicts on an answer without a word, which no model needs to read."""
    return [
        Verdict(
            criterion=criterion.id,
            dimension=criterion.dimension,
            level=Level.OFF,
            reason="There is no answer.",
        )
        for criterion in question.criteria
    ]


def _verdict(criterion: Criterion, opinion: Opinion, evidence: Sequence[str]) -> Verdict:
    return Verdict(
        criterion=criterion.id,
        dimension=criterion.dimension,
        level=opinion.level,
        evidence=tuple(evidence),
        reason=opinion.reason,
        confidence=0.0 if opinion.level is None else opinion.confidence,
    )


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
