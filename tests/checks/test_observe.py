"""What is asked of learners' code, and what any answer becomes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.checks import Observation, Probe, look, observation_of
from graders.checks.literals import MAX_CHARS


def ask(expression: str, given: str = "", **names: object) -> Observation:
    return look(Probe(number=7, given=given, expression=expression), dict(names))


def test_a_value_comes_back_as_its_text() -> None:
    assert ask("[f(2), 'x']", f=lambda n: n * 21) == Observation(
        number=7, kind="value", text="[42, 'x']"
    )


def test_values_of_numpy_come_back_as_plain_ones() -> None:
    found = ask("{'a': (np.arange(3), [np.float64(0.5)])}", np=np)
    assert found.text == "{'a': ([0, 1, 2], [0.5])}"


def test_what_is_given_runs_first_and_leaves_no_name_behind() -> None:
    names: dict[str, object] = {"total": 1}
    probe = Probe(
        number=0, given="total = 5\nfor i in range(3):\n    total += i", expression="total"
    )
    assert look(probe, names).text == "8"
    assert names["total"] == 1
    assert set(names) <= {"total", "__builtins__"}


def test_an_error_comes_back_with_the_names_of_its_classes() -> None:
    found = ask("int('x')")
    assert found.kind == "raised"
    assert found.text.split() == ["ValueError", "Exception", "BaseException", "object"]
    assert ask("1 +").text.split()[0] == "SyntaxError"
    assert ask("1", given="import sys; sys.exit(0)").text.split()[0] == "SystemExit"


class Rude:
    def __repr__(self) -> str:
        raise RuntimeError("no")


class Endless(list[object]):
    pass


def test_objects_that_misbehave_when_shown_are_answers_too() -> None:
    loop: list[object] = []
    loop.append(loop)
    assert ask("it", it=Rude()).kind == "raised"
    assert ask("it", it=loop).kind == "value"
    assert ask("'x' * 10**6").text == "..."
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    assert ask("it", it=deep).kind in ("value", "raised")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    JSON
    | st.fixed_dictionaries({"ename": st.just("Answer"), "evalue": JSON})
    | st.fixed_dictionaries({"ename": st.just("Answer"), "evalue": st.text().map("value ".__add__)})
)
def test_whatever_a_kernel_answers_is_an_observation(answer: Any) -> None:
    found = observation_of(3, answer)
    assert found.number == 3
    assert len(found.text) <= MAX_CHARS
    assert Observation.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "ok",
        {},
        {"status": "ok", "data": {"text/plain": "value 42"}},
        {"ename": "Answer"},
        {"ename": "Answer", "evalue": 5},
        {"ename": "Answer", "evalue": "value " + "1" * MAX_CHARS},
        {"ename": "ValueError", "evalue": "value 42"},
    ],
)
def test_an_answer_of_another_form_is_a_value_that_nothing_expects(answer: object) -> None:
    assert observation_of(0, answer) == Observation(number=0, kind="value", text="...")
