"""The nbgrader course: this repository's own, and the pattern for others (copy this file)."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821

c.CourseDirectory.course_id = "seniorkit"
# Rubrics and hidden checks stay with the instructor; answers.json is the learner's own file.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints", "*.pyc", "__pycache__", ".pytest_cache", "*.rubric.yaml", "*.checks.yaml",
]  # fmt: skip

c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.ClearOutput",
    "graders.preprocessors.CollectAnswers",
    "nbgrader.preprocessors.DeduplicateIds",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.pre_convert_hook = "graders.preprocessors.prepare_submission"
c.Autograde.autograde_preprocessors = [
    "graders.preprocessors.ExecuteBounded",
    "nbgrader.preprocessors.IgnorePattern",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "graders.preprocessors.SettleTests",
    "graders.preprocessors.SaveRubricGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "graders.preprocessors.PrepareFeedback",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
