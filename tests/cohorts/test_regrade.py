"""Grading one question again: first looked at, then applied; persons' marks stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import yaml
from nbgrader.api import Gradebook

from graders.answers import Answer
from graders.batch import grade_assignment
from graders.cohorts.regrade import Change, apply, preview
from graders.errors import StoreError, UsageError
from graders.gradebook.notices import notices
from graders.gradebook.sessions import session_of
from graders.judges.llm.many import Result
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import Question, load_question
from tests.batch.dump import everything
from tests.batch.nursery import AtOnce
from tests.cohorts.desk import (
    CACHING,
    IMPACT,
    WORDS,
    Doubting,
    by_formgrader,
    hand_over,
    in_formgrader,
    item_of,
    levels,
    queue,
    sums,
    totals,
    trail,
)
from tests.conftest import ESSAY, WEEK, Classroom, cell

MID, SENIOR, OFF = (ScriptedJudge(default=level) for level in (Level.MID, Level.SENIOR, Level.OFF))


@pytest.fixture
def graded(classroom: Classroom) -> Classroom:
    """Everyone's essay is mid; Ana has said mid to bob's and senior to cy's."""
    for learner in ("ada", "bob", "cy"):
        hand_over(classroom, learner, MID)
    desk = queue(classroom, "Ana", everything=True)
    desk.accept(item_of(desk, "bob"))
    cy = item_of(desk, "cy")
    desk.change(cy, levels(cy.question, Level.SENIOR))
    return classroom


def told(classroom: Classroom, learner: str) -> list[str]:
    with session_of(classroom.open().db_url) as session:
        return [one.text for one in notices(session, WEEK, learner)]


def row(change: Change) -> tuple[object, ...]:
    return (
        change.place.student, change.points_from, change.points_to, change.level_from,
        change.level_to,
    )  # fmt: skip


def test_looking_changes_nothing(graded: Classroom) -> None:
    before = everything(graded.root), trail(graded.open())
    found = preview(graded.open(), WEEK, CACHING, SENIOR)
    assert [row(change) for change in found.changes] == [("ada", 8, 12, Level.MID, Level.SENIOR)]
    assert found.kept == ()
    assert [change.place.student for change in found.same] == ["bob", "cy"]
    assert (everything(graded.root), trail(graded.open())) == before


def test_applying_changes_those_marks_tells_the_learners_and_leaves_persons_marks(
    graded: Classroom,
) -> None:
    course = graded.open()
    done = apply(course, preview(course, WEEK, CACHING, SENIOR), "Ana")
    assert (done.changed, done.left) == (("ada",), ())
    assert in_formgrader(graded, "ada")[:2] == (12, False)
    assert "Level: senior" in str(in_formgrader(graded, "ada")[2])
    assert in_formgrader(graded, "bob")[:2] == (8, False)
    assert told(graded, "ada") == ["answer-caching was graded again: 8 → 12 of 12 points"]
    assert told(graded, "bob") == told(graded, "cy") == []
    line = trail(course, "ada", CACHING)[-1]
    assert (line.actor, line.action, line.level_from, line.level_to, line.judge) == (
        "Ana", "regraded", "mid", "senior", "scripted 1",
    )  # fmt: skip
    assert in_formgrader(graded, "ada", IMPACT)[0] == totals(course)["ada"] - 12 - 7
    assert sums(course) == pytest.approx(totals(course))


def test_a_persons_mark_far_from_the_new_verdicts_is_listed_and_waits(graded: Classroom) -> None:
    course = graded.open()
    found = preview(course, WEEK, CACHING, OFF)
    assert [row(change) for change in found.kept] == [
        ("bob", 8, 8, Level.MID, Level.OFF), ("cy", 12, 12, Level.SENIOR, Level.OFF),
    ]  # fmt: skip
    apply(course, found, "Ana")
    assert in_formgrader(graded, "cy")[:2] == (12, True)
    cy = item_of(queue(graded), "cy")
    assert cy.why[0] == "a person has marked it, and it was graded again since"


def test_a_mark_from_formgrader_stays_too(graded: Classroom) -> None:
    by_formgrader(graded, "ada", 3)
    course = graded.open()
    found = preview(course, WEEK, CACHING, SENIOR)
    assert found.changes == ()
    assert [row(change) for change in found.kept] == [("ada", 3, 3, Level.BELOW, Level.SENIOR)]
    apply(course, found, "Ana")
    assert in_formgrader(graded, "ada")[0] == 3
    assert trail(course, "ada", CACHING)[-1].actor == "formgrader or other"


def test_what_changes_in_between_is_left_alone(graded: Classroom) -> None:
    course = graded.open()
    found = preview(course, WEEK, CACHING, SENIOR)
    by_formgrader(graded, "ada", 3)
    done = apply(course, found, "Ana")
    assert (done.changed, done.left) == ((), ("ada",))
    assert in_formgrader(graded, "ada")[0] == 3
    assert told(graded, "ada") == []


def test_applied_twice_nothing_happens_the_second_time(graded: Classroom) -> None:
    course = graded.open()
    found = preview(course, WEEK, CACHING, SENIOR)
    apply(course, found, "Ana")
    before = everything(graded.root), trail(course)
    assert apply(course, found, "Ana").changed == ()
    assert preview(course, WEEK, CACHING, SENIOR).changes == ()
    assert (everything(graded.root), trail(course)) == before
    assert len(told(graded, "ada")) == 1


def test_all_or_nothing(graded: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over(graded, "zed", MID)
    course = graded.open()
    found = preview(course, WEEK, CACHING, SENIOR)
    before = everything(graded.root)
    calls = []

    def breaks(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError("disk full")

    monkeypatch.setattr("graders.cohorts.regrade.notify", breaks)
    with pytest.raises(StoreError, match="disk full"):
        apply(course, found, "Ana")
    assert everything(graded.root) == before


def test_an_answer_that_cannot_be_judged_keeps_its_mark(graded: Classroom) -> None:
    course = graded.open()
    found = preview(course, WEEK, CACHING, ScriptedJudge(fails="The server is down."))
    assert found.unjudged == ("ada", "bob", "cy")
    assert apply(course, found, "Ana").changed == ()
    assert in_formgrader(graded, "ada")[:2] == (8, False)


def test_a_new_doubt_waits_for_a_person_and_how_it_was_handed_in_is_remembered(
    graded: Classroom,
) -> None:
    hand_over(graded, "ada", MID, flags={CACHING: "both_places"})
    course = graded.open()
    apply(course, preview(course, WEEK, CACHING, Doubting(default=Level.SENIOR)), "Ana")
    ada = item_of(queue(graded), "ada")
    assert "The figures contradict each other." in ada.why
    assert "answered in the box and in the cell; the cell counts" in ada.why


def test_a_corrected_rubric_is_what_counts(graded: Classroom) -> None:
    """The embedded judge, a rubric with half of the criteria, and a queue that says so before."""
    source = graded.root / "source" / WEEK
    question = load_question("concept/caching").model_dump(mode="json", exclude_none=True)
    question["criteria"] = question["criteria"][:2]
    question["follow_ups"] = []
    rubric: dict[str, object] = yaml.safe_load((source / f"{WEEK}.rubric.yaml").read_text())
    rubric["answers"] = [
        {"grade_id": CACHING, "question": question},
        {"grade_id": IMPACT, "question": "story/business-impact"},
    ]
    write_yaml(source / f"{WEEK}.rubric.yaml", rubric)
    stale = item_of(queue(graded, everything=True), "ada")
    assert stale.score is None
    assert "another version of the rubric" in " ".join(stale.why)
    course = graded.open()
    apply(course, preview(course, WEEK, CACHING), "Ana")
    fresh = item_of(queue(graded, everything=True), "ada")
    assert fresh.score is not None
    assert [v.criterion for v in fresh.score.verdicts] == [
        c["id"] for c in question["criteria"]
    ]  # fmt: skip


def write_yaml(path: Path, value: object) -> None:
    path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")


def test_an_unknown_question_is_named_with_those_there_are(graded: Classroom) -> None:
    with pytest.raises(UsageError, match="Known: answer-caching, answer-impact"):
        preview(graded.open(), WEEK, "answer-charm")
    with pytest.raises(UsageError, match="week99"):
        preview(graded.open(), "week99", CACHING)


def test_grading_afterwards_has_nothing_to_do(classroom: Classroom) -> None:
    """So a nightly run neither executes all code again nor asks people to look again."""
    notebook = classroom.blank()
    cell(notebook, CACHING)["source"] = ESSAY
    for learner in ("ada", "bob"):
        classroom.hand_in(notebook, learner)
    inside = AtOnce()
    grade_assignment(classroom.root, WEEK, judge=MID, executor=inside)
    desk = queue(classroom, "Ana", everything=True)
    desk.accept(item_of(desk, "bob"))
    rubric = classroom.root / "source" / WEEK / f"{WEEK}.rubric.yaml"
    rubric.write_text(rubric.read_text().replace("concept/caching", "concept/cache-stampede"))
    course = classroom.open()
    apply(course, preview(course, WEEK, CACHING, MID), "Ana")
    done = grade_assignment(classroom.root, WEEK, judge=MID, executor=inside)
    assert (done.graded, done.unchanged) == ((), ("ada", "bob"))
    assert not in_formgrader(classroom, "bob")[1]
    changed = ScriptedJudge(default=Level.SENIOR, version="2")
    assert grade_assignment(classroom.root, WEEK, judge=changed, executor=inside).graded == (
        "ada", "bob",
    )  # fmt: skip


class Elsewhere(ScriptedJudge):
    """A judge of many answers that works elsewhere, such as a language model."""

    def judge_many(self, pairs: Iterable[tuple[Question, Answer]]) -> Iterator[Result]:
        for index, (question, answer) in enumerate(pairs):
            SENT.append(answer.text)
            yield Result(index, verdicts=tuple(self.judge(question, answer)))


SENT: list[str] = []


def test_no_name_goes_to_a_language_model(
    graded: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(WORDS, CACHING, f"{ESSAY} Written by Ada Lovelace.")
    hand_over(graded, "ada", MID, only=(CACHING,))
    with Gradebook(graded.open().db_url) as nbgrader:
        nbgrader.update_or_create_student("ada", first_name="Ada", last_name="Lovelace")
    SENT.clear()
    course = graded.open()
    found = preview(course, WEEK, CACHING, Elsewhere(default=Level.SENIOR))
    assert SENT
    assert not any("Lovelace" in text for text in SENT)
    (ada,) = [change for change in found.changes if change.place.student == "ada"]
    assert ada.answer.answer.endswith("Written by Ada Lovelace.")
    assert all(q in ada.answer.answer for v in ada.answer.score.verdicts for q in v.evidence)
