"""Marks for other programs: Canvas, Moodle, CSV and JSON, on the command line and for nbgrader.

`nbgrader export --exporter=graders.exports.CanvasExport --CanvasExport.template=FILE` works, too.
Names are imported on first use: the plug-ins need nbgrader, which takes a second to load.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graders.exports.plugins import (
        CanvasExport,
        CsvExport,
        JsonExport,
        MoodleExport,
        MoodleWorksheetExport,
    )
    from graders.exports.writing import FORMATS, Choices, Exported, write

_HOME = {
    "CanvasExport": "plugins",
    "Choices": "writing",
    "CsvExport": "plugins",
    "Exported": "writing",
    "FORMATS": "writing",
    "JsonExport": "plugins",
    "MoodleExport": "plugins",
    "MoodleWorksheetExport": "plugins",
    "write": "writing",
}

__all__ = [
    "FORMATS",
    "CanvasExport",
    "Choices",
    "CsvExport",
    "Exported",
    "JsonExport",
    "MoodleExport",
    "MoodleWorksheetExport",
    "write",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'graders.exports' has no attribute {name!r}")
    return getattr(import_module(f"graders.exports.{_HOME[name]}"), name)
