"""Feedback pages: one for each graded submission, self-contained and safe to open."""

from __future__ import annotations

from pathlib import Path

from traitlets.config import Config

from graders.cards import TEMPLATES
from graders.course import Course, NbgraderLog, open_course
from graders.errors import StoreError


def write_feedback(root: Path, assignment: str) -> list[Path]:
    """Write `feedback/LEARNER/ASSIGNMENT/*.html` for every autograded submission.

    A course whose configuration lists `PrepareFeedback` gets this kit's pages; any other
    course gets nbgrader's own.

    Returns:
        The pages, sorted.

    Raises:
        StoreError: If nbgrader could not write one of them; the others are written.
    """
    from nbgrader.converters import GenerateFeedback
    from nbgrader.converters.base import NbGraderException

    course = open_course(root)
    if not list(course.folder("autograded", "*", assignment).parent.parent.glob(f"*/{assignment}")):
        return []
    course.directory.assignment_id = assignment
    converter = GenerateFeedback(coursedir=course.directory, config=_config(course))
    converter.force = True
    log = NbgraderLog.of(converter)
    try:
        converter.start()
    except NbGraderException as error:
        raise StoreError(
            f"not every feedback page could be written ({log.cause() or error})",
            where=str(course.folder("feedback", "*", assignment)),
            fix=f"Run `nbgrader generate_feedback {assignment}` to see the details",
        ) from None
    pages = course.folder("feedback", "*", assignment).parent.parent
    return sorted(pages.glob(f"*/{assignment}/*.html"))


def _config(course: Course) -> Config:
    config = Config(course.config)
    listed = config.GenerateFeedback.get("preprocessors", [])
    if any("PrepareFeedback" in str(entry) for entry in listed):
        config.HTMLExporter.template_name = "seniorkit_feedback"
        config.HTMLExporter.extra_template_basedirs = [str(TEMPLATES / "nbconvert")]
    return config
