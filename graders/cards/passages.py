"""Where in an answer its quotes stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Passage:
    """A piece of an answer, and which criteria rest on it.

    Attributes:
        text: The piece, letter for letter.
        criteria: Positions of the criteria in the score that quote it, ascending.
    """

    text: str
    criteria: tuple[int, ...] = ()


def passages(answer: str, quotes: Sequence[Iterable[str]]) -> list[Passage]:
    """Cut *answer* wherever a quote begins or ends; the pieces together are the answer.

    Args:
        answer: The answer.
        quotes: For each criterion what it quotes; quotes may overlap. One that is not in the
            answer is passed over, of one that is there twice the first is taken.
    """
    spans = [
        (start, start + len(quote), number)
        for number, of_criterion in enumerate(quotes)
        for quote in of_criterion
        if quote and (start := answer.find(quote)) >= 0
    ]
    cuts = sorted({0, len(answer), *(edge for span in spans for edge in span[:2])})
    return [
        Passage(
            answer[start:end],
            tuple(sorted({n for first, last, n in spans if first <= start and end <= last})),
        )
        for start, end in pairwise(cuts)
    ]


def diagram_apart(answer: str) -> tuple[str, str]:
    """The words of *answer* and the Mermaid diagram that it ends with, if it does."""
    words, fence, rest = answer.rpartition("```mermaid\n")
    source, end, after = rest.partition("```")
    if not fence or not end or after.strip() or not (words == "" or words.endswith("\n")):
        return answer, ""
    return words.rstrip("\n"), source.rstrip("\n")
