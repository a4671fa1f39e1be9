"""Marks for other programs: Canvas, Moodle, CSV and JSON, on the command line and for nbgrader.

`nbgrader export --exporter=graders.exports.CanvasExport --CanvasExport.template=FILE` works, too.
Names are imported on first use: the plug-ins need nbgrader, which takes a second to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graders.startup import on_demand

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
    return on_demand(__name__, _HOME, name)
