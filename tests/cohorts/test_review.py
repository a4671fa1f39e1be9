"""The review queue: doubtful first, a person's mark counts everywhere, and can be taken back."""

from __future__ import annotations

import pytest

from graders.errors import UsageError
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.cohorts.desk import (
    CACHING,
    IMPACT,
    TESTS,
    Doubting,
    by_formgrader,
    hand_over,
    in_formgrader,
    item_of,
    levels,
    queue,
    trail,
)
from tests.conftest import ESSAY, WEEK, Classroom

SURE = ScriptedJudge(default=Level.MID)
"""8 of 12 points."""


@pytest.fixture
def desk(classroom: Classroom) -> Classroom:
    hand_over(classroom, "ada", Doubting(default=Level.MID))
    hand_over(classroom, "bob", SURE)
    hand_over(classroom, "cy", ScriptedJudge(default=None))
    hand_over(classroom, "di", Doubting(default=Level.MID, confidence=0.7))
    hand_over(classroom, "ed", SURE, flags={CACHING: "both_places"})
    return classroom


def test_it_holds_what_is_in_doubt_by_question_the_most_doubtful_first(desk: Classroom) -> None:
    found = queue(desk)
    assert [(item.grade_id, item.student) for item in found.items] == [
        (CACHING, "cy"), (CACHING, "di"), (CACHING, "ada"), (CACHING, "ed"),
        (IMPACT, "cy"), (IMPACT, "di"), (IMPACT, "ada"),
    ]  # fmt: skip
    ada = item_of(found, "ada")
    assert ada.answer == ESSAY
    assert ada.why == ("The figures contradict each other.",)
    assert ada.score is not None
    assert ada.score.verdicts[0].evidence[0] in ESSAY
    assert item_of(found, "ed").why == ("answered in the box and in the cell; the cell counts",)
    everything = queue(desk, everything=True)
    assert ("bob", CACHING) in {(item.student, item.grade_id) for item in everything.items}
    assert everything.items[0].student == "cy"


def test_a_changed_mark_follows_from_the_levels_and_stands_in_formgrader(desk: Classroom) -> None:
    found = queue(desk)
    ada = item_of(found, "ada")
    found.change(ada, levels(ada.question, Level.SENIOR), "The numbers carry it.")
    points, waits, comment = in_formgrader(desk, "ada")
    assert (points, waits) == (12, False)
    assert str(comment).startswith(
        "The numbers carry it.\n\n**Level: senior** (12.00 of 12 points)"
    )
    assert ada not in found.items
    assert "ada" not in {item.student for item in queue(desk).items if item.grade_id == CACHING}


def test_one_criterion_can_be_changed_alone(desk: Classroom) -> None:
    found = queue(desk)
    ada = item_of(found, "ada")
    assert ada.question is not None
    first = ada.question.criteria[0].id
    found.change(ada, {first: Level.STAFF})
    (mark,) = item_of(queue(desk, everything=True), "ada").marks
    assert mark.score is not None
    given = {verdict.criterion: verdict.level for verdict in mark.score.verdicts}
    assert given == {**levels(ada.question, Level.MID), first: Level.STAFF}
    assert 8 < mark.points < 12


def test_what_is_accepted_is_a_persons_and_no_longer_waits(desk: Classroom) -> None:
    found = queue(desk)
    found.accept(item_of(found, "ada"))
    points, waits, comment = in_formgrader(desk, "ada")
    assert (points, waits) == (8, False)
    assert "Waits for a person" not in str(comment)
    hand_over(desk, "ada", ScriptedJudge(default=Level.OFF))
    assert in_formgrader(desk, "ada")[0] == 8
    again = item_of(queue(desk), "ada")
    assert again.why[0] == "a person has marked it, and it was graded again since"


def test_accepting_again_keeps_the_persons_mark(desk: Classroom) -> None:
    found = queue(desk)
    ada = item_of(found, "ada")
    found.change(ada, levels(ada.question, Level.SENIOR))
    hand_over(desk, "ada", ScriptedJudge(default=Level.OFF))
    found.reload()
    found.accept(item_of(found, "ada"))
    assert in_formgrader(desk, "ada")[:2] == (12, False)


def test_undo_puts_everything_back(desk: Classroom) -> None:
    before = in_formgrader(desk, "ada")
    found = queue(desk)
    ada = item_of(found, "ada")
    found.change(ada, levels(ada.question, Level.STAFF), "Well done.")
    found.accept(item_of(found, "di"))
    assert found.undo().student == "di"
    assert found.undo().student == "ada"
    assert in_formgrader(desk, "ada") == before
    assert item_of(found, "ada").marks == ()
    assert item_of(found, "ada").seen == ada.seen
    with pytest.raises(UsageError, match="nothing to undo"):
        found.undo()


def test_the_trail_tells_who_did_what(desk: Classroom) -> None:
    found = queue(desk, "Ana")
    ada = item_of(found, "ada")
    found.change(ada, levels(ada.question, Level.SENIOR), "Better.")
    found.undo()
    lines = trail(desk.open(), "ada", CACHING)
    assert [(x.actor, x.action, x.points_from, x.points_to, x.level_to) for x in lines] == [
        ("seniorkit", "graded", None, 8, "mid"),
        ("Ana", "changed", 8, 12, "senior"),
        ("Ana", "undone", 12, 8, "mid"),
    ]
    assert lines[0].judge == "scripted 1"
    assert lines[1].detail == "Better."
    assert lines[0].at <= lines[1].at <= lines[2].at


def test_a_mark_from_formgrader_is_noticed_when_the_queue_is_opened(desk: Classroom) -> None:
    queue(desk)
    by_formgrader(desk, "ada", 5)
    queue(desk)
    queue(desk)
    lines = trail(desk.open(), "ada", CACHING)
    assert [(x.actor, x.points_to) for x in lines] == [
        ("seniorkit", 8), ("formgrader or other", 5),
    ]  # fmt: skip
    assert lines[-1].by_person


def test_what_has_no_mark_cannot_be_accepted_and_needs_every_level(desk: Classroom) -> None:
    found = queue(desk)
    cy = item_of(found, "cy")
    with pytest.raises(UsageError, match="no mark to accept"):
        found.accept(cy)
    assert cy.question is not None
    with pytest.raises(UsageError, match="a level for each criterion"):
        found.change(cy, {cy.question.criteria[0].id: Level.MID})
    with pytest.raises(UsageError, match="unknown"):
        found.change(cy, {**levels(cy.question, Level.MID), "charm": Level.MID})
    with pytest.raises(UsageError, match="follow from levels"):
        found.give(cy, 3)
    assert cy in found.items
    assert in_formgrader(desk, "cy")[1] is True


def test_a_test_that_could_not_run_gets_points(classroom: Classroom) -> None:
    hand_over(classroom, "ada", SURE, test=None)
    found = queue(classroom)
    assert {item.grade_id for item in found.items} == set(TESTS)
    item = item_of(found, "ada", TESTS[0])
    assert item.why == ("there is no automatic mark",)
    for wrong in (-1.0, item.max_points + 1, float("nan")):
        with pytest.raises(UsageError, match="cannot be given"):
            found.give(item, wrong)
    found.give(item, item.max_points, "I ran it by hand.")
    assert {i.grade_id for i in queue(classroom).items} == set(TESTS[1:])
    with pytest.raises(UsageError, match="no rubric"):
        found.change(item_of(found, "ada", TESTS[1]), {})


def test_comments_can_be_used_again_for_the_same_question(desk: Classroom) -> None:
    found = queue(desk)
    ada = item_of(found, "ada")
    found.keep_comment(ada, " Say what it costs. ")
    found.keep_comment(ada, "Say what it costs.")
    assert queue(desk, "Bo").comments(item_of(found, "di")) == ["Say what it costs."]
    assert found.comments(item_of(found, "ada", IMPACT)) == []
    for wrong in ("", "x" * 10_001):
        with pytest.raises(UsageError):
            found.keep_comment(ada, wrong)


def test_who_reviews_and_what_must_make_sense(desk: Classroom) -> None:
    for reviewer in ("", "  ", "a\x1b[2J", "x" * 101):
        with pytest.raises(UsageError, match="no name of a reviewer"):
            queue(desk, reviewer)
    with pytest.raises(UsageError, match="no share"):
        queue(desk, share=0)
    with pytest.raises(UsageError, match="week99"):
        type(queue(desk)).open(desk.open(), "week99", "Ana")


def test_hostile_words_are_data(desk: Classroom) -> None:
    found = queue(desk)
    comment = "'); DROP TABLE grade; -- \ud800 <script>"
    found.accept(item_of(found, "ada"), comment)
    assert "DROP TABLE grade; -- ? <script>" in str(in_formgrader(desk, "ada")[2])
    assert trail(desk.open(), "ada", CACHING)[-1].detail.startswith("');")
    assert found.items[0].place.assignment == WEEK
