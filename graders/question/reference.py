"""Questions that come with nothing but a reference answer, as in short-answer exams."""

from __future__ import annotations

import hashlib
import re

from graders.errors import RubricError
from graders.question.model import Criterion, Evidence, Question

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")


def reference_question(prompt: str, reference: str) -> Question:
    """Make a question of *prompt* whose criteria are the sentences of *reference*.

    Raises:
        RubricError: If prompt or reference is empty or too long.
    """
    prompt, reference = prompt.strip(), reference.strip()
    for name, text in (("prompt", prompt), ("reference", reference)):
        if not text:
            raise RubricError(f"the {name} is empty", where=name, fix="Give some text")
        if len(text) > 20_000:
            raise RubricError(
                f"the {name} has {len(text):,} characters", where=name, fix="20,000 are accepted"
            )
    sentences = [part.strip() for part in _SENTENCE.split(reference) if part.strip()]
    # More than twelve parts are joined again, so that a long reference stays one rubric.
    size = -(-len(sentences) // 12)
    parts = [" ".join(sentences[i : i + size]) for i in range(0, len(sentences), size)]
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
                asks=f"Does the answer say: {part}",
                mid=part,
                senior=part,
                staff=part,
                evidence=Evidence(senior=(part,), staff=(part,)),
                tip=f"Not found in the answer: {part}",
            )
            for number, part in enumerate(parts, 1)
        ),
    )
