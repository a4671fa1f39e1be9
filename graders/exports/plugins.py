"""The exports as nbgrader's plug-ins.

nbgrader export --exporter=graders.exports.CanvasExport
    --CanvasExport.template=canvas.csv --CanvasExport.assignment=week01 --to marks.csv
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Dict, Unicode

from graders.errors import SeniorkitError
from graders.exports.values import Choices
from graders.exports.writing import write_term


class _Export(ExportPlugin):  # type: ignore[misc]
    """Hands nbgrader's settings on; what must be known is logged as a warning."""

    form: ClassVar[str]

    template = Unicode("", help="the other program's own export").tag(config=True)
    missing = Unicode("blank", help="what stands for missing work: blank or zero").tag(config=True)
    scale = Bool(False, help="convert where the other program counts other points").tag(config=True)
    match = Unicode("", help="the column that says who a row belongs to").tag(config=True)
    columns = Dict(help="assignment -> name of its column").tag(config=True)
    same = Dict(help="what a row says -> the learner's id").tag(config=True)

    def export(self, gradebook: Any) -> None:
        """Write the marks of *gradebook* to `to`, or to `marks.csv` or `marks.json` without it."""
        target = Path(self.to or ("marks.json" if self.form == "json" else "marks.csv"))
        choices = Choices(
            missing="zero" if self.missing == "zero" else "blank",
            scale=self.scale,
            match=self.match or None,
            columns=dict(self.columns),
            same=dict(self.same),
            students=tuple(map(str, self.student)),
        )
        # SQLAlchemy hides the password in the text of an address, and it is needed here.
        address = gradebook.engine.url.render_as_string(hide_password=False)
        try:
            done = write_term(
                address,
                [str(name) for name in self.assignment],
                self.form,
                target,
                Path(self.template) if self.template else None,
                choices=choices,
            )
        except SeniorkitError as error:
            # nbgrader would print a traceback of any other exception.
            self.log.error("%s", error)
            raise SystemExit(1) from None
        self.log.info("%d marks written to %s", done.marks, done.path)
        for what, listed in (
            ("left as it is", done.blank),
            ("in the file, not in the gradebook", done.strangers),
            ("not in the file", done.absent),
            ("unclear", done.unclear),
            ("note", done.remarks),
        ):
            for line in listed:
                self.log.warning("%s: %s", what, line)


class CanvasExport(_Export):
    """Canvas's own export with the marks filled in."""

    form = "canvas"


class MoodleExport(_Export):
    """A file for Moodle's grade import."""

    form = "moodle"


class MoodleWorksheetExport(_Export):
    """Moodle's offline grading worksheet with the marks filled in."""

    form = "moodle-worksheet"


class CsvExport(_Export):
    """A row for each learner and assignment, quoted."""

    form = "csv"


class JsonExport(_Export):
    """Everything, down to the cells."""

    form = "json"
