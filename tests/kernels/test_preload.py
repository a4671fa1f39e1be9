"""`Preloaded`: what is imported ahead is hidden, and comes back with what it imports."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

PACKAGE = {
    "outer/__init__.py": "import warnings\nwarnings.filterwarnings('ignore', 'of outer')\n",
    "outer/inner.py": "import os, needed\nos.environ['SET_BY_INNER'] = '1'\nCALLS = []\n",
    "outer/other.py": "from outer import inner\n",
    "needed.py": "executed = 'once'\n",
    "lazy.py": (
        "def __getattr__(name):\n    if name != 'anything':\n        raise AttributeError(name)\n"
        "    import needed\n    return needed.executed\n"
    ),
    "broken.py": "import broken_part\nraise ValueError('of broken')\n",
    "broken_part.py": "",
}

BEGIN = """
import json, os, sys, warnings
from graders.kernels.preload import Preloaded
preloaded = Preloaded(sys.modules)
preloaded.begin()
failed = preloaded.record(["outer.other", "lazy", "broken", "not_there"])
preloaded.hide()
os.environ.pop("SET_BY_INNER", None)
OURS = {"outer", "outer.inner", "outer.other", "needed", "lazy", "broken", "broken_part"}
def seen():
    return sorted(OURS & set(sys.modules))
def filtered():
    return any("of outer" in str(entry) for entry in warnings.filters)
"""


def run(tmp_path: Path, source: str) -> Any:
    for name, text in PACKAGE.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    program = f"{BEGIN}\n{source}\nprint(json.dumps(result))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False,
        cwd=tmp_path, env={"PYTHONPATH": f"{tmp_path}:{ROOT}"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_is_to_be_seen_after_hiding(tmp_path: Path) -> None:
    assert run(tmp_path, "result = seen(), filtered()") == [[], False]


def test_a_module_comes_back_with_what_it_imports_and_no_more(tmp_path: Path) -> None:
    assert run(tmp_path, "import needed\nresult = seen()") == ["needed"]
    inner = "import outer.inner\nresult = seen(), hasattr(outer, 'other'), hasattr(outer, 'inner')"
    assert run(tmp_path, inner) == [["needed", "outer", "outer.inner"], False, True]
    other = "from outer import other\nresult = seen(), sys.modules['outer'].inner is other.inner"
    assert run(tmp_path, other) == [["needed", "outer", "outer.inner", "outer.other"], True]


def test_what_an_import_sets_comes_back_with_it(tmp_path: Path) -> None:
    assert run(tmp_path, "import outer\nresult = filtered(), os.environ.get('SET_BY_INNER')") == [
        True,
        None,
    ]
    assert run(tmp_path, "import outer.inner\nresult = os.environ.get('SET_BY_INNER')") == "1"


def test_a_module_is_executed_once(tmp_path: Path) -> None:
    changed = "import needed\nneeded.executed = 'changed'\nimport outer.inner\nresult = outer.inner.needed.executed"
    assert run(tmp_path, changed) == "changed"
    spec = "import outer.inner as m\nresult = m.__spec__.name, m.__spec__.origin, type(m.__loader__).__name__"
    assert run(tmp_path, spec) == [
        "outer.inner",
        str(tmp_path / "outer/inner.py"),
        "SourceFileLoader",
    ]


def test_a_module_can_be_reloaded(tmp_path: Path) -> None:
    reload = "import importlib, needed\nneeded.executed = 'x'\nimportlib.reload(needed)\nresult = needed.executed"
    assert run(tmp_path, reload) == "once"


def test_an_import_at_run_time_finds_the_hidden_module(tmp_path: Path) -> None:
    assert run(tmp_path, "import lazy\nresult = seen(), lazy.anything, seen()") == [
        ["lazy"],
        "once",
        ["lazy", "needed"],
    ]


def test_what_cannot_be_imported_is_told_and_left_as_it_was(tmp_path: Path) -> None:
    failed = run(tmp_path, "result = failed")
    assert failed["broken"] == "ValueError: of broken"
    assert "ModuleNotFoundError" in failed["not_there"]
    again = "try:\n    import broken\nexcept ValueError as error:\n    result = str(error)"
    assert run(tmp_path, again) == "of broken"
