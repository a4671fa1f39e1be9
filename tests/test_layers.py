"""The house in rows: imports go only to rows above, files and functions stay small."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "graders"

ROWS = [
    {"errors", "levels", "peak", "startup"},
    {"question", "score", "answers"},
    {"judges", "checks"},
    {"grading"},
    {"progress", "gradebook", "cards", "charts"},
    {"kernels", "course", "submitted", "judged", "feedback"},
    {"study", "preprocessors", "batch", "reports", "exports", "training"},
    {"cohorts"},
    {"cli"},
    {""},  # the public door itself, which no module may go through
]
ROW = {unit: row for row, units in enumerate(ROWS) for unit in units}

LINES, FUNCTION_LINES = 400, 50
CODE = {".py", ".js", ".ts", ".css", ".html", ".j2", ".sh", ".toml"}
"""What has lines of code. The texts of the bank and of sample answers are as long as they are."""

MODULES = sorted(PACKAGE.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef


def named(path: Path) -> str:
    """The module's name: `graders.judges.base`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def unit(module: str) -> str:
    """The part of the package that a module belongs to: `judges`; "" for the package itself."""
    return [*module.split("."), ""][1]


def imported(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    """Line and unit of everything of ours that is imported, wherever in the file it stands."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *([node.module] if node.module else [])])
            names = [base]
            if base == "graders":
                names = [f"graders.{a.name}" if a.name in ROW else base for a in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            # An f-string counts as far as it is constant: f"graders.study.{name}".
            first = node.args[0] if node.args else None
            start = first.values[0] if isinstance(first, ast.JoinedStr) else first
            if isinstance(start, ast.Constant) and str(start.value).startswith("graders."):
                names = [str(start.value)]
        for name in names:
            if name.split(".")[0] == "graders":
                yield node.lineno, unit(name)  # type: ignore[attr-defined]


def wrong_imports(source: str, module: str, package: str) -> list[str]:
    own = unit(module)
    return [
        f"{module}, line {line}: row {ROW[own]} imports {other or 'graders'!r}"
        for line, other in imported(ast.parse(source), package)
        if other != own and ROW.get(other, len(ROWS)) >= ROW[own]
    ]


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def public(tree: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """Public classes and functions, and the public methods of public classes."""
    bodies: list[list[ast.stmt]] = [tree.body]
    while bodies:
        for node in bodies.pop():
            if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
                yield node
                if isinstance(node, ast.ClassDef):
                    bodies.append(node.body)


def lines_of(path: Path) -> int:
    """Lines of code; of a notebook, those of its code cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
    return len(text.splitlines())


@pytest.mark.parametrize(
    ("module", "source", "fine"),
    [
        ("graders.grading", "from graders.judges.base import Judge", True),
        ("graders.judges.base", "from graders.grading import grade", False),
        ("graders.judges.base", "from .embedded import judge", True),
        ("graders.judges.base", "from ..grading import grade", False),
        ("graders.score", "from graders import answers", False),
        ("graders.score", "import graders.question.model", False),
        ("graders.score", "import graders", False),
        ("graders.study.session", "from graders import grade", False),
        ("graders.study.session", "from graders import cards", True),
        ("graders.study.session", "def f():\n    from graders.batch import x", False),
        ("graders.levels", "if TYPE_CHECKING:\n    from graders.score import Score", False),
        ("graders.answers", "import_module(f'graders.cli.{name}')", False),
        ("graders.cli.app", "from graders.nowhere import x", False),
    ],
)
def test_the_rule_is_the_rule(module: str, source: str, fine: bool) -> None:
    assert (wrong_imports(source, module, module.rpartition(".")[0]) == []) == fine


def test_every_module_belongs_to_a_row() -> None:
    assert sorted({unit(named(path)) for path in MODULES} - set(ROW)) == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_imports_only_from_rows_above_its_own(path: Path) -> None:
    module = named(path)
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    if unit(module) not in ROW:
        pytest.fail(f"{module} belongs to no row")
    assert wrong_imports(path.read_text(encoding="utf-8"), module, package) == []


def test_no_file_is_longer_than_a_person_reads() -> None:
    long = {
        str(path.relative_to(ROOT)): lines_of(path)
        for folder in ("graders", "tests", "notebooks")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in CODE | {".ipynb"} and path.is_file()
        if not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
        if lines_of(path) > LINES
    }
    assert long == {}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_no_function_is_longer_than_a_screen(path: Path) -> None:
    long = {
        node.name: length
        for node in functions(ast.parse(path.read_text(encoding="utf-8")))
        if (length := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_everything_public_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        f"line {node.lineno}: {node.name}" for node in public(tree) if not ast.get_docstring(node)
    ]
    assert silent == []
    assert ast.get_docstring(tree), "the module itself"
