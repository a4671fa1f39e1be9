"""nbgrader's autograder, set up for a worker's private course with the course's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from graders.batch.packing import LAZY
from graders.batch.scratch import ScratchCourse
from graders.course import CONFIG

BOUNDED = "graders.preprocessors.ExecuteBounded"
"""Runs the code wherever the course has nbgrader's own `Execute`."""

_STOCK = (
    Execute,
    "nbgrader.preprocessors.Execute",
    "nbgrader.preprocessors.execute.Execute",
)
_STOCK_TIMEOUT = 30


def converter_for(course: ScratchCourse, student: str) -> Any:
    """The autograder for one learner's submission in *course*."""
    config = _configuration(course)
    directory = CourseDirectory(config=config)
    directory.assignment_id = course.pack.assignment
    directory.student_id = student
    converter = Autograde(coursedir=directory, config=config)
    converter.force = converter.create_student = True
    listed = converter.autograde_preprocessors
    converter.autograde_preprocessors = [BOUNDED if p in _STOCK else p for p in listed]
    return converter


def _configuration(course: ScratchCourse) -> Config:
    pack = course.pack
    config = Config()
    for section, options in pack.config.items():
        for name, value in options.items():
            _set(config[section], name, value)
    for name in pack.functions:
        section, option = name.split(".")
        config[section][option] = _own(course)[section][option]
    directory = config.CourseDirectory
    directory.root, directory.db_url = str(course.root), course.db_url
    if str(directory.get("directory_structure", "")).startswith("/"):
        del directory["directory_structure"]
    config.SaveRubricGrades.deferred = True
    if pack.trust:
        config.SeniorkitProvisioner.trust = True
    # What the kernel is asked is for the plug-in, not for the learner's folder.
    directory.ignore = [*directory.get("ignore", CourseDirectory.ignore.default()), "*.probes.json"]
    sections = ("Execute", "ExecuteBounded", "ExecutePreprocessor", "NotebookClient")
    if BOUNDED not in str(config.Autograde) and not any(
        "timeout" in config[section] for section in sections
    ):
        config.ExecuteBounded.timeout = _STOCK_TIMEOUT
    return config


def _set(section: Config, name: str, value: Any) -> None:
    if not (isinstance(value, Mapping) and LAZY in value):
        section[name] = value
        return
    lazy, parts = section[name], value[LAZY]
    if "update" in parts:
        lazy.update(parts["update"])
    if "extend" in parts:
        lazy.extend(parts["extend"])
    if "prepend" in parts:
        lazy.prepend(parts["prepend"])
    for position, entry in parts.get("inserts", ()):
        lazy.insert(position, entry)


def _own(course: ScratchCourse) -> Config:
    """The configuration as its text makes it, for the functions that it defines."""
    path = course.root / CONFIG
    if not path.exists():
        path.write_text(course.pack.python, encoding="utf-8")
    return PyFileConfigLoader(CONFIG, path=str(Path(course.root))).load_config()
