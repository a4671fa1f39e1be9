"""Derives the graded examples of the language-model judge from the calibration set.

    python -m graders.training.examples tests/calibration/answers

One answer of each level for each question, the uneven ones first: an answer that is senior in
one respect and below in another shows what the levels mean. The same input gives the same bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from graders.judges.llm.examples import FILE, Example
from graders.levels import Level
from graders.training.labelled import Labelled, load_labelled

_SHAPES = ("uneven", "borderline", "even")


def chosen(answers: Iterable[Labelled]) -> list[Example]:
    """One example for each question and level that *answers* hold, by question, then level."""
    groups: dict[tuple[str, Level], list[Labelled]] = {}
    for answer in answers:
        groups.setdefault((answer.question_id, answer.level), []).append(answer)
    return [
        Example(question_id, level, _typical(group).dimensions, _typical(group).text)
        for (question_id, level), group in sorted(groups.items())
    ]


def _typical(group: list[Labelled]) -> Labelled:
    """The most uneven answer, and of several the one that is neither long nor short."""
    middle = median(len(answer.text) for answer in group)
    return min(
        group,
        key=lambda answer: (_SHAPES.index(answer.shape), abs(len(answer.text) - middle), answer.id),
    )


def derived(folder: Path) -> str:
    """The content of `examples.jsonl` for the labelled answers in *folder*.

    Raises:
        UsageError: If there are none.
    """
    return "".join(example.to_json() + "\n" for example in chosen(load_labelled(folder)))


def main() -> None:
    """Write `examples.jsonl` from the folder given as first argument."""
    FILE.write_text(derived(Path(sys.argv[1])), encoding="utf-8")
    print(f"wrote {FILE.name}")


if __name__ == "__main__":
    main()
