from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from graders.course import Course
from graders.errors import StoreError, UsageError
from graders.gradebook import Submission
from graders.gradebook.term import Learner
from graders.reports import cohort_page, load_cohort, load_term_report, term_page
from graders.reports.pseudonyms import FILE, Pseudonyms
from tests.exports.marks import Mark, make_course

LEARNERS = {
    "ada": {"first_name": "Ada", "last_name": "Byron", "email": "ada@uni.example"},
    "ben": {"first_name": "<b>Ben</b>", "last_name": "Hur"},
    "cho": {},
    "learner-1": {},
    "learner-12": {},
}
FULL: dict[str, Mark] = {"tests": (4.0, None), "answer": (6.0, None)}
LOW: dict[str, Mark] = {"tests": (1.0, None), "answer": (1.0, None)}
OPEN: dict[str, Mark] = {"tests": (4.0, None), "answer": (None, None)}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Four weeks: ada is steady, ben falls, cho hands in one thing, which waits for a person."""
    marks: dict[str, dict[str, dict[str, Mark]]] = {
        "week01": {"ada": FULL, "ben": FULL, "cho": OPEN},
        "week02": {"ada": FULL, "ben": FULL},
        "week03": {"ada": FULL, "ben": LOW},
        "week04": {"ada": FULL, "ben": LOW},
        "week05": {},
    }
    made = make_course(
        tmp_path_factory.mktemp("term") / "course", LEARNERS, marks,
        due={name: datetime(2026, 3, 9 - n) for n, name in enumerate(reversed(marks))},
    )  # fmt: skip
    with made.gradebook() as book:
        remark = "the same work as ada; handed in as 'Ada Byron.ipynb'; see ada@uni.example"
        book.remember("week01", Submission("learner-12", "0", (remark,)))
    return made


def test_the_term_shows_what_is_known_and_makes_no_zero_of_the_rest(course: Course) -> None:
    report = load_term_report(course.root)
    rows = {row.student: row for row in report.learners}
    assert (rows["ada"].total, rows["ada"].of) == (40, 40)
    assert rows["cho"].points["week01"] is None and rows["cho"].of == 0
    assert rows["cho"].states["week01"] == "waiting" and rows["cho"].states["week02"] == "missing"
    assert [week.facts.name for week in report.weeks] == ["week01", "week02", "week03", "week04"]
    assert report.weeks[0].states == {"graded": 2, "waiting": 1, "failed": 0, "missing": 2}


def test_who_falls_or_stays_away_is_pointed_out(course: Course) -> None:
    rows = {row.student: " ".join(row.attention) for row in load_term_report(course.root).learners}
    assert rows["ada"] == ""
    assert "has fallen: 100% before, 20% at most" in rows["ben"]
    assert "waits for a person: week01" in rows["cho"] and "nothing handed in" in rows["cho"]


def test_the_page_is_whole_without_the_internet_and_says_what_its_figures_show(
    course: Course,
) -> None:
    page = term_page(load_term_report(course.root))
    assert page.count("<img") == page.count('alt="') == 2
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "week03 60 %" in page


def test_an_anonymised_page_holds_no_id_name_or_address(course: Course) -> None:
    pages = term_page(load_term_report(course.root, anonymised=True))
    pages += cohort_page(load_cohort(course.root, "week01", anonymised=True))
    text = re.sub(r"data:image[^\"]*|<style>.*?</style>", "", pages, flags=re.S)
    for said in (*LEARNERS, "Ada", "Byron", "uni.example"):
        assert not re.search(rf"(?<![\w-]){re.escape(said)}(?![\w-])", text), said
    names = [row.student for row in load_term_report(course.root, anonymised=True).learners]
    assert len(set(names)) == 5 and names == sorted(names)
    assert all(name in pages for name in names)


def test_the_same_learner_has_the_same_pseudonym_in_every_report(course: Course) -> None:
    term = {row.student for row in load_term_report(course.root, anonymised=True).learners}
    week = load_cohort(course.root, "week01", anonymised=True)
    assert {row.student for row in week.learners} < term
    copied = Pseudonyms.of_course(course).of("ada")
    (row,) = [row for row in week.learners if "the same work" in " ".join(row.attention)]
    assert row.attention[0] == f"the same work as {copied}; handed in as …; see {copied}"


def test_without_the_key_nobody_computes_a_pseudonym(course: Course) -> None:
    own = Pseudonyms.of_course(course)
    assert own.of("ada") != Pseudonyms(bytes(32)).of("ada")
    assert (course.root / FILE).stat().st_mode & 0o077 == 0


def test_a_name_is_taken_out_whole_or_not_at_all() -> None:
    names = Pseudonyms(bytes(32), [Learner("learner-1"), Learner("ann", "Ann", "Lee")])
    assert (
        names.without_names("learner-12 and learner-1") == f"learner-12 and {names.of('learner-1')}"
    )
    assert (
        names.without_names("no notebook (handed in: Ann.txt, b.py)")
        == "no notebook (handed in: …)"
    )
    assert names.without_names("Annual plan of Lee, Ann") == f"Annual plan of {names.of('ann')}"


def test_a_damaged_key_is_told(tmp_path: Path) -> None:
    made = make_course(tmp_path / "c", {"ada": {}}, {"week01": {"ada": FULL}})
    (made.root / FILE).parent.mkdir()
    (made.root / FILE).write_bytes(b"short")
    with pytest.raises(StoreError, match="key of the pseudonyms is damaged"):
        load_term_report(made.root, anonymised=True)


def test_nothing_graded_is_told(tmp_path: Path) -> None:
    made = make_course(tmp_path / "c", {"ada": {}}, {"week01": {}})
    with pytest.raises(UsageError, match="nothing has been graded yet"):
        load_term_report(made.root)


def test_the_command_leaves_page_and_notebook_with_pseudonyms_only(course: Course) -> None:
    seniorkit = str(Path(sys.executable).parent / "seniorkit")
    command = [seniorkit, "report", "term", "--anonymised", "--course", str(course.root)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    page = Path(ended.stdout.strip())
    assert page == course.root / "reports" / "anonymised" / "term_report.html"
    notebook = json.dumps(json.loads(page.with_suffix(".ipynb").read_text("utf-8")))
    for text in (notebook, page.read_text("utf-8")):
        assert "Byron" not in text and Pseudonyms.of_course(course).of("ada") in text


def test_serving_without_voila_says_how_to_get_it(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graders.reports import serve_dashboard

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'seniorkit\[voila\]'"):
        serve_dashboard(course, 8866)
