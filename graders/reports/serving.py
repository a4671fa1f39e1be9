"""The cohort's dashboard, served with Voila."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import NoReturn

from graders.course import Course
from graders.errors import UsageError
from graders.reports.execute import NOTEBOOKS

DASHBOARD = "cohort_dashboard"
COURSE = "SENIORKIT_COURSE"
"""Variable that tells the dashboard's kernel which course to show."""


def serve_dashboard(course: Course, port: int) -> NoReturn:
    """Serve the dashboard of *course* at `http://localhost:PORT` until it is stopped.

    Only this machine can reach it, and only a running notebook's output, never its code.

    Raises:
        UsageError: If Voila is not installed.
    """
    if importlib.util.find_spec("voila") is None:
        raise UsageError("Voila is not installed", fix="pip install 'seniorkit[voila]'")
    command = [
        sys.executable, "-m", "voila", str(NOTEBOOKS / f"{DASHBOARD}.ipynb"), "--no-browser",
        f"--port={port}", "--Voila.port_retries=0", "--Voila.ip=127.0.0.1", "--strip_sources=True",
    ]  # fmt: skip
    # This process becomes Voila, so that whoever stops the one stops the other.
    os.execve(sys.executable, command, {**os.environ, COURSE: str(course.root)})
