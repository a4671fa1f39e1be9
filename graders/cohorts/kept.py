"""What judges and runs have kept of one person's answers, beside the gradebook."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from graders.answers import Answer
from graders.batch.ledger import FILE, FOLDER, score_key
from graders.course import Course
from graders.errors import SeniorkitError, StoreError, UsageError
from graders.question import Question
from graders.score import Score

if TYPE_CHECKING:
    from graders.judges.cached import CachedJudge

Answers = Sequence[tuple[Question | None, str, Score]]
"""The question, if there still is one, the learner's words, and the score that was given."""

SHORT = 12
"""Characters; a shorter quote could be anybody's."""


def in_ledger(course: Course, student: str, answers: Answers) -> tuple[int, list[str]]:
    """How many stages of *student* the ledger has, and the keys of verdicts on their words.

    Raises:
        StoreError: If the ledger cannot be read.
    """
    path = course.root / FOLDER / FILE
    if not path.is_file():
        return 0, []
    with _ledger(path) as database:
        (stages,) = database.execute(
            "SELECT count(*) FROM stage WHERE student = ?", (student,)
        ).fetchone()
        rows = database.execute("SELECT key, score FROM verdict").fetchall()
    own = {score_key(score, text) for _, text, score in answers}
    texts = [text for _, text, _ in answers]
    return int(stages), [key for key, score in rows if key in own or _quotes(score, texts)]


def out_of_ledger(course: Course, student: str, keys: Iterable[str]) -> None:
    """Remove the stages of *student* and the verdicts under *keys*.

    Raises:
        StoreError: If the ledger cannot be written.
    """
    path = course.root / FOLDER / FILE
    if not path.is_file():
        return
    with _ledger(path) as database:
        database.execute("PRAGMA secure_delete = ON")
        database.execute("DELETE FROM stage WHERE student = ?", (student,))
        database.executemany("DELETE FROM verdict WHERE key = ?", [(key,) for key in keys])
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("VACUUM")


class JudgesFiles:
    """The files in which language models' verdicts are kept, and what is in them of some answers.

    Args:
        answers: The answers of one person.
    """

    def __init__(self, answers: Answers) -> None:
        self.unreachable = ""
        self._found: list[tuple[CachedJudge, list[str]]] = []
        self._asked: dict[Path, set[str]] = {}
        try:
            for cache in _caches():
                keys = [
                    cache.key(question, Answer(question_id=question.id, text=text))
                    for question, text, _ in answers
                    if question is not None and text.strip()
                ]
                self._found.append((cache, [key for key in keys if cache.store.has(key)]))
                self._asked.setdefault(cache.store.path.parent, set()).update(keys)
        except UsageError:
            self.unreachable = _unreachable()
        except SeniorkitError as error:
            self.unreachable = str(error)

    @property
    def count(self) -> int:
        """Verdicts on these answers."""
        return sum(len(keys) for _, keys in self._found)

    def remove(self) -> int:
        """Remove them, and what the Batch API was asked and replied; returns how many there were.

        Raises:
            StoreError: If a file cannot be written.
            UsageError: If a run is using the Batch API just now.
        """
        from graders.judges.llm.batch_book import BatchBook, books

        for folder, keys in self._asked.items():
            for path in books(folder):
                with closing(BatchBook(path)) as book:
                    book.forget(keys)
        return sum(cache.store.forget(keys) for cache, keys in self._found)


def _caches() -> Iterator[CachedJudge]:
    """The caches of the language-model judge that the settings name.

    Raises:
        UsageError: If there are no settings.
    """
    from graders.judges.ahead import JudgeAround
    from graders.judges.cached import CachedJudge
    from graders.judges.factory import UNASKED, judge_named

    waiting: list[object] = [judge_named(UNASKED)]
    while waiting:
        judge = waiting.pop()
        if isinstance(judge, CachedJudge):
            yield judge
        if isinstance(judge, JudgeAround):
            waiting += judge.inner


def _unreachable() -> str:
    """What to say of the usual file of verdicts, if there is one although no settings name it."""
    from graders.judges.kept import FILE as VERDICTS
    from graders.judges.kept import cache_folder

    path = cache_folder() / VERDICTS
    return (
        f"{path}: verdicts of a language model, kept without names; no settings of it are there, so "
        "those on this learner's answers cannot be told from others"
        if path.exists()
        else ""
    )


def _quotes(score: str, texts: Sequence[str]) -> bool:
    """Whether a stored score quotes one of *texts*."""
    try:
        verdicts = Score.model_validate_json(score).verdicts
    except ValidationError:
        return False
    quotes = [quote for one in verdicts for quote in one.evidence if len(quote) >= SHORT]
    return any(quote in text for quote in quotes for text in texts)


def _ledger(path: Path) -> closing[sqlite3.Connection]:
    try:
        database = sqlite3.connect(path, timeout=20)
        database.execute("SELECT 1 FROM stage LIMIT 1")
    except sqlite3.Error as error:
        raise StoreError(
            f"the ledger cannot be used ({error})",
            where=str(path),
            fix="Remove it: it holds nothing that the gradebook does not have",
        ) from None
    return closing(database)
