"""What is measured of the batch engine, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Attributes:
        name: `full` or `quick`.
        learners: Submissions, of two notebooks each, that both programs grade.
        pandas: Two numbers of submissions that import pandas; the difference is counted.
        theirs: Submissions of those that nbgrader grades.
        growth: Numbers of submissions, from small to large.
        repeats: Pairs of runs with and without sandbox.
        report: Learners in the cohort report.
    """

    name: str
    learners: int
    pandas: tuple[int, int]
    theirs: int
    growth: tuple[int, int, int]
    repeats: int
    report: int


FULL = Sizes("full", 48, (12, 60), 12, (50, 500, 1000), 3, 500)
QUICK = Sizes("quick", 8, (4, 16), 4, (10, 40, 80), 1, 500)


@dataclass(frozen=True)
class Growth:
    """One run of many: submissions, seconds, and the controller's peak memory in 10^6 bytes."""

    submissions: int
    seconds: float
    memory_mb: float


@dataclass(frozen=True)
class BatchResult:
    """The figures; times in seconds of the clock.

    Attributes:
        sizes: How much was measured.
        machine: The machine, in words.
        isolation: How learners' code was kept apart.
        theirs: `nbgrader autograde`, the whole command.
        theirs_two: Two of them at a time, each for half of the learners.
        two_complete: Whether those two left every submission graded.
        ours: The engine with two workers, sandbox on, the whole process.
        rows: Rows of both gradebooks that were compared.
        differing: Tables whose rows differ.
        pandas_theirs: One more notebook that imports pandas, by nbgrader.
        pandas_ours: The same by the engine.
        growth: Runs of the engine, by number of submissions.
        sandboxed: Median of the engine's runs with the sandbox.
        unsandboxed: Median without it.
        pages: Feedback pages that both programs wrote.
        feedback_theirs: Writing them, without the start of the program, by nbgrader.
        feedback_ours: The same by the engine.
        feedback_again: The engine once more, when nothing has changed.
        feedback_processes: Whole processes that write them: nbgrader's and the engine's.
        report: The whole command for the cohort report.
    """

    sizes: Sizes
    machine: str
    isolation: str
    theirs: float
    theirs_two: float
    two_complete: bool
    ours: float
    rows: int
    differing: tuple[str, ...]
    pandas_theirs: float
    pandas_ours: float
    growth: tuple[Growth, ...]
    sandboxed: float
    unsandboxed: float
    pages: int
    feedback_theirs: float
    feedback_ours: float
    feedback_again: float
    feedback_processes: tuple[float, float]
    report: float

    @property
    def speedup(self) -> float:
        """How many times faster than one nbgrader."""
        return self.theirs / self.ours

    @property
    def speedup_two(self) -> float:
        """How many times faster than two at a time."""
        return self.theirs_two / self.ours

    @property
    def feedback_speedup(self) -> float:
        """How many times faster feedback is written."""
        return self.feedback_theirs / self.feedback_ours

    @property
    def bending(self) -> float:
        """Seconds for one more submission among many, against the same among few; 1 is linear."""
        few, some, many = self.growth
        early = (some.seconds - few.seconds) / (some.submissions - few.submissions)
        late = (many.seconds - some.seconds) / (many.submissions - some.submissions)
        return late / early

    @property
    def cost_of_sandbox(self) -> float:
        """How much slower the sandbox is, as a share."""
        return self.sandboxed / self.unsandboxed - 1
