"""Verdicts as they come: each is shown the moment its piece of the reply is complete.

What is shown early is a preview. The verdicts that count are those of the whole reply, which is
read and checked as always; where a server does not stream, only they are seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from graders.answers import Answer
from graders.judges.llm.many import waited_for
from graders.judges.llm.reply import MAX_TEXT, read_reply
from graders.judges.llm.usage import Usage
from graders.judges.llm.verdicts import check, final
from graders.judges.text import Document, read
from graders.question import Question
from graders.score import Verdict

if TYPE_CHECKING:
    from graders.judges.ahead import Submits
    from graders.judges.base import Judge
    from graders.judges.llm.judge import LlmJudge

Preview = Callable[[Verdict], None]
"""Called with a verdict as soon as it can be read; from another thread."""

_DEPTH = 3
"""How deep a criterion's object lies: the reply, its `criteria`, the criterion."""


class StreamedJudge:
    """The language-model judge, telling its verdicts as they come.

    Args:
        judge: The judge; name, version, keys and verdicts are its own.
        preview: Told of each verdict that can be read in the reply so far.
    """

    def __init__(self, judge: LlmJudge, preview: Preview) -> None:
        self._judge = judge
        self._preview = preview

    @property
    def name(self) -> str:
        """The judge's."""
        return self._judge.name

    @property
    def version(self) -> str:
        """The judge's: the same words come, only sooner."""
        return self._judge.version

    @property
    def window(self) -> int:
        """The judge's."""
        return self._judge.window

    @property
    def usage(self) -> Usage:
        """The judge's."""
        return self._judge.usage

    def key(self, question: Question, answer: Answer) -> str:
        """The judge's."""
        return self._judge.key(question, answer)

    def close(self) -> None:
        """Close the judge's connections."""
        self._judge.close()

    def judge(self, question: Question, answer: Answer) -> list[Verdict]:
        """Ask the model about one answer.

        Raises:
            JudgeError: If there was no usable reply; the answer then stays unscored.
        """
        return waited_for(self.submit(question, answer))

    def submit(self, question: Question, answer: Answer) -> Future[list[Verdict]]:
        """Begin to judge one answer."""
        early = Early(question, read(answer.text), self._preview)
        return self._judge.submit(question, answer, heard=early.heard)


def streamed(judge: Judge, preview: Preview) -> Judge:
    """*judge*, telling its verdicts as they come; as it is where that cannot be done.

    That is so for judges that are no language model, and for panels, whose readers may disagree.
    A second look is taken at the end: until then, what is shown is what the model says.
    """
    from graders.judges.second_look import SecondLookJudge

    if isinstance(judge, SecondLookJudge):
        first = _telling(judge.inner[0], preview)
        return judge if first is None else SecondLookJudge(first, judge.other)
    return _telling(judge, preview) or judge


def _telling(judge: object, preview: Preview) -> Submits | None:
    from graders.judges.cached import CachedJudge
    from graders.judges.llm.judge import LlmJudge

    if isinstance(judge, LlmJudge):
        return StreamedJudge(judge, preview)
    if isinstance(judge, CachedJudge) and isinstance(judge.inner[0], LlmJudge):
        return CachedJudge(StreamedJudge(judge.inner[0], preview), judge.store)
    return None


class Early:
    """Finds the verdicts in a reply that is still being written.

    Args:
        question: What was asked.
        document: The answer, in which quotes are looked up.
        preview: Told of each criterion once.
    """

    def __init__(self, question: Question, document: Document, preview: Preview) -> None:
        self._question = question
        self._document = document
        self._preview = preview
        self._told: set[str] = set()
        self._pieces = Pieces()

    def heard(self, text: str) -> None:
        """Take in the reply so far; shorter than before means that it begins anew."""
        if len(text) < self._pieces.position:
            self._pieces = Pieces()
        for name, entry in self._pieces.take(text):
            criteria = [c for c in self._question.criteria if c.id == name]
            if not criteria or name in self._told:
                continue
            narrow = self._question.model_copy(update={"criteria": tuple(criteria)})
            reply = {"suspicious": self._pieces.suspicious, "criteria": {name: entry}}
            checked = check(narrow, self._document, read_reply(json.dumps(reply), narrow))
            if checked.verdicts:
                self._told.add(name)
                self._preview(*final(narrow, checked, None))


class Pieces:
    """Splits a JSON reply that grows into the objects that are complete in it.

    Every character is looked at once, however small the steps are in which it comes.
    """

    def __init__(self) -> None:
        self.suspicious: list[str] = []
        self.position = self._begin = 0
        self._in_string = self._escaped = False
        self._last = ""
        self._stack: list[tuple[str, str, int]] = []

    def take(self, text: str) -> Iterator[tuple[str, Any]]:
        """Key and value of each criterion's object that has become complete in *text*."""
        text = text[:MAX_TEXT]
        while self.position < len(text):
            character = text[self.position]
            self.position += 1
            if self._in_string:
                self._string(text, character)
            elif character == '"':
                self._in_string, self._begin = True, self.position - 1
            elif character in "{[":
                self._open(character)
            elif character in "}]" and self._stack:
                yield from self._close(text)

    def _string(self, text: str, character: str) -> None:
        if self._escaped:
            self._escaped = False
        elif character == "\\":
            self._escaped = True
        elif character == '"':
            self._in_string = False
            if len(self._stack) < _DEPTH:  # deeper strings are no keys that anybody asks for
                self._last = str(_loaded(text[self._begin : self.position]) or "")

    def _open(self, character: str) -> None:
        self._stack.append((character, self._last, self.position - 1))

    def _close(self, text: str) -> Iterator[tuple[str, Any]]:
        opened, key, begin = self._stack.pop()
        path = [name for _, name, _ in self._stack[1:]]
        piece = text[begin : self.position]
        if opened == "[" and key == "suspicious" and len(self._stack) == 1:
            found = _loaded(piece)
            self.suspicious = found if isinstance(found, list) else []
        elif opened == "{" and path == ["criteria"]:
            found = _loaded(piece)
            if isinstance(found, dict):
                yield key, found


def _loaded(piece: str) -> Any:
    try:
        return json.loads(piece)
    except (ValueError, RecursionError):
        return None
