"""What one run did, for people and for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from graders.errors import replace_text

FILE = "outcome.json"


@dataclass(frozen=True)
class Outcome:
    """What one run did.

    Attributes:
        graded: Learners graded in this run.
        unchanged: Learners whose grades were up to date.
        failed: Learner -> why the submission could not be graded.
        seconds: Wall time of the run.
        attention: Learner -> what a person should look at, of those graded in this run.
        skipped: Learners that the configuration leaves out.
        unsafe: Why code ran without a sandbox, or was not run; empty if all ran in one.
    """

    graded: tuple[str, ...]
    unchanged: tuple[str, ...]
    failed: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    attention: dict[str, tuple[str, ...]] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    unsafe: str = ""

    def __str__(self) -> str:
        parts = [f"graded {len(self.graded)}", f"unchanged {len(self.unchanged)}"]
        if self.attention:
            parts.append(f"need attention {len(self.attention)}")
        if self.skipped:
            parts.append(f"skipped {len(self.skipped)}")
        parts.append(f"could not be graded {len(self.failed)}")
        line = ", ".join(parts)
        return f"{self.unsafe}\n{line}" if self.unsafe else line

    def to_json(self) -> str:
        """The outcome as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def keep(outcome: Outcome, folder: Path) -> None:
    """Leave *outcome* in the folder of the assignment's reports, for programs.

    Raises:
        StoreError: If it cannot be written.
    """
    replace_text(folder / FILE, f"{outcome.to_json()}\n", "the outcome")
