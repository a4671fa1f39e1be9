"""Joining a widget's JavaScript modules."""

from __future__ import annotations

import re
from pathlib import Path

from graders.study.bundle import bundled
from graders.study.widget import _HERE, _MODULES, AnswerBox


def test_modules_become_one_with_a_single_export(tmp_path: Path) -> None:
    (tmp_path / "low.js").write_text("export const A = 1;\nexport function low() {}\n")
    (tmp_path / "top.js").write_text(
        'import { A, low } from "./low.js";\n\nexport default { A, low };\n'
    )
    joined = bundled(tmp_path, "low", "top")
    assert joined == "const A = 1;\nfunction low() {}\n\n\nexport default { A, low };\n"


def test_the_answer_box_is_made_of_all_its_modules_and_needs_no_other() -> None:
    assert {path.stem for path in _HERE.glob("*.js")} == set(_MODULES)
    assert not re.search(r"^import\b|\bimport\(|https?://", AnswerBox._esm, re.MULTILINE)
    names = re.findall(
        r"^(?:async function|function|class|const|let) (\w+)", AnswerBox._esm, re.MULTILINE
    )
    assert len(names) == len(set(names)), "two modules share one scope"


def test_a_module_comes_after_those_that_it_imports_from() -> None:
    for position, name in enumerate(_MODULES):
        text = (_HERE / f"{name}.js").read_text(encoding="utf-8")
        for needed in re.findall(r'from "\./([\w-]+)\.js"', text):
            assert _MODULES.index(needed) < position, f"{name} needs {needed}"
