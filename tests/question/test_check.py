"""The editorial checks: nothing incomplete or miscalculated gets by, and nothing crashes them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from graders.question import Question, bank_ids, load_question
from graders.question.check import evaluate, faults

RAW = load_question("design/url-shortener").model_dump()


def changed(**changes: Any) -> Question:
    return Question.model_validate({**RAW, **changes})


def calculated(expression: str, result: float, claim: str | None = None, **more: Any) -> list[str]:
    """The faults of a question that states one calculation."""
    calculation = {"claim": claim or RAW["prompt"], "expression": expression, "result": result}
    return list(faults(changed(calculations=[{**calculation, **more}])))


@pytest.mark.parametrize("question_id", bank_ids())
def test_every_question_that_ships_is_complete(question_id: str) -> None:
    assert list(faults(load_question(question_id))) == []


def _thin(evidence: str, count: int) -> Callable[[], dict[str, Any]]:
    def change() -> dict[str, Any]:
        first, *others = RAW["criteria"]
        kept = {**first["evidence"], evidence: first["evidence"][evidence][:count]}
        return {"criteria": [{**first, "evidence": kept}, *others]}

    return change


def _answers(level: str, edit: Callable[[str], str]) -> Callable[[], dict[str, Any]]:
    answers = RAW["model_answers"]
    return lambda: {"model_answers": {**answers, level: edit(answers[level])}}


def _without_dimension() -> dict[str, Any]:
    kept = [c for c in RAW["criteria"] if c["dimension"] != "estimation"]
    known = {c["id"] for c in kept}
    return {
        "criteria": kept,
        "follow_ups": [f for f in RAW["follow_ups"] if f["criterion"] in known],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda: {"hints": None}, "hints"),
        (lambda: {"mistakes": RAW["mistakes"][:2]}, "mistakes: 3 are needed, 2 found"),
        (lambda: {"sources": []}, "sources"),
        (lambda: {"criteria": RAW["criteria"][:5], "follow_ups": []}, "6 to 10 are needed, 5"),
        (_without_dimension, "no criterion has the dimension 'estimation'"),
        (_thin("senior", 1), "evidence.senior: at least 2"),
        (_thin("mid", 0), "evidence.mid: at least 1"),
        (lambda: {"follow_ups": RAW["follow_ups"][:3]}, "at least 4 are needed, 3 found"),
        (lambda: {"follow_ups": [{**f, "constraint_change": False} for f in RAW["follow_ups"]]},
         "none changes a constraint"),
        (lambda: {"model_answers": None}, "model_answers: mid, senior and staff are missing"),
        (_answers("mid", lambda s: "word " * 119), "mid: 119 words"),
        (_answers("senior", lambda s: "word " * 501), "senior: 501 words"),
        (_answers("staff", lambda s: s.replace("```mermaid", "```")), "staff: a Mermaid diagram"),
        (lambda: {"calculations": []}, "calculations: none is marked"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(change: Callable[[], dict[str, Any]], words: str) -> None:
    assert any(words in fault for fault in faults(changed(**change())))


def test_diagrams_do_not_count_as_words() -> None:
    answer = "word " * 250 + "\n```mermaid\n" + "node " * 900 + "\n```\n"
    answers = {**RAW["model_answers"], "senior": answer}
    assert not [f for f in faults(changed(model_answers=answers)) if "senior" in f]


@given(
    st.recursive(
        st.integers(0, 999).map(str) | st.floats(0.01, 999).map(repr),
        lambda inner: (
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*"), inner)
            | st.builds("({} / (1 + {} ** 2))".format, inner, inner)
            | st.builds("max({}, -{})".format, inner, inner)
        ),
        max_leaves=8,
    )
)
def test_plain_arithmetic_gives_what_python_gives(expression: str) -> None:
    assert evaluate(expression) == pytest.approx(float(eval(expression)), rel=1e-12)


@pytest.mark.parametrize(
    ("expression", "value"),
    [("ceil(7.1)", 8), ("log2(1024)", 10), ("log(8, 2)", 3), ("sqrt(2 ** 4)", 4), ("exp(0)", 1),
     ("min(3, 1, 2)", 1), ("-2 ** 2", -4), ("62 ** 7 / 1e12", 3.521614606208), ("1_000 * 2", 2000)],
)  # fmt: skip
def test_the_functions_of_the_trade_are_known(expression: str, value: float) -> None:
    assert evaluate(expression) == pytest.approx(value)


@pytest.mark.parametrize(
    "expression",
    ["", "x", "1;2", "1 if 1 else 2", "__import__('os')", "'a' * 3", "True + 1", "1j", "7 // 2",
     "7 % 2", "(1).real", "[1][0]", "max(*[1, 2])", "log(2, base=2)", "1 << 3", "2 ** 1025",
     "(" * 300, "max()", "max(1)", "sqrt(1, 2)", "ceil()", "(-8) ** 0.5", "1\0",
     "lambda: 1"],
    ids=lambda text: repr(text[:20]),
)  # fmt: skip
def test_anything_else_is_refused_as_documented(expression: str) -> None:
    with pytest.raises(ValueError):
        evaluate(expression)


@pytest.mark.parametrize(
    ("expression", "value"),
    [("+".join("1" * 5000), 5000), ("-" * 5000 + "1", 1)],
    ids=["sum", "signs"],
)
def test_an_endless_expression_is_computed_or_refused(expression: str, value: float) -> None:
    try:
        assert evaluate(expression) == value
    except ValueError:
        assert calculated(expression, value)


def test_a_tower_of_powers_is_refused_and_not_computed() -> None:
    code = (
        "import signal; signal.alarm(5)\n"
        "from graders.question.check import evaluate\n"
        "try: evaluate('((9 ** 999) ** 999) ** 999')\n"
        "except (ValueError, ArithmeticError): print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "refused\n", f"exit status {done.returncode}"


@pytest.mark.parametrize(
    "expression", ["1 / 0", "sqrt(-1)", "10 ** 400", "(-8) ** 0.5", "max(1)", "ceil()"]
)
def test_arithmetic_that_fails_is_a_fault_and_does_not_stop_the_check(expression: str) -> None:
    assert any("cannot be computed" in fault for fault in calculated(expression, 1))


@settings(max_examples=300)
@given(st.text("0123456789+-*/(),. maxlogceiqrt2e", min_size=1, max_size=14).filter(str.strip))
def test_no_expression_stops_the_check(expression: str) -> None:
    assert all(isinstance(fault, str) for fault in calculated(expression, 1))


@given(st.floats(1, 1e12), st.floats(0.01, 0.4), st.floats(-0.9, 0.9))
def test_a_result_is_accepted_within_its_tolerance_and_not_beyond(
    value: float, tolerance: float, offset: float
) -> None:
    near = value * (1 + tolerance * offset)
    far = value * (1 + tolerance * (1.1 + abs(offset)))
    assert calculated(repr(value), near, tolerance=tolerance) == []
    (fault,) = calculated(repr(value), far, tolerance=tolerance)
    assert "states" in fault


@pytest.mark.parametrize(
    ("expression", "result"),
    [("1e999", 5), ("1e999 - 1e999", 5), ("2 * 3", float("nan")), ("1e999", float("inf")),
     ("0 * 5", 0.1)],
)  # fmt: skip
def test_what_is_no_number_never_counts_as_right(expression: str, result: float) -> None:
    try:
        found = calculated(expression, result)
    except ValidationError:
        return
    assert found


def _claims(text: str, claim: str) -> bool:
    """Whether the check finds *claim* in a question one of whose texts is *text*."""
    mistake = {"mistake": text, "why": "x", "instead": "y"}
    calculation = {"claim": claim, "expression": "1", "result": 1}
    question = changed(mistakes=[*RAW["mistakes"], mistake], calculations=[calculation])
    return not any("no text of the question says" in fault for fault in faults(question))


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("so that is 30 TB a day, raw", "30 TB a day"),
        ("so that is 30 TB\n  a day, raw", "30 TB a day"),
        ('we call that "30 TB" a day', '"30 TB" a day'),
        ("about 3 × 10⁵ requests – no more", "3 × 10⁵ requests – no more"),
        (r"about $3 \times 10^5$ requests", r"$3 \times 10^5$"),
        (r"with $\nu = 3$ retries", r"$\nu = 3$"),
        ("| writes |\t400 a second |", "writes | 400 a second"),
        ("30 TB, 3.5 TB (at 40%).", "3.5 TB"),
        ("30 TB, 3.5 TB (at 40%).", "at 40%"),
        ("it costs $1,200.", "$1,200"),
    ],
)
def test_a_claim_that_stands_in_a_text_is_found(text: str, claim: str) -> None:
    assert _claims(text, claim)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("so that is 30 TB a day", "31 TB a day"),
        ("so that is 9130 TB a day", "30 TB a day"),
        ("so that is 1.30 TB a day", "30 TB a day"),
        ("so that is 30 TB a day", "30 T"),
        ("we keep 3.5 of them", "we keep 3"),
        ("nothing here", "constraint_change"),
        ("nothing here", '"minutes":45'),
    ],
)
def test_a_claim_that_no_text_makes_is_a_fault(text: str, claim: str) -> None:
    assert not _claims(text, claim)
