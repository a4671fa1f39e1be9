"""Reports: what a cohort or a learner achieved, as tables, charts and executed notebooks.

Names are imported on first use: a learner's page needs no nbgrader, which takes a second to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graders.startup import on_demand

if TYPE_CHECKING:
    from graders.reports.cohort import Cohort, LearnerRow, check_known, load_cohort
    from graders.reports.execute import execute_report
    from graders.reports.learner import learner_page
    from graders.reports.pages import cohort_page
    from graders.reports.serving import serve_dashboard
    from graders.reports.term import TermReport, load_term_report
    from graders.reports.term_view import term_page

_HOME = {
    "Cohort": "cohort",
    "LearnerRow": "cohort",
    "TermReport": "term",
    "check_known": "cohort",
    "cohort_page": "pages",
    "execute_report": "execute",
    "learner_page": "learner",
    "load_cohort": "cohort",
    "load_term_report": "term",
    "serve_dashboard": "serving",
    "term_page": "term_view",
}

__all__ = [
    "Cohort",
    "LearnerRow",
    "TermReport",
    "check_known",
    "cohort_page",
    "execute_report",
    "learner_page",
    "load_cohort",
    "load_term_report",
    "serve_dashboard",
    "term_page",
]


def __getattr__(name: str) -> object:
    return on_demand(__name__, _HOME, name)
