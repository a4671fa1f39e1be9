"""A term of 40 learners and 8 weeks: who hands in what and when, and what people do about it."""

from __future__ import annotations

import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from graders.answers import Answer
from graders.cohorts.appeals import answer_appeal, file_appeal, open_appeals
from graders.cohorts.extending import grant_extension
from graders.cohorts.items import ReviewItem
from graders.cohorts.regrade import Regrade, apply, preview
from graders.cohorts.review import ReviewQueue
from graders.cohorts.tally import WeekReport
from graders.cohorts.week import WeekOptions, run_week
from graders.course import Course, open_course
from graders.gradebook import extensions
from graders.judges.base import Judge
from graders.judges.factory import judge_named
from graders.levels import Level
from graders.question import Question, load_question
from graders.score import Verdict
from tests.batch.nursery import AtOnce
from tests.cohorts.course import CELLS, PAIRS, WORTH, due, hand_in, name, plain, question_id
from tests.cohorts.own_ledger import Judged, Line, points

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEARNERS = tuple(f"learner{number:02}" for number in range(1, 41))
FIRST, SECOND, LEAD = "Kim", "Lee", "Pat"
CRASH, FIX = 3, 5
"""The week in which the machine goes down, and the one whose rubric is corrected."""


@dataclass(frozen=True)
class Killing:
    """A judge in whose hands the process dies, as in a power cut."""

    inner: Judge
    after: int
    asked: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """That of the judge inside."""
        return self.inner.name

    @property
    def version(self) -> str:
        """That of the judge inside."""
        return self.inner.version

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        """Ask the judge inside, until it is enough."""
        self.asked.append(answer.question_id)
        if len(self.asked) > self.after:
            os._exit(9)
        return self.inner.judge(question, answer)


class Term:
    """The term, and beside it the ledger of what its marks should be."""

    def __init__(self, course: Course, exchange: Path) -> None:
        self.course = course
        self.exchange = exchange
        self.judge = judge_named("embedded")
        self.judged = Judged(self.judge)
        self.lines: dict[tuple[int, str], Line] = {}
        self._luck = random.Random(8)
        self._texts = {stem: plain(stem) for pair in PAIRS for stem in pair}

    def questions(self, week: int) -> Mapping[str, Question]:
        """Cell -> what is asked, as the rubrics say now."""
        if week == FIX:
            return self.course.questions(name(week))[name(week)]
        return {
            cell: load_question(question_id(stem))
            for cell, stem in zip(CELLS, PAIRS[week - 1], strict=True)
        }

    def week(self, week: int, days: float, **more: Any) -> WeekReport:
        """`seniorkit week`, so many days after it was due."""
        judge = more.pop("judge", self.judge)
        options = WeekOptions(judge, executor=AtOnce(), exports=("csv",), report=False)
        now = due(week) + days * DAY
        return run_week(self.course.root, name(week), now=now, options=options, **more)

    def hand_in(self, week: int) -> None:
        """What the learners do in one week, and whom the instructor gives longer."""
        for learner in LEARNERS:
            luck = self._luck.random()
            if luck < 0.06:
                continue  # nothing this week
            longer = timedelta(days=2) if 0.06 <= luck < 0.14 else timedelta()
            if longer:
                grant_extension(self.course, learner, name(week), "+2d", why="ill", by=FIRST)
            late = 0.10 <= luck < 0.24  # also after an extension
            hours = self._luck.uniform(1, 50) if late else -self._luck.uniform(1, 60)
            at = due(week) + longer + hours * HOUR
            answers = self._answers(week)
            if self._luck.random() < 0.2:  # an earlier try, which does not count
                self._submit(week, learner, self._answers(week), at - 200 * HOUR * (not late))
                if late:  # ... or it does, and it is the late one that does not
                    self._submit(week, learner, answers, at)
                    early = due(week) - HOUR * self._luck.uniform(1, 60)
                    answers, at = self._answers(week), early
            self._submit(week, learner, answers, at)
            self.lines[week, learner] = Line(answers, at, due(week) + longer)

    def _answers(self, week: int) -> dict[str, str | None]:
        found: dict[str, str | None] = {}
        for cell, stem in zip(CELLS, PAIRS[week - 1], strict=True):
            found[cell] = (
                None if self._luck.random() < 0.04 else self._luck.choice(self._texts[stem])
            )
        return found

    def _submit(self, week: int, learner: str, answers: Mapping[str, str | None], at: Any) -> None:
        written = {cell: text for cell, text in answers.items() if text is not None}
        hand_in(self.course, week, learner, written, at, exchange=self.exchange)

    def crash(self, week: int) -> int:
        """Run the week in a process that dies in the middle; its exit status."""
        child = os.fork()
        if child == 0:
            try:
                self.week(week, 0.1, judge=Killing(self.judge, after=20))
            finally:
                os._exit(1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def review(self, week: int) -> int:
        """The first marker goes through the queue; the number of answers in it."""
        queue = ReviewQueue.open(self.course, name(week), FIRST)
        waiting = list(queue.items)
        for item in waiting:
            if item.points is None or self._luck.random() < 0.4:
                self._give(queue, item, week, counts=True)
            else:
                queue.accept(item, "Stands.")
                self.lines[week, item.student].given[item.grade_id] = item.points
        return len(waiting)

    def second(self, week: int) -> int:
        """The second marker, blind; where they are apart, a third decides. How often that was."""
        queue = ReviewQueue.open(self.course, name(week), SECOND, blind=True, share=0.8)
        for item in list(queue.items):
            self._give(queue, item, week, counts=False)
        lead = ReviewQueue.open(self.course, name(week), LEAD, lead=True)
        apart = list(lead.items)
        for item in apart:
            self._give(lead, item, week, counts=True)
        return len(apart)

    def _give(self, queue: ReviewQueue, item: ReviewItem, week: int, *, counts: bool) -> None:
        question = self.questions(week)[item.grade_id]
        even = Level(self._luck.randint(0, 4))
        levels = {
            # Markers who see the first mark differ by criterion, the blind one on the whole.
            one.id: Level(self._luck.randint(0, 4)) if counts else even
            for one in question.criteria
        }
        queue.change(item, levels, "Read again.")
        if counts:
            mark = points(question, levels, WORTH[item.grade_id])
            self.lines[week, item.student].given[item.grade_id] = mark

    def fix_rubric(self, week: int) -> Regrade:
        """It judged what had not been taught; what it asks is judged again for everybody."""
        folder = self.course.source(name(week))
        (path,) = folder.glob("*.rubric.yaml")
        rubric = yaml.safe_load(path.read_text(encoding="utf-8"))
        asked = load_question(rubric["answers"][0]["question"]).model_dump(mode="json")
        taught = ("mechanism", "numbers")
        asked["criteria"] = [one for one in asked["criteria"] if one["dimension"] in taught]
        left = {one["id"] for one in asked["criteria"]}
        asked["follow_ups"] = [one for one in asked["follow_ups"] if one["criterion"] in left]
        rubric["answers"][0]["question"] = asked
        path.write_text(yaml.safe_dump(rubric, allow_unicode=True), encoding="utf-8")
        self.course = open_course(self.course.root)
        looked_at = preview(self.course, name(week), CELLS[0], judge=self.judge)
        apply(self.course, looked_at, FIRST)
        return looked_at

    def appeal(self, week: int) -> None:
        """Two learners ask again: one is right, one is not."""
        marked = [learner for learner in LEARNERS if (week, learner) in self.lines]
        for number, learner in enumerate(self._luck.sample(marked, 2)):
            line, question = self.lines[week, learner], self.questions(week)[CELLS[1]]
            before = line.given.get(
                CELLS[1], self.judged.points(question, line.answers[CELLS[1]], WORTH[CELLS[1]])
            )
            file_appeal(self.course, learner, name(week), CELLS[1], "I did say what failed.")
            (filed,) = open_appeals(self.course, name(week))
            levels = {one.id: Level.SENIOR for one in question.criteria} if number == 0 else None
            answer_appeal(self.course, filed, LEAD, levels is not None, "Looked at.", levels)
            assert before is not None
            line.given[CELLS[1]] = WORTH[CELLS[1]] if levels else before

    def expected(self, week: int, learner: str) -> float | None:
        """What the ledger says; `None` where nothing was handed in."""
        line = self.lines.get((week, learner))
        return None if line is None else line.total(self.questions(week), self.judged)


def with_more_time(line: Line, learner: str, course: Course, assignment: str) -> Line:
    """The same work, with the extension that was granted last."""
    (granted,) = [e for e in extensions(course.db_url, assignment) if e.student == learner]
    return replace(line, due=granted.until)
