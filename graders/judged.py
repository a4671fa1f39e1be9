"""From a free-text answer to its line in the gradebook: one way, whoever judges and wherever."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from graders import cards
from graders.answers import Answer
from graders.gradebook import JudgedAnswer
from graders.question import Question
from graders.score import Score

FROM_WIDGET = "from_widget"


def answer_to(question: Question, text: str, flags: Sequence[str]) -> Answer:
    """The answer as a judge gets it.

    Args:
        question: What was asked.
        text: The learner's words; empty for an untouched cell.
        flags: What was found while collecting it.
    """
    source = "widget" if FROM_WIDGET in flags else "cell"
    return Answer(question_id=question.id, text=text, source=source)


def judged_answer(
    notebook: str, grade_id: str, question: Question, text: str, flags: Sequence[str], score: Score
) -> JudgedAnswer:  # fmt: skip
    """What the gradebook is told of a judged answer.

    Args:
        notebook: Name of the notebook, without suffix.
        grade_id: Id of the answer cell.
        question: What was asked.
        text: What was judged.
        flags: What was found while collecting it; they are added to the score's.
        score: The judgement.
    """
    score = score.model_copy(update={"flags": (*score.flags, *flags)})
    comment = partial(_comment, score, question) if text else _no_response
    # From the widget is how it should be; everything else is for a person to know.
    unusual = any(flag != FROM_WIDGET for flag in flags)
    return JudgedAnswer(notebook, grade_id, text, score, comment, flagged=unusual)


def _comment(score: Score, question: Question, max_points: float) -> str:
    return cards.markdown(score, question, max_points=max_points)


def _no_response(max_points: float) -> str:
    return "No response."
