"""The single path from an answer to a score, whoever asks and whichever judge answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.base import Judge
from graders.judges.factory import judge_named
from graders.judges.gates import Gate, inspect
from graders.judges.text import read
from graders.levels import GATE, Level
from graders.question import Question, load_question
from graders.score import FULL_MARKS, Score, Tip, Verdict, dimension_levels, overall

TIPS = 3
MAX_MESSAGE = 500
SURE = 0.6
"""Mean confidence of the verdicts below which a person should look."""


def grade(question: Question | str, answer: Answer | str, *, judge: Judge | None = None) -> Score:
    """Judge one answer.

    A judge's failure becomes an unscored `Score` that waits for a person; it never becomes a
    zero and never raises.

    Args:
        question: The question, or the id of a question of the bank.
        answer: The answer, or just its text.
        judge: Who reads it; the embedded judge by default.

    Returns:
        The score, with verdicts, tips and flags.

    Raises:
        UsageError: If there is no such question.
        RubricError: If the question's file is broken.
    """
    if isinstance(question, str):
        question = load_question(question)
    if isinstance(answer, str):
        answer = Answer(question_id=question.id, text=answer)
    name, version, gate = "none", "", Gate(read(""))
    try:
        reader = judge if judge is not None else judge_named("embedded")
        name, version = reader.name, reader.version
        gate = inspect(question, answer.text)
        if gate.stop is not None:
            return _stopped(question, reader, gate, gate.stop)
        cleaned = answer.model_copy(update={"text": gate.document.raw})
        verdicts = _checked(question, reader.judge(question, cleaned), answer.text)
        return _score(question, reader, gate, verdicts)
    except Exception as error:  # whatever a judge does, the other answers go on
        message = (
            str(error) if isinstance(error, JudgeError) else f"{type(error).__name__}: {error}"
        )
        return _unscored(question, name, version, gate, _encodable(message)[:MAX_MESSAGE])


def _checked(question: Question, verdicts: Sequence[Verdict], text: str) -> list[Verdict]:
    """Put the verdicts in the question's order and drop quotes that the answer does not hold."""
    # A judge may hand over anything: what is no verdict fails here, and the answer is unscored.
    valid = [Verdict.model_validate(verdict.model_dump()) for verdict in verdicts]
    by_id = {verdict.criterion: verdict for verdict in valid}
    expected = {criterion.id for criterion in question.criteria}
    if set(by_id) != expected or len(valid) != len(expected):
        raise JudgeError(
            "the verdicts do not match the criteria",
            where=question.id,
            fix=f"Missing: {sorted(expected - set(by_id))}, unknown: {sorted(set(by_id) - expected)}",
        )
    return [
        by_id[criterion.id].model_copy(
            update={
                "dimension": criterion.dimension,
                "reason": _encodable(by_id[criterion.id].reason),
                "evidence": tuple(
                    located
                    for quote in by_id[criterion.id].evidence
                    if (located := _locate(quote, text))
                ),
            }
        )
        for criterion in question.criteria
    ]


def _encodable(text: str) -> str:
    """*text* without halves of characters, which no file and no database could take."""
    return text.encode("utf-8", errors="replace").decode()


def _locate(quote: str, text: str) -> str | None:
    """The quote, or its longest part, that stands in the answer letter for letter."""
    if quote != _encodable(quote):
        return None
    if quote.strip() and quote in text:
        return quote
    # A quote may span a passage that the gates blanked out.
    parts = [part.strip() for part in re.split(r"\s{3,}|\n", quote)]
    found = [part for part in parts if len(part) > 10 and part in text]
    return max(found, key=len, default=None)


def _score(question: Question, judge: Judge, gate: Gate, verdicts: list[Verdict]) -> Score:
    weights = {criterion.id: question.weight(criterion) for criterion in question.criteria}
    dimensions = dimension_levels(verdicts, weights)
    result = overall(question.kind, dimensions)
    flags, reasons = list(gate.flags), list(gate.reasons)
    unjudged = [verdict.criterion for verdict in verdicts if verdict.level is None]
    if unjudged:
        flags.append("partly_judged")
        reasons.append(f"Could not be judged: {', '.join(unjudged)}.")
    gate_asked = any(c.dimension == GATE[question.kind] for c in question.criteria)
    if gate_asked and GATE[question.kind] not in dimensions:
        # Judgment decides whether an answer can be senior; unjudged, it decides nothing.
        result = None
        reasons.append("Judgment could not be judged, so there is no overall level.")
    sure = sum(verdict.confidence for verdict in verdicts) / max(len(verdicts), 1)
    if sure < SURE:
        flags.append("low_confidence")
        reasons.append("The judge is not sure about several criteria.")
    return Score(
        question_id=question.id,
        judge=judge.name,
        judge_version=judge.version,
        rubric_digest=question.digest,
        level=result[0] if result else None,
        points=round(result[1], 4) if result else None,
        dimensions={name: round(value, 3) for name, value in dimensions.items()},
        verdicts=tuple(verdicts),
        tips=tuple(_tips(question, verdicts)),
        flags=tuple(dict.fromkeys(flags)),
        needs_review=bool(reasons) or result is None,
        reasons=tuple(reasons),
    )


def _tips(question: Question, verdicts: list[Verdict]) -> list[Tip]:
    """The first gaps: below the level of full marks, heaviest loss first."""
    gaps = []
    for position, verdict in enumerate(verdicts):
        if verdict.level is None or verdict.level >= FULL_MARKS:
            continue
        criterion = question.criterion(verdict.criterion)
        loss = question.weight(criterion) * (FULL_MARKS - verdict.level)
        gaps.append((-loss, position, criterion, Level(verdict.level)))
    tips = []
    for _, _, criterion, level in sorted(gaps, key=lambda gap: gap[:2])[:TIPS]:
        target = max(Level.MID, Level(level + 1))
        tips.append(
            Tip(
                criterion=criterion.id,
                dimension=criterion.dimension,
                level=level,
                # The tip speaks of what is missing; what is partly there is not missing.
                gap=criterion.tip if level <= Level.BELOW else f"Partly there: {criterion.asks}",
                lift=criterion.descriptor(target),
            )
        )
    return tips


def _stopped(question: Question, judge: Judge, gate: Gate, why: str) -> Score:
    """The score of an answer that no judge needs to read."""
    level = None if gate.unscored else Level.OFF
    verdicts = [
        Verdict(criterion=c.id, dimension=c.dimension, level=level, reason=why)
        for c in question.criteria
    ]
    return Score(
        question_id=question.id,
        judge=judge.name,
        judge_version=judge.version,
        rubric_digest=question.digest,
        level=level,
        points=None if gate.unscored else 0.0,
        dimensions={} if gate.unscored else {c.dimension: 0.0 for c in question.criteria},
        verdicts=tuple(verdicts),
        tips=tuple(_tips(question, verdicts)),
        flags=gate.flags,
        # A blank answer is certain; every other zero is looked at by a person.
        needs_review=gate.unscored or gate.flags != ("empty",),
        reasons=gate.reasons or (() if gate.flags == ("empty",) else (why,)),
    )


def _unscored(question: Question, name: str, version: str, gate: Gate, why: str) -> Score:
    return Score(
        question_id=question.id,
        judge=name,
        judge_version=version,
        rubric_digest=question.digest,
        level=None,
        points=None,
        flags=(*gate.flags, "unscored"),
        needs_review=True,
        reasons=(*gate.reasons, f"Could not be judged: {why}"),
    )
