"""A week, run again and again: everybody ends where they belong."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from graders.cohorts.extending import grant_extension, revoke_extension
from graders.cohorts.review import ReviewQueue
from graders.cohorts.states import State
from graders.cohorts.week import WeekOptions, run_week
from graders.gradebook import Extension, extensions, grant
from graders.judges.factory import judge_named
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.batch.nursery import AtOnce
from tests.cohorts.course import due, hand_in
from tests.cohorts.running import DAY, GOOD, HOUR, SENIOR, answer, files, pages, run, states

pytestmark = pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own


def test_each_learner_goes_through_the_states(place: Any) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - DAY, exchange=exchange)
    grant_extension(course, "bo", "week01", "+2d", why="ill", by="Kim")
    hand_in(course, 1, "bo", GOOD[1], due(1) + HOUR, exchange=exchange)
    early = run(course, due(1) - HOUR)
    assert states(early) == {
        "ada": "not due",
        "bo": "assigned",
        "cy": "assigned",
        "di": "assigned",
    } | {"bo": "not due"}
    assert not course.folder("submitted", "ada", "week01").exists()
    # Cy hands in too late, Di never, Bo has more time.
    hand_in(course, 1, "cy", GOOD[2], due(1) + HOUR, exchange=exchange)
    report = run(course, due(1) + 2 * HOUR)
    assert states(report) == {
        "ada": "returned",
        "bo": "not due",
        "cy": "returned",
        "di": "missing",
    }
    assert report.of("ada").points == 18
    assert report.of("cy").points == pytest.approx(18 * 0.9)
    assert report.of("di").points is None, "what is missing is not a silent zero"
    final = run(course, due(1) + 3 * DAY)
    assert states(final)["bo"] == "returned"
    assert final.of("bo").points == 18
    assert final.of("bo").penalty == 0
    assert final.counts == {"missing": 1, "returned": 3}


def test_what_counts_is_what_lay_there_at_the_due_time(place: Any) -> None:
    course, exchange = place()
    for hours, text in ((-30, 0), (-2, 1), (5, 2)):
        hand_in(course, 1, "ada", GOOD[text], due(1) + hours * HOUR, exchange=exchange)
    report = run(course, due(1) + DAY)
    assert answer(course, "ada") == GOOD[1]["answer-concept"]
    assert report.of("ada").penalty == 0
    # With an extension the later one is in time, and without it again it is not.
    grant_extension(course, "ada", "week01", "+6h", why="", by="Kim")
    assert run(course, due(1) + DAY).collected == ("ada",)
    assert answer(course, "ada") == GOOD[2]["answer-concept"]
    revoke_extension(course, "ada", "week01")
    run(course, due(1) + DAY)
    assert answer(course, "ada") == GOOD[1]["answer-concept"]


def test_a_course_can_ask_for_the_newest_whenever_it_came(place: Any) -> None:
    course, exchange = place()
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("c.ExchangeCollect.before_duedate = False\n")
    for hours, text in ((-2, 0), (5, 1)):
        hand_in(course, 1, "ada", GOOD[text], due(1) + hours * HOUR, exchange=exchange)
    report = run(course, due(1) + DAY)
    assert answer(course, "ada") == GOOD[1]["answer-concept"]
    assert report.of("ada").points == pytest.approx(18 * 0.9)


def test_an_extension_granted_afterwards_takes_the_penalty_back(place: Any) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) + 25 * HOUR, exchange=exchange)
    assert run(course, due(1) + 2 * DAY).of("ada").points == pytest.approx(18 * 0.8)
    grant_extension(course, "ada", "week01", "+1d", why="note from a doctor", by="Kim")
    report = run(course, due(1) + 2 * DAY)
    assert report.of("ada").points == pytest.approx(18 * 0.9)
    assert report.graded == (), "nothing needs to be graded again for that"
    assert report.returned == ("ada",), "the page says another number now"
    revoke_extension(course, "ada", "week01")
    assert run(course, due(1) + 2 * DAY).of("ada").points == pytest.approx(18 * 0.8)


def test_the_same_run_again_changes_no_file(place: Any) -> None:
    course, exchange = place()
    for number, learner in enumerate(("ada", "bo", "cy")):
        hand_in(course, 1, learner, GOOD[number], due(1) - HOUR, exchange=exchange)
    first = run(course, due(1) + DAY)
    before = files(course) | {"exchange": b"".join(sorted(pages(exchange)))}
    second = run(course, due(1) + DAY)
    after = files(course) | {"exchange": b"".join(sorted(pages(exchange)))}
    assert (second.collected, second.graded, second.returned) == ((), (), ())
    assert second.standings == first.standings
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name for name in changed if "ledger" not in name} <= {
        "reports/week01/week.json", "reports/week01/outcome.json", "gradebook.db",
    }  # fmt: skip


def test_a_dry_run_says_what_would_be_done_and_does_nothing(place: Any) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR, exchange=exchange)
    hand_in(course, 1, "bo", GOOD[1], due(1) - HOUR, exchange=exchange)
    run(course, due(1) - DAY)
    before = files(course)
    ahead = run(course, due(1) + HOUR, dry_run=True)
    assert ahead.dry_run
    assert ahead.collected == ahead.to_grade == ("ada", "bo")
    assert states(ahead) == {
        "ada": "collected",
        "bo": "collected",
        "cy": "missing",
        "di": "missing",
    }
    assert files(course) == before
    run(course, due(1) + HOUR)
    assert run(course, due(1) + HOUR, dry_run=True).to_grade == ()
    other = ScriptedJudge(default=Level.MID, version="2")
    assert run(course, due(1) + HOUR, dry_run=True, judge=other).to_grade == ("ada", "bo")


def test_a_dry_run_tells_what_a_language_model_would_cost_and_asks_none(
    place: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SENIORKIT_JUDGE_URL", "http://127.0.0.1:9/v1")  # nobody listens there
    monkeypatch.setenv("SENIORKIT_JUDGE_MODEL", "any")
    monkeypatch.setenv("SENIORKIT_CACHE", str(tmp_path / "cache"))
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR, exchange=exchange)
    ahead = run(course, due(1) + HOUR, dry_run=True, judge=judge_named("llm"))
    assert ahead.cost is not None
    assert "2 answers: 2 calls" in ahead.cost
    assert run(course, due(1) + HOUR, dry_run=True).cost is None


def test_who_needs_a_person_waits_and_gets_no_feedback(place: Any) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR, exchange=exchange)
    failing = ScriptedJudge(fails="the server is away")
    report = run(course, due(1) + DAY, judge=failing)
    assert states(report)["ada"] == "needs a person"
    assert report.queue == {"answer-concept": 1, "answer-story": 1}
    assert report.of("ada").points is None
    assert pages(exchange) == []
    assert states(run(course, due(1) + DAY))["ada"] == "returned"
    assert len(pages(exchange)) == 1


def test_what_a_person_has_marked_is_done_although_no_judge_could_read_it(place: Any) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR, exchange=exchange)
    failing = ScriptedJudge(fails="the server is away")
    run(course, due(1) + DAY, judge=failing)
    queue = ReviewQueue.open(course, "week01", "Kim")
    for item in list(queue.items):
        assert item.question is not None
        queue.change(item, {c.id: Level.MID for c in item.question.criteria})
    for _ in range(2):
        report = run(course, due(1) + DAY, judge=failing)
        assert states(report)["ada"] == "returned"
        assert report.of("ada").points == pytest.approx(18 * 2 / 3, abs=0.01)


def test_what_a_person_has_done_with_comes_back_only_with_other_work_or_far_verdicts(
    place: Any,
) -> None:
    course, exchange = place()
    hand_in(course, 1, "ada", GOOD[0], due(1) - 2 * HOUR, exchange=exchange)
    run(course, due(1) + HOUR)
    queue = ReviewQueue.open(course, "week01", "Kim", everything=True)
    for item in list(queue.items):
        queue.accept(item)
    # Another reader who comes to nearly the same: the person need not look again.
    report = run(course, due(1) + HOUR, judge=ScriptedJudge(default=Level.MID, version="2"))
    assert report.graded == ("ada",)
    assert (report.queue, report.of("ada").points) == ({}, 18)
    # One who says something quite different, and other work: they should.
    report = run(course, due(1) + HOUR, judge=ScriptedJudge(default=Level.OFF, version="3"))
    assert report.queue == {"answer-concept": 1, "answer-story": 1}
    assert report.of("ada").points == 18
    for item in list(ReviewQueue.open(course, "week01", "Kim").items):
        ReviewQueue.open(course, "week01", "Kim").accept(item)
    hand_in(course, 1, "ada", GOOD[1], due(1) - HOUR, exchange=exchange)
    assert run(course, due(1) + HOUR).queue == {"answer-concept": 1, "answer-story": 1}


def test_without_an_exchange_pages_are_packed_for_those_who_are_done(place: Any) -> None:
    course, _ = place(exchange=False)
    hand_in(course, 1, "ada", GOOD[0], due(1) - HOUR)
    hand_in(course, 1, "bo", GOOD[1], due(1) - HOUR)
    (course.folder("submitted", "bo", "week01") / "week01.ipynb").write_text("spoiled")
    report = run(course, due(1) + DAY)
    assert states(report) == {
        "ada": "returned",
        "bo": "needs a person",
        "cy": "missing",
        "di": "missing",
    }
    archive = course.reports("week01") / "feedback.zip"
    assert zipfile.ZipFile(archive).namelist() == ["ada/week01/week01.html"]
    hand_in(course, 1, "bo", GOOD[1], due(1) - HOUR)
    assert run(course, due(1) + DAY).returned == ("bo",)
    assert len(zipfile.ZipFile(archive).namelist()) == 2


def test_the_report_is_written_again_only_when_something_has_changed(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    course, _ = place(exchange=False)
    hand_in(course, 1, "ada", GOOD[0], due(1) + HOUR)
    written: list[str] = []

    def fake(name: str, folder: Path, parameters: object, *, title: str) -> Path:
        written.append(name)
        (folder / f"{name}.html").write_text("page")
        return folder / f"{name}.html"

    monkeypatch.setattr("graders.reports.execute.execute_report", fake)
    options = WeekOptions(SENIOR, executor=AtOnce())
    for _ in range(2):
        report = run_week(course.root, "week01", now=due(1) + DAY, options=options)
    assert written == ["cohort_report"]
    assert [path.name for path in report.files] == ["marks-csv.csv", "cohort_report.html"]
    grant_extension(course, "ada", "week01", "+2d", why="", by="Kim")
    run_week(course.root, "week01", now=due(1) + 3 * DAY, options=options)
    assert written == ["cohort_report"] * 2


def test_an_extension_is_kept_with_who_granted_it_and_why(place: Any) -> None:
    course, _ = place()
    until = due(1) + DAY
    grant(course.db_url, Extension("ada", "week01", until, "ill", "Kim", at=due(1)))
    grant_extension(course, "ada", "week01", "+3d", why="still ill", by="Lee")
    (kept,) = extensions(course.db_url, "week01")
    assert (kept.student, kept.until, kept.why) == ("ada", due(1) + 3 * DAY, "still ill")
    assert kept.granted_by == "Lee"
    assert extensions(course.db_url, "week02") == []


def test_states_are_named_as_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "instructors.md").read_text(encoding="utf-8")
    assert [state for state in State if f"| {state} |" not in text] == []
