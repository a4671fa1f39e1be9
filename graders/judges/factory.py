"""Judges by name, for configuration files and the command line."""

from __future__ import annotations

from functools import lru_cache

from graders.errors import UsageError
from graders.judges.base import Judge

NAMES = ("embedded",)
"""Judges that may be asked for by name."""


@lru_cache(maxsize=8)
def judge_named(name: str) -> Judge:
    """The judge called *name*.

    Raises:
        UsageError: If there is no such judge; the message lists those that exist.
    """
    if name == "embedded":
        from graders.judges.embedded.judge import EmbeddedJudge

        return EmbeddedJudge()
    raise UsageError(f"there is no judge called {name!r}", fix=f"Choose from: {', '.join(NAMES)}")
