from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.utils import notebook_hash

from graders.answers import Answer
from graders.batch.ledger import Ledger, verdict_key
from graders.cohorts.kept import JudgesFiles
from graders.cohorts.privacy import Forgotten, about, forget
from graders.course import Course, open_course
from graders.errors import UsageError
from graders.gradebook import Submission
from graders.gradebook.appeals import file as file_appeal
from graders.gradebook.audit import AUTOMATIC, settle
from graders.gradebook.personal import REMOVED
from graders.gradebook.sessions import session_of
from graders.gradebook.values import CellPlace
from graders.judges.factory import judge_named
from graders.judges.kept import VerdictStore
from graders.judges.llm.batch_api import readers
from graders.judges.llm.batch_book import ANSWERED, BatchBook, book_file
from graders.judges.llm.usage import Usage
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import load_question
from graders.reports import load_cohort
from graders.score import Score, Verdict
from tests.exports.marks import make_course

WORDS = "I moved the billing team off the shared database, month by month, with Zoltan."
SECRET = "6f0f7a8c"
PLACE = ("learner-1", "week01", "week01", "answer")
LEARNERS = {
    "learner-1": {"first_name": "Zsófia", "last_name": "O'Hara", "email": "zs@uni.example"},
    "learner-12": {"first_name": "Ben", "last_name": "Hur"},
}
NAMES = ("learner-1", "zs@uni.example", "Zsófia", "Zs\\u00f3fia")


def _score(text: str) -> Score:
    judge, question = ScriptedJudge(), load_question("design/rate-limiter")
    verdict = Verdict(
        criterion=question.criteria[0].id, dimension=question.criteria[0].dimension,
        level=Level.MID, evidence=(text,),
    )  # fmt: skip
    return Score(
        question_id=question.id, judge=judge.name, judge_version=judge.version,
        rubric_digest=question.digest, level=Level.MID, points=0.5, verdicts=(verdict,),
    )  # fmt: skip


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Two learners in every place that the kit knows of."""
    monkeypatch.setenv("SENIORKIT_CACHE", str(tmp_path / "cache"))
    mark = {"tests": (4.0, None), "answer": (3.0, 2.0)}
    made = make_course(
        tmp_path / "course", LEARNERS, {"week01": {name: mark for name in LEARNERS}},
        due={"week01": datetime(2026, 3, 8)},
    )  # fmt: skip
    root, exchange = made.root, tmp_path / "exchange" / "c1"
    config = root / "nbgrader_config.py"
    config.write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'c1'\nc.Exchange.root = '{exchange.parent}'\n"
    )
    for name in LEARNERS:
        words = WORDS if name == "learner-1" else "Something else that is long enough to be kept."
        for step in ("submitted", "autograded"):
            _write(root / step / name / "week01" / "week01.ipynb", json.dumps([words, name]))
        secret = SECRET if name == "learner-1" else "other"
        _write(root / "submitted" / name / "week01" / "submission_secret.txt", secret)
        _write(root / "feedback" / name / "week01" / "week01.html", words)
        _write(
            exchange / "inbound" / f"{name}+week01+2026-03-08 10:00:00 UTC" / "week01.ipynb", words
        )
        page = notebook_hash(secret=secret, notebook_id="week01")
        _write(exchange / "feedback" / f"{page}.html", words)
        with made.gradebook() as book:
            place = (name, *PLACE[1:])
            book.save_score(*place, answer=words, score=_score(words), comment="", flagged=False)
            remark = "the same work as learner-1" if name == "learner-12" else ""
            book.remember("week01", Submission(name, "0", (remark,)))
        with Ledger(root, "week01") as ledger:
            ledger.collected(name, "0")
            ledger.executed(name, "0", words.encode())
            key = verdict_key(ScriptedJudge(), load_question("design/rate-limiter"), words)
            ledger.keep_verdict(key, _score(words))
            ledger.keep_verdict(f"older-{name}", _score(words))
    with session_of(made.db_url, writing=True) as session:
        settle(session, "week01", actor=AUTOMATIC, action="graded", detail="copied from learner-1")
        file_appeal(session, CellPlace(*PLACE), "Please look again, says Zsófia.")
    _write(
        root / "reports" / "week01" / "cohort_report.html", "<td>learner-1</td><td>learner-12</td>"
    )
    _write(root / "reports" / "week01" / "other.html", "<td>learner-12</td>")
    _write(root / "exports" / "all-csv.csv", "O'Hara, Zsófia")
    with zipfile.ZipFile(root / "reports" / "week01" / "feedback.zip", "w") as archive:
        archive.writestr("learner-1/week01/week01.html", WORDS)
    _write(root / "notes.txt", "talk to Zsófia O'Hara")
    _write(root / "source" / "week01" / "week01.ipynb", "learner-1 is an example here")
    return open_course(root)


def _everything(course: Course) -> dict[str, bytes]:
    base = course.root.parent
    return {
        str(p.relative_to(base)): p.read_bytes() for p in sorted(base.rglob("*")) if p.is_file()
    }


def _holding(course: Course, *words: str) -> list[str]:
    """Files that hold one of *words*, `learner-12` apart; names of files count, too."""
    found = []
    for name, data in _everything(course).items():
        plain = (name.encode() + data).replace(b"learner-12", b"")
        if any(word.encode() in plain for word in words):
            found.append(name)
    return found


def test_after_forgetting_no_file_has_a_name_or_a_word_of_the_learner(course: Course) -> None:
    assert len(_holding(course, *NAMES, WORDS)) > 12
    forget(course, "learner-1")
    left = _holding(course, *NAMES, WORDS)
    assert left == ["course/notes.txt", "course/source/week01/week01.ipynb"]


def test_the_other_learner_keeps_everything(course: Course) -> None:
    before = about(course, "learner-12")
    forget(course, "learner-1")
    after = about(course, "learner-12")
    assert after["files"] == before["files"] and after["ledger"] == before["ledger"]
    remark = after["gradebook"]["seniorkit_submission"][0].pop("remarks")
    assert remark == ["the same work as a learner who was removed"]
    before["gradebook"]["seniorkit_submission"][0].pop("remarks")
    for line in after["gradebook"]["seniorkit_audit"] + before["gradebook"]["seniorkit_audit"]:
        assert line.pop("detail").replace(REMOVED, "learner-1") in ("", "copied from learner-1")
    assert after["gradebook"] == before["gradebook"]
    (row,) = load_cohort(course.root, "week01").learners
    assert row.student == "learner-12"


def test_it_says_what_was_removed_and_what_remains_and_why(course: Course) -> None:
    done = forget(course, "learner-1")
    said = "\n".join(done.removed)
    for place in (
        "submitted/learner-1", "autograded/learner-1", "feedback/learner-1", "inbound/learner-1+",
        "cohort_report.html", "feedback.zip", "exports/all-csv.csv", "ledger: 1 stages, 2 verdicts",
        "gradebook, grade: 2", "gradebook, seniorkit_score: 1", "gradebook, seniorkit_appeal: 1",
        "gradebook, student: 1",
    ):  # fmt: skip
        assert place in said, place
    assert "other.html" not in said
    remains = "\n".join(done.remains)
    assert "notes.txt: mentions the learner" in remains and "backups" in remains
    assert done.again == ("seniorkit report cohort week01", "seniorkit week week01")


def test_a_look_removes_nothing_and_tells_the_same(course: Course) -> None:
    before = _everything(course)
    looked = forget(course, "learner-1", dry_run=True)
    after = {
        k: v for k, v in _everything(course).items() if not k.endswith((".key", "-shm", "-wal"))
    }
    assert {name: before[name] for name in after} == after

    def places(done: Forgotten) -> list[str]:
        return [line for line in done.removed if not line.startswith("gradebook")]

    assert places(forget(course, "learner-1")) == places(looked)


def test_what_was_interrupted_is_finished_by_the_same_command(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("graders.cohorts.privacy.remove_person", stop)
    with pytest.raises(KeyboardInterrupt):
        forget(course, "learner-1")
    monkeypatch.undo()
    forget(course, "learner-1")
    assert _holding(course, *NAMES, WORDS) == [
        "course/notes.txt", "course/source/week01/week01.ipynb"
    ]  # fmt: skip
    with pytest.raises(UsageError, match="nothing is there of a learner 'learner-1'"):
        forget(course, "learner-1")


@pytest.mark.parametrize("student", ["", ".", "..", "../x", "*", "learner", "a\\b"])
def test_no_id_means_more_than_one_learner(course: Course, student: str) -> None:
    before = [n for n in _everything(course) if not n.endswith(".key")]
    with pytest.raises(UsageError):
        forget(course, student)
    assert [n for n in _everything(course) if not n.endswith(".key")] == before


def test_about_tells_all_there_is_as_json(course: Course) -> None:
    facts = json.loads(json.dumps(about(course, "learner-1")))
    book = facts["gradebook"]
    assert book["student"][0]["first_name"] == "Zsófia"
    assert book["seniorkit_score"][0]["answer"] == WORDS
    assert {row["cell"]: row["manual_score"] for row in book["grade"]} == {
        "tests": None,
        "answer": 2.0,
    }
    assert "Please look again" in book["seniorkit_appeal"][0]["text"]
    assert len(facts["files"]) == 6
    assert facts["reports_that_mention_the_learner"] == [
        "exports/all-csv.csv", "reports/week01/cohort_report.html", "reports/week01/feedback.zip",
    ]  # fmt: skip


def test_the_commands(course: Course, tmp_path: Path) -> None:
    seniorkit = str(Path(sys.executable).parent / "seniorkit")

    def run(*arguments: str) -> str:
        ended = subprocess.run(
            [seniorkit, *arguments, "--course", str(course.root)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return ended.stdout

    target = tmp_path / "about.zip"
    run("about", "learner-1", "--archive", str(target))
    with zipfile.ZipFile(target) as archive:
        assert json.loads(archive.read("about.json"))["learner"] == "learner-1"
        assert "files/submitted/learner-1/week01/week01.ipynb" in archive.namelist()
    assert target.stat().st_mode & 0o077 == 0
    assert "Nothing was removed" in run("forget", "learner-1")
    assert json.loads(run("about", "learner-1"))["gradebook"]["student"]
    assert "gradebook, student: 1" in run("forget", "learner-1", "--yes")


def test_kept_verdicts_are_removed_by_their_key(tmp_path: Path) -> None:
    store = VerdictStore(tmp_path / "verdicts.sqlite3")
    assert store.forget(["a"]) == 0, "no file is made for it"
    verdict = Verdict(criterion="c", dimension="d", level=Level.MID, reason="says Zoltan")
    store.put("a", WORDS, [verdict])
    store.put("b", WORDS, [verdict])
    assert store.forget(["a", "x"]) == 1
    assert not store.has("a") and store.has("b")
    store.close()
    assert (tmp_path / "verdicts.sqlite3").read_bytes().count(b"says Zoltan") == 1


def test_replies_of_the_batch_api_are_removed_by_their_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SENIORKIT_CACHE", str(tmp_path))
    monkeypatch.setenv("SENIORKIT_JUDGE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SENIORKIT_JUDGE_MODEL", "tiny")
    judge_named.cache_clear()
    question = load_question("concept/caching")
    ((judge, store),) = readers(judge_named("llm"))
    own, other = (
        judge.key(question, Answer(question_id=question.id, text=text))
        for text in (WORDS, "Somebody else's words.")
    )
    path = book_file(store.path.parent, judge.settings.base_url)
    book = BatchBook(path)
    book.begin("m", [(key, Usage(1, 10, 0, 10)) for key in (own, f"{own}-again", other)])
    book.note("m", [(own, ANSWERED, WORDS), (f"{own}-again", ANSWERED, WORDS)])
    book.close()
    score = Score(
        question_id=question.id,
        rubric_digest=question.digest,
        judge="llm",
        judge_version="1",
        level=None,
        points=None,
    )
    JudgesFiles([(question, WORDS, score)]).remove()
    judge_named.cache_clear()
    content = path.read_bytes()
    assert own.encode() not in content and b"Zoltan" not in content
    assert other.encode() in content
