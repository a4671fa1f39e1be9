"""nbgrader plug-ins, listed in `nbgrader_config.py`.

They do nothing in a course without `*.rubric.yaml`, except that code runs with bounds.
"""

from graders.preprocessors.collect import CollectAnswers
from graders.preprocessors.execute import ExecuteBounded
from graders.preprocessors.feedback import PrepareFeedback
from graders.preprocessors.hooks import prepare_submission
from graders.preprocessors.rubric import SaveRubricGrades
from graders.preprocessors.settled import SettleTests

__all__ = [
    "CollectAnswers",
    "ExecuteBounded",
    "PrepareFeedback",
    "SaveRubricGrades",
    "SettleTests",
    "prepare_submission",
]
