"""The files beside a notebook: data is carried, the rest stays where it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from graders.errors import KernelError
from graders.kernels.files import pack, unpack

ROOM = 1 << 20


def carried(folder: Path | None, target: Path, room: int = ROOM) -> dict[str, bytes]:
    target.mkdir()
    descriptor = pack(folder, room)
    try:
        unpack(descriptor, target)
    finally:
        os.close(descriptor)
    found = (path for path in target.rglob("*") if path.is_file())
    return {str(path.relative_to(target)): path.read_bytes() for path in found}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "handed-in"
    (made / "data").mkdir(parents=True)
    (made / "data/loads.csv").write_bytes(b"a,b\n")
    (made / "helper.py").write_bytes(b"x = 1\n")
    return made


def test_data_and_modules_arrive(folder: Path, tmp_path: Path) -> None:
    (folder / "läuft gut \U0001f600").write_bytes(b"")
    (folder / "read-only").write_bytes(b"x")
    (folder / "read-only").chmod(0o400)
    assert carried(folder, tmp_path / "in") == {
        "data/loads.csv": b"a,b\n",
        "helper.py": b"x = 1\n",
        "läuft gut \U0001f600": b"",
        "read-only": b"x",
    }


@pytest.mark.parametrize("name", ["week01.ipynb", "data/solution.ipynb", "week01.checks.yaml"])
def test_notebooks_stay_outside(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / name).write_text("{}")
    assert set(carried(folder, tmp_path / "in")) == {"data/loads.csv", "helper.py"}


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (folder / "file-link").symlink_to(tmp_path / "secret")
    (folder / "folder-link").symlink_to(tmp_path)
    os.link(tmp_path / "secret", folder / "data/hard-link")
    os.mkfifo(folder / "pipe")
    found = carried(folder, tmp_path / "in")
    assert set(found) - {"data/hard-link"} == {"data/loads.csv", "helper.py"}


@pytest.mark.parametrize("mark", ["nbgrader_config.py", "gradebook.db"])
def test_a_course_is_never_carried(folder: Path, mark: str) -> None:
    (folder / mark).write_text("")
    with pytest.raises(KernelError, match="a course folder is not carried"):
        pack(folder, ROOM)


def test_too_much_is_refused_before_it_is_read(folder: Path) -> None:
    with (folder / "hole").open("wb") as file:
        file.truncate(1 << 40)
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(KernelError, match=r"more than 1,048,576 bytes.*max_files_bytes"):
        pack(folder, ROOM)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_many_empty_files_count_too(folder: Path) -> None:
    for number in range(300):
        (folder / f"empty-{number}").touch()
    with pytest.raises(KernelError, match="more than"):
        pack(folder, 512 * 200)


def test_nothing_is_carried_if_no_folder_is_named(tmp_path: Path) -> None:
    assert carried(None, tmp_path / "in") == {}
