"""Packs what a worker needs: the course once, then each submission.

The configuration is read by the controller and travels as plain values, so what is secret in it
(the gradebook's address above all) stays behind.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import re
from collections.abc import Mapping
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path, PurePath
from typing import Any

import nbformat
from pydantic import TypeAdapter
from sqlalchemy.engine import make_url
from traitlets.config import Config
from traitlets.config.loader import LazyConfigValue

from graders.batch.submissions import Handed
from graders.batch.task import MAX_FILES, MAX_SUBMISSION_BYTES, CoursePack, Task, quoted
from graders.checks import Probe, load_checks
from graders.checks.load import PROBES_SUFFIX
from graders.course import CONFIG, Course
from graders.errors import UsageError
from graders.gradebook import structure_only
from graders.kernels.forkserver import preload_for

LAZY = "__lazy__"
"""Key that stands for a list or dictionary which the configuration only adds to."""

_SECRET = re.compile(r"(key|token|secret|password|passwd|credentials?|db_url)$", re.IGNORECASE)
_ELSEWHERE = re.compile(r"^(Exchange\w*|\w*Auth\w*|Jupyter\w*|NbGrader\w*|Form\w*)$")
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([^\n#]+)", re.MULTILINE)
_PATHS = ("root", "db_url", "course_id", "assignment_id", "student_id", "notebook_id")
_PROBES = TypeAdapter(tuple[Probe, ...])
_MAX_MODULES = 5_000_000
_STAYS = ("*.checks.yaml", "*.checks.yml", "*.checks.py")
"""Files beside the master that no worker may see: they hold the expected values."""


def pack_course(course: Course, assignment: str, *, trust: bool = False) -> CoursePack:
    """Everything that a worker has to know to grade submissions of *assignment*.

    Args:
        course: The course.
        assignment: Name of the assignment.
        trust: Whether code may run without a sandbox.

    Raises:
        UsageError: If the configuration holds what no other process can have.
        StoreError: If the gradebook cannot be read.
    """
    config, functions = _plain(course)
    served = config.setdefault("SeniorkitProvisioner", {})
    served.setdefault("preload", list(preload_for(_imported(course.source(assignment)))))
    with course.gradebook() as gradebook:
        notebooks = gradebook.notebooks(assignment)
    return CoursePack(
        assignment=assignment,
        notebooks=tuple(notebooks),
        config=config,
        python=_python(course) if functions else "",
        functions=tuple(functions),
        modules=_modules(course.root),
        source=_source(course, assignment),
        structure=structure_only(course.db_url, assignment, str(course.directory.course_id)),
        trust=trust,
        versions={name: version(name) for name in ("nbgrader", "seniorkit")},
    )


def pack_submission(handed: Handed) -> Task:
    """The files of one submission.

    Raises:
        UsageError: If there is too much of them.
    """
    files: dict[str, bytes] = {}
    size = 0
    for path in sorted(handed.folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or ".ipynb_checkpoints" in path.parts:
            continue
        size += path.stat().st_size
        if size > MAX_SUBMISSION_BYTES or len(files) >= MAX_FILES:
            raise UsageError(
                f"the submission is larger than {MAX_SUBMISSION_BYTES // 1_000_000} MB,"
                f" or has more than {MAX_FILES:,} files"
            )
        files[quoted(str(path.relative_to(handed.folder)))] = path.read_bytes()
    return Task(student=handed.student, files=files)


def _source(course: Course, assignment: str) -> dict[str, bytes]:
    """Support files, and rubrics; not what is to stay with the controller."""
    folder = course.source(assignment)
    ignored = list(course.directory.ignore)
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        stays = path.suffix == ".ipynb" or any(inside.match(pattern) for pattern in _STAYS)
        if not path.is_file() or stays:
            continue
        left_out = any(fnmatch(part, glob) for part in inside.parts for glob in ignored)
        if not left_out or path.name.endswith((".rubric.yaml", ".rubric.yml")):
            found[quoted(str(inside))] = path.read_bytes()
    for path in sorted(folder.glob("*.ipynb")):
        found[quoted(path.name)] = _hull(path)
    for name, checks in load_checks(folder).items():
        # What the kernel is asked travels; what is right does not.
        found[quoted(f"{name}{PROBES_SUFFIX}")] = _PROBES.dump_json(checks.probes)
    return found


def _imported(folder: Path) -> set[str]:
    """Words of all import statements of the masters, names of packages among them."""
    found: set[str] = set()
    for path in sorted(folder.glob("*.ipynb")):
        with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "code":
                    for statement in _IMPORT.findall(cell.source):
                        found.update(re.findall(r"\w+", statement))
    return found


def _hull(master: Path) -> bytes:
    """The master notebook with its marks, but without a word in it: rubrics name its cells."""
    try:
        cells = json.loads(master.read_bytes())["cells"]
        hulls = [
            {
                "cell_type": cell["cell_type"],
                "metadata": {"nbgrader": cell["metadata"].get("nbgrader", {})},
                "source": "",
            }
            for cell in cells
        ]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        hulls = []
    return json.dumps({"cells": hulls, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def _modules(root: Path) -> dict[str, bytes]:
    """Python files beside the configuration: plug-ins of the course's own."""
    paths = [path for path in sorted(root.glob("*.py")) if path.name != CONFIG and path.is_file()]
    if sum(path.stat().st_size for path in paths) > _MAX_MODULES:
        return {}
    return {quoted(path.name): path.read_bytes() for path in paths}


def _plain(course: Course) -> tuple[dict[str, Any], list[str]]:
    """The configuration as JSON, and the options whose values are functions of its own text."""
    functions: list[str] = []
    plain: dict[str, Any] = {}
    for section, options in course.config.items():
        if not isinstance(options, Config) or _ELSEWHERE.match(section):
            continue
        kept: dict[str, Any] = {}
        for name, value in options.items():
            if _SECRET.search(name) or (section == "CourseDirectory" and name in _PATHS):
                continue
            try:
                kept[name] = _value(value, course.root)
            except _OwnFunctionError:
                functions.append(f"{section}.{name}")
            except TypeError:
                raise UsageError(
                    f"c.{section}.{name} holds a {type(value).__name__}, which no other process"
                    " can be given",
                    where=str(course.root / CONFIG),
                    fix="Give it as text, a number, or the import path of a class or function",
                ) from None
        if kept:
            plain[section] = kept
    directory = plain.setdefault("CourseDirectory", {})
    directory["course_id"] = str(course.directory.course_id)
    return plain, functions


class _OwnFunctionError(Exception):
    """The value is a function or class that the configuration's text defines."""


def _value(value: Any, root: Path) -> Any:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, LazyConfigValue):
        return {LAZY: {name: _value(part, root) for name, part in value.to_dict().items()}}
    if isinstance(value, Mapping):
        return {str(name): _value(part, root) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_value(part, root) for part in value]
    if inspect.isclass(value) or callable(value):
        return _import_path(value)
    raise TypeError


def _import_path(value: Any) -> str:
    module, name = getattr(value, "__module__", ""), getattr(value, "__qualname__", "")
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError, ValueError):
        raise _OwnFunctionError from None
    if found is not value:
        raise _OwnFunctionError
    return f"{module}.{name}"


def _python(course: Course) -> str:
    """The text of the configuration, without the gradebook's password."""
    text = (course.root / CONFIG).read_text(encoding="utf-8")
    password = make_url(course.db_url).password
    return text.replace(str(password), "***") if password else text
