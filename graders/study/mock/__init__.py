"""Mock interviews: an interviewer that listens, answers, interrupts, probes, and keeps time.

`Interview` is the engine, without a page; `MockInterview` shows it in a notebook. Names are
imported on first use, so that a terminal loads no widgets.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from graders.startup import on_demand

if TYPE_CHECKING:
    from graders.study.mock.interview import Interview
    from graders.study.mock.widget import MockInterview

_HOME = {"Interview": "interview", "MockInterview": "widget"}

__all__ = ["Interview", "MockInterview"]


def __getattr__(name: str) -> object:
    if name == "MockInterview" and os.environ.get("NBGRADER_EXECUTION"):
        return import_module("graders.study.mock.placeholder").MockInterviewPlaceholder
    return on_demand(__name__, _HOME, name)
