"""The one public door: these names, found where people look for them, and light to open."""

from __future__ import annotations

import subprocess
import sys

import pytest

import graders

NAMES = [
    "Answer",
    "Criterion",
    "Judge",
    "Level",
    "Question",
    "Score",
    "SeniorkitError",
    "Verdict",
    "grade",
    "load_bank",
    "load_question",
]

HEAVY = ["pydantic", "yaml", "numpy", "nbgrader", "openai", "papermill", "ipywidgets", "sqlalchemy"]
HEAVY += ["matplotlib"]


def in_a_fresh_process(code: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_public_names_are_exactly_these() -> None:
    assert sorted(graders.__all__) == NAMES
    assert list(graders.__all__) == NAMES, "kept sorted, so that additions are seen"


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_leads_to_something_documented(name: str) -> None:
    assert getattr(graders, name).__doc__


def test_a_star_import_gives_the_public_names() -> None:
    shown = in_a_fresh_process(
        "before = {'before', *globals()}; from graders import *\n"
        "print(sorted(set(globals()) - before))"
    )
    assert shown == str(NAMES)


def test_tab_completion_offers_every_public_name() -> None:
    offered = in_a_fresh_process("import graders; print(*dir(graders))").split()
    assert set(NAMES) <= set(offered)


def test_a_name_that_does_not_exist_is_answered_as_python_does() -> None:
    with pytest.raises(AttributeError, match="'graders' has no attribute 'grad'"):
        graders.grad  # noqa: B018
    with pytest.raises(ImportError, match="grad"):
        from graders import grad  # noqa: F401
    assert not hasattr(graders, "__wrapped__")


def test_importing_the_package_loads_nothing_heavy() -> None:
    shown = in_a_fresh_process(
        f"import sys, graders; print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert shown == "[]"


def test_a_word_of_the_vocabulary_costs_nothing_heavy_either() -> None:
    shown = in_a_fresh_process(
        "import sys; from graders import Level, SeniorkitError\n"
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert shown == "[]"


def test_grading_loads_no_course_no_notebook_and_no_model_client() -> None:
    foreign = [
        "nbgrader",
        "openai",
        "papermill",
        "ipywidgets",
        "sqlalchemy",
        "matplotlib",
        "nbformat",
    ]
    shown = in_a_fresh_process(
        "import sys; from graders import grade; grade('concept/caching', 'A cache holds copies.')\n"
        f"print([name for name in {foreign} if name in sys.modules])"
    )
    assert shown == "[]"


def test_the_example_in_the_docstring_works() -> None:
    lines = (graders.__doc__ or "").splitlines()
    code = "\n".join(line.strip() for line in lines if line.startswith("    "))
    shown = in_a_fresh_process(f"{code}\nprint(type(score).__name__, score.question_id)")
    assert shown == "Score concept/caching"
