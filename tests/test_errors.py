"""The error tree: complete messages, one line each, and whole after a process border."""

from __future__ import annotations

import ast
import copy
import pickle
import re
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graders
from graders import errors
from graders.errors import RubricError, SeniorkitError, UsageError

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, SeniorkitError)
]
WORDS = st.text(st.characters(categories=["L", "N", "P"]), min_size=1)


def test_the_tree_in_the_docstring_is_the_tree_in_the_code() -> None:
    drawn = re.findall(r"\w+Error\b", (errors.__doc__ or "").split("Every message")[0])
    assert drawn == [kind.__name__ for kind in KINDS]
    assert all(kind.__bases__ == (SeniorkitError,) for kind in KINDS[1:])


def test_no_other_module_starts_a_tree_of_its_own() -> None:
    package = Path(graders.__file__).parent
    strangers = [
        f"{path.relative_to(package)}: {node.name}"
        for path in package.rglob("*.py")
        if path.name != "errors.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
        if any(re.search(r"(Error|Exception)$", ast.unparse(base)) for base in node.bases)
    ]
    assert strangers == []


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (UsageError("there is no course"), "there is no course"),
        (UsageError("there is no course", fix="Check it"), "there is no course. Check it"),
        (RubricError("unknown key", where="a.yaml:3"), "a.yaml:3: unknown key"),
        (RubricError("not text", where="a.yaml", fix="Save it"), "a.yaml: not text. Save it"),
    ],
)
def test_a_message_says_where_then_what_then_how_to_fix_it(error: Exception, message: str) -> None:
    assert str(error) == message


@given(what=WORDS, where=st.none() | WORDS, fix=st.none() | WORDS)
def test_nothing_that_was_given_is_missing_from_the_message(
    what: str, where: str | None, fix: str | None
) -> None:
    error = SeniorkitError(what, where=where, fix=fix)
    for part in (what, where, fix):
        assert part is None or part in str(error)


@pytest.mark.parametrize(
    "error",
    [
        SeniorkitError("first line\nsecond line"),
        SeniorkitError("cannot be read", where="folder\nwith a break/answers.json"),
        SeniorkitError("cannot be read", fix="Do this\r\nand that"),
    ],
)
def test_a_message_is_one_line_even_where_its_parts_are_not(error: SeniorkitError) -> None:
    assert len(str(error).splitlines()) == 1


@pytest.mark.parametrize("kind", KINDS)
@given(what=st.text(), where=st.none() | st.text(), fix=st.none() | st.text())
def test_errors_survive_pickling_and_copying(
    kind: type[SeniorkitError], what: str, where: str | None, fix: str | None
) -> None:
    error = kind(what, where=where, fix=fix)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is kind
        assert (twin.what, twin.where, twin.fix) == (what, where, fix)
        assert str(twin) == str(error)


def _fail() -> None:
    raise RubricError("unknown key", where="week01.rubric.yaml:3", fix="Correct this key")


def test_an_error_in_a_worker_reads_the_same_in_the_controller() -> None:
    with (
        ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool,
        pytest.raises(
            RubricError, match=r"week01\.rubric\.yaml:3: unknown key\. Correct"
        ) as caught,
    ):
        pool.submit(_fail).result()
    assert caught.value.fix == "Correct this key"


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_is_caught_as_one_family(kind: type[SeniorkitError]) -> None:
    with pytest.raises(SeniorkitError):
        raise kind("wrong")


def test_in_a_notebook_it_is_a_sentence_and_no_traceback() -> None:
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell()
    source = "from graders.errors import StoreError\nraise StoreError('it is damaged', where='p')"
    with capture_output() as shown:
        result = shell.run_cell(source)
    assert isinstance(result.error_in_exec, SeniorkitError)
    assert shown.stdout.strip() == "p: it is damaged"
