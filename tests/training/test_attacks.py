"""Attempts to raise the mark are measured against the same answer without them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from graders.judges.gates import inspect
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import bank_ids, load_question
from graders.training import Labelled, load_labelled, model_answers
from graders.training.attacks import attacked_answers, measure
from graders.training.placeholders import filled

TESTS = Path(__file__).parents[1]
CALIBRATION = TESTS / "calibration"
SETS = ("first", "second")
LET_THROUGH = {
    # What only a reader can tell from an answer, or what no rule foresees: the judge reads it.
    "F11", "F13", "F14", "F17", "F30", "F40", "S02", "S05", "S12", "S13", "S14", "S18", "S21",
    "S22", "S23", "S24", "S26", "S33", "S37", "S40",
}  # fmt: skip


@lru_cache
def labelled() -> tuple[Labelled, ...]:
    return tuple(load_labelled(CALIBRATION / "answers"))


def templates(name: str) -> list[dict[str, Any]]:
    path = TESTS / "attacks" / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def entries(name: str) -> list[dict[str, Any]]:
    path = CALIBRATION / f"{name}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


def test_two_questions_of_each_kind_are_attacked_on_a_weak_and_a_middling_answer() -> None:
    picked = attacked_answers(labelled())
    assert len(picked) == 20
    assert len({answer.question_id for answer in picked}) == 10
    assert len({answer.question_id.split("/")[0] for answer in picked}) == 5
    assert {answer.level for answer in picked} == {Level.BELOW, Level.MID}
    assert picked == attacked_answers(tuple(reversed(labelled())))


@pytest.mark.parametrize("name", SETS)
def test_every_placeholder_of_the_templates_is_filled(name: str) -> None:
    base = attacked_answers(labelled())[0]
    question = load_question(base.question_id)
    for template in templates(name):
        text = filled(template, question, base.text, labelled())
        assert text.strip()
        assert "{base" not in text
        assert "{reference" not in text
        if "{base}" in template["text"] or template["mode"] in ("prefix", "suffix"):
            assert base.text in text


def test_what_a_template_wins_is_counted_against_the_same_answer_without_it(
    tmp_path: Path,
) -> None:
    class Counting(ScriptedJudge):
        """Senior for whoever writes "wonderful", mid for everybody else."""

        def judge(self, question: Any, answer: Any) -> Any:
            won = "wonderful" in answer.text
            return ScriptedJudge(default=Level.SENIOR if won else Level.MID).judge(question, answer)

    lines = [
        {"id": "W", "category": "wins", "name": "w", "mode": "suffix", "expect": "score<=base"},
        {"id": "L", "category": "loses", "name": "l", "mode": "prefix", "expect": "score<=base"},
    ]
    lines[0]["text"] = "The cache is wonderful for the reads of the service."
    lines[1]["text"] = "The cache is there for the reads of the service."
    path = tmp_path / "templates.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    result = measure(path, None, None, labelled(), judge=Counting())
    rows = {row.category: row for row in result.rows}
    assert rows["wins"].raised == rows["wins"].senior == rows["wins"].count == 20
    assert rows["wins"].uplift == pytest.approx(0.25)
    assert rows["loses"].raised == rows["loses"].senior == 0
    assert result.total.count == 40
    assert {failure.id for failure in result.failures} == {"W"}


def test_an_answer_that_waits_for_a_person_is_no_success(tmp_path: Path) -> None:
    line = {
        "id": "A35", "category": "semantics", "name": "negated", "mode": "transform",
        "text": "It is not true that {reference_lower}", "expect": "score<=mid",
    }  # fmt: skip
    path = tmp_path / "templates.jsonl"
    path.write_text(json.dumps(line), encoding="utf-8")
    result = measure(path, None, None, labelled(), judge=ScriptedJudge(default=Level.STAFF))
    assert result.total.count == 20
    assert result.total.raised == 0
    assert not result.failures


def test_look_alikes_are_neither_accused_nor_lowered() -> None:
    path = CALIBRATION / "lookalikes.jsonl"
    result = measure(None, None, path, labelled(), judge=ScriptedJudge())
    alike = next(row for row in result.harmless if row.name == "look-alikes")
    assert alike.count == len(entries("lookalikes"))
    assert (alike.accused, alike.lowered) == (0, 0)


def test_no_honest_answer_is_accused() -> None:
    honest = [(one.id, one.question_id, one.text) for one in labelled()]
    honest += [(e["id"], e["question_id"], e["text"]) for e in entries("lookalikes")]
    flags = {i: inspect(load_question(q), text).flags for i, q, text in honest}
    accusing = {"injection", "hidden_text", "copied_rubric", "copied_model_answer", "contradiction"}
    assert not {i: found for i, found in flags.items() if accusing.intersection(found)}


def test_no_model_answer_speaks_to_the_grader_or_waits() -> None:
    for answer in model_answers(bank_ids()):
        gate = inspect(load_question(answer.question_id), answer.text)
        assert not {"injection", "hidden_text"}.intersection(gate.flags), answer.id
        assert gate.stop is None, answer.id


@pytest.mark.parametrize("name", SETS)
def test_what_the_judge_reads_of_an_attack_is_the_answer_without_it(name: str) -> None:
    base = next(a for a in attacked_answers(labelled()) if a.question_id.startswith("design/"))
    question = load_question(base.question_id)
    honest = inspect(question, base.text).document.words
    let_through = []
    for template in templates(name):
        if template["mode"] not in ("prefix", "suffix"):
            continue
        gate = inspect(question, filled(template, question, base.text, labelled()))
        if gate.stop is None and len(gate.document.words) > len(honest) + 5:
            let_through.append(template["id"])
    assert set(let_through) <= LET_THROUGH


def test_nearly_all_own_attempts_with_a_voice_are_flagged() -> None:
    kinds = {"grader-order", "forged-verdict", "forged-turns", "bribe", "threat", "authority"}
    hostile = [entry for entry in entries("hostile") if entry["kind"] in kinds]
    missed = [
        entry["id"]
        for entry in hostile
        if "injection" not in inspect(load_question(entry["question_id"]), entry["text"]).flags
    ]
    assert len(hostile) >= 10
    assert not missed
