"""Judging through the Batch API: hand in, leave, come back, at half the price.

`advance` does whatever can be done now, and may be called as often as one likes: it fetches what
is ready, keeps the verdicts where every judge looks for them, and hands in what was never asked.
A call's `custom_id` is the key under which its verdicts are kept. What fails is for a person;
what a batch left undone is handed in again.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from graders.answers import Answer
from graders.errors import JudgeError, UsageError
from graders.judges.kept import VerdictStore
from graders.judges.llm.batch_book import ANSWERED, FAILED, LOST, WAITING, BatchBook, Call
from graders.judges.llm.batch_files import DISCOUNT, Outgoing, Told, results
from graders.judges.llm.batch_server import Batch, BatchServer
from graders.judges.llm.errors import Garbled
from graders.judges.llm.protocol import read_payload
from graders.judges.llm.usage import Usage
from graders.judges.text import read
from graders.question import Question

if TYPE_CHECKING:
    from graders.judges.llm.judge import LlmJudge

MAX_TRIES = 3
"""Batches that a call may be in, if they end without it."""

Pair = tuple[Question, Answer]


@dataclass(frozen=True)
class Advance:
    """Where things stand.

    Attributes:
        kept: Answers whose verdicts are there.
        waiting: Answers that the server is working on.
        failed: Key -> why there will be no verdicts; a person should judge these answers.
        usage: What the replies that were read this time had used.
        money: The same in money; `None` where the prices are unknown.
    """

    kept: int = 0
    waiting: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    money: float | None = None


def advance(
    judge: LlmJudge,
    store: VerdictStore,
    book: BatchBook,
    pairs: Iterable[Pair],
    *,
    told: Told = lambda line: None,
) -> Advance:
    """Do what can be done now for the verdicts on *pairs*.

    Args:
        judge: Makes the prompts and reads the replies.
        store: Where verdicts are kept; what it holds is not asked.
        book: What was handed in before.
        pairs: Questions with answers; gone through once. Blank answers are left out.
        told: Told what happens, in words.

    Raises:
        JudgeError: If the server cannot be reached or refuses. Nothing is lost: call it again.
        BudgetSpent: If what is to be handed in could pass the budget; it was not handed in.
        StoreError: If the book or the kept verdicts cannot be used.
    """
    server = BatchServer(judge.settings)
    try:
        for mark, batch_id in book.open_batches():
            _fetch(server, book, mark, batch_id, told)
        desk = _Desk(judge, store, book)
        with Outgoing(judge.settings, book) as files:
            for question, answer in pairs:
                if desk.is_new(question, answer):
                    files.add(desk.key(question, answer), judge.body(question, answer), answer)
            files.hand_in(server, told)
            waiting = desk.waiting + files.calls
        money = desk.usage.money(judge.settings.prices)
        return Advance(
            desk.kept, waiting, desk.failed, desk.usage, None if money is None else money * DISCOUNT
        )
    finally:
        server.close()


def readers(judge: object) -> list[tuple[LlmJudge, VerdictStore]]:
    """The language models in *judge*, each with the store around it.

    Raises:
        UsageError: If verdicts are not kept: what a batch brings would then be lost.
    """
    found = list(_readers(judge, None))
    if not found or any(store is None for _, store in found):
        raise UsageError(
            "the Batch API needs kept verdicts",
            where="[judge] cache",
            fix="Set it to true, and use the judge llm",
        )
    return [(model, store) for model, store in found if store is not None]


def _readers(
    judge: object, store: VerdictStore | None
) -> Iterator[tuple[LlmJudge, VerdictStore | None]]:
    from graders.judges.ahead import JudgeAround
    from graders.judges.cached import CachedJudge
    from graders.judges.llm.judge import LlmJudge

    if isinstance(judge, LlmJudge):
        yield judge, store
    elif isinstance(judge, JudgeAround):
        around = judge.store if isinstance(judge, CachedJudge) else store
        for inner in judge.inner:
            yield from _readers(inner, around)


def is_new(book: BatchBook, key: str) -> bool:
    """Whether the call *key* is to be handed in, if its verdicts are not kept."""
    call = book.call(key)
    return call is None or (call.state == LOST and call.tries < MAX_TRIES)


class _Desk:
    """Goes through the answers: what is known of each, and what its reply says."""

    def __init__(self, judge: LlmJudge, store: VerdictStore, book: BatchBook) -> None:
        self._judge, self._store, self._book = judge, store, book
        self._seen: set[str] = set()
        self.kept = self.waiting = 0
        self.failed: dict[str, str] = {}
        self.usage = Usage()

    def key(self, question: Question, answer: Answer) -> str:
        return self._judge.key(question, answer)

    def is_new(self, question: Question, answer: Answer) -> bool:
        """Whether this answer is to be handed in; the first of several that are the same."""
        key = self.key(question, answer)
        if key in self._seen or not read(answer.text).words:
            return False
        self._seen.add(key)
        if self._store.has(key):
            self.kept += 1
            return False
        call = self._book.call(key)
        if call is None or is_new(self._book, key):
            return True
        if call.state == WAITING:
            self.waiting += 1
        elif call.state == ANSWERED:
            self._read(key, question, answer, call)
        else:
            self.failed[key] = call.said
        return False

    def _read(self, key: str, question: Question, answer: Answer, call: Call) -> None:
        try:
            reply = read_payload(call.said.encode(errors="replace"), call.most)
            self.usage += reply.usage
            verdicts = self._judge.read(question, answer, reply)
        except (Garbled, JudgeError) as error:
            self.failed[key] = str(error)
            self._book.fail(key, str(error))
            return
        self._store.put(key, answer.text, verdicts)
        self.kept += 1


def _fetch(
    server: BatchServer, book: BatchBook, mark: str, batch_id: str | None, told: Told
) -> None:  # fmt: skip
    """Read what a batch has brought, if it has ended."""
    batch = server.batch(batch_id) if batch_id else server.marked(mark)
    if batch is None:
        book.end(mark, "it was never handed in")
        return
    if not batch_id:
        book.begun(mark, batch.id)
    if not batch.ended:
        told(f"batch {batch.id}: {batch.status.replace('_', ' ')}")
        return
    with tempfile.TemporaryDirectory() as folder:
        for number, file_id in enumerate(batch.files):
            path = Path(folder) / str(number)
            server.download(file_id, path)
            book.note(mark, results(path))
    book.end(mark, _why_lost(batch))
    counts = book.counts(mark)
    told(
        f"batch {batch.id}: {batch.status}, {counts[ANSWERED]:,} replies, {counts[FAILED]:,} failed, "
        f"{counts[LOST]:,} not done" + (f" ({batch.why})" if batch.why else "")
    )


def _why_lost(batch: Batch) -> str:
    return f"the batch ended without it ({batch.status}{': ' if batch.why else ''}{batch.why})"
