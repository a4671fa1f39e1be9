"""The language-model judge on labelled answers: how it does, and the map to people's levels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from graders.answers import Answer
from graders.grading import grade_many
from graders.judges.cached import CachedJudge
from graders.judges.calibration import Calibration, Rated, fit, save
from graders.judges.kept import FILE, VerdictStore, cache_folder
from graders.judges.llm.judge import LlmJudge
from graders.judges.llm.settings import JudgeSettings
from graders.question import Question, load_question
from graders.training.labelled import Labelled
from graders.training.measure import Judged


def asking(settings: JudgeSettings) -> CachedJudge:
    """The judge to measure: without graded examples of the very question, and with a memory.

    Verdicts are kept where the settings say, so that an interrupted measurement goes on where it
    was.

    Raises:
        StoreError: If the kept verdicts cannot be used.
    """
    return CachedJudge(LlmJudge(settings, unseen=True), VerdictStore(_folder(settings) / FILE))


def pairs(answers: Iterable[Labelled]) -> Iterator[tuple[Question, Answer]]:
    """Questions with answers, as a judge takes them."""
    for one in answers:
        yield load_question(one.question_id), Answer(question_id=one.question_id, text=one.text)


def judge_asked(
    answers: Sequence[Labelled], judge: CachedJudge, *, step: Callable[[], None] = lambda: None
) -> list[Judged]:
    """Let the model judge *answers*.

    Args:
        answers: Labelled answers.
        judge: Made by `asking`; it is closed.
        step: Called after each answer.

    Returns:
        All of them, in order; those that the model did not judge are unscored.
    """
    # By question: the server then finds the beginning of each prompt in its cache.
    order = sorted(range(len(answers)), key=lambda index: answers[index].question_id)
    judged: dict[int, Judged] = {}
    try:
        for number, score in grade_many(pairs(answers[index] for index in order), judge=judge):
            judged[order[number]] = Judged(answers[order[number]], score)
            step()
    finally:
        judge.close()
    return [judged[index] for index in range(len(answers))]


def calibrate(judged: Sequence[Judged], settings: JudgeSettings) -> tuple[Calibration, Path]:
    """Fit the map from the model's levels to the labels, and keep it for the same settings.

    The map is for the judge with all its examples; it was measured without those of the question
    itself, because these may be the very answers.

    Returns:
        The map, with the figures of raw and calibrated levels, and the file that holds it.
    """
    rated = [
        Rated(
            question_id=one.answer.question_id,
            kind=load_question(one.answer.question_id).kind,
            given=one.score.dimensions,
            label=one.answer.dimensions,
        )
        for one in judged
        # What the gates stopped was not judged by the model.
        if one.given is not None and not _stopped(one)
    ]
    judge = LlmJudge(settings)
    found = fit(rated, judge=judge.name, version=judge.version)
    return found, save(found, _folder(settings))


def _stopped(one: Judged) -> bool:
    return not any(verdict.evidence for verdict in one.score.verdicts) and one.score.points == 0


def _folder(settings: JudgeSettings) -> Path:
    return cache_folder(settings.cache if isinstance(settings.cache, str) else None)
