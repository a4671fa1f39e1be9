"""The page for instructors, run as it stands, on a clean checkout: its commands end in a graded week."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
PROGRAMS = Path(sys.executable).parent


def _commands() -> str:
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The kit's folder after all commands, and what they printed."""
    kit = tmp_path_factory.mktemp("clean") / "kit"
    kit.mkdir()
    for name in ("nbgrader_config.py", "source", "release", "tests"):
        if (ROOT / name).is_dir():
            (kit / name).symlink_to(ROOT / name)
        else:
            shutil.copy(ROOT / name, kit)
    (kit / ".venv").symlink_to(PROGRAMS.parent)
    # The sample's code is our own: it may run where there is no sandbox.
    script = _commands().replace(
        "seniorkit week week01", "seniorkit week week01 --trust-submissions"
    )
    (kit.parent / "page.sh").write_text(script, encoding="utf-8")
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    run = subprocess.run(
        ["bash", "-e", str(kit.parent / "page.sh")], cwd=kit, env=environment, text=True,
        check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout
    return kit, run.stdout


def test_the_week_is_graded_and_everybody_is_where_they_belong(done: tuple[Path, str]) -> None:
    kit, printed = done
    assert re.search(r"learner-01 +returned", printed)
    assert re.search(r"learner-02 +returned", printed)
    assert "would grade" in printed
    with (kit / "course" / "reports" / "week01" / "marks-csv.csv").open(
        encoding="utf-8-sig"
    ) as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert float(rows["learner-01"]["score"]) > 20
    assert rows["learner-15"]["score"] == ""


def test_what_the_page_says_lies_somewhere_lies_there(done: tuple[Path, str]) -> None:
    kit, _ = done
    reports = kit / "course" / "reports" / "week01"
    assert (reports / "cohort_report.html").is_file()
    names = zipfile.ZipFile(reports / "feedback.zip").namelist()
    assert "learner-01/week01/week01.html" in names


def test_every_command_that_the_page_names_exists() -> None:
    from typer.main import get_command

    from graders.cli.app import app

    known = set(get_command(app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"seniorkit ([a-z]+)", PAGE))
    assert named - known == set()


def test_the_page_is_one_page() -> None:
    assert len(PAGE.splitlines()) < 140
    assert len(PAGE.split()) < 1_300
