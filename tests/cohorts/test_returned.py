"""What people said reaches the learner: on the next feedback page, in the place of the judge's word."""

from __future__ import annotations

import pytest

from graders.cohorts.appeals import answer_appeal, file_appeal
from graders.cohorts.regrade import apply, preview
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.reports import load_cohort
from tests.cohorts.desk import CACHING, Doubting, by_formgrader, hand_over, item_of, levels, queue
from tests.conftest import ESSAY, STORY, WEEK, Classroom, cell


@pytest.fixture
def returned(classroom: Classroom) -> Classroom:
    """Ada's essay and story are judged mid."""
    notebook = classroom.blank()
    cell(notebook, CACHING)["source"] = ESSAY
    cell(notebook, "answer-impact")["source"] = STORY
    classroom.hand_in(notebook)
    classroom.autograde(execute=False, judge=ScriptedJudge(default=Level.MID))
    return classroom


def test_the_card_shows_the_persons_levels_and_words(returned: Classroom) -> None:
    before = returned.feedback()
    assert "12 of 12 points" not in before
    desk = queue(returned, "Ana", everything=True)
    item = item_of(desk, "ada")
    desk.change(item, levels(item.question, Level.SENIOR), "The *numbers* carry it.")
    page = returned.feedback()
    assert "12 of 12 points" in page
    assert "The <em>numbers</em> carry it." in page
    assert page.count("Level: ") == before.count("Level: "), (
        "what the comment tells of levels stands in the card"
    )
    desk.undo()
    assert returned.feedback() == before


def test_a_mark_that_formgrader_changed_since_is_what_is_shown(returned: Classroom) -> None:
    desk = queue(returned, "Ana", everything=True)
    item = item_of(desk, "ada")
    desk.change(item, levels(item.question, Level.SENIOR), "Ana's words.")
    by_formgrader(returned, "ada", 5)
    page = returned.feedback()
    assert "5 of 12 points" in page
    assert "12 of 12 points" not in page


def test_notices_stand_on_top_as_text(returned: Classroom) -> None:
    course = returned.open()
    apply(course, preview(course, WEEK, CACHING, ScriptedJudge(default=Level.SENIOR)), "Ana")
    filed = file_appeal(course, "ada", WEEK, CACHING, "Please.")
    answer_appeal(course, filed, "Ana", False, "<script>alert(1)</script> & [x](javascript:y)")
    page = returned.feedback()
    assert "answer-caching was graded again: 8 → 12 of 12 points" in page
    assert "Your request about answer-caching was looked at, and declined" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; [x](javascript:y)" in page
    assert "<script" not in page


def test_the_cohort_report_shows_the_marks_that_count(classroom: Classroom) -> None:
    for learner in ("ada", "bob", "cy"):
        hand_over(classroom, learner, Doubting(default=Level.MID), only=(CACHING,))
    desk = queue(classroom, "Ana")
    ada = item_of(desk, "ada")
    desk.change(ada, levels(ada.question, Level.STAFF))
    by_formgrader(classroom, "bob", 5)
    rows = {row.student: row for row in load_cohort(classroom.root, WEEK).learners}
    assert {name: row.levels[CACHING] for name, row in rows.items()} == {
        "ada": Level.STAFF, "bob": Level.MID, "cy": Level.MID,
    }  # fmt: skip
    assert [name for name, row in rows.items() if row.attention] == ["cy"]
    file_appeal(classroom.open(), "ada", WEEK, CACHING, "Please.")
    rows = {row.student: row for row in load_cohort(classroom.root, WEEK).learners}
    assert rows["ada"].attention == ("answer-caching: a person looks at it again",)
