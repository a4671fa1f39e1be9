"""A judge that remembers: what was answered once is not asked again, in this run or a later one."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import Future

from graders.answers import Answer
from graders.errors import StoreError
from graders.judges.ahead import JudgeAround, Submits, after, failed, finished
from graders.judges.kept import VerdictStore
from graders.question import Question
from graders.score import Verdict


class CachedJudge(JudgeAround):
    """Gives the kept verdicts where there are some, and keeps those that it asks for.

    A failure is not kept: a later run tries again. What the judge answered is kept even where it
    left a criterion open, because the same question would get the same answer.

    Args:
        judge: Who is asked about what is not kept.
        store: Where verdicts are kept.
    """

    def __init__(self, judge: Submits, store: VerdictStore) -> None:
        super().__init__(judge)
        self.store = store
        self._last: tuple[Question, Answer, str] | None = None

    @property
    def name(self) -> str:
        """The inner judge's: these are its verdicts."""
        return self.inner[0].name

    @property
    def version(self) -> str:
        """The inner judge's."""
        return self.inner[0].version

    def key(self, question: Question, answer: Answer) -> str:
        """The inner judge's, under which its verdicts are kept."""
        last = self._last
        if last is None or last[0] is not question or last[1] is not answer:
            # Each answer's is wanted twice: for duplicates in a batch, and to look it up.
            last = self._last = (question, answer, self.inner[0].key(question, answer))
        return last[2]

    def has(self, question: Question, answer: Answer) -> bool:
        """Whether no call is needed for this answer.

        Raises:
            StoreError: If the file cannot be read.
        """
        return self.store.has(self.key(question, answer))

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        """The kept verdicts; else begin to ask for them."""
        key = self.key(question, answer)
        try:
            kept = self.store.get(key, answer.text)
        except StoreError as error:
            return failed(error)
        if kept is not None:
            return finished(kept)

        def keep(answered: Sequence[Future[list[Verdict]]]) -> list[Verdict]:
            verdicts = answered[0].result()
            try:
                self.store.put(key, answer.text, verdicts)
            except StoreError as error:
                # They were paid for, so they are given; that they may cost again is said.
                warnings.warn(f"a verdict was not kept: {error}", RuntimeWarning, stacklevel=2)
            return verdicts

        return after([self.inner[0].submit(question, answer)], keep)

    def close(self) -> None:
        """Close the connections and the file; a later call opens them again."""
        super().close()
        self.store.close()


def keeps(judge: object) -> bool:
    """Whether a later process finds every verdict of *judge* kept."""
    if isinstance(judge, CachedJudge):
        return True
    return isinstance(judge, JudgeAround) and all(keeps(inner) for inner in judge.inner)
