"""The words for levels, flags and changes, the same on every page."""

from __future__ import annotations

from graders.levels import Level
from graders.question import Question
from graders.score import FULL_MARKS, Score, dimension_levels, overall

FLAG_TEXTS = {
    "box_unreadable": "blank, and the box's file could not be read",
    "both_places": "answered in the box and in the cell; the cell counts",
    "cell_deleted": "the answer cell had been deleted",
    "contradiction": "takes back what it copies",
    "copied_elsewhere": "partly the published answers to other questions",
    "copied_model_answer": "mostly the published model answer",
    "copied_rubric": "holds sentences of the rubric",
    "diagram_only": "only a diagram",
    "doubted": "a verdict is doubted",
    "duplicated_cell": "the answer cell exists more than once",
    "echo": "repeats the question",
    "empty": "blank",
    "failed": "failed",
    "from_widget": "answered in the box",
    "hidden_characters": "holds invisible characters",
    "hidden_text": "holds hidden text",
    "injection": "speaks to the grader",
    "junk": "not made of sentences",
    "late": "late",
    "left_out": "parts that answer nothing were left out",
    "low_confidence": "the judge is unsure",
    "markup": "holds HTML",
    "missing": "missing",
    "not_english": "not in English",
    "off_topic": "off-topic",
    "partly_judged": "some criteria could not be judged",
    "text_elsewhere": "text found in another cell",
    "too_short": "very short",
    "truncated": "very long; only the beginning was read",
    "unscored": "not scored yet",
}
"""Flag -> what it means, in a few words."""


def level_text(level: Level | None) -> str:
    """The level as a word; "unscored" for an answer that waits for a person."""
    return "unscored" if level is None else level.label


def flag_text(flag: str) -> str:
    """What *flag* means, in a few words."""
    return FLAG_TEXTS.get(flag, flag.replace("_", " "))


def change_text(score: Score, before: Score | None) -> str:
    """How *score* compares with the attempt before, in a few words; "" if it cannot be."""
    if before is None or before.level is None or score.level is None:
        return ""
    gained = score.level - before.level
    if gained:
        many = "one level" if abs(gained) == 1 else f"{abs(gained)} levels"
        return f"{many} {'up' if gained > 0 else 'down'} from {before.level.label}"
    was = {verdict.criterion: verdict.level for verdict in before.verdicts}
    moved = [
        verdict.level - then
        for verdict in score.verdicts
        if verdict.level is not None and (then := was.get(verdict.criterion)) is not None
    ]
    up, down = sum(step > 0 for step in moved), sum(step < 0 for step in moved)
    told = [f"{count} {word}" for count, word in ((up, "higher"), (down, "lower")) if count]
    return "as before" + (f", criteria: {', '.join(told)}" if told else "")


def tips_enough(score: Score, question: Question) -> int | None:
    """How many of the tips, the first ones, would lift the answer to full marks.

    Each is taken as followed up to that level, and the whole is computed as always.

    Returns:
        The number; `None` if all of them are not enough, if the answer is there already, or if
        its level is not the one that follows from the verdicts, as when a person gave it.
    """
    weights = {criterion.id: question.weight(criterion) for criterion in question.criteria}
    verdicts = list(score.verdicts)
    for count in range(len(score.tips) + 1):
        lifted = {tip.criterion for tip in score.tips[:count]}
        result = overall(
            question.kind,
            dimension_levels(
                [
                    v.model_copy(update={"level": max(v.level or Level.OFF, FULL_MARKS)})
                    if v.criterion in lifted
                    else v
                    for v in verdicts
                ],
                weights,
            ),
        )
        if result is None or (count == 0 and result[0] != score.level):
            return None
        if result[0] >= FULL_MARKS:
            return count or None
    return None
