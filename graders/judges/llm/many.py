"""Many answers at a time: results as they finish, duplicates asked once, memory that stays flat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from queue import SimpleQueue

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.llm.quotes import relocated
from graders.judges.llm.seen import Seen
from graders.judges.llm.usage import Usage
from graders.question import Question
from graders.score import Verdict

Progress = Callable[[int, Usage], None]
"""Called with (answers done, what was used so far)."""

_Start = Callable[[Question, Answer], Future[list[Verdict]]]


@dataclass(frozen=True)
class Result:
    """How judging one of many answers went; either `verdicts` or `error` is set.

    Attributes:
        index: Its number among the pairs, from 0.
        verdicts: One for each criterion.
        error: Why there are none.
    """

    index: int
    verdicts: tuple[Verdict, ...] | None = None
    error: JudgeError | None = None


@dataclass
class _UnderWay:
    """One call, and the answers that wait for it: number and text."""

    key: str
    waiting: list[tuple[int, str]] = field(default_factory=list)


def waited_for(future: Future[list[Verdict]]) -> list[Verdict]:
    """The verdicts of *future*; who stops waiting, by an interrupt too, cancels it.

    Raises:
        JudgeError: If there are none.
    """
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


def as_finished(
    pairs: Iterable[tuple[Question, Answer]],
    *,
    start: _Start,
    key: Callable[[Question, Answer], str],
    window: int,
    progress: Callable[[int], None] | None = None,
) -> Iterator[Result]:
    """Start a call for each of *pairs*, at most *window* at a time; yield results as they finish.

    Args:
        pairs: Questions with answers; taken one by one as there is room.
        start: Begins to judge one of them.
        key: What pairs have in common that need one call only.
        window: Answers that are begun and not finished, at most.
        progress: Told after each result how many there were.
    """
    with Seen() as seen:
        calls = _Calls(start, key, seen)
        coming = enumerate(pairs)
        done = 0
        try:
            while True:
                results: list[Result] = []
                while not results and calls.waiting < window and (pair := next(coming, None)):
                    results = calls.begin(pair[0], *pair[1])
                if not results and not calls.waiting:
                    return
                for result in results or calls.finish_one():
                    done += 1
                    if progress:
                        progress(done)
                    yield result
        finally:
            calls.cancel()


class _Calls:
    """The calls under way; used by one thread."""

    def __init__(self, start: _Start, key: Callable[[Question, Answer], str], seen: Seen) -> None:
        self._start = start
        self._key = key
        self._seen = seen
        self._finished: SimpleQueue[Future[list[Verdict]]] = SimpleQueue()
        self._under_way: dict[Future[list[Verdict]], _UnderWay] = {}
        self._by_key: dict[str, _UnderWay] = {}
        self.waiting = 0
        """Answers without a result. Duplicates count, too: their texts are held."""

    def begin(self, index: int, question: Question, answer: Answer) -> list[Result]:
        """Begin to judge one answer; its result if the same was judged before, else nothing."""
        name = self._key(question, answer)
        known = self._seen.get(name)
        if known is not None:
            return [Result(index, tuple(relocated(known, answer.text)))]
        if name not in self._by_key:
            future = self._start(question, answer)
            self._by_key[name] = self._under_way[future] = _UnderWay(name)
            future.add_done_callback(self._finished.put)
        self._by_key[name].waiting.append((index, answer.text))
        self.waiting += 1
        return []

    def finish_one(self) -> list[Result]:
        """Wait for one call; the results of all answers that waited for it."""
        future = self._finished.get()
        call = self._under_way.pop(future)
        del self._by_key[call.key]
        self.waiting -= len(call.waiting)
        try:
            verdicts: Sequence[Verdict] = future.result()
        except (Exception, CancelledError) as error:
            # Whatever happens to one answer, the others go on.
            return [Result(index, error=_told(error)) for index, _ in call.waiting]
        self._seen.put(call.key, verdicts)
        (first, _), *others = call.waiting
        return [
            Result(first, tuple(verdicts)),
            *(Result(index, tuple(relocated(verdicts, text))) for index, text in others),
        ]

    def cancel(self) -> None:
        """Give up what is under way."""
        for future in self._under_way:
            future.cancel()


def _told(error: BaseException) -> JudgeError:
    """A copy of *error* without the frames that it came through: they hold the whole call."""
    if isinstance(error, JudgeError):
        return type(error)(error.what, where=error.where, fix=error.fix)
    return JudgeError(f"{type(error).__name__}: {error}")
