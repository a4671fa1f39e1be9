"""Feedback pages: what a learner gets back, safe to open and complete in one file.

What learners and models wrote is hostile: Markdown and HTML pass through `nh3`, everything else is
escaped, and the page's own policy lets nothing run or load, should anything get through.
"""

from graders.feedback.page import Material, render
from graders.feedback.stamp import stamp, stamp_of

__all__ = ["Material", "render", "stamp", "stamp_of"]
