"""Judges that can be asked about several answers at a time, and what those around them share.

Such a judge begins with `submit`, which returns at once; the verdicts come through the future.
A judge around another one only says what is to happen to the other's future, so caches, panels
and the rest can be put around each other in any order.
"""

from __future__ import annotations

import hashlib
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import Protocol, TypeVar

from graders.answers import Answer
from graders.judges.llm.many import Progress, Result, as_finished, waited_for
from graders.judges.llm.usage import Usage
from graders.question import Question
from graders.score import Verdict

T = TypeVar("T")


class Submits(Protocol):
    """A judge that can begin an answer before another one is finished."""

    @property
    def name(self) -> str:
        """Short name that goes into every score."""

    @property
    def version(self) -> str:
        """Changes whenever the same answer could get another verdict."""

    @property
    def window(self) -> int:
        """Answers that are best under way at a time."""

    @property
    def usage(self) -> Usage:
        """What was used since the judge was made."""

    def key(self, question: Question, answer: Answer) -> str:
        """Fingerprint of all that decides the verdicts."""

    def judge(self, question: Question, answer: Answer) -> Sequence[Verdict]:
        """Judge one answer and wait for the verdicts."""

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        """Begin to judge one answer; a failure comes through the future, too."""

    def close(self) -> None:
        """Close connections; a later call opens them again."""


class JudgeAround(ABC):
    """A judge around other judges: `judge` and `judge_many` follow from `submit`.

    Args:
        inner: The judges that it stands around.
    """

    def __init__(self, *inner: Submits) -> None:
        self.inner = inner

    @property
    @abstractmethod
    def name(self) -> str:
        """Short name that goes into every score."""

    @property
    @abstractmethod
    def version(self) -> str:
        """Composed of the versions of all judges that have a say."""

    @abstractmethod
    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        """Begin to judge one answer; a failure comes through the future, too."""

    @property
    def window(self) -> int:
        """Answers that are best under way at a time: the most that one of the inner judges takes."""
        return max(judge.window for judge in self.inner)

    @property
    def usage(self) -> Usage:
        """What all inner judges used."""
        return sum((judge.usage for judge in self.inner), Usage())

    def key(self, question: Question, answer: Answer) -> str:
        """Fingerprint of all that decides the verdicts."""
        keys = [judge.key(question, answer) for judge in self.inner]
        parts = "\0".join([self.name, self.version, *keys])
        return hashlib.sha256(parts.encode(errors="replace")).hexdigest()

    def judge(self, question: Question, answer: Answer) -> list[Verdict]:
        """Judge one answer.

        Raises:
            JudgeError: If it could not be judged; it then stays unscored.
        """
        return waited_for(self.submit(question, answer))

    def judge_many(
        self, pairs: Iterable[tuple[Question, Answer]], *, progress: Progress | None = None
    ) -> Iterator[Result]:
        """Judge *pairs*, several at a time, and yield results as they finish.

        Args:
            pairs: Questions with answers; taken as there is room.
            progress: Told, after each, how many are done and what was used.
        """
        return as_finished(
            pairs,
            start=self.submit,
            key=self.key,
            window=self.window,
            progress=(lambda done: progress(done, self.usage)) if progress else None,
        )

    def close(self) -> None:
        """Close the connections of the inner judges; a later call opens them again."""
        for judge in self.inner:
            judge.close()


def after(
    futures: Sequence[Future[list[Verdict]]], function: Callable[[Sequence[Future[list[Verdict]]]], T]
) -> Future[T]:  # fmt: skip
    """The future of *function*, which is called with *futures* when all of them have ended.

    It is called in the thread in which the last one ended, at that very moment: what an answer
    has cost is kept before anybody waits for it. Cancelling it cancels *futures*.
    """
    outcome: Future[T] = Future()
    lock = threading.Lock()
    open_ones = len(futures)

    def ended(_: Future[list[Verdict]]) -> None:
        nonlocal open_ones
        with lock:
            open_ones -= 1
            if open_ones:
                return
        if not outcome.set_running_or_notify_cancel():
            return
        try:
            outcome.set_result(function(futures))
        except BaseException as error:
            outcome.set_exception(error)

    def cancel(given: Future[T]) -> None:
        if given.cancelled():
            for future in futures:
                future.cancel()

    outcome.add_done_callback(cancel)
    for future in futures:
        future.add_done_callback(ended)
    return outcome


def finished(verdicts: list[Verdict]) -> Future[list[Verdict]]:
    """A future that holds *verdicts* already."""
    future: Future[list[Verdict]] = Future()
    future.set_result(verdicts)
    return future


def failed(error: Exception) -> Future[list[Verdict]]:
    """A future that failed already."""
    future: Future[list[Verdict]] = Future()
    future.set_exception(error)
    return future
