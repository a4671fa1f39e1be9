"""Reports: what a cohort or a learner achieved, as tables, charts and executed notebooks."""

from graders.reports.cohort import Cohort, LearnerRow, load_cohort
from graders.reports.execute import execute_report
from graders.reports.learner import learner_page
from graders.reports.pages import cohort_page

__all__ = [
    "Cohort",
    "LearnerRow",
    "cohort_page",
    "execute_report",
    "learner_page",
    "load_cohort",
]
