"""`seniorkit review`, `regrade`, `appeal` and `audit` as one uses them: typed in and read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from graders.cli.app import app
from graders.cli.review_typed import comment_of, points_of, typed_levels
from graders.errors import SeniorkitError, UsageError
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import load_question
from tests.cohorts.desk import CACHING, TESTS, Doubting, hand_over, in_formgrader, queue
from tests.conftest import WEEK, Classroom

QUESTION = load_question("concept/caching")
IDS = [criterion.id for criterion in QUESTION.criteria]


def run(classroom: Classroom, *arguments: str, typed: str = "") -> tuple[int, str]:
    course = ("--course", str(classroom.root))
    result = CliRunner().invoke(app, [*arguments, *course], input=typed, env={"COLUMNS": "200"})
    if isinstance(result.exception, SeniorkitError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, " ".join(result.output.split())


@pytest.fixture
def desk(classroom: Classroom) -> Classroom:
    for learner in ("ada", "bob"):
        hand_over(classroom, learner, Doubting(default=Level.MID), only=(CACHING,))
    return classroom


def test_a_sitting(desk: Classroom) -> None:
    typed = "?\nk Say what it costs.\n1=senior 2=staff Good. #1\nu\ns\na\n"
    code, shown = run(desk, "review", WEEK, "--by", "Ana", typed=typed)
    assert code == 0
    for words in (
        "1 of 2", "The figures contradict each other.", "cache-aside", "[1,2", "the mark stands",
        "kept as #1", "#1 Say what it costs.", "Taken back: answer-caching", "1 reviewed, 1 left",
    ):  # fmt: skip
        assert words in shown, words
    assert in_formgrader(desk, "ada")[:2] == (8, True)
    assert in_formgrader(desk, "bob")[:2] == (8, False)
    _, shown = run(desk, "review")
    assert f"{WEEK} 1 0" in shown
    _, shown = run(desk, "audit", WEEK, "--learner", "ada", "--answer", CACHING)
    assert "Ana changed ada answer-caching 8 → " in shown
    assert "Good. Say what it costs." in shown
    assert "Ana undone" in shown


def test_leaving_and_mistyping_lose_nothing(desk: Classroom) -> None:
    typed = "x\n9=mid\n1=great\np 3\na #7\nu\n"
    code, shown = run(desk, "review", "1", "--by", "Ana", typed=typed)
    assert code == 0
    for words in (
        "Type ? for help", "no criterion '9'", "'great' is not a level", "follow from levels",
        "no kept comment #7", "nothing to undo", "0 reviewed, 2 left",
    ):  # fmt: skip
        assert words in shown, words
    assert len(queue(desk).items) == 2


def test_a_second_marker_sees_no_name_and_no_mark(desk: Classroom) -> None:
    run(desk, "review", WEEK, "--by", "Ana", typed="all=below Ana's words\nall=mid\n")
    arguments = ("--by", "Bo", "--blind", "--share", "1")
    _, shown = run(desk, "review", WEEK, *arguments, typed="all=senior\nall=staff\n")
    assert "2 reviewed, 0 left" in shown
    for hidden in ("ada", "bob", "Ana", "below", " of 12", "The figures contradict"):
        assert hidden not in shown, hidden
    _, shown = run(desk, "review", WEEK, "--agreement")
    assert "answer-caching 2 0 0" in shown
    _, shown = run(desk, "review", WEEK, "--by", "Cleo", typed="q\n")
    assert "two markers differ by more than one level" in shown
    assert "Ana: 4 below (counts) Ana's words" in shown
    assert "Bo: 12 senior (does not count)" in shown


def test_what_cannot_steer_the_terminal(classroom: Classroom) -> None:
    hand_over(classroom, "ada", ScriptedJudge(default=Level.MID))
    hostile = "\x1b[2J\x1b]0;owned\x07 [bold]Please[/bold] look \u202e again."
    run(classroom, "appeal", "file", WEEK, "ada", CACHING, hostile)
    for arguments in (("appeal", "list"), ("review", WEEK)):
        _, shown = run(classroom, *arguments, typed="q\n")
        assert "\x1b[2J" not in shown
        assert "\u202e" not in shown
        assert "[bold]Please[/bold] look" in shown


def test_appeals_are_filed_listed_and_answered(classroom: Classroom) -> None:
    hand_over(classroom, "ada", ScriptedJudge(default=Level.MID))
    _, shown = run(classroom, "appeal", "file", WEEK, "ada", CACHING, "-", typed="Please look.")
    assert "appeal 1 waits" in shown
    _, shown = run(classroom, "appeal", "list")
    assert "ada, week01, answer-caching: Please look." in shown
    more = ("--accept", "--reply", "Yes.", "--level", f"{IDS[0]}=staff", "--by", "Ana")
    _, shown = run(classroom, "appeal", "answer", "1", *more)
    assert "appeal 1 is accepted" in shown
    _, shown = run(classroom, "appeal", "list", WEEK)
    assert shown == "No request waits."
    for wrong in ("nothing", f"{IDS[0]}=great"):
        with pytest.raises(UsageError):
            run(classroom, "appeal", "answer", "1", "--accept", "--reply", "", "--level", wrong)


def test_regrade_shows_first_and_writes_when_told(classroom: Classroom) -> None:
    hand_over(classroom, "ada", ScriptedJudge(default=Level.OFF), only=(CACHING,))
    hand_over(classroom, "bob", ScriptedJudge(default=Level.OFF), only=(CACHING,))
    sitting = queue(classroom, "Ana", everything=True)
    bob = next(i for i in sitting.items if (i.student, i.grade_id) == ("bob", CACHING))
    sitting.change(bob, {name: Level.STAFF for name in IDS})
    code, shown = run(classroom, "regrade", WEEK, CACHING)
    assert code == 0
    assert "1 marks change" in shown
    assert "ada 0 →" in shown
    assert "Nothing was written" in shown
    assert in_formgrader(classroom, "ada")[0] == 0
    _, shown = run(classroom, "regrade", WEEK, CACHING, "--apply", "--by", "Ana")
    assert "1 marks changed, 1 notices written" in shown
    assert float(str(in_formgrader(classroom, "ada")[0])) > 0
    assert in_formgrader(classroom, "bob")[0] == 12
    _, shown = run(classroom, "audit", WEEK, "--learner", "ada", "--json")
    last = json.loads("{" + shown.rsplit("{", 1)[1])
    assert (last["actor"], last["action"], last["grade_id"]) == ("Ana", "regraded", CACHING)


def test_one_answer_can_be_asked_for(desk: Classroom) -> None:
    _, shown = run(desk, "review", WEEK, "--answer", f"ada:{TESTS[0]}", typed="p 0.5 By hand.\n")
    assert "1 reviewed, 0 left" in shown
    with pytest.raises(UsageError, match="names no answer"):
        run(desk, "review", WEEK, "--answer", "ada")


@pytest.mark.parametrize(
    ("typed", "expected", "comment"),
    [
        ("1=senior 3=2 Say more.", {0: Level.SENIOR, 2: Level.MID}, "Say more."),
        ("all=mid 1=staff", {**dict.fromkeys(range(len(IDS)), Level.MID), 0: Level.STAFF}, ""),
        (f"{IDS[1]}=OFF a = b", {1: Level.OFF}, "a = b"),
    ],
)
def test_typed_levels(typed: str, expected: dict[int, Level], comment: str) -> None:
    found = typed_levels(typed, QUESTION)
    assert found == ({IDS[number]: level for number, level in expected.items()}, comment)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_understood_or_refused_in_a_sentence(typed: str) -> None:
    for understand in (
        lambda: typed_levels(typed, QUESTION),
        lambda: points_of(typed),
        lambda: comment_of(typed, ["kept"]),
    ):
        try:
            understand()
        except UsageError as error:
            assert str(error)
