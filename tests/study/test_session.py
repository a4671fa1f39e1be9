"""`AnswerSession` and what it keeps: nothing a learner wrote is lost, and every fault has words."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from subprocess import Popen

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from graders.answers import MAX_ANSWER_CHARS, AnswersFile
from graders.errors import AnswersError, UsageError
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.progress import Attempt, Progress
from graders.question import load_question
from graders.study.session import AnswerSession
from tests.conftest import ESSAY

NOON = datetime(2026, 3, 8, 12, 0, tzinfo=UTC)
CACHING = "concept/caching"


def session(
    folder: Path, level: Level | None = Level.MID, *, grade_id: str | None = None,
    fails: str | None = None,
) -> AnswerSession:  # fmt: skip
    return AnswerSession(
        CACHING, grade_id=grade_id, folder=folder, progress=Progress(folder / "progress.sqlite3"),
        judge=ScriptedJudge(default=level, fails=fails), clock=lambda: NOON,
    )  # fmt: skip


def test_a_draft_is_there_again_after_a_restart(tmp_path: Path) -> None:
    assert session(tmp_path).saved_text() == ""
    session(tmp_path).save_draft("I would start with\n\n\tcache-aside …")
    assert session(tmp_path).saved_text() == "I would start with\n\n\tcache-aside …"
    assert Progress(tmp_path / "progress.sqlite3").attempts() == [], "a draft is no attempt"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="utf-8")))
@example("\x00\u2028\r\n\ufeff")
def test_every_text_is_saved_letter_for_letter(tmp_path: Path, text: str) -> None:
    session(tmp_path).save_draft(text)
    assert session(tmp_path).saved_text() == text


def test_a_submission_is_saved_judged_and_kept(tmp_path: Path) -> None:
    result = session(tmp_path, grade_id="answer-1").submit(ESSAY)
    assert (result.attempt, result.before, result.problem) == (1, None, None)
    assert result.score.level == Level.MID
    entry = AnswersFile(tmp_path / "answers.json").read()["answer-1"]
    assert (entry.text, entry.question_id) == (ESSAY, CACHING)
    assert entry.submitted_at is not None
    kept = Progress(tmp_path / "progress.sqlite3").attempts(CACHING)
    assert kept == [Attempt(NOON, CACHING, ESSAY, result.score)]


def test_attempts_are_counted_and_compared_with_the_one_before(tmp_path: Path) -> None:
    session(tmp_path, Level.BELOW).submit(ESSAY)
    session(tmp_path, None).submit(ESSAY)
    third = session(tmp_path, Level.SENIOR).submit(ESSAY)
    fourth = session(tmp_path, Level.STAFF).submit(ESSAY)
    assert (third.attempt, third.before and third.before.score.level) == (3, None), "not scored"
    assert (fourth.attempt, fourth.before and fourth.before.score.level) == (4, Level.SENIOR)


def test_a_draft_after_submitting_stays_submitted(tmp_path: Path) -> None:
    session(tmp_path).submit(ESSAY)
    session(tmp_path).save_draft(ESSAY + " One more thing.")
    entry = AnswersFile(tmp_path / "answers.json").read()[CACHING]
    assert entry.text.endswith("One more thing.")
    assert entry.submitted_at is not None


def test_a_judge_that_fails_is_a_result_too(tmp_path: Path) -> None:
    result = session(tmp_path, fails="no connection").submit(ESSAY)
    assert result.score.points is None
    assert "no connection" in " ".join(result.score.reasons)
    assert session(tmp_path).saved_text() == ESSAY


def as_folder(path: Path) -> None:
    path.mkdir()


def as_noise(path: Path) -> None:
    path.write_bytes(b"noise" * 1000)


def as_newer(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()


@pytest.mark.parametrize("spoil", [as_folder, as_noise, as_newer])
def test_a_result_is_shown_though_it_cannot_be_kept(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(tmp_path / "progress.sqlite3")
    result = session(tmp_path).submit(ESSAY)
    assert result.score.level == Level.MID
    assert result.problem is not None
    assert "progress.sqlite3" in result.problem
    assert session(tmp_path).saved_text() == ESSAY


def test_a_result_is_shown_though_the_progress_file_has_an_impossible_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENIORKIT_PROGRESS", str(tmp_path / ("long" * 100)))
    judge = ScriptedJudge(default=Level.MID)
    result = AnswerSession(CACHING, folder=tmp_path, judge=judge).submit(ESSAY)
    assert result.score.level == Level.MID
    assert result.problem


@pytest.mark.parametrize("damaged", ["{", '{"schema_version": 2, "answers": {}}', "[]"])
def test_a_damaged_sidecar_is_reported_and_left_as_it_is(tmp_path: Path, damaged: str) -> None:
    path = tmp_path / "answers.json"
    path.write_text(damaged)
    for use in (session(tmp_path).saved_text, lambda: session(tmp_path).submit(ESSAY)):
        with pytest.raises(AnswersError, match=r"answers\.json"):
            use()
    assert path.read_text() == damaged
    assert Progress(tmp_path / "progress.sqlite3").attempts() == [], "it has not been judged"


@pytest.mark.parametrize("text", ["x" * (MAX_ANSWER_CHARS + 1), "half an emoji \ud83d"])
def test_a_text_that_cannot_be_saved_is_refused_in_words(tmp_path: Path, text: str) -> None:
    session(tmp_path).save_draft("what was there before")
    for use in (session(tmp_path).save_draft, session(tmp_path).submit):
        with pytest.raises(AnswersError):
            use(text)
    assert session(tmp_path).saved_text() == "what was there before"


@pytest.mark.parametrize("folder", ["no-such-folder", "answers.txt"])
def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path, folder: str) -> None:
    (tmp_path / "answers.txt").write_text("")
    with pytest.raises(AnswersError, match=folder):
        AnswerSession(CACHING, folder=tmp_path / folder).save_draft("text")


def test_a_question_that_does_not_exist_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="concept/caching"):
        AnswerSession("concept/cachingg", folder=tmp_path)


def test_a_question_of_ones_own_needs_no_bank(tmp_path: Path) -> None:
    own = load_question(CACHING).model_copy(update={"id": "concept/my-own"})
    AnswerSession(own, folder=tmp_path).save_draft("text")
    assert set(AnswersFile(tmp_path / "answers.json").read()) == {"concept/my-own"}


def test_boxes_that_save_at_the_same_time_keep_each_others_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graders.answers._LOCK_SECONDS", 60)
    names = [f"answer-{number}" for number in range(6)]

    def type_away(name: str) -> None:
        box = session(tmp_path, grade_id=name)
        for number in range(10):
            box.save_draft(f"{name}, version {number}")

    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(type_away, names))
    saved = AnswersFile(tmp_path / "answers.json").read()
    assert {name: entry.text for name, entry in saved.items()} == {
        name: f"{name}, version 9" for name in names
    }


WRITER = """
import sys
from pathlib import Path
from graders import answers
answers._LOCK_SECONDS = 60
name, folder = sys.argv[1:]
for number in range(40):
    file = answers.AnswersFile(Path(folder) / "answers.json")
    file.save(name, "concept/caching", f"{name} {number}")
"""


def test_two_notebooks_in_one_folder_keep_each_others_text(tmp_path: Path) -> None:
    names = ["first", "second", "third"]
    writers = [Popen([sys.executable, "-c", WRITER, name, str(tmp_path)]) for name in names]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    content = json.loads((tmp_path / "answers.json").read_text())
    assert {key: entry["text"] for key, entry in content["answers"].items()} == {
        name: f"{name} 39" for name in names
    }


def test_progress_keeps_every_attempt_of_several_writers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graders.progress.file.PATIENCE_SECONDS", 60)
    score = session(tmp_path).submit(ESSAY).score
    path = tmp_path / "shared" / "progress.sqlite3"

    def answer(writer: int) -> None:
        for number in range(10):
            Progress(path).add(Attempt(NOON, CACHING, f"{writer}-{number}", score))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(answer, range(6)))
    kept = [attempt.answer for attempt in Progress(path).attempts(CACHING)]
    assert sorted(kept) == sorted(f"{w}-{n}" for w in range(6) for n in range(10))
    for writer in range(6):
        own = [answer for answer in kept if answer.startswith(f"{writer}-")]
        assert own == [f"{writer}-{number}" for number in range(10)], "oldest first"


def test_a_file_that_another_program_keeps_locked_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    monkeypatch.setattr("graders.answers._LOCK_SECONDS", 0.1)
    session(tmp_path).save_draft("what was there before")
    with (tmp_path / ".answers.json.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(AnswersError, match="another program"):
            session(tmp_path).save_draft("words")
    assert session(tmp_path).saved_text() == "what was there before"


def test_only_what_was_saved_since_and_differs_is_newer(tmp_path: Path) -> None:
    first, second = session(tmp_path), session(tmp_path)
    assert first.newer("words", "") is None
    draft = first.save_draft("words")
    assert first.newer("more words", draft.revision) is None
    assert second.newer("words", "") is None, "the same words undo nothing"
    assert second.newer("other words", "") == draft
    first.save_draft("")
    assert second.newer("other words", "") is None, "an emptied box holds nothing to lose"


def test_the_embedded_judge_can_be_warmed_up_without_a_trace(tmp_path: Path) -> None:
    box = AnswerSession(CACHING, folder=tmp_path, progress=Progress(tmp_path / "p"))
    box.warm_up()
    assert list(tmp_path.iterdir()) == []
