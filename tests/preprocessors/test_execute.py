"""`ExecuteBounded`: whatever a notebook holds, grading ends, and no test passes without running."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import STORY, Classroom, Graded, Notebook, cell, insert_code

CACHE = {"lru-basic": 2, "lru-ttl": 2, "lru-accounting": 3, "lru-edge": 3}
NUMBERS = {"capacity-load": 2, "capacity-memory": 2, "capacity-hit-rate": 2}
NOTHING = dict.fromkeys(NUMBERS, 0)
LIMIT = 20_000

UNCHECKED = {"lru-ttl": 0.5, "lru-accounting": 0.5, "lru-edge": 1}
"""What the tests that a learner sees give, where the kernel did not live to see the hidden checks."""


def points(result: Graded) -> dict[str, float | None]:
    """Points of the test cells."""
    return {name: grade.points for name, grade in result.cells.items() if name in CACHE | NUMBERS}


def run(classroom: Classroom, notebook: Notebook, **limits: int) -> Graded:
    cell(notebook, "answer-impact")["source"] = STORY
    classroom.hand_in(notebook)
    return classroom.autograde(**({"timeout": 5} | limits))


def run_own_code(classroom: Classroom, source: str, **limits: int) -> Graded:
    """Solved tasks, with *source* in a cell of the learner's own between the two."""
    return run(classroom, insert_code(classroom.solved(), source, after="lru-edge"), **limits)


def test_right_solutions_get_all_points(classroom: Classroom) -> None:
    result = run(classroom, classroom.solved())
    assert points(result) == CACHE | NUMBERS
    assert (result.remarks, result.waiting) == ("", set())


def test_an_endless_loop_is_stopped_and_costs_only_itself(classroom: Classroom) -> None:
    result = run_own_code(classroom, "while True:\n    pass", timeout=3)
    assert "ran longer than 3 seconds" in result.remarks
    assert points(result) == CACHE | NUMBERS


def test_a_loop_that_ignores_interrupts_loses_only_what_comes_after(classroom: Classroom) -> None:
    source = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass"
    result = run_own_code(classroom, source, timeout=3, iopub_timeout=1)
    assert result.problem is None
    assert points(result) == CACHE | NOTHING | UNCHECKED
    assert set(NUMBERS | UNCHECKED) <= result.waiting
    assert result.cells["answer-impact"].points == 12


@pytest.mark.parametrize(
    "source",
    ["__import__('os')._exit(0)", "import os\nos.kill(os.getpid(), 9)",
     "import os, threading\nthreading.Timer(0, os._exit, [0]).start()\nthreading.Event().wait(9)"],
    ids=["exit", "kill", "thread"],
)  # fmt: skip
def test_when_the_kernel_dies_what_ran_counts_and_what_did_not_waits(
    classroom: Classroom, source: str
) -> None:
    result = run_own_code(classroom, source)
    assert "the kernel died" in result.remarks
    assert points(result) == CACHE | NOTHING | UNCHECKED
    assert result.waiting == set(NUMBERS | UNCHECKED)
    assert result.cells["answer-impact"].points == 12


def test_a_kernel_that_hides_what_it_runs_earns_nothing_and_waits(classroom: Classroom) -> None:
    silent = (
        "kernel = get_ipython().kernel\nbegin = kernel._publish_execute_input\n"
        "kernel._publish_execute_input = lambda code, *more: '_exit' in code or begin(code, *more)"
    )
    notebook = insert_code(classroom.solved(), silent, after="imports")
    notebook = insert_code(notebook, "import os\nos._exit(0)", after="lru-edge")
    result = run(classroom, notebook)
    # What was planted takes the trust out of every test; nothing is guessed.
    assert points(result) == dict.fromkeys(CACHE | NUMBERS)
    assert result.waiting == set(CACHE | NUMBERS)


def test_planted_outputs_do_not_stand_in_for_a_run(classroom: Classroom) -> None:
    notebook = insert_code(classroom.solved(), "import os\nos._exit(0)", after="imports")
    for entry in notebook["cells"]:
        if entry["cell_type"] == "code":
            entry["execution_count"] = 7
            shown = {"data": {"text/plain": "2.0"}, "metadata": {}, "execution_count": 7}
            entry["outputs"] = [{"output_type": "execute_result"} | shown]
    result = run(classroom, notebook)
    assert points(result) == dict.fromkeys(CACHE | NUMBERS, 0)
    assert set(CACHE | NUMBERS) <= result.waiting


def test_tests_that_ask_not_to_be_run_do_not_pass(classroom: Classroom) -> None:
    notebook = classroom.blank()
    for entry in notebook["cells"]:
        entry["metadata"]["tags"] = ["skip-execution"]
    assert points(run(classroom, notebook)) == dict.fromkeys(CACHE | NUMBERS, 0)


def test_tests_that_were_made_text_are_run_all_the_same(classroom: Classroom) -> None:
    notebook = classroom.blank()
    for name in CACHE | NUMBERS:
        entry = cell(notebook, name)
        entry["cell_type"] = "raw" if name in CACHE else "markdown"
        entry["attachments"] = {}
        del entry["outputs"], entry["execution_count"]
    result = run(classroom, notebook)
    assert result.problem is None
    assert points(result) == dict.fromkeys(CACHE | NUMBERS, 0)


FLOODS = {
    "lines": "for _ in range(40_000):\n    print('x' * 50)",
    "one-line": "print('x' * 2_000_000)",
    "stderr": "import sys\nsys.stderr.write('x' * 2_000_000)",
    "result": "'x' * 2_000_000",
    "page": "display({'text/html': 'x' * 2_000_000, 'text/plain': ''}, raw=True)",
    "data": "display({'application/json': {'x': 'x' * 2_000_000}}, raw=True)",
    "metadata": "display({'text/plain': ''}, raw=True, metadata={'x': 'x' * 2_000_000})",
    "update": "display('', display_id='a').update('x' * 2_000_000)",
    "update-many": (
        "for _ in range(30):\n    shown = display('', display_id='b')\n"
        f"from IPython.display import update_display\n"
        f"update_display('x' * {LIMIT // 2}, display_id='b')"
    ),
    "error": "raise ValueError('x' * 2_000_000)",
    "error-after-lines": "print('x' * 2_000_000)\nraise ValueError('x' * 2_000_000)",
    "error-of-long-name": "raise type('E' * 200, (Exception,), {})('x' * 2_000_000)",
    "many-displays": "for _ in range(400):\n    display({'text/plain': 'x' * 5_000}, raw=True)",
    "emoji": f"print('\\U0001f600' * {LIMIT - 10})",
}


@pytest.fixture(scope="module")
def flooded(new_classroom: Callable[[], Classroom]) -> Graded:
    """One notebook with all the floods, each in a cell of its own."""
    classroom = new_classroom()
    notebook = classroom.solved()
    for source in reversed(FLOODS.values()):
        notebook = insert_code(notebook, source, after="lru-edge")
    return run(classroom, notebook, max_output_bytes=LIMIT)


@pytest.mark.parametrize("source", FLOODS.values(), ids=FLOODS)
def test_of_a_flood_of_output_little_is_kept(flooded: Graded, source: str) -> None:
    assert flooded.notebook is not None
    (shown,) = (entry for entry in flooded.notebook["cells"] if entry["source"] == source)
    assert len(json.dumps(shown["outputs"], ensure_ascii=False).encode()) < 1.5 * LIMIT


def test_floods_are_remarked_and_cost_no_points(flooded: Graded) -> None:
    assert "too long" in flooded.remarks
    assert points(flooded) == CACHE | NUMBERS


SEND = """kernel = get_ipython().kernel
kernel.session.send(kernel.iopub_socket, {kind!r}, {content!r}, parent=kernel.get_parent("shell"));
"""
ODD_MESSAGES: list[tuple[str, Any]] = [
    ("stream", {"name": "stdout", "text": 5}),
    ("stream", {}),
    ("display_data", {"data": [1], "metadata": {}}),
    ("display_data", {"data": {"text/plain": {"a": 1}}, "metadata": {}}),
    ("error", {"ename": 5}),
    ("execute_result", {"data": {}, "metadata": {}, "execution_count": "seven"}),
    ("execute_input", {"code": "", "execution_count": "seven"}),
    ("status", {}),
    ("comm_open", {"comm_id": "a", "target_name": "jupyter.widget",
                   "data": {"state": {"_model_name": "A"}}}),
]  # fmt: skip


def test_odd_messages_from_the_kernel_lose_no_submission(classroom: Classroom) -> None:
    notebook = classroom.solved()
    for kind, content in ODD_MESSAGES:
        source = SEND.format(kind=kind, content=content)
        notebook = insert_code(notebook, source, after="lru-edge")
    result = run(classroom, notebook)
    assert result.problem is None
    assert points(result) == CACHE | NUMBERS


def test_learners_code_finds_no_keys(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the-graders-key")
    result = run_own_code(classroom, "import os\nprint(dict(os.environ))\n")
    shown = json.dumps(result.notebook)
    assert "PATH" in shown
    assert "the-graders-key" not in shown


def strange(**changes: object) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "strange", "metadata": {}, "source": ""} | changes


@pytest.mark.parametrize(
    "broken",
    ["text", None, strange(metadata=[]),
     strange(metadata={"nbgrader": {"schema_version": 99, "grade_id": "intro"}})],
    ids=["text", "null", "metadata", "schema"],
)  # fmt: skip
def test_one_broken_notebook_stops_no_other(classroom: Classroom, broken: object) -> None:
    notebook = classroom.blank()
    cell(notebook, "answer-impact")["source"] = STORY
    classroom.hand_in(notebook, "bob")
    notebook["cells"].append(broken)
    classroom.hand_in(notebook, "ada")
    classroom.autograde("*", execute=False)
    assert classroom.graded("bob").cells["answer-impact"].points == 12


def test_ten_thousand_cells_are_graded(classroom: Classroom) -> None:
    notebook = classroom.blank()
    cell(notebook, "answer-impact")["source"] = STORY
    last = cell(notebook, "answer-impact")
    notebook["cells"] += [strange(id=f"own-{number}") for number in range(9_000)]
    notebook["cells"] += [last | {"id": f"twin-{number}"} for number in range(1_000)]
    classroom.hand_in(notebook)
    assert classroom.autograde(execute=False).cells["answer-impact"].points == 12
