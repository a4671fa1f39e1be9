"""The Batch API: one may leave and come back, nothing is paid twice, what fails goes to a person."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from graders.answers import Answer
from graders.errors import JudgeError, StoreError, UsageError
from graders.judges.llm import batch_files
from graders.judges.llm.batch_api import MAX_TRIES, Advance, readers
from graders.judges.llm.batch_book import BatchBook
from graders.judges.llm.errors import Final
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.settings import Budget, Prices
from graders.judges.llm.usage import BudgetSpent
from graders.levels import Level
from graders.question import Question
from tests.judges.llm.batch_server import BatchServer, Desk
from tests.judges.llm.conftest import TEXT

Pair = tuple[Question, Answer]


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer() as running:
        yield running


@pytest.fixture
def pairs(question: Question) -> list[Pair]:
    return [
        (question, Answer(question_id=question.id, text=f"{TEXT} Variant {n}.")) for n in range(6)
    ]


@pytest.fixture
def desk(server: BatchServer, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(server, tmp_path)
    yield made
    made.store.close()


def test_hand_in_leave_come_back_and_grade(
    server: BatchServer, desk: Desk, pairs: list[Pair], question: Question
) -> None:
    blank = (question, Answer(question_id=question.id, text=" \n"))
    first = desk.run([*pairs, pairs[0], blank])
    assert (first.waiting, first.kept) == (6, 0)
    (batch,) = server.batches.values()
    calls = server.calls_in(batch["input_file_id"])
    judge = LlmJudge(server.settings())
    assert {call["custom_id"] for call in calls} == {judge.key(*pair) for pair in pairs}
    assert batch["endpoint"] == calls[0]["url"] == "/v1/chat/completions"
    assert calls[0]["body"]["response_format"]["type"] == "json_schema"

    assert desk.run(pairs).waiting == 6  # not ready yet, and not handed in again
    assert len(server.batches) == 1
    server.work()
    last = desk.run(pairs)
    assert (last.waiting, last.kept, last.failed) == (0, 6, {})
    assert last.usage.calls == 6
    assert desk.run(pairs) == Advance(kept=6)  # all there is to know is known

    before = server.calls
    for pair in pairs:
        score = desk.score(pair)
        assert score.level is Level.MID
        assert score.judge == "llm"
        assert all(quote in pair[1].text for v in score.verdicts for quote in v.evidence)
    assert server.calls == before


def test_the_price_is_half(server: BatchServer, desk: Desk, pairs: list[Pair]) -> None:
    prices = Prices(input=1.0, cached_input=1.0, output=5.0)
    desk.run(pairs, prices=prices)
    server.work()
    assert desk.run(pairs, prices=prices).money == pytest.approx(6 * (1000 + 5 * 200) / 1e6 / 2)


@pytest.mark.parametrize("fate", ["refused", "empty"])
def test_a_call_that_fails_goes_to_a_person_and_the_others_are_graded(
    fate: str, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    desk.run(pairs)
    server.work(lambda number, request: fate if number == 2 else "done")
    for _ in range(2):  # the failure is remembered, and not paid for again
        stand = desk.run(pairs)
        assert (stand.kept, stand.waiting, len(stand.failed)) == (5, 0, 1)
    score = desk.score(pairs[2])
    assert (score.points, score.needs_review) == (None, True)
    assert len(server.batches) == 1


@pytest.mark.parametrize(
    ("fate", "status"), [("expired", "expired"), ("lost", "cancelled"), ("garbage", "completed")]
)
def test_what_a_batch_left_undone_is_handed_in_again_and_the_rest_is_kept(
    fate: str, status: str, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    desk.run(pairs)
    server.work(lambda number, request: fate if number >= 4 else "done", status)
    stand = desk.run(pairs)
    assert (stand.kept, stand.waiting) == (4, 2)
    second = list(server.batches.values())[-1]
    assert len(server.calls_in(second["input_file_id"])) == 2
    server.work()
    assert desk.run(pairs).kept == 6


def test_it_is_not_handed_in_for_ever(server: BatchServer, desk: Desk, pairs: list[Pair]) -> None:
    for _ in range(MAX_TRIES):
        assert desk.run(pairs[:1]).waiting == 1
        server.work(lambda number, request: "expired", "expired")
    stand = desk.run(pairs[:1])
    assert (stand.waiting, len(server.batches)) == (0, MAX_TRIES)
    assert "expired" in next(iter(stand.failed.values()))


def test_a_batch_that_is_refused_as_a_whole_says_why(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    desk.run(pairs)
    server.refuse("token limit for this model is reached")
    desk.run(pairs)
    assert any("token limit for this model is reached" in line for line in desk.told)


def test_a_batch_that_is_refused_as_a_whole_is_handed_in_by_a_later_run(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    for number in range(MAX_TRIES + 1):  # nothing was asked, so it is no try
        assert desk.run(pairs).waiting == 6
        assert len(server.batches) == number + 1
        server.refuse("token limit for this model is reached")
        stand = desk.run(pairs)
        assert (stand.waiting, stand.failed) == (6, {})
        assert len(server.batches) == number + 1  # what just failed is not handed in at once
    desk.run(pairs)
    server.work()
    assert desk.run(pairs).kept == 6


@pytest.mark.parametrize("gone", ["batch", "file"])
def test_a_batch_that_is_gone_blocks_nothing(
    gone: str, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    desk.run(pairs)
    server.work(lambda number, request: "refused" if number == 0 else "done")
    ((name, batch),) = server.batches.items()
    if gone == "batch":
        del server.batches[name]
    else:
        del server.files[batch["output_file_id"]]
    stand = desk.run(pairs)
    # What the other file says is read all the same.
    assert (stand.waiting, len(stand.failed)) == ((6, 0) if gone == "batch" else (5, 1))
    assert any(f"no longer has the {gone}" in line for line in desk.told)
    server.work()
    assert desk.run(pairs).kept == stand.waiting


@pytest.mark.parametrize("status", ["408", "429", "500", "503"])
def test_a_call_that_could_not_be_served_is_handed_in_again(
    status: str, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    desk.run(pairs)
    for _ in range(MAX_TRIES - 1):
        server.work(lambda number, request: status if number == 0 else "done")
        stand = desk.run(pairs)
        assert (stand.kept, stand.waiting, stand.failed) == (5, 1, {})
    server.work(lambda number, request: status)
    stand = desk.run(pairs)
    assert (stand.kept, stand.waiting) == (5, 0)
    (why,) = stand.failed.values()
    assert f"answers {status}: try later" in why


def test_a_crash_between_handing_in_and_noting_it_pays_nothing_twice(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    server.breaks = {"/batches"}  # the batch is made, and nobody hears of it
    with pytest.raises(JudgeError):
        desk.run(pairs)
    assert desk.run(pairs).waiting == 6
    assert len(server.batches) == 1
    server.work()
    assert desk.run(pairs).kept == 6


def test_what_never_reached_the_server_is_handed_in_later(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    server.breaks = {"/files"}
    with pytest.raises(JudgeError):
        desk.run(pairs)
    assert not server.batches
    assert desk.run(pairs).waiting == 6


def test_the_budget_is_looked_at_before_anything_is_handed_in(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    with pytest.raises(BudgetSpent):
        desk.run(pairs, budget=Budget(tokens=20_000), max_output_tokens=4000)
    assert not server.files
    desk.run(pairs[:2], budget=Budget(tokens=20_000), max_output_tokens=4000)
    assert len(server.batches) == 1
    with pytest.raises(BudgetSpent):  # what is under way counts
        desk.run(pairs[:4], budget=Budget(tokens=20_000), max_output_tokens=4000)


def test_files_keep_to_the_limits(
    monkeypatch: pytest.MonkeyPatch, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    monkeypatch.setattr(batch_files, "MAX_CALLS", 4)
    desk.run(pairs)
    sizes = [len(server.calls_in(b["input_file_id"])) for b in server.batches.values()]
    assert sizes == [4, 2]
    server.work()
    assert desk.run(pairs).kept == 6


def test_a_file_is_full_when_its_bytes_are(
    monkeypatch: pytest.MonkeyPatch, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    monkeypatch.setattr(batch_files, "MAX_BYTES", 1)
    desk.run(pairs)
    assert len(server.batches) == 6


def test_a_server_without_the_api_is_recognised(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    server.missing = True
    with pytest.raises(Final, match=r"no Batch API.*Run without --batch-api"):
        desk.run(pairs)


def test_the_key_stands_in_no_file_and_no_error(
    monkeypatch: pytest.MonkeyPatch, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    monkeypatch.setenv("SENIORKIT_JUDGE_KEY", "sk-planted-48151623")
    server.breaks = {"/files"}
    with pytest.raises(JudgeError) as caught:
        desk.run(pairs)
    assert "48151623" not in str(caught.value)
    desk.run(pairs)
    for path in desk.folder.rglob("*"):
        assert path.is_dir() or b"48151623" not in path.read_bytes()
    assert all(b"48151623" not in content for content in server.files.values())


def test_no_part_of_a_long_key_stands_in_an_error(
    monkeypatch: pytest.MonkeyPatch, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    key = "sk-planted-" + "48151623" * 20
    monkeypatch.setenv("SENIORKIT_JUDGE_KEY", key)
    desk.run(pairs)
    server.refuse(f"{'so it is ' * 28}refused: {key}")
    desk.run(pairs)
    assert not any("4815" in line for line in desk.told)
    server.says = f"{'so it is ' * 28}refused: {key}"
    server.breaks = {"/files"}
    with pytest.raises(JudgeError, match="refused") as caught:
        desk.run(pairs)
    assert "4815" not in str(caught.value)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"id": 5}'])
def test_an_error_says_where_and_what_to_do(
    body: bytes, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    server.raw = body
    with pytest.raises(JudgeError) as caught:
        desk.run(pairs)
    assert caught.value.where == server.base_url
    assert "run again" in str(caught.value.fix)
    server.raw, server.breaks = None, {"/files"}
    with pytest.raises(JudgeError, match=r"it broke.*run again"):
        desk.run(pairs)


def test_an_unreachable_server_says_what_to_do(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    with pytest.raises(JudgeError, match=r"cannot be reached.*run again"):
        desk.run(pairs, base_url="http://127.0.0.1:9/v1", output="text")


def test_two_runs_at_a_time_are_kept_apart(tmp_path: Path) -> None:
    book = BatchBook(tmp_path / "batches.sqlite3")
    with pytest.raises(UsageError, match="another run"):
        BatchBook(tmp_path / "batches.sqlite3")
    book.close()
    BatchBook(tmp_path / "batches.sqlite3").close()


def test_a_damaged_book_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "batches.sqlite3"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError, match="cannot be used"):
        BatchBook(path)
    path.unlink()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(StoreError, match="newer version"):
        BatchBook(path)


def test_without_kept_verdicts_there_is_no_batch(
    server: BatchServer, judge_of: Callable[..., LlmJudge]
) -> None:
    with pytest.raises(UsageError, match="kept verdicts"):
        readers(judge_of(server))
