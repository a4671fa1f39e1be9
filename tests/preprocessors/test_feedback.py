"""`PrepareFeedback`: the page tells the learner the truth, keeps the hidden tests, runs nothing."""

from __future__ import annotations

import html
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateFeedback

from graders.course import check_assignment
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from tests.conftest import ESSAY, ROOT, STORY, WEEK, Classroom, cell, insert_code, read


class Page(HTMLParser):
    """What a browser would run or load: `active`, and addresses on the network: `loaded`."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.active: list[str] = []
        self.loaded: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "object", "embed", "base", "form", "svg"}:
            self.active.append(tag)
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or address.startswith(("javascript:", "vbscript:", "data:te")):
                self.active.append(f"{tag} {name}={value}")
            followed = tag == "a" and name == "href"
            if not followed and re.match(r"(https?:)?//", address):
                self.loaded.append(f"{tag} {name}={value}")

    handle_startendtag = handle_starttag


def text_of(page: str) -> str:
    """The page's words as a reader sees them."""
    return html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", page, flags=re.DOTALL))


def hidden_lines(classroom: Classroom) -> set[str]:
    """The longer lines of the master's tests that the release does not have."""
    master, blank = (
        {line.strip() for entry in notebook["cells"] for line in entry["source"].split("\n")}
        for notebook in (read(classroom.root / f"source/{WEEK}/{WEEK}.ipynb"), classroom.blank())
    )
    tests = {line for line in master - blank if line.startswith(("assert", "class", "check ="))}
    assert len(tests) > 20
    return tests


def marks(grade_id: str, points: float, **changes: object) -> dict[str, Any]:
    usual = {"grade": True, "grade_id": grade_id, "locked": True, "points": points,
             "schema_version": 3, "solution": False, "task": False}  # fmt: skip
    return {"nbgrader": usual | changes}


STYLES = ["### {}", "#{}", "#-- {} --", "'''{}'''", "x = 1  # {}"]
"""Ways of writing nbgrader's marks around hidden tests; nbgrader looks for the words alone."""


def release(root: Path, cells: list[Any], *names: str) -> Classroom:
    """A course whose assignment `hw` has notebooks with *cells*; `answer` is about caching."""
    source = root / "source" / "hw"
    source.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    answer = new_markdown_cell("", metadata=marks("answer", 4, locked=False, solution=True))
    for name in names:
        master = new_notebook(metadata={"kernelspec": kernel}, cells=[*cells, answer])
        nbformat.write(master, source / f"{name}.ipynb")
        rubric = "assignment: hw\nanswers: [{grade_id: answer, question: concept/caching}]\n"
        (source / f"{name}.rubric.yaml").write_text(rubric)
    course = Classroom(root, "hw")
    check_assignment(course.open(), "hw")
    return course


@pytest.fixture(scope="module")
def homework(tmp_path_factory: pytest.TempPathFactory) -> Classroom:
    """Two notebooks with cells of the same names, the first answered well, the second not."""
    cells = []
    for number, style in enumerate(STYLES):
        begin, end = style.format("BEGIN HIDDEN TESTS"), style.format("END HIDDEN TESTS")
        test = f"x = {number}\n{begin}\nassert x == 'secret {number}'\n{end}\ny = {number}"
        cells.append(new_code_cell(test, metadata=marks(f"test-{number}", 1)))
    course = release(tmp_path_factory.mktemp("homework"), cells, "first", "second")
    for name, words in (("first", ESSAY), ("second", "YOUR ANSWER HERE")):
        notebook = course.blank(name)
        cell(notebook, "answer")["source"] = words
        course.hand_in(notebook, name=name)
    course.autograde(execute=False)
    return course


HIDDEN = {
    "lru-accounting": [
        f'assert TTLCache(3, 10).get({n}) is None, "secret number {n}"' for n in range(25)
    ],
    "capacity-memory": [
        'check = check_quantity(cache_memory, f"{250_000 * 6_000 * 2} bytes", within=1.1)',
        "assert check.ok, check.message",
    ],
}


@pytest.fixture(scope="module")
def week_with_hidden_tests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Week 1 with hidden tests in its cells, as nbgrader has them, instead of hidden checks."""
    root = tmp_path_factory.mktemp("hidden")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(
        ROOT / "source" / WEEK, root / "source" / WEEK, ignore=shutil.ignore_patterns("*.checks.*")
    )
    path = root / "source" / WEEK / f"{WEEK}.ipynb"
    master = read(path)
    for grade_id, lines in HIDDEN.items():
        marked = ["### BEGIN HIDDEN TESTS", *lines, "### END HIDDEN TESTS"]
        test = cell(master, grade_id)
        test["source"] = "\n".join([test["source"], *marked])
    path.write_text(json.dumps(master), encoding="utf-8")
    check_assignment(Classroom(root).open(), WEEK)
    return root


@pytest.fixture
def classroom(week_with_hidden_tests: Path, tmp_path: Path) -> Classroom:
    """A copy of that course for one test."""
    shutil.copytree(week_with_hidden_tests, tmp_path / "course")
    return Classroom(tmp_path / "course")


def test_a_failed_test_shows_its_message_but_not_its_hidden_lines(classroom: Classroom) -> None:
    notebook = classroom.solved()
    numbers = cell(notebook, "capacity-solution")
    numbers["source"] += '\ncache_memory = "5 TB"'
    classroom.hand_in(notebook)
    classroom.autograde()
    page = text_of(classroom.feedback())
    assert "assert check.ratio is not None" in page, "the visible part is shown"
    assert "AssertionError: " in page and "Traceback" not in page
    assert not [line for line in hidden_lines(classroom) if line in page]


def test_hidden_tests_that_a_learner_prints_are_not_shown(classroom: Classroom) -> None:
    notebook = classroom.solved()
    for source in ("print('\\n'.join(In))", f"print(open('{WEEK}.ipynb').read())"):
        notebook = insert_code(notebook, source, after="capacity-hit-rate")
    classroom.hand_in(notebook)
    classroom.autograde()
    page = text_of(classroom.feedback())
    assert "(not shown)" in page, "they were printed"
    assert not [line for line in hidden_lines(classroom) if line in page]


def test_hidden_tests_that_the_tested_code_prints_are_not_shown(classroom: Classroom) -> None:
    notebook = classroom.solved()
    cell(notebook, "lru-solution")["source"] += (
        "\nget = TTLCache.get\nTTLCache.get = lambda *a: print(In[-1]) or get(*a)"
    )
    classroom.hand_in(notebook)
    classroom.autograde()
    page = text_of(classroom.feedback())
    assert "(not shown)" in page, "they were printed"
    assert not [line for line in hidden_lines(classroom) if line in page]


def test_hidden_tests_that_a_traceback_shows_are_not_shown(classroom: Classroom) -> None:
    again = (
        "get, calls = TTLCache.get, []\n"
        "TTLCache.get = lambda *a: get(*a) if calls.append(a) or len(calls) < 5 else 1 / 0\n"
        # Canaries may stand before the test and begin like it.
        "get_ipython().run_cell([c for c in In if c.startswith('# 3 points: hits')][-1])"
    )
    classroom.hand_in(insert_code(classroom.solved(), again, after="capacity-hit-rate"))
    classroom.autograde()
    page = text_of(classroom.feedback())
    assert "ZeroDivisionError" in page
    assert not [line for line in hidden_lines(classroom) if line in page]


@pytest.mark.parametrize("number", range(len(STYLES)), ids=STYLES)
def test_what_the_release_hides_the_feedback_hides_too(homework: Classroom, number: int) -> None:
    assert "secret" not in cell(homework.blank("first"), f"test-{number}")["source"]
    page = text_of(homework.feedback(name="first"))
    assert f"secret {number}" not in page
    assert f"y = {number}" in page


def test_each_notebook_shows_the_result_of_its_own_answer(homework: Classroom) -> None:
    first, second = (text_of(homework.feedback(name=name)) for name in ("first", "second"))
    assert "4 of 4 points" in first
    assert "0 of 4 points" not in first
    assert "0 of 4 points" in second
    assert "4 of 4 points" not in second


EVIL_TEXT = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))",
    "[b](&#106;avascript:alert(1))", "[c]\n\n[c]: javascript:alert(1)", "[d](data:text/html,x)",
    "![e](https://evil.example/e.png)", "<a href='jAvascript:alert(1)'>f</a>",
    "```mermaid\n<script>alert(1)</script>\n```", "<b title='\n\n<svg onload=alert(1)>\n\n'>g</b>",
    "<style>@import url(https://evil.example/h.css)</style>", "$<img src=x onerror=alert(1)>$",
    '<base href="https://evil.example/">', '<form action="https://evil.example/">',
]  # fmt: skip
EVIL_CODE = """
for kind in ("html", "markdown", "latex", "plain"):
    display({f"text/{kind}": "<script>alert(1)</script><img src=x onerror=alert(1)> "
             "[a](javascript:alert(1)) ![b](https://evil.example/b.png)"}, raw=True)
display({"application/javascript": "alert(1)"}, raw=True)
display({"image/svg+xml": "<svg onload=alert(1)><script>alert(1)</script></svg>"}, raw=True)
display({"image/png": '"><script>alert(1)</script>'}, raw=True)
display({"image/png": "aGk="}, raw=True, metadata={"image/png": {"width": "1 onerror=alert(1)"}})
display({"image/png": "aGk="}, raw=True,
        metadata={"filenames": {"image/png": "https://evil.example/c.png"}})
print("<script>alert(1)</script>\\x1b[31m<b onclick=alert(1)>")
raise type("<img src=x onerror=alert(1)>", (Exception,), {})("<script>alert(1)</script>")
"""


def test_nothing_of_the_learners_runs_or_loads_in_the_page(classroom: Classroom) -> None:
    notebook = insert_code(classroom.solved(), EVIL_CODE, after="capacity-hit-rate")
    cell(notebook, "answer-caching")["source"] = ESSAY + "\n\n" + "\n\n".join(EVIL_TEXT)
    for number, source in enumerate(EVIL_TEXT):
        own = {"id": f"own-{number}", "metadata": {"tags": ['"><script>']}, "source": source}
        notebook["cells"].append(own | {"cell_type": "raw" if number % 2 else "markdown"})
    notebook["metadata"]["title"] = "<script>alert(1)</script>"
    classroom.hand_in(notebook)
    classroom.autograde()
    page = Page(classroom.feedback())
    assert page.active == []
    assert page.loaded == []


def test_an_answer_with_a_pasted_picture_gets_its_page(classroom: Classroom) -> None:
    notebook = classroom.blank()
    answer = cell(notebook, "answer-caching")
    answer["source"] = f"{ESSAY}\n\n![my drawing](attachment:a.png)"
    answer["attachments"] = {"a.png": {"image/png": "aGk="}}
    classroom.hand_in(notebook)
    classroom.autograde(execute=False)
    assert ESSAY[:40] in text_of(classroom.feedback())


def test_a_picture_in_the_instructors_text_is_shown(tmp_path: Path) -> None:
    drawing, own = {"plan.png": {"image/png": "aGk="}}, marks("task", 0, grade=False)
    task = new_markdown_cell("![](attachment:plan.png)", attachments=drawing, metadata=own)
    course = release(tmp_path / "course", [task], "hw")
    course.hand_in(course.blank())
    course.autograde(execute=False)
    assert "data:image/png;base64,aGk=" in course.feedback()


def test_a_persons_points_and_words_are_the_ones_on_the_page(classroom: Classroom) -> None:
    notebook = classroom.blank()
    cell(notebook, "answer-impact")["source"] = STORY
    classroom.hand_in(notebook)
    classroom.autograde(execute=False, judge=ScriptedJudge(default=Level.MID))
    assert "8 of 12 points" in text_of(classroom.feedback())
    with Gradebook(classroom.open().db_url) as gradebook:
        where = ("answer-impact", WEEK, WEEK, "ada")
        gradebook.find_grade(*where).manual_score = 11
        gradebook.find_comment(*where).manual_comment = "Well told; I raised it."
        gradebook.db.commit()
    page = text_of(classroom.feedback())
    assert "11 of 12 points" in page
    assert "Well told; I raised it." in page
    assert "8 of 12 points" not in page, "a person's score always wins"


def test_a_link_brings_no_file_of_the_course_to_the_learner(classroom: Classroom) -> None:
    folder = classroom.hand_in(classroom.blank())
    (folder / "notes.txt").symlink_to(classroom.root / "source" / WEEK / f"{WEEK}.rubric.yaml")
    classroom.autograde(execute=False)
    classroom.feedback()
    returned = (classroom.root / "feedback" / "ada").rglob("*.txt")
    assert not [path for path in returned if "grade_id" in path.read_text()]


def test_nbgraders_own_template_runs_nothing_either(classroom: Classroom) -> None:
    notebook = classroom.solved()
    cell(notebook, "answer-caching")["source"] = ESSAY + "\n\n" + "\n\n".join(EVIL_TEXT)
    classroom.hand_in(notebook)
    classroom.autograde(execute=False)
    course = classroom.open()
    course.directory.assignment_id = WEEK
    GenerateFeedback(coursedir=course.directory, config=course.config).start()
    (page,) = (classroom.root / "feedback").rglob("*.html")
    text = page.read_text("utf-8")
    # The template itself loads scripts; what matters is what came from the learner.
    answer = text[text.index(ESSAY[:40]) : text.index("Before you submit")]
    assert "&lt;script&gt;alert(1)" in answer
    assert Page(answer).active == []


def test_a_cell_that_claims_to_be_the_instructors_runs_nothing_in_nbgraders_template(
    classroom: Classroom,
) -> None:
    notebook = classroom.solved()
    claimed = marks("unheard-of", 0, grade=False)
    for number, metadata in enumerate((claimed, {"nbgrader": {"locked": True}}, {"tags": ["x"]})):
        own = {"cell_type": "markdown", "id": f"claim-{number}", "metadata": metadata}
        notebook["cells"].append(own | {"source": f"CLAIM {number}\n\n" + "\n\n".join(EVIL_TEXT)})
    classroom.hand_in(notebook)
    classroom.autograde(execute=False)
    course = classroom.open()
    course.directory.assignment_id = WEEK
    GenerateFeedback(coursedir=course.directory, config=course.config).start()
    (page,) = (classroom.root / "feedback").rglob("*.html")
    text = page.read_text("utf-8")
    claims = text[text.index("CLAIM 0") :]
    assert "CLAIM 2" in claims
    assert Page(claims).active == []
    assert Page(classroom.feedback()).active == []
