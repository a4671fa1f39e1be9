"""Kept verdicts: nothing is asked twice, nothing is lost silently, nobody reads along."""

from __future__ import annotations

import pickle
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.answers import Answer
from graders.errors import JudgeError, StoreError
from graders.judges.cached import CachedJudge
from graders.judges.kept import MAX_ENTRY, VerdictStore
from graders.levels import Level
from graders.question import Question, load_question
from graders.score import Verdict
from tests.judges.canned import Canned, all_at
from tests.judges.llm.server import ModelServer, Request, honest

QUESTION = load_question("concept/caching")
TEXT = "I would put the product pages behind cache-aside. A stale price is harmless until checkout."


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "verdicts.sqlite3"


def answer(text: str = TEXT) -> Answer:
    return Answer(question_id=QUESTION.id, text=text)


def test_a_second_run_asks_nothing_and_gives_the_same(file: Path) -> None:
    judge = CachedJudge(Canned(), VerdictStore(file))
    pairs = [(QUESTION, answer(f"{TEXT} {n}")) for n in range(20)]
    first = sorted(judge.judge_many(pairs), key=lambda result: result.index)
    judge.close()
    again = Canned(all_at(Level.STAFF))
    later = CachedJudge(again, VerdictStore(file))
    assert sorted(later.judge_many(pairs), key=lambda result: result.index) == first
    assert again.asked == []
    assert all(later.has(*pair) for pair in pairs)


def test_another_version_of_the_judge_is_asked_anew(file: Path) -> None:
    CachedJudge(Canned(), VerdictStore(file)).judge(QUESTION, answer())
    other = CachedJudge(Canned(all_at(Level.STAFF), version="2"), VerdictStore(file))
    assert {verdict.level for verdict in other.judge(QUESTION, answer())} == {Level.STAFF}


def test_the_same_words_written_differently_get_quotes_of_their_own(file: Path) -> None:
    judge = CachedJudge(Canned(), VerdictStore(file))
    judge.judge(QUESTION, answer("Entries expire after five minutes."))
    (first, *_) = judge.judge(QUESTION, answer("Entries\n   expire after five minutes."))
    assert first.evidence == ("Entries\n   ex",)


def test_a_failure_is_not_kept(file: Path) -> None:
    def fails(question: Question, given: Answer) -> list[Verdict]:
        raise JudgeError("the server is down")

    with pytest.raises(JudgeError):
        CachedJudge(Canned(fails), VerdictStore(file)).judge(QUESTION, answer())
    assert CachedJudge(Canned(), VerdictStore(file)).judge(QUESTION, answer())


def test_doubts_open_criteria_and_confidence_survive(file: Path) -> None:
    says = all_at(None, doubt="Look here.", confidence=0.2)
    first = CachedJudge(Canned(says), VerdictStore(file)).judge(QUESTION, answer())
    assert CachedJudge(Canned(), VerdictStore(file)).judge(QUESTION, answer()) == first
    assert (first[0].level, first[0].doubt) == (None, "Look here.")


def test_the_file_holds_no_quotes_and_is_its_owners_alone(file: Path) -> None:
    judge = CachedJudge(Canned(), VerdictStore(file))
    judge.judge(QUESTION, answer())
    for path in file.parent.iterdir():
        assert TEXT[:10].encode() not in path.read_bytes()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    judge.close()
    file.chmod(0o644)
    VerdictStore(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", ["garbage", "cut", "entry", "newer"])
def test_a_damaged_file_is_told_of_and_left_where_it_is(file: Path, damage: str) -> None:
    judge = CachedJudge(Canned(), VerdictStore(file))
    for n in range(200):
        judge.judge(QUESTION, answer(f"{TEXT} {n}"))
    judge.close()
    if damage == "garbage":
        file.write_bytes(b"no database at all " * 100)
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    else:
        change = "UPDATE kept SET verdicts = '[1]'" if damage == "entry" else "PRAGMA user_version = 99"  # fmt: skip
        with sqlite3.connect(file) as database:
            database.execute(change)
        database.close()
    before = file.stat().st_size
    with pytest.raises(StoreError) as error:
        CachedJudge(Canned(), VerdictStore(file)).judge(QUESTION, answer(f"{TEXT} 1"))
    assert str(file) in str(error.value)
    assert error.value.fix
    assert file.stat().st_size == before


def test_a_verdict_that_cannot_be_kept_is_still_given(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(VerdictStore, "put", full)
    with pytest.warns(RuntimeWarning, match="the disk is full"):
        assert CachedJudge(Canned(), VerdictStore(file)).judge(QUESTION, answer())


def test_a_huge_entry_is_not_kept(file: Path) -> None:
    store = VerdictStore(file)
    store.put("key", TEXT, all_at(Level.MID, reason="x" * MAX_ENTRY)(QUESTION, answer()))
    assert not store.has("key")


def test_two_that_write_at_once_agree_afterwards(file: Path) -> None:
    one, other = VerdictStore(file), VerdictStore(file)
    one.put("key", TEXT, all_at(Level.MID)(QUESTION, answer()))
    other.put("key", TEXT, all_at(Level.STAFF)(QUESTION, answer()))
    assert one.get("key", TEXT) == other.get("key", TEXT) == all_at(Level.MID)(QUESTION, answer())


def test_it_can_be_sent_to_another_process(file: Path) -> None:
    store = VerdictStore(file)
    store.put("key", TEXT, all_at(Level.MID)(QUESTION, answer()))
    assert pickle.loads(pickle.dumps(store)).has("key")


@given(
    st.lists(st.sampled_from(["Redis", "ﬁve ", "\u200b", " \n", "é", "<b>", "</b>", "5 ms", "。"])),
    st.integers(0, 60),
    st.integers(10, 60),
)
def test_kept_quotes_stand_in_the_answer_letter_for_letter(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str], start: int, length: int
) -> None:
    text = f"A cache holds {''.join(pieces)} what is read most of the time."
    quote = text[start : start + length].strip()
    store = VerdictStore(tmp_path_factory.mktemp("kept") / "v.sqlite3")
    verdict = Verdict(criterion="c", dimension="numbers", level=Level.MID, evidence=(quote,))
    store.put("key", text, [verdict])
    kept = store.get("key", text)
    assert kept is not None
    assert all(piece in text for piece in kept[0].evidence)
    if text.isascii() and "<" not in text and sum(c.isalnum() for c in quote) >= 12:
        assert kept[0].evidence
    store.close()


RUN = """
import sys
from pathlib import Path
from graders.answers import Answer
from graders.grading import grade_many
from graders.judges.cached import CachedJudge
from graders.judges.kept import VerdictStore
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.settings import JudgeSettings
from graders.question import load_question

url, path, text, count = sys.argv[1:]
question = load_question("concept/caching")
settings = JudgeSettings(base_url=url, model="tiny", concurrency=8, examples=0)
judge = CachedJudge(LlmJudge(settings), VerdictStore(Path(path)))
pairs = ((question, Answer(question_id=question.id, text=f"{text} {n}.")) for n in range(int(count)))
print(sum(score.level is not None for _, score in grade_many(pairs, judge=judge)), flush=True)
judge.close()
"""


def test_killed_in_the_middle_it_repeats_at_most_the_calls_in_flight(file: Path) -> None:
    count, killed_at, in_flight = 120, 40, 8
    killed = Event()

    def waits(request: Request) -> str:
        # It cannot come to its end before it is killed, however late this test gets its turn.
        if server.calls > killed_at + in_flight:
            assert killed.wait(60)
        return honest(request)

    command = [sys.executable, "-c", RUN]
    with ModelServer(waits, latency=0.05) as server:
        arguments = [server.base_url, str(file), TEXT, str(count)]
        running = subprocess.Popen([*command, *arguments])
        _wait_until(lambda: server.calls > killed_at)
        running.send_signal(signal.SIGKILL)
        running.wait()
        killed.set()
        time.sleep(0.2)  # what was in flight comes to its end at the server
        before = server.calls
        assert killed_at < before < count
        done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == str(count)
        assert server.calls - server.probes <= count + in_flight
        calls = server.calls
        subprocess.run([*command, *arguments], check=True)
        assert server.calls == calls


def _wait_until(reached: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < until
        time.sleep(0.005)
