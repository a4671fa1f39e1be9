"""Judging through the Batch API: hand in, leave, come back, at half the price.

`advance` does whatever can be done now, and may be called as often as one likes: it fetches what
is ready, keeps the verdicts where every judge looks for them, and hands in what was never asked.
A call's `custom_id` is the key under which its verdicts are kept. What is wrong in a reply is asked
again once, by a further call. What fails is for a person; what a batch left undone is handed in
again. Once verdicts are kept, the replies are removed from the book.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from graders.answers import Answer
from graders.errors import JudgeError, UsageError
from graders.judges.kept import VerdictStore
from graders.judges.llm.batch_book import (
    ANSWERED,
    FAILED,
    KEPT,
    LOST,
    WAITING,
    BatchBook,
    Call,
    again,
)
from graders.judges.llm.batch_files import DISCOUNT, Outcall, Outgoing, Told, results
from graders.judges.llm.batch_server import Batch, BatchServer
from graders.judges.llm.errors import Garbled, Gone
from graders.judges.llm.judge import LlmJudge, settled
from graders.judges.llm.prompt import repair
from graders.judges.llm.protocol import Hide, Reply, read_payload
from graders.judges.llm.usage import Usage
from graders.judges.llm.verdicts import Checked, check, interpret
from graders.judges.text import read
from graders.question import Question
from graders.score import Verdict

MAX_TRIES = 3
"""Batches that a call may be in, if they end without it."""

_UNKNOWN = Call(LOST, "", 0, Usage(), "")
"""A call that was never made."""

Pair = tuple[Question, Answer]


@dataclass(frozen=True)
class Advance:
    """Where things stand.

    Attributes:
        kept: Answers whose verdicts are there.
        waiting: Answers that the server is working on, or that a later run hands in.
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
        refused = {
            mark
            for mark, batch_id in book.open_batches()
            if _fetch(server, book, mark, batch_id, told)
        }
        desk = _Desk(judge, store, book, refused, server.scrubbed)
        with Outgoing(judge.settings, book) as files:
            for question, answer in pairs:
                call = desk.call_for(question, answer)
                if call is not None:
                    files.add(*call)
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
    """Goes through the answers: what is known of each, what its replies say, what is to be asked.

    Args:
        judge: As of `advance`.
        store: As of `advance`.
        book: As of `advance`.
        refused: Marks of the batches that this run saw refused: their calls are for a later one.
        hide: What no error may show is taken out by this.
    """

    def __init__(
        self,
        judge: LlmJudge,
        store: VerdictStore,
        book: BatchBook,
        refused: Set[str],
        hide: Hide,
    ) -> None:
        self._judge, self._store, self._book = judge, store, book
        self._refused, self._hide = refused, hide
        self._seen: set[str] = set()
        self.kept = self.waiting = 0
        self.failed: dict[str, str] = {}
        self.usage = Usage()

    def call_for(self, question: Question, answer: Answer) -> Outcall | None:
        """What is to be handed in for this answer, if anything; once for several the same."""
        key = self._judge.key(question, answer)
        if key in self._seen or not read(answer.text).words:
            return None
        self._seen.add(key)
        state, call = self._standing(key)
        if self._store.has(key):
            self.kept += 1
            if call.state in (ANSWERED, FAILED, LOST):
                self._book.settle(key)
        elif state == WAITING:
            self.waiting += 1
        elif state == FAILED:
            self.failed[key] = call.said
        elif state == LOST:
            return key, self._judge.body(question, answer), _size(answer.text)
        else:
            return self._read(key, question, answer, call)
        return None

    def _standing(self, key: str) -> tuple[str, Call]:
        """How it stands with the call *key*, which is to be handed in if that is `LOST`."""
        call = self._book.call(key)
        if call is None or call.state == KEPT:
            # A call that was never made, or whose verdicts were removed since.
            return LOST, call or _UNKNOWN
        if call.state != LOST:
            return call.state, call
        if call.tries >= MAX_TRIES:
            return FAILED, call
        return (WAITING if call.mark in self._refused else LOST), call

    def _read(self, key: str, question: Question, answer: Answer, call: Call) -> Outcall | None:
        """Read what was answered; returns the call that asks again, if there is to be one."""
        try:
            reply = self._reply(call)
        except Garbled as error:
            self._fail(key, str(error))
            return None
        document = read(answer.text)
        first = check(question, document, interpret(reply, question))
        used, second = reply.usage, None
        if first.problems:
            state, repair = self._standing(again(key))
            if state == WAITING:
                self.waiting += 1
                return None
            if state == LOST:
                return self._asking_again(key, question, answer, reply, first)
            # As when asked at once: without a second reply, what was right in the first counts.
            with suppress(Garbled):
                if state == ANSWERED:
                    other = self._reply(repair)
                    second = check(question, document, interpret(other, question))
                    used += other.usage
        self.usage += used
        try:
            verdicts = settled(question, first, second)
        except JudgeError as error:
            self._fail(key, str(error))
        else:
            self._keep(key, answer, verdicts)
        return None

    def _asking_again(
        self, key: str, question: Question, answer: Answer, reply: Reply, first: Checked
    ) -> Outcall:
        """The one repair turn, as a call of its own."""
        body = self._judge.body(question, answer)
        messages, added = repair(body["messages"], reply.text, first.problems)
        return again(key), {**body, "messages": messages}, _size(answer.text) + added

    def _reply(self, call: Call) -> Reply:
        return read_payload(call.said.encode(errors="replace"), call.most, self._hide)

    def _keep(self, key: str, answer: Answer, verdicts: list[Verdict]) -> None:
        self._store.put(key, answer.text, verdicts)
        if self._store.has(key):
            self._book.settle(key)
            self.kept += 1
        else:
            self._fail(key, "the verdicts are too long to be kept")

    def _fail(self, key: str, why: str) -> None:
        self._book.fail(key, why)
        self.failed[key] = why


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))


def _fetch(
    server: BatchServer, book: BatchBook, mark: str, batch_id: str | None, told: Told
) -> bool:
    """Read what a batch has brought, if it has ended; whether it was refused as a whole."""
    try:
        batch = server.batch(batch_id) if batch_id else server.marked(mark)
    except Gone as error:
        book.end(mark, error.what)
        told(f"batch {batch_id}: {error.what}; its calls are handed in again")
        return False
    if batch is None:
        book.end(mark, "it was never handed in")
        return False
    if not batch_id:
        book.begun(mark, batch.id)
    if not batch.ended:
        told(f"batch {batch.id}: {batch.status.replace('_', ' ')}")
        return False
    if batch.refused:
        book.end(mark, _why_lost(batch), asked=False)
        told(
            f"batch {batch.id} was refused as a whole ({batch.why or 'no reason was given'}): nothing "
            "of it was asked. Run again later, or without --batch-api"
        )
        return True
    why = _read_files(server, book, mark, batch, told) or _why_lost(batch)
    book.end(mark, why)
    counts = book.counts(mark)
    told(
        f"batch {batch.id}: {batch.status}, {counts[ANSWERED]:,} replies, {counts[FAILED]:,} failed, "
        f"{counts[LOST]:,} not done" + (f" ({batch.why})" if batch.why else "")
    )
    return False


def _read_files(
    server: BatchServer, book: BatchBook, mark: str, batch: Batch, told: Told
) -> str:  # fmt: skip
    """Note what the files of a batch say; returns what is to be said of one that is gone."""
    why = ""
    with tempfile.TemporaryDirectory() as folder:
        for number, file_id in enumerate(batch.files):
            path = Path(folder) / str(number)
            try:
                server.download(file_id, path)
            except Gone as error:
                why = error.what
                told(f"batch {batch.id}: {why} ({file_id})")
                continue
            book.note(mark, results(path, server.scrubbed))
    return why


def _why_lost(batch: Batch) -> str:
    return f"the batch ended without it ({batch.status}{': ' if batch.why else ''}{batch.why})"
