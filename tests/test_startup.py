"""Start-up is kept short without taking anything away from other packages."""

from __future__ import annotations

import subprocess
import sys

import pytest

DEFER = "from graders.startup import defer_uri_grammars; defer_uri_grammars()\n"

WITHOUT_THE_PACKAGE = """
import sys
from importlib.machinery import PathFinder
class Finder(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        hidden = name.split(".")[0] == "rfc3987_syntax"
        return None if hidden else super().find_spec(name, path, target)
sys.meta_path = [Finder if finder is PathFinder else finder for finder in sys.meta_path]
"""

CHECK = """
from jsonschema import Draft202012Validator as Validator
def accepts(format, text):
    return Validator({"format": format}, format_checker=Validator.FORMAT_CHECKER).is_valid(text)
"""


def in_a_fresh_process(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("start", [DEFER, "import graders\n", DEFER + DEFER])
def test_notebooks_are_still_validated(start: str) -> None:
    shown = in_a_fresh_process(
        start + "import nbformat\n"
        "from nbformat import v4\n"
        "nbformat.validate(v4.new_notebook(cells=[v4.new_markdown_cell('answer')]))\n"
        "broken = {'nbformat': 4, 'nbformat_minor': 5, 'metadata': {}, 'cells': [{}]}\n"
        "try: nbformat.validate(broken)\n"
        "except nbformat.ValidationError: print('refused')"
    )
    assert shown == "refused"


def test_nbformat_no_longer_compiles_the_grammars() -> None:
    code = "import sys, nbformat, jsonschema; print('rfc3987_syntax.syntax_helpers' in sys.modules)"
    assert in_a_fresh_process(DEFER + code) == "False"


@pytest.mark.parametrize("start", [DEFER, "import graders\n", "import jsonschema\n" + DEFER])
def test_addresses_are_still_checked(start: str) -> None:
    shown = in_a_fresh_process(
        start + CHECK + "for format, text in (\n"
        "    ('iri', 'https://exämple.org/ü'), ('iri', 'no address'), ('iri', 'https://a.org'),\n"
        "    ('iri-reference', '/ü#x'), ('iri-reference', 'a b'),\n"
        "    ('uri', 'https://example.org'), ('uri', 'no address'),\n"
        "): print(accepts(format, text))"
    )
    assert shown.split() == ["True", "False", "True", "True", "False", "True", "False"]


def test_several_threads_may_check_the_first_address_at_once() -> None:
    shown = in_a_fresh_process(
        DEFER + CHECK + "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    texts = ['https://example.org/%d' % n for n in range(16)]\n"
        "    print(all(pool.map(lambda text: accepts('iri', text), texts)))"
    )
    assert shown == "True"


def test_a_package_that_was_imported_before_stays_what_it_is() -> None:
    shown = in_a_fresh_process(
        "import sys, rfc3987_syntax as before\n" + DEFER + "import rfc3987_syntax as after\n"
        "print(before is after, after.is_valid_syntax('iri', 'https://example.org'))"
    )
    assert shown == "True True"


@pytest.mark.parametrize(
    "use",
    [
        "from rfc3987_syntax import is_valid_syntax as f; print(f('iri', 'https://a.org'))",
        "import rfc3987_syntax; print(rfc3987_syntax.is_valid_syntax('iri', 'https://a.org'))",
        "from rfc3987_syntax import parse; print(bool(parse('iri', 'https://a.org')))",
        "from rfc3987_syntax.syntax_helpers import parse as f; print(bool(f('iri', 'a:b')))",
        "from importlib.util import find_spec; print(find_spec('rfc3987_syntax') is not None)",
        "import rfc3987_syntax; print(bool(rfc3987_syntax.__file__))",
        "from rfc3987_syntax import *; print(parse is not None)",
        "import rfc3987_syntax as r, importlib; print(importlib.reload(r) is r)",
        "import rfc3987_syntax; print(not hasattr(rfc3987_syntax, 'no_such_name'))",
    ],
)
def test_other_users_of_the_package_notice_nothing(use: str) -> None:
    assert in_a_fresh_process("import graders\n" + use) == "True"


def test_where_the_package_is_not_installed_nothing_pretends_that_it_is() -> None:
    code = CHECK + "print(accepts('iri', 'https://example.org'), accepts('iri', 'no address'))"
    untouched = in_a_fresh_process(WITHOUT_THE_PACKAGE + code)
    assert in_a_fresh_process(WITHOUT_THE_PACKAGE + DEFER + code) == untouched
