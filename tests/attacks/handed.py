"""Attacks by what is handed in: files and their names, markup, malformed notebooks."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from tests.attacks.attack import RAN, Attack
from tests.attacks.course import HW, SECRETS, Target, write

ONLY_OWN_PAGE = "made harmless where it would be shown"
AS_ALWAYS = "nbgrader restores what was released, as it does for everybody"

_FILES = "files and names"
_PAGES = "markup in pages"
_FORM = "malformed notebooks"


def _links(target: Target, learner: str) -> None:
    folder = target.hand_in(learner, target.wrong(learner))
    (folder / "book.db").symlink_to(target.root / "gradebook.db")
    (folder / "others").symlink_to(target.root / "submitted")
    (folder / "loop").symlink_to(folder)
    (folder / "passwords.txt").symlink_to("/etc/passwd")


def _archive(target: Target, learner: str) -> None:
    import zipfile

    folder = target.hand_in(learner, target.wrong(learner))
    with zipfile.ZipFile(folder / "hw.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../../gradebook.db", "gone")
        archive.writestr("/etc/evil", "x")
        archive.writestr("bomb", bytes(50_000_000))


def _names(target: Target, learner: str) -> None:
    folder = target.hand_in(learner, target.wrong(learner))
    for name in (
        "..\\..\\gradebook.db",
        "<img src=x onerror=alert(1)>",
        "a\nb",
        "-rf",
        "%2e%2e%2fx",
        "\u202etxt.exe",
    ):
        (folder / name).write_text("x")
    os.close(os.open(os.fsencode(folder) + b"/\xff\xfe", os.O_CREAT | os.O_WRONLY))


def _modules(target: Target, learner: str) -> None:
    folder = target.hand_in(learner, target.wrong(learner))
    evil = "raise SystemExit('owned')\n"
    for name in ("sitecustomize.py", "graders.py", "IPython.py", "json.py", "ast.py", "math.py"):
        (folder / name).write_text(evil)
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Autograde.autograde_preprocessors = []\n"
    )
    (folder / f"{HW}.checks.yaml").write_text("assignment: hw\nchecks: []\n")
    (folder / f"{HW}.probes.json").write_text("[]")


def _sidecar(content: object) -> Callable[[Target, str], None]:
    def build(target: Target, learner: str) -> None:
        folder = target.hand_in(learner, target.wrong(learner))
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (folder / "answers.json").write_bytes(data)

    return build


FILES = [
    Attack("links out of the folder", _FILES, build=_links),
    Attack("an archive with paths and a bomb", _FILES, build=_archive, silent="nothing unpacks it"),
    Attack("names of files", _FILES, build=_names, silent="names are data"),
    Attack("files named like modules and settings", _FILES, build=_modules),
    Attack(
        "answers.json of wrong types",
        _FILES,
        build=_sidecar({"version": 1, "answers": {"essay": {"text": {"a": 1}, "saved": []}}}),
    ),
    Attack("answers.json nested without end", _FILES, build=_sidecar(b"[" * 100_000)),
]

SCRIPT = "<script>alert('PAGE-OWNED')</script><img src=x onerror=\"alert('PAGE-OWNED')\">"


def _markdown(target: Target, learner: str) -> None:
    notebook = target.wrong(learner)
    write(
        notebook, "essay", f"{SCRIPT}\n\n[a](javascript:alert('PAGE-OWNED'))\n\n" + "Words. " * 40
    )
    target.hand_in(learner, notebook)


PAGES = [
    Attack("markup in an answer", _PAGES, build=_markdown, silent=ONLY_OWN_PAGE),
    Attack(
        "markup in output",
        _PAGES,
        f"from IPython.display import HTML, Javascript, SVG, display\ndisplay(HTML({SCRIPT!r}))\n"
        "display(Javascript(\"alert('PAGE-OWNED')\"))\n"
        f"display({{'image/svg+xml': '<svg>' + {SCRIPT!r} + '</svg>', 'text/latex': {SCRIPT!r}}}, raw=True)\n"
        f"print({SCRIPT!r})\nprint({RAN!r})\nraise ValueError({SCRIPT!r})",
        silent=ONLY_OWN_PAGE,
    ),
]


def _raw(make: Callable[[dict[str, Any]], object]) -> Callable[[Target, str], object]:
    return lambda target, learner: target.hand_in(learner, make(target.wrong(learner)))


def _many_cells(notebook: dict[str, Any]) -> dict[str, Any]:
    cell = {
        "cell_type": "code",
        "metadata": {},
        "source": "1",
        "outputs": [],
        "execution_count": None,
    }
    notebook["cells"] += [cell | {"id": f"c{number}"} for number in range(100_000)]
    return notebook


def _marked(notebook: dict[str, Any]) -> dict[str, Any]:
    """Points, tests and locks changed, tests repeated, cells skipped."""
    for cell in notebook["cells"]:
        mark = cell["metadata"]["nbgrader"]
        if mark["grade"]:
            mark["points"] = 1000
            cell["metadata"]["tags"] = ["skip-execution", "raises-exception"]
        if cell["id"].startswith("tests"):
            cell["source"] = "4"
            mark["locked"], mark["solution"] = False, True
    tests = [cell for cell in notebook["cells"] if cell["id"].startswith("tests")]
    notebook["cells"] += [{**cell, "id": f"again-{n}"} for n, cell in enumerate(tests)]
    return notebook


def _planted(notebook: dict[str, Any]) -> dict[str, Any]:
    note = {
        "observations": [{"number": n, "kind": "value", "text": f"[3, 5, 0, {SECRETS[1]}]"} for n in range(9)],
        "checks": {"tests-mean": "full marks"}, "tampered": [], "unrun": False, "of": "x",
        "flags": {}, "remarks": [], "deferred": [{"grade_id": "essay", "text": "x", "flags": []}],
    }  # fmt: skip
    notebook["metadata"]["seniorkit"] = note
    return notebook


def _widgets(notebook: dict[str, Any]) -> dict[str, Any]:
    state = {f"model-{n}": {"state": {"value": "x" * 1_000}} for n in range(3_000)}
    notebook["metadata"]["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {"state": state}
    }
    return notebook


def _kernel(notebook: dict[str, Any]) -> dict[str, Any]:
    notebook["metadata"]["kernelspec"] = {"name": "bash", "display_name": "x", "language": "bash"}
    notebook["metadata"]["language_info"] = {"name": "bash"}
    return notebook


def _old(notebook: dict[str, Any]) -> dict[str, Any]:
    return {"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [{"cells": []}]}


FORM = [
    Attack("a future version", _FORM, build=_raw(lambda nb: nb | {"nbformat": 99})),
    Attack("an ancient version", _FORM, build=_raw(_old)),
    Attack("no notebook at all", _FORM, build=_raw(lambda nb: b"\x00\xff not JSON")),
    Attack("JSON nested without end", _FORM, build=_raw(lambda nb: "[" * 200_000)),
    Attack("cells of wrong types", _FORM, build=_raw(lambda nb: nb | {"cells": {"a": [1]}})),
    Attack("100,000 cells", _FORM, build=_raw(_many_cells)),
    Attack("a bomb of widget states", _FORM, build=_raw(_widgets), silent="dropped, as always"),
    Attack("marks, points and tests changed", _FORM, build=_raw(_marked)),
    Attack("a note of ours planted", _FORM, build=_raw(_planted), silent="replaced by our own"),
    Attack("another kernel", _FORM, build=_raw(_kernel), silent=AS_ALWAYS),
]
