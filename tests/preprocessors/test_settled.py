"""Plain `nbgrader autograde` counts hidden checks, and believes no test that was tampered with."""

from __future__ import annotations

from tests.conftest import Classroom, cell, insert_code

CHECKED = {"lru-ttl", "lru-accounting", "lru-edge"}
TESTS = {
    "lru-basic": 2, "lru-ttl": 2, "lru-accounting": 3, "lru-edge": 3,
    "capacity-load": 2, "capacity-memory": 2, "capacity-hit-rate": 2,
}  # fmt: skip


def test_right_solutions_have_all_points(classroom: Classroom) -> None:
    classroom.hand_in(classroom.solved())
    graded = classroom.autograde()
    assert {name: graded.cells[name].points for name in TESTS} == TESTS
    assert graded.waiting & set(TESTS) == set()
    assert graded.notebook is not None
    counts = [c["execution_count"] for c in graded.notebook["cells"] if c["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))


def test_a_mistake_that_only_hidden_checks_find_costs_their_points(classroom: Classroom) -> None:
    notebook = classroom.solved()
    solution = cell(notebook, "lru-solution")
    solution["source"] = solution["source"].replace("self._values.move_to_end(key)", "pass")
    wrong = 'peak_views = "463 views/s <b>"\ncache_memory = "3 GB"\nneeded_hit_rate = "71 %"'
    cell(notebook, "capacity-solution")["source"] = wrong
    classroom.hand_in(notebook)
    graded = classroom.autograde()
    assert graded.cells["lru-basic"].points == 2
    assert 0 < (graded.cells["lru-edge"].points or 0) < 3
    assert graded.cells["capacity-load"].points == 0
    page = classroom.feedback()
    assert "get makes an entry recently used" in page
    assert "the peak load" in page
    assert "1388" not in page and "1,388" not in page
    assert "<b>" not in page.partition("the peak load")[2][:300]


def test_tampered_tests_count_for_nothing_and_the_learner_is_not_accused(
    classroom: Classroom,
) -> None:
    code = (
        "import ast\nclass Gone(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node):\n        return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Gone())"
    )
    classroom.hand_in(insert_code(classroom.blank(), code, after="imports"))
    graded = classroom.autograde()
    assert graded.cells["lru-basic"].points is None
    assert all(not graded.cells[name].points for name in TESTS)
    assert graded.waiting >= set(TESTS)
    assert "tampered" in graded.remarks
    page = classroom.feedback()
    assert "tampered" not in page
    assert "a person will look" in page


def test_hidden_checks_count_although_the_tests_were_tampered_with(classroom: Classroom) -> None:
    code = "import builtins\nbuiltins.sum = lambda *a: 5"
    classroom.hand_in(insert_code(classroom.solved(), code, after="lru-solution"))
    graded = classroom.autograde()
    assert graded.cells["lru-ttl"].points == 1.5
    assert graded.cells["capacity-load"].points == 2
    assert set(TESTS) <= graded.waiting


def test_a_planted_note_is_not_believed(classroom: Classroom) -> None:
    notebook = classroom.blank()
    notebook["metadata"]["seniorkit"] = {
        "observations": [{"number": 0, "kind": "value", "text": "[1, 2, 'gone', 2, 'gone']"}],
        "checks": {"lru-ttl": "PLANTED"}, "remarks": ["PLANTED"], "flags": {}, "of": "",
    }  # fmt: skip
    classroom.hand_in(notebook)
    graded = classroom.autograde()
    assert all(graded.cells[name].points == 0 for name in TESTS)
    assert "PLANTED" not in classroom.feedback()
