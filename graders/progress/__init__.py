"""What one learner has done so far, in one SQLite file that stays on the machine."""

from graders.progress.file import default_path
from graders.progress.schema import SCHEMA_VERSION
from graders.progress.store import Progress
from graders.progress.values import (
    LOOKED,
    SIGNALS,
    Attempt,
    DrillRecord,
    Look,
    Looked,
    Merged,
    Mock,
    Settings,
    Signal,
    StoryVersion,
    new_key,
)

__all__ = [
    "LOOKED",
    "SCHEMA_VERSION",
    "SIGNALS",
    "Attempt",
    "DrillRecord",
    "Look",
    "Looked",
    "Merged",
    "Mock",
    "Progress",
    "Settings",
    "Signal",
    "StoryVersion",
    "default_path",
    "new_key",
]
