"""What an attack is: a submission by a learner whose own solutions are wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.attacks.course import Target, with_code

RAN = "ran to its end"
"""What the code of an attack prints at its end: code that was stopped before does no harm either."""


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        name: For tests and tables.
        category: What kind of attack it is.
        code: A cell of the learner's own, before the first test. `RAN` is printed below it, unless
            it does so itself; or
        build: changes the submission in another way, given the course and the learner's id.
        silent: Why it is not reported; empty if it must be.
        stopped: What the run says, in one way or another, of an attack whose cell never comes to
            its end; empty if it does, and prints `RAN`.
    """

    name: str
    category: str
    code: str = ""
    build: Callable[[Target, str], object] | None = None
    silent: str = ""
    stopped: tuple[str, ...] = ()

    def hand_in(self, target: Target, learner: str) -> None:
        """Put the submission into the course."""
        if self.build is not None:
            self.build(target, learner)
        else:
            end = "" if self.stopped or RAN in self.code else f"\nprint({RAN!r})"
            target.hand_in(learner, with_code(target.wrong(learner), self.code + end))
