"""Worker processes, however they are called for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from graders.batch.measure.course import ASSIGNMENT, build
from graders.batch.packing import pack_course
from graders.course import open_course

SCRIPT = """
import pathlib, sys
print("begun")
from graders.batch import grade_assignment
print(len(grade_assignment(pathlib.Path(sys.argv[1]), sys.argv[2], workers=2, trust=True).graded))
"""


def test_a_script_needs_no_guard_around_its_main_part(tmp_path: Path) -> None:
    """As `multiprocessing` asks for one, each worker would run the script once more."""
    course = build(tmp_path / "course", 4)
    script = tmp_path / "grade.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), str(course), ASSIGNMENT],
        capture_output=True, text=True, timeout=200,
    )  # fmt: skip
    assert done.stdout.split() == ["begun", "4"], done.stderr[-2000:]


def test_kernels_import_ahead_what_the_masters_import(tmp_path: Path) -> None:
    course = open_course(build(tmp_path / "course", 0))
    master = course.source(ASSIGNMENT) / "code.ipynb"

    def preloaded(source: str) -> set[str]:
        notebook = nbformat.read(master, as_version=4)
        cells = [*notebook.cells, new_code_cell(source)]
        nbformat.write(new_notebook(cells=cells, metadata=notebook.metadata), master)
        pack = pack_course(course, ASSIGNMENT)
        return set(pack.config["SeniorkitProvisioner"]["preload"])

    bare = preloaded("# pandas is not needed")
    assert "stack_data" in bare and not bare & {"numpy", "pandas", "matplotlib.pyplot"}
    assert preloaded("%matplotlib inline\nfrom pandas import Series") - bare == {"numpy", "pandas"}


def test_what_the_course_says_of_preloading_stands(tmp_path: Path) -> None:
    said = "c = get_config()\nc.SeniorkitProvisioner.preload = ['fractions']\n"
    course = open_course(build(tmp_path / "course", 0, imports="import pandas", config=said))
    pack = pack_course(course, ASSIGNMENT)
    assert pack.config["SeniorkitProvisioner"]["preload"] == ["fractions"]
