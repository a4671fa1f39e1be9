"""Answers as they go to a language model: without the names and addresses of learners.

A judge is given the question and the answer, never who wrote it. But people sign what they write,
and name each other. What identifies a learner of the course is replaced by letters x, each by one,
so that a quote stands at the same place in the learner's own words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Self

from graders.course import Course
from graders.gradebook.term import Learner, load_learners
from graders.score import Score

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_TOKEN = re.compile(r"\w[\w.+-]*@?[\w.-]*\w|\w")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\w)\+\d(?:[ ()/-]?\d){8,14}(?!\w)")
_LONGEST = 5
"""Words of a name."""


class Nameless:
    """Hides the learners of a course.

    Of the one who wrote an answer, first and last name are hidden wherever they stand; of the
    others full names, ids and addresses, because a first name alone may be a word like any other.

    Args:
        learners: The learners of the course.
    """

    def __init__(self, learners: Iterable[Learner]) -> None:
        self._own: dict[str, set[str]] = {}
        self._names: set[tuple[str, ...]] = set()
        self._ids: set[str] = set()
        for one in learners:
            own = {word for word in _WORD.findall(one.name) if len(word) > 1}
            self._own[one.student] = own | {one.student}
            words = [word.casefold() for word in _WORD.findall(one.name)]
            if len(words) > 1:
                last = [word.casefold() for word in _WORD.findall(one.last_name)]
                self._names |= {tuple(words), tuple(last + words[: len(words) - len(last)])}
            if not one.student.isalpha():  # an id such as `grace` may be a word
                self._ids.add(one.student.casefold())

    @classmethod
    def of_course(cls, course: Course) -> Self:
        """Hides the learners whom the gradebook knows.

        Raises:
            StoreError: If the gradebook cannot be read.
        """
        return cls(load_learners(course.db_url))

    def hidden(self, student: str, text: str) -> str:
        """*text*, which *student* wrote, without names; just as long as before."""
        spans = [match.span() for pattern in (_ADDRESS, _PHONE) for match in pattern.finditer(text)]
        own = self._own.get(student, {student})
        for match in _TOKEN.finditer(text):
            if match[0] in own or match[0].casefold() in self._ids:
                spans.append(match.span())
        words = list(_WORD.finditer(text))
        folded = [match[0].casefold() for match in words]
        for first, match in enumerate(words):
            if match[0] in own:
                spans.append(match.span())
            for count in range(2, min(_LONGEST, len(words) - first) + 1):
                if tuple(folded[first : first + count]) in self._names:
                    spans.append((match.start(), words[first + count - 1].end()))
        signs = list(text)
        for start, end in spans:
            signs[start:end] = map(_masked, signs[start:end])
        return "".join(signs)


def restored(score: Score, sent: str, text: str) -> Score:
    """*score* of the answer *sent*, with its quotes in the words of *text*, which is as long."""
    if sent == text:
        return score
    verdicts = tuple(
        verdict.model_copy(
            update={"evidence": tuple(_own_words(quote, sent, text) for quote in verdict.evidence)}
        )
        for verdict in score.verdicts
    )
    return score.model_copy(update={"verdicts": verdicts})


def _own_words(quote: str, sent: str, text: str) -> str:
    start = sent.find(quote)
    return quote if start < 0 else text[start : start + len(quote)]


def _masked(sign: str) -> str:
    if sign.isdigit():
        return "0"
    return ("X" if sign.isupper() else "x") if sign.isalpha() else sign
