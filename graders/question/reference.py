"""Questions that come with nothing but a reference answer, as in short-answer exams."""

from __future__ import annotations

import hashlib
import re

from graders.errors import RubricError
from graders.question.model import MAX_TEXT, Criterion, Evidence, Question

MAX_PARTS = 12

_BREAK = re.compile(r"(?<=[.!?;])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)\s+|\n+")
_WORDLESS = re.compile(r"[\W_]*|\(?(\d{1,2}|[A-Za-z])[.)]")
"""What says nothing by itself: the number of a list item, the fence of a code block, "..."."""


def reference_question(prompt: str, reference: str) -> Question:
    """Make a question of *prompt* whose criteria are the sentences of *reference*.

    Raises:
        RubricError: If prompt or reference is empty, too long or no text.
    """
    prompt, reference = prompt.strip(), reference.strip()
    for name, text in (("prompt", prompt), ("reference", reference)):
        _check(name, text)
    digest = hashlib.sha256(f"{prompt}\0{reference}".encode()).hexdigest()[:12]
    return Question(
        id=f"concept/reference-{digest}",
        kind="concept",
        topic="reference",
        minutes=1,
        prompt=prompt,
        criteria=tuple(
            Criterion(
                id=f"part-{number}",
                dimension="mechanism",
                asks=f"Does the answer say: {part}"[:MAX_TEXT],
                mid=part,
                senior=part,
                staff=part,
                evidence=Evidence(senior=(part,), staff=(part,)),
                tip=f"Not found in the answer: {part}"[:MAX_TEXT],
            )
            for number, part in enumerate(_parts(reference), 1)
        ),
    )


def _check(name: str, text: str) -> None:
    if not text:
        raise RubricError(f"the {name} is empty", where=name, fix="Give some text")
    if len(text) > MAX_TEXT:
        raise RubricError(
            f"the {name} has {len(text):,} characters", where=name, fix=f"{MAX_TEXT:,} are accepted"
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        raise RubricError(
            f"the {name} holds half a character, such as a cut emoji", where=name, fix="Remove it"
        ) from None


def _parts(reference: str) -> list[str]:
    """The sentences, in order; what says nothing by itself goes with the sentence after it."""
    sentences: list[str] = []
    waiting: list[str] = []
    for piece in filter(None, map(str.strip, _BREAK.split(reference))):
        waiting.append(piece)
        if not _WORDLESS.fullmatch(piece):
            sentences.append(" ".join(waiting))
            waiting = []
    if waiting:
        sentences[-1:] = [" ".join([*sentences[-1:], *waiting])]
    # More than twelve sentences are joined again, so that a long reference stays one rubric.
    size = -(-len(sentences) // MAX_PARTS)
    return [" ".join(sentences[i : i + size]) for i in range(0, len(sentences), size)]
