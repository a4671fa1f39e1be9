"""Free text of all submissions, judged in one pass; the same words are judged once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from graders.answers import Answer
from graders.batch.ledger import Ledger, verdict_key
from graders.batch.nameless import Nameless, restored
from graders.batch.task import Deferred
from graders.gradebook import JudgedAnswer
from graders.grading import grade_many
from graders.judged import answer_to, judged_answer
from graders.judges.base import Judge, JudgeOfMany
from graders.question import Question
from graders.score import Score

Questions = Mapping[str, Mapping[str, Question]]
"""Notebook -> `grade_id` -> question."""

Answers = Callable[[str], Sequence[Deferred]]
"""Gives a learner's answers; called when they are needed, so they are not all held at once."""


@dataclass
class _Learner:
    """A learner whose answers are being judged."""

    deferred: Sequence[Deferred]
    scores: dict[int, Score] = field(default_factory=dict)


@dataclass(frozen=True)
class _Asked:
    """One answer that is with the judge."""

    student: str
    position: int
    key: str
    sent: str


class JudgingPass:
    """Judges what learners wrote; what was answered before is taken from the ledger.

    Args:
        judge: Who reads.
        questions: What was asked.
        ledger: Keeps each score as soon as there is one.
        names: Hides learners' names from a judge that works elsewhere, such as a language model.
    """

    def __init__(
        self, judge: Judge, questions: Questions, ledger: Ledger, names: Nameless | None = None
    ) -> None:
        self._judge = judge
        self._names = names if isinstance(judge, JudgeOfMany) else None
        self._questions = questions
        self._ledger = ledger
        self._learners: dict[str, _Learner] = {}
        self._asked: dict[int, _Asked] = {}
        self._finished: list[str] = []

    @property
    def at_once(self) -> bool:
        """Whether the judge works on many answers at a time, and should get all together."""
        return isinstance(self._judge, JudgeOfMany)

    def judged(
        self, students: Iterable[str], answers: Answers
    ) -> Iterator[tuple[str, tuple[JudgedAnswer, ...]]]:
        """Judge all answers of *students*; yields each learner as soon as all theirs are judged."""
        scores = grade_many(self._pairs(students, answers), judge=self._judge)
        for index, given in scores:
            asked = self._asked.pop(index)
            own = self._learners[asked.student].deferred[asked.position].text
            score = restored(given, asked.sent, own)
            if "unscored" not in score.flags:
                self._ledger.keep_verdict(asked.key, score)
            self._take(asked.student, asked.position, score)
            yield from self._ready()
        yield from self._ready()

    def _pairs(
        self, students: Iterable[str], answers: Answers
    ) -> Iterator[tuple[Question, Answer]]:
        """What no score is known of, numbered in the order in which `grade_many` counts."""
        number = 0
        for student in students:
            deferred = [d for d in answers(student) if self._question(d) is not None]
            self._learners[student] = _Learner(deferred)
            if not deferred:
                self._finished.append(student)
            for position, entry in enumerate(deferred):
                question = self._question(entry)
                assert question is not None
                key = verdict_key(self._judge, question, entry.text)
                known = self._ledger.verdict(key) if entry.text.strip() else None
                if known is not None:
                    self._take(student, position, known)
                    continue
                sent = self._names.hidden(student, entry.text) if self._names else entry.text
                self._asked[number] = _Asked(student, position, key, sent)
                number += 1
                yield question, answer_to(question, sent, entry.flags)

    def _question(self, entry: Deferred) -> Question | None:
        return self._questions.get(entry.notebook, {}).get(entry.grade_id)

    def _take(self, student: str, position: int, score: Score) -> None:
        learner = self._learners[student]
        learner.scores[position] = score
        if len(learner.scores) == len(learner.deferred):
            self._finished.append(student)

    def _ready(self) -> Iterator[tuple[str, tuple[JudgedAnswer, ...]]]:
        while self._finished:
            student = self._finished.pop(0)
            learner = self._learners.pop(student)
            yield (
                student,
                tuple(
                    self._line(entry, learner.scores[position])
                    for position, entry in enumerate(learner.deferred)
                ),
            )

    def _line(self, entry: Deferred, score: Score) -> JudgedAnswer:
        question = self._question(entry)
        assert question is not None
        return judged_answer(
            entry.notebook, entry.grade_id, question, entry.text, entry.flags, score
        )
