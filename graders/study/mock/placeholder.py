"""What stands in a notebook for the mock interview while a grader runs it."""

from __future__ import annotations


class MockInterviewPlaceholder:
    """Takes what `MockInterview` takes and does nothing."""

    def __init__(self, kind: object = None, **options: object) -> None:
        self._kind = kind

    def __repr__(self) -> str:
        return f"MockInterview({self._kind!r})"
