from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.cohorts.discrimination import pearson, spearman
from graders.cohorts.quality import Quality, Week, load_quality
from graders.cohorts.quality_page import drift_lines, quality_page, time_groups
from graders.cohorts.similar import near_identical
from graders.errors import UsageError
from graders.gradebook.reviews import Review, save
from graders.gradebook.sessions import session_of
from graders.gradebook.values import CellPlace
from graders.levels import Level
from graders.score import Score
from tests.exports.marks import make_course

DUE = datetime(2026, 3, 8, 23, 59)
LEARNERS = [f"learner-{number:02}" for number in range(24)]
WORDS = [
    f"{a}{b}" for a in ("cache", "queue", "shard", "index", "retry") for b in "abcdefghijklmno"
]


def _score(level: Level) -> Score:
    return Score(
        question_id="own/q", judge="scripted", judge_version="1", rubric_digest="0",
        level=level, points=int(level) / 4,
    )  # fmt: skip


def _answer(number: int, words: int = 60) -> str:
    return " ".join(random.Random(number).choices(WORDS, k=words))


@pytest.fixture(scope="module")
def quality(tmp_path_factory: pytest.TempPathFactory) -> Quality:
    """24 learners; the better one is, the more points for tests, the earlier, the longer.

    `answer` in week02 is marked the wrong way round. The judge is a level too mild there. Learner
    07 has learner 03's words with small changes.
    """
    marks = {
        name: {
            student: {
                "tests": (number / 6, None),
                "answer": (6 * number / 24 if name == "week01" else 6 - number / 4, None),
            }
            for number, student in enumerate(LEARNERS)
        }
        for name in ("week01", "week02")
    }
    times = {
        (name, student): DUE - timedelta(hours=4 * number - 8)
        for name in marks
        for number, student in enumerate(LEARNERS)
    }
    course = make_course(
        tmp_path_factory.mktemp("quality") / "course", {s: {} for s in LEARNERS}, marks,
        handed_in=times, due={"week01": DUE, "week02": DUE + timedelta(days=7)},
    )  # fmt: skip
    with course.gradebook() as book:
        for name in marks:
            for number, student in enumerate(LEARNERS):
                text = _answer(number, 60 + 3 * number)
                if number == 7:
                    text = _answer(3, 69).replace("cachea", "CACHEA, that is").replace("b ", "b, ")
                place = (student, name, name, "answer")
                book.save_score(
                    *place, answer=text, score=_score(Level(number % 5)), comment="", flagged=False
                )
                grade = book._gradebook.find_grade("answer", name, name, student)
                grade.auto_score = marks[name][student]["answer"][0]
        book._gradebook.db.commit()
    with session_of(course.db_url, writing=True) as session:
        for name in marks:
            for number, student in enumerate(LEARNERS[:12]):
                person = Level(number % 5) if name == "week01" else Level(max(0, number % 5 - 1))
                place = CellPlace(student, name, name, "answer")
                save(session, Review(
                    place, "ann", 1.0, _score(person), "", "", blind=number < 4, counts=False,
                    at="2026-03-10T00:00:00+00:00",
                ))  # fmt: skip
    with course.gradebook() as book:
        grade = book._gradebook.find_grade("answer", "week01", "week01", LEARNERS[20])
        grade.manual_score = 4.0  # in formgrader: points, no level
        book._gradebook.db.commit()
    return load_quality(course.root, "week02")


def test_judge_and_people_are_compared_question_by_question(quality: Quality) -> None:
    (one,) = quality.agreement
    assert (len(one.pairs), one.near) == (12, 12)
    assert one.same == 3, "those who were off already"
    assert one.kappa is not None and 0.5 < one.kappa < 1
    assert sum(pair.blind for pair in one.pairs) == 4 and one.blind_kappa is not None
    assert one.difference == pytest.approx(-9 / 12)


def test_a_judge_that_changes_over_the_weeks_is_told(quality: Quality) -> None:
    first, second = quality.weeks
    assert first.assignment == "week01" and first.kappa == pytest.approx(1.0, abs=0.1)
    assert second.difference == pytest.approx(-0.75)
    lines = " ".join(drift_lines(quality.weeks))
    assert "week02: the judge was 0.9 levels milder" in lines
    assert "week02: the judge lies 0.8 levels above people" in lines


def test_points_from_formgrader_count_as_the_nearest_level(quality: Quality) -> None:
    assert quality.weeks[0].pairs == 13


def test_few_marks_are_no_drift() -> None:
    weeks = [Week("a", 9, 2.0, 3, 0.0, None), Week("b", 9, 2.0, 3, 2.0, None)]
    (line,) = drift_lines(weeks)
    assert "nothing is concluded" in line


def test_a_question_that_is_marked_the_wrong_way_round_is_found(quality: Quality) -> None:
    whys = {one.item.grade_id: one.why for one in quality.items}
    assert "right way round" in whys["answer"]
    item = next(one for one in quality.items if one.item.grade_id == "answer")
    assert item.correlation is not None and item.correlation < -0.9 and item.difference < 0


def test_nearly_identical_answers_are_listed_and_others_not(quality: Quality) -> None:
    (pair,) = quality.alike["answer"]
    assert (pair.one, pair.other) == ("learner-03", "learner-07")
    assert 0.5 < pair.share < 1 and len(pair.passage) > 20


def test_marks_by_time_and_length(quality: Quality) -> None:
    groups = {label: count for label, count, _ in time_groups(quality.handed)}
    assert groups["late"] == 0 and sum(groups.values()) == 24, "week02 is due a week later"
    assert quality.length_correlation is not None
    assert all(one.hours_before_due is not None for one in quality.handed)


def test_the_page_escapes_what_learners_wrote_and_says_what_figures_show(
    quality: Quality,
) -> None:
    page = quality_page(quality)
    assert page.count("<img") == page.count('alt="') == 4
    assert "learner-03, learner-07" in page and "No mark depends on this list" in page


def test_an_unknown_assignment_is_told(tmp_path: Path) -> None:
    course = make_course(tmp_path / "c", {"ada": {}}, {"week01": {}})
    with pytest.raises(UsageError, match=r"no assignment 'week09'"):
        load_quality(course.root, "week09")
    empty = load_quality(course.root, "week01")
    assert "No answer has been marked" in quality_page(empty)


def _changed(text: str, share: float) -> str:
    rng = random.Random(1)
    return " ".join(w if rng.random() > share else "quite" for w in text.split())


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (str.upper, True),
        (lambda text: text.replace(" ", "\n\n"), True),
        (lambda text: _changed(text, 0.1), True),
        (lambda text: text + " " + _answer(500, 40), True),
        (lambda text: " ".join(reversed(text.split())), False),
        (lambda text: _changed(text, 0.6), False),
    ],
)
def test_what_counts_as_nearly_identical(change: Callable[[str], str], found: bool) -> None:
    answers = {f"s{n}": _answer(1000 + n, 150) for n in range(12)}
    answers["copy"] = change(answers["s3"])
    assert [(p.one, p.other) for p in near_identical(answers)] == (
        [("copy", "s3")] if found else []
    )


def test_what_everybody_may_say_makes_nobody_a_copy() -> None:
    shared = _answer(1, 200)
    answers = {f"s{n}": shared + " " + _answer(50 + n, 40) for n in range(2)}
    assert near_identical(answers) != ()
    assert near_identical(answers, known=[shared]) == ()
    crowd = {f"s{n}": shared + " " + _answer(50 + n, 40) for n in range(30)}
    assert near_identical(crowd) == (), "a passage of the lesson"


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=300), max_size=6))
def test_any_text_can_be_compared(answers: dict[str, str]) -> None:
    for pair in near_identical(answers):
        assert pair.one < pair.other and 0 < pair.share <= 1


def test_five_hundred_answers_take_seconds() -> None:
    answers = {f"s{n}": _answer(n, 200) for n in range(500)}
    started = time.process_time()
    near_identical(answers)
    assert time.process_time() - started < 10


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=30))
def test_rank_correlation_is_that_of_any_rising_function(points: list[tuple[int, int]]) -> None:
    x = np.array([float(a) for a, _ in points])
    y = np.array([float(b) for _, b in points])
    one, other = spearman(x, y), spearman(np.exp(x), y)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one == pytest.approx(other) and -1.0001 <= one <= 1.0001


def test_a_constant_has_no_correlation() -> None:
    assert pearson(np.ones(5), np.arange(5.0)) is None


def test_the_command_writes_the_report_and_prints_what_matters(tmp_path: Path) -> None:
    course = make_course(tmp_path / "c", {"ada": {}, "ben": {}}, {"week01": {"ada": {}, "ben": {}}})
    with course.gradebook() as book:
        for student in ("ada", "ben"):
            book.save_score(
                student, "week01", "week01", "answer", answer=_answer(1), score=_score(Level.MID),
                comment="", flagged=False,
            )  # fmt: skip
    seniorkit = str(Path(sys.executable).parent / "seniorkit")
    command = [seniorkit, "quality", "week01", "--course", str(course.root)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "answer: ada and ben, 100% in common" in ended.stdout
    page = Path(ended.stdout.splitlines()[-1])
    assert "ada, ben" in page.read_text("utf-8") and page.with_suffix(".ipynb").is_file()
