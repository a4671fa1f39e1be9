"""What is wrong in a reply of the Batch API is asked again once; the book keeps no words of learners."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graders.answers import Answer
from graders.judges.llm.batch_api import Advance
from graders.judges.llm.batch_book import BatchBook
from graders.judges.llm.judge import LlmJudge
from graders.levels import Level
from graders.question import Question
from tests.judges.llm.batch_server import BatchServer, Desk
from tests.judges.llm.conftest import TEXT
from tests.judges.llm.server import Request, verdicts

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


def made_up(request: Request) -> str:
    """Praises the first criterion with a quote that the answer does not hold."""
    reply = verdicts(request)
    first = next(iter(reply["criteria"].values()))
    first.update(verdict="senior", evidence=["we shard the database by tenant and by region"])
    return json.dumps(reply)


def mended(request: Request) -> str:
    asked_again = len(request["messages"]) > 2
    return json.dumps(verdicts(request)) if asked_again else made_up(request)


def test_what_is_wrong_in_a_reply_is_asked_again_once(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    server.script = mended
    desk.run(pairs[:2])
    server.work()
    stand = desk.run(pairs[:2])
    assert (stand.kept, stand.waiting) == (0, 2)
    calls = server.calls_in(list(server.batches.values())[-1]["input_file_id"])
    judge = LlmJudge(server.settings())
    assert {call["custom_id"] for call in calls} == {f"{judge.key(*p)}-again" for p in pairs[:2]}
    *_, said, told = calls[0]["body"]["messages"]
    assert "by tenant and by region" in said["content"]
    assert "no quote that stands in the answer" in told["content"]
    assert desk.run(pairs[:2]).waiting == 2  # and is not handed in twice
    server.work()
    stand = desk.run(pairs[:2])
    assert (stand.kept, stand.usage.calls) == (2, 4)
    assert desk.score(pairs[0]).level is Level.MID
    assert desk.run(pairs[:2]) == Advance(kept=2)
    assert len(server.batches) == 2


@pytest.mark.parametrize("fate", ["done", "refused", "empty"])
def test_what_is_wrong_still_waits_for_a_person(
    fate: str, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    server.script = made_up
    desk.run(pairs[:1])
    server.work()
    assert desk.run(pairs[:1]).waiting == 1
    server.work(lambda number, request: fate)
    assert desk.run(pairs[:1]).kept == 1
    assert desk.run(pairs[:1]) == Advance(kept=1)  # it is settled, and not paid for again
    assert len(server.batches) == 2
    score = desk.score(pairs[0])
    assert score.needs_review
    assert [v.level for v in score.verdicts].count(None) == 1


@pytest.mark.parametrize("text", ["I cannot help with that.", ""])
def test_a_reply_without_any_verdict_is_asked_again_once_too(
    text: str, server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    server.script = lambda request: text
    desk.run(pairs[:1])
    server.work()
    assert desk.run(pairs[:1]).waiting == 1
    server.work()
    for _ in range(2):
        stand = desk.run(pairs[:1])
        assert (stand.kept, stand.waiting, len(stand.failed)) == (0, 0, 1)
    assert len(server.batches) == 2


def test_the_book_holds_no_words_of_learners_once_verdicts_are_kept(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    server.script = mended
    for _ in range(3):
        desk.run(pairs)
        server.work()
    assert desk.run(pairs).kept == 6
    content = (desk.folder / "batches.sqlite3").read_bytes()
    assert b"product pages" not in content
    assert b"by tenant" not in content


def test_what_was_forgotten_is_not_in_the_book(
    server: BatchServer, desk: Desk, pairs: list[Pair]
) -> None:
    server.script = made_up
    desk.run(pairs[:2])
    server.work()
    desk.run(pairs[:2])  # asked again, so the first replies are still needed
    path = desk.folder / "batches.sqlite3"
    assert path.read_bytes().count(b"Variant") == 0
    key = LlmJudge(server.settings()).key(*pairs[0])
    assert key.encode() in path.read_bytes()
    book = BatchBook(path)
    assert book.forget([key, "unknown"]) == 2
    book.close()
    assert key.encode() not in path.read_bytes()
    server.work()
    assert desk.run(pairs[1:2]).kept == 1
