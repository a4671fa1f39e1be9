"""nbclient, papermill and nbgrader use the kernel by its name, and nothing else."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager

from graders.kernels import KERNEL_NAME
from tests.conftest import Classroom, insert_code

WHO = "import os\nprint(os.getuid(), os.getcwd(), sorted(os.listdir('.')))"


def notebook(*sources: str) -> Any:
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return made


def printed(executed: Any) -> str:
    return "".join(
        output.get("text", "") for cell in executed.cells for output in cell.get("outputs", [])
    )


def test_it_is_installed_with_the_package() -> None:
    spec = KernelSpecManager().get_kernel_spec(KERNEL_NAME)
    assert spec.metadata["kernel_provisioner"]["provisioner_name"] == "seniorkit-provisioner"


def test_nbclient_runs_a_notebook_in_it(tmp_path: Path) -> None:
    from nbclient import NotebookClient

    (tmp_path / "data.csv").write_text("a")
    made = notebook(WHO, "1 / 0", "print('went on')")
    NotebookClient(
        made, kernel_name=KERNEL_NAME, allow_errors=True, resources={"metadata": {"path": tmp_path}}
    ).execute()
    assert printed(made) == f"65534 {tmp_path} ['data.csv']\nwent on\n"
    assert made.cells[1].outputs[0].ename == "ZeroDivisionError"


def test_papermill_runs_a_notebook_in_it_and_ends_it_at_once(tmp_path: Path) -> None:
    import papermill

    source, result = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    made = notebook("n = 1", "print(n + 1)", WHO)
    made.metadata["language_info"] = {"name": "python"}
    made.cells[0].metadata["tags"] = ["parameters"]
    nbformat.write(made, source)
    begin = time.monotonic()
    papermill.execute_notebook(
        source, result, parameters={"n": 41}, kernel_name=KERNEL_NAME, cwd=str(tmp_path),
        progress_bar=False,
    )  # fmt: skip
    assert time.monotonic() - begin < 20
    assert printed(nbformat.read(result, 4)) == f"42\n65534 {tmp_path} []\n"


def test_without_a_named_folder_nothing_is_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from nbclient import NotebookClient

    (tmp_path / "secret.txt").write_text("x")
    monkeypatch.chdir(tmp_path)
    made = notebook(WHO)
    NotebookClient(made, kernel_name=KERNEL_NAME).execute()
    assert printed(made) == f"65534 {tmp_path} []\n"


def test_nbgraders_own_autograde_uses_it(classroom: Classroom) -> None:
    config = classroom.root / "nbgrader_config.py"
    stock = config.read_text().replace(
        "graders.preprocessors.ExecuteBounded", "nbgrader.preprocessors.Execute"
    )
    config.write_text(f"{stock}\nc.Execute.kernel_name = {KERNEL_NAME!r}\n")
    look = "import os\nprint('user', os.getuid(), 'sees', os.listdir('.'))"
    classroom.hand_in(insert_code(classroom.solved(), look, after="lru-edge"))
    result = classroom.autograde()
    assert result.problem is None
    assert "user 65534 sees []" in json.dumps(result.notebook)
    assert result.cells["lru-basic"].points == 2
