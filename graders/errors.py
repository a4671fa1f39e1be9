"""The one error tree of the kit.

    SeniorkitError
    ├── UsageError         the caller asked for something that does not exist or makes no sense
    ├── RubricError        a question or rubric file is broken; nothing is graded with it
    ├── AnswersError       an answers sidecar or a learner's notebook cannot be read
    ├── JudgeError         a judge could not judge one answer; that answer stays unscored
    ├── KernelError        learners' code cannot be run safely, or at all; its tests wait for a person
    └── StoreError         the gradebook or the progress file cannot be read or written

Every message says *what* is wrong, *where* (file, line, key) and *how to fix it*.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class SeniorkitError(Exception):
    """An error meant for a person: printed as one line, never as a traceback.

    Args:
        what: What is wrong, as a sentence without its final full stop.
        where: The file, line or key it is wrong in.
        fix: What to do about it, in the imperative.
    """

    def __init__(self, what: str, *, where: str | None = None, fix: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return _on_one_line(f"{head}. {self.fix}" if self.fix else head)

    def _render_traceback_(self) -> list[str]:
        # What IPython shows in a notebook instead of a traceback.
        return [str(self)]

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments would be lost when the error crosses a process border.
        return (_rebuild, (type(self), self.what, self.where, self.fix))


def _on_one_line(text: str) -> str:
    """*text* without line breaks and other characters that a terminal would act upon.

    Messages quote learners' files and file names, which may hold escape sequences.
    """
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def _rebuild(
    kind: type[SeniorkitError], what: str, where: str | None, fix: str | None
) -> SeniorkitError:
    return kind(what, where=where, fix=fix)


class UsageError(SeniorkitError):
    """The caller asked for something that does not exist or makes no sense (exit status 2)."""


class RubricError(SeniorkitError):
    """A question or rubric file is broken; it stops the run before anything is graded."""


class AnswersError(SeniorkitError):
    """An answers sidecar or a learner's notebook cannot be read."""


class JudgeError(SeniorkitError):
    """A judge could not judge one answer; the answer stays unscored and waits for a person."""


class KernelError(SeniorkitError):
    """Learners' code cannot be run safely, or at all; its tests wait for a person."""


class StoreError(SeniorkitError):
    """The gradebook or the progress file cannot be read or written."""


@contextmanager
def writing(what: str, path: Path) -> Iterator[None]:
    """Say in a sentence that *what* cannot be written, if it cannot.

    Args:
        what: What is being written, such as "the outcome".
        path: Where.

    Raises:
        StoreError: If the block raised `OSError`.
    """
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{what} cannot be written ({error.strerror or error})",
            where=str(path),
            fix="Check the folder's rights and the free space",
        ) from None


def replace_text(path: Path, text: str, what: str) -> None:
    """Write a file in one step: whoever reads it finds the old text or the new one.

    Args:
        path: The file; its folder is made if it is not there.
        text: What to write; what UTF-8 has no code for becomes "?".
        what: Its name in an error.

    Raises:
        StoreError: If it cannot be written.
    """
    with writing(what, path):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8", errors="replace")
        fresh.replace(path)
