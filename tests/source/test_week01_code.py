"""Week 1: the master earns every code point, and plausible mistakes do not.

The cells run in one namespace of this process, as a kernel would run them, without a kernel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

MASTER = Path(__file__).parents[2] / "source" / "week01" / "week01.ipynb"
WRONG = sorted((Path(__file__).parent / "wrong_solutions" / "week01").glob("*.py"))
POINTS = {
    "lru-basic": 2,
    "lru-ttl": 2,
    "lru-accounting": 3,
    "lru-edge": 3,
    "capacity-load": 2,
    "capacity-memory": 2,
    "capacity-hit-rate": 2,
    "answer-caching": 12,
    "answer-impact": 12,
}
LRU_TESTS = {"lru-basic", "lru-ttl", "lru-accounting", "lru-edge"}
CAPACITY_TESTS = {"capacity-load", "capacity-memory", "capacity-hit-rate"}
WIDGET = "answer-impact-widget"  # needs a browser; the widget has tests of its own

# These mistakes show already in the visible tests; the hidden ones find all others.
SEEN_BY_LEARNERS = {
    "capacity_unchecked",
    "hit_rate_divides_by_zero",
    "lives_one_moment_too_long",
    "one_entry_too_many",
    "own_clock",
    "put_keeps_age",
}


def read(*, released: bool = False) -> Any:
    """The master, or what nbgrader makes of its cells for learners."""
    notebook = nbformat.read(MASTER, as_version=4)
    if released:
        for step in (ClearSolutions(), ClearHiddenTests()):
            notebook, _ = step.preprocess(notebook, {})
    return notebook


def failures(replaced: dict[str, str] | None = None, *, released: bool = False) -> dict[str, str]:
    """Run all code cells in order, going on after errors; cell id -> message of its error."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    failed: dict[str, str] = {}
    for cell in read(released=released).cells:
        if cell.cell_type != "code" or cell.id == WIDGET:
            continue
        source = (replaced or {}).get(cell.id, cell.source)
        try:
            exec(compile(source, cell.id, "exec"), namespace)
        except Exception as error:
            failed[cell.id] = f"{type(error).__name__}: {error}"
    return failed


def capacity(load: str, memory: str, hit_rate: str) -> str:
    """What a learner would leave in the solution cell of task 2."""
    return f"peak_views = {load!r}\ncache_memory = {memory!r}\nneeded_hit_rate = {hit_rate!r}"


def test_the_master_passes_every_cell() -> None:
    assert failures() == {}


def test_another_right_solution_passes() -> None:
    assert failures({"lru-solution": ANOTHER_RIGHT_ONE}) == {}


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_wrong_solution_fails(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.startswith("# Wrong: ")
    failed = failures({"lru-solution": source})
    assert failed
    assert set(failed) <= LRU_TESTS, failed
    assert all(len(message) < 1_000 for message in failed.values())


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_only_hidden_tests_tell_most_mistakes(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    seen = set(failures({"lru-solution": source}, released=True)) & LRU_TESTS
    assert bool(seen) is (path.stem in SEEN_BY_LEARNERS)


@pytest.mark.parametrize(
    "answers",
    [
        ("1,389 views/s", "3 GB", "71.2 %"),
        ("1.4k requests/s", "2.8 GiB", "72%"),
        ("120 million page views per day", "3000 MB", "0.71"),
        ("about 1400 per second", "24 Gbit", "71 percent"),
        ("83,000 reads/min", "3 GiB", "70 %"),
    ],
)
def test_capacity_accepts_right_quantities(answers: tuple[str, str, str]) -> None:
    assert failures({"capacity-solution": capacity(*answers)}) == {}


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (("463 views/s", "1.5 GB", "28.8 %"), "too low"),  # no peak, one copy, the miss rate
        (("120M views/s", "3 TB", "95 %"), "too high"),
        (("1,389", "3", "71.2"), ""),
        (("1,389 views", "3 GB/s", "71.2 views/s"), "measured in"),
        (("3 GB", "1,389 views/s", "3 GB"), "measured in"),
        (("", "", ""), "cannot read a number"),
        (("lots", "nan GB", "-71 %"), ""),
        (("1e999 views/s", "9**9**9 GB", "x" * 10_000), ""),
    ],
)
def test_capacity_rejects_wrong_quantities(answers: tuple[str, str, str], message: str) -> None:
    failed = failures({"capacity-solution": capacity(*answers)})
    assert set(failed) == CAPACITY_TESTS
    for text in failed.values():
        assert text.startswith("AssertionError: ")
        assert message in text


def test_the_release_fails_where_work_is_missing() -> None:
    failed = failures(released=True)
    assert set(failed) == {"capacity-solution"} | LRU_TESTS | CAPACITY_TESTS
    for cell in ("capacity-solution", *LRU_TESTS):
        assert failed[cell].startswith("NotImplementedError")


def test_the_release_tells_nothing() -> None:
    text = nbformat.writes(read(released=True))
    for secret in ("BEGIN ", "END ", "SlowModel", "_expiry", "1,390", "71.2", "MODEL_ANSWER"):
        assert secret not in text
    cells = {cell.id: cell for cell in read(released=True).cells}
    for answer in ("answer-caching", "answer-impact"):
        assert cells[answer].source == "YOUR ANSWER HERE"


def test_points_and_cells_are_as_announced() -> None:
    notebook = read()
    graded = {
        cell.id: cell.metadata.nbgrader.points
        for cell in notebook.cells
        if cell.metadata.nbgrader.grade
    }
    assert graded == POINTS
    assert sum(POINTS.values()) == 40
    for cell in notebook.cells:
        assert cell.metadata.nbgrader.grade_id == cell.id
        assert cell.metadata.nbgrader.schema_version == 3
        assert cell.cell_type == "markdown" or (not cell.outputs and cell.execution_count is None)


ANOTHER_RIGHT_ONE = """
class TTLCache:
    def __init__(self, capacity, ttl, clock=time.monotonic):
        if capacity < 1:
            raise ValueError("capacity must be at least 1")
        self.capacity = capacity
        self.ttl = ttl
        self.clock = clock
        self.hits = 0
        self.misses = 0
        self.entries = OrderedDict()  # key -> (value, stored_at), least recently used first

    def _expired(self, key):
        return self.clock() >= self.entries[key][1] + self.ttl

    def get(self, key, default=None):
        if key not in self.entries:
            self.misses += 1
            return default
        if self._expired(key):
            del self.entries[key]
            self.misses += 1
            return default
        self.hits += 1
        self.entries.move_to_end(key)
        return self.entries[key][0]

    def put(self, key, value):
        if key not in self.entries and len(self.entries) >= self.capacity:
            for other in [other for other in self.entries if self._expired(other)]:
                del self.entries[other]
            if len(self.entries) >= self.capacity:
                self.entries.popitem(last=False)
        self.entries[key] = (value, self.clock())
        self.entries.move_to_end(key)

    def __len__(self):
        return sum(not self._expired(key) for key in self.entries)

    @property
    def hit_rate(self):
        asked = self.hits + self.misses
        return self.hits / asked if asked else 0.0
"""
