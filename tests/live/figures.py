"""How real answers fare with a real model: `python -m tests.live.figures gemma 200`.

Prints how many replies ended in verdicts, in part of them, or with a person, and how long a
reply took. The answers are the shortest of the calibration set, the questions keep the first
two of their criteria: what is measured is the way of a reply, not how well such a model judges.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from graders.answers import Answer
from graders.grading import grade
from graders.judges.llm.judge import LlmJudge
from graders.question import Question, load_question
from graders.score import Score
from tests.live.server import RealServer
from tests.live.weights import GEMMA, QWEN

ANSWERS = Path(__file__).parents[1] / "calibration" / "answers"
CRITERIA = 2
MODELS = {"gemma": GEMMA, "qwen": QWEN}


@dataclass
class Figures:
    """Counts over many answers.

    Attributes:
        outcomes: `verdicts` (all of them), `part` (some wait for a person), `review` (no verdict),
            `silent` (neither a level nor a reason for a person: must never be).
        reviewed: Answers that a person should look at.
        seconds: For each answer.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    reviewed: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, score: Score, seconds: float) -> None:
        self.outcomes[outcome(score)] += 1
        self.reviewed += score.needs_review
        self.seconds.append(seconds)


def outcome(score: Score) -> str:
    """How judging one answer ended."""
    unjudged = sum(verdict.level is None for verdict in score.verdicts)
    if (score.points is None or unjudged) and not (score.needs_review and score.reasons):
        return "silent"
    if not score.verdicts or unjudged == len(score.verdicts):
        return "review"
    return "part" if unjudged else "verdicts"


def short_answers(count: int) -> Iterator[tuple[Question, Answer]]:
    """The *count* shortest answers, by question, so that the server's prefix cache pays."""
    lines = [
        json.loads(line)
        for file in sorted(ANSWERS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    shortest = sorted(lines, key=lambda entry: len(entry["text"]))[:count]
    for entry in sorted(shortest, key=lambda entry: str(entry["question_id"])):
        question = load_question(entry["question_id"])
        narrow = question.model_copy(update={"criteria": question.criteria[:CRITERIA]})
        yield narrow, Answer(question_id=question.id, text=entry["text"])


def main(model: str, count: int) -> None:
    figures = Figures()
    with RealServer(MODELS[model]) as server:
        judge = LlmJudge(server.settings(timeout=1800))
        print(judge.check(), flush=True)
        for question, answer in short_answers(count):
            begun = time.monotonic()
            score = grade(question, answer, judge=judge)
            figures.add(score, time.monotonic() - begun)
            done = len(figures.seconds)
            print(
                f"[{done}/{count}] {dict(figures.outcomes)} {figures.seconds[-1]:.0f} s", flush=True
            )
        used = judge.usage
        judge.close()
    median = sorted(figures.seconds)[len(figures.seconds) // 2]
    print(
        f"{model}: {dict(figures.outcomes)}, {figures.reviewed} to be reviewed, {used.calls} calls, "
        f"{used.input_tokens:,} + {used.output_tokens:,} tokens, median {median:.1f} s an answer"
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
