"""The single path from an answer to a score, whoever asks and whichever judge answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from graders.answers import Answer
from graders.errors import JudgeError, UsageError
from graders.judges.base import Judge, JudgeOfMany
from graders.judges.factory import judge_named
from graders.judges.gates import Gate, inspect
from graders.judges.rules import per_question
from graders.judges.scripted import ScriptedJudge
from graders.judges.text import read
from graders.levels import GATE, Level
from graders.question import Criterion, Question, load_question
from graders.score import FULL_MARKS, Score, Tip, Verdict, dimension_levels, overall

if TYPE_CHECKING:
    from graders.judges.llm.many import Result

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
    case = _Case(question, answer, judge)
    passed = case.passes()
    if isinstance(passed, Score):
        return passed
    return case.scored(lambda: case.reader.judge(question, passed))


def grade_many(
    pairs: Iterable[tuple[Question, Answer]], *, judge: Judge | None = None
) -> Iterator[tuple[int, Score]]:
    """Judge many answers; the same scores as `grade`, several at a time where the judge can.

    What the gates stop, blank answers above all, never reaches the judge. Pairs are taken as
    there is room, so memory does not grow with their number.

    Args:
        pairs: Questions with answers.
        judge: Who reads them; the embedded judge by default.

    Yields:
        The number of the pair, from 0, and its score, as they finish: in order with a judge of
        one answer at a time, else in any order.
    """
    coming = enumerate(pairs)
    if isinstance(judge, JudgeOfMany):
        at_work = True
        while at_work:
            at_work = False
            for done in _round(coming, judge):
                at_work = True
                yield done
    for index, (question, answer) in coming:
        yield index, grade(question, answer, judge=judge)


def score_by_person(
    question: Question, levels: Mapping[str, Level], *, by: str, seen: Score | None = None
) -> Score:
    """The score of the levels that a person gave: the same arithmetic as for every judge.

    Args:
        question: What was asked.
        levels: Criterion id -> level, for every criterion.
        by: The person.
        seen: The automatic score; its quotes stay, and its reasons where its level does.

    Raises:
        UsageError: If *levels* do not fit the question's criteria.
    """
    expected = [criterion.id for criterion in question.criteria]
    if set(levels) != set(expected):
        raise UsageError(
            f"a mark needs a level for each criterion of {question.id}",
            fix=f"Missing: {sorted(set(expected) - set(levels))},"
            f" unknown: {sorted(set(levels) - set(expected))}",
        )
    before = {verdict.criterion: verdict for verdict in (seen.verdicts if seen else ())}
    verdicts = []
    for criterion in question.criteria:
        level, was = levels[criterion.id], before.get(criterion.id)
        verdicts.append(
            Verdict(
                criterion=criterion.id,
                dimension=criterion.dimension,
                level=level,
                evidence=was.evidence if was else (),
                reason=was.reason if was and was.level == level else "",
            )
        )
    person = ScriptedJudge(levels=levels, name="person", version=by)
    return _score(question, person, Gate(read("")), verdicts)


ROUND = 200
"""Answers that the gates stop, or that fail, until those that were judged are waited for."""


def _round(
    coming: Iterator[tuple[int, tuple[Question, Answer]]], judge: JudgeOfMany
) -> Iterator[tuple[int, Score]]:
    """Take pairs until there are none or many were stopped by the gates; yield all their scores."""
    stopped: list[tuple[int, Score]] = []
    waiting: dict[int, tuple[int, _Case]] = {}

    faults: list[Exception] = []

    def feed() -> Iterator[tuple[Question, Answer]]:
        for number in count():
            case = passed = None
            while passed is None and len(stopped) < ROUND:
                try:
                    index, pair = next(coming)
                except StopIteration:
                    return
                except Exception as error:
                    faults.append(error)  # raised when those under way have been judged
                    return
                case = _Case(*pair, judge)
                found = case.passes()
                if isinstance(found, Score):
                    stopped.append((index, found))
                else:
                    passed, waiting[number] = found, (index, case)
            if case is None or passed is None:
                return
            yield case.question, passed

    broken: Exception = JudgeError("the judge gave no result")
    results = judge.judge_many(feed())
    while True:
        try:
            result = next(results, None)
        except Exception as error:  # not one answer's failure: the judge as such broke
            broken, result = error, None
        if result is None:
            break
        index, case = waiting.pop(result.index)
        yield index, case.scored(partial(_verdicts_of, result))
        yield from _emptied(stopped)
    yield from _emptied(stopped)
    for index, case in waiting.values():
        yield index, case.failed(broken)
    if faults:
        raise faults[0]


def _verdicts_of(result: Result) -> Sequence[Verdict]:
    if result.verdicts is None:
        raise result.error or JudgeError("the judge gave no reason")
    return result.verdicts


def _emptied(found: list[tuple[int, Score]]) -> Iterator[tuple[int, Score]]:
    while found:
        yield found.pop(0)


@per_question
def _digest(question: Question) -> str:
    return question.digest


class _Case:
    """One answer on its way from the gates through the judge to a score."""

    def __init__(self, question: Question, answer: Answer, judge: Judge | None) -> None:
        self.question = question
        self._answer = answer
        self._judge = judge
        self._name, self._version = "none", ""
        self._gate = Gate(read(""))

    def passes(self) -> Answer | Score:
        """What the judge is to read; or the score, if it need not or cannot."""
        try:
            self.reader = self._judge if self._judge is not None else judge_named("embedded")
            self._name, self._version = self.reader.name, self.reader.version
            self._gate = inspect(self.question, self._answer.text)
            if self._gate.stop is not None:
                return _stopped(self.question, self.reader, self._gate, self._gate.stop)
            left = {"text": self._gate.document.raw, "suspicious": self._gate.suspicious}
            return self._answer.model_copy(update=left)
        except Exception as error:  # whatever a judge does, the other answers go on
            return self.failed(error)

    def scored(self, judged: Callable[[], Sequence[Verdict]]) -> Score:
        """The score of the verdicts that *judged* gives."""
        try:
            verdicts = _checked(self.question, judged(), self._answer.text)
            return _score(self.question, self.reader, self._gate, verdicts)
        except Exception as error:
            return self.failed(error)

    def failed(self, error: Exception) -> Score:
        """The unscored score that tells of *error*."""
        message = (
            str(error) if isinstance(error, JudgeError) else f"{type(error).__name__}: {error}"
        )
        return _unscored(
            self.question, self._name, self._version, self._gate, _encodable(message)[:MAX_MESSAGE]
        )


def _checked(question: Question, verdicts: Sequence[Verdict], text: str) -> list[Verdict]:
    """Put the verdicts in the question's order and drop quotes that the answer does not hold."""
    # A judge may hand over anything: what is no verdict fails here, and the answer is unscored.
    valid = [Verdict.model_validate(vars(verdict)) for verdict in verdicts]
    by_id = {verdict.criterion: verdict for verdict in valid}
    expected = {criterion.id for criterion in question.criteria}
    if set(by_id) != expected or len(valid) != len(expected):
        raise JudgeError(
            "the verdicts do not match the criteria",
            where=question.id,
            fix=f"Missing: {sorted(expected - set(by_id))}, unknown: {sorted(set(by_id) - expected)}",
        )
    return [_ours(by_id[criterion.id], criterion, text) for criterion in question.criteria]


def _ours(verdict: Verdict, criterion: Criterion, text: str) -> Verdict:
    """The *verdict* on *criterion* with what we know better, and what a file can take."""
    quotes = (_locate(quote, text) for quote in verdict.evidence)
    return verdict.model_copy(
        update={
            "dimension": criterion.dimension,
            "reason": _encodable(verdict.reason),
            "doubt": _encodable(verdict.doubt or "")[:MAX_MESSAGE] or None,
            "evidence": tuple(quote for quote in quotes if quote),
        }
    )


def _encodable(text: str) -> str:
    """*text* without halves of characters, which no file and no database could take."""
    if text.isascii():
        return text
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
    doubts = dict.fromkeys(verdict.doubt for verdict in verdicts if verdict.doubt)
    if doubts:
        flags.append("doubted")
        reasons += doubts
    sure = sum(verdict.confidence for verdict in verdicts) / max(len(verdicts), 1)
    if sure < SURE:
        flags.append("low_confidence")
        reasons.append("The judge is not sure about several criteria.")
    return Score(
        question_id=question.id,
        judge=judge.name,
        judge_version=judge.version,
        rubric_digest=_digest(question),
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
        rubric_digest=_digest(question),
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
        rubric_digest=_digest(question),
        level=None,
        points=None,
        flags=(*gate.flags, "unscored"),
        needs_review=True,
        reasons=(*gate.reasons, f"Could not be judged: {why}"),
    )
