"""What a feedback page says, what it keeps to itself, and how much of it there can be."""

from __future__ import annotations

import base64
import html
import json
import re
import struct
import time
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.feedback import Material, clean, outputs, page, render
from graders.feedback.cells import HIDDEN, without_hidden_tests
from graders.gradebook.returned import ReturnedCell, ReturnedNotebook
from graders.preprocessors import common
from tests.feedback.pages import MASTER, QUESTION, hostile_page, mark
from tests.feedback.vectors import VECTORS

PIXEL = base64.b64encode(
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 1, 1) + b"\x08\x00\x00\x00\x00"
).decode()


class Shape(HTMLParser):
    """The tags of a page and their attributes, as a browser meets them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def words(text: str) -> str:
    return html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", "", text, flags=re.DOTALL))


def page_of(
    *cells: dict[str, Any], points: dict[str, ReturnedCell] | None = None, **note: object
) -> str:
    notebook = {"metadata": {"seniorkit": note}, "cells": list(cells)}
    returned = ReturnedNotebook("ada", "hw", 0.0, cells=points or {})
    master = {"cells": [{"cell_type": "markdown", "source": MASTER}]}
    return render(notebook, returned, Material.of(master, {}), assignment="hw", stamp="0" * 64)


def code_cell(*found: dict[str, Any], source: str = "f()", **more: object) -> dict[str, Any]:
    metadata = mark("test", **more) if more else {}
    return {"cell_type": "code", "metadata": metadata, "source": source, "outputs": list(found)}


def data(**kinds: object) -> dict[str, Any]:
    named = {kind.replace("__", "/"): value for kind, value in kinds.items()}
    return {"output_type": "display_data", "metadata": {}, "data": named}


def markdown_cell(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([*VECTORS.values(), "\n\n", "`", "```\n", "$", "|", "> ", "<div>", "word"])),
)  # fmt: skip
def test_no_mixture_of_hostile_texts_leaves_its_place(parts: list[str]) -> None:
    found = Shape(hostile_page("".join(parts)))
    assert not {"script", "iframe", "form", "base", "svg", "math", "object", "link"} & {*found.tags}
    assert found.tags.count("style") == found.tags.count("main") == found.tags.count("title") == 1
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "style"]
    assert [value for name, value in found.attributes if name == "http-equiv"] == [
        "Content-Security-Policy"
    ]


def test_the_policy_allows_the_one_style_sheet_and_nothing_else() -> None:
    text = page_of()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    rules = dict(rule.strip().split(" ", 1) for rule in html.unescape(policy).split(";"))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/=]{44}'", rules["style-src"])
    assert rules["img-src"] == "data:"


def test_instructors_text_keeps_its_html_and_learners_is_shown_as_typed() -> None:
    own, typed = page_of(markdown_cell(MASTER)), page_of(markdown_cell(f"{MASTER}."))
    assert "<summary>More</summary>" in own
    assert "<summary>More</summary>" not in typed
    assert "<summary>More</summary>" in words(typed)


def test_a_cell_that_says_it_is_the_instructors_is_not_believed() -> None:
    cell = markdown_cell("<details><summary>Paid in full</summary></details>")
    cell["metadata"] = mark("own", locked=True)
    assert "<summary>Paid" not in page_of(cell)


def test_points_nobody_has_given_are_not_shown_as_zero() -> None:
    cell = code_cell(grade=True, locked=True)
    text = words(page_of(cell, points={"test": ReturnedCell(None, 2)}))
    assert "not graded yet, 2 points" in text
    assert "open / 2" in text
    assert "2 of them are not given yet" in text
    assert "0 of 2 points" in words(page_of(cell, points={"test": ReturnedCell(0, 2)}))


def test_hidden_tests_are_neither_shown_nor_quoted() -> None:
    source = "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(21) == 42\n### END HIDDEN TESTS"
    shown, secret = without_hidden_tests(source)
    assert (shown, secret) == (f"assert f(1) == 1\n{HIDDEN}", ["assert f(21) == 42"])
    printed = {"output_type": "stream", "text": "the test says:\x1b[1m assert f(21)\x1b[0m == 42"}
    failed = {"output_type": "error", "ename": "AssertionError", "evalue": "wrong",
              "traceback": ["line 3", "assert f(21) == 42"]}  # fmt: skip
    told = data(text__html="<b>assert f(21) == 42</b>", text__plain='["assert f(21) == 42"]')
    test = code_cell(printed, failed, told, source=source, grade=True, locked=True)
    repeated = code_cell(printed, told, source="print(1)")
    text = page_of(
        test, repeated, markdown_cell("assert f(21) == 42"), remarks=["assert f(21) == 42"]
    )
    assert "f(21)" not in words(text)
    assert "AssertionError: wrong" in words(text)
    assert "line 3" not in words(text)


def test_a_failed_hidden_check_says_its_message_only() -> None:
    test = code_cell(grade=True, locked=True)
    points = {"test": ReturnedCell(1, 2)}
    text = words(page_of(test, points=points, checks={"test": "- windows of one value"}))
    assert "Checks that are not shown" in text
    assert "windows of one value" in text


def test_a_suspicion_is_not_told_to_the_learner() -> None:
    assert page.DISTRUSTED == common.DISTRUSTED
    assert page.NOTE == common.NOTE
    text = words(page_of(remarks=[f"{page.DISTRUSTED}: asserts were removed", "late"]))
    assert "asserts were removed" not in text
    assert "a person will look at them" in text
    assert "late" in text


def test_pictures_are_shown_if_they_are_pictures() -> None:
    assert f"data:image/png;base64,{PIXEL}" in page_of(code_cell(data(image__png=PIXEL)))
    assert "<img" not in page_of(code_cell(data(image__png=base64.b64encode(b"<svg>").decode())))
    svg = page_of(code_cell(data(**{"image__svg+xml": "<svg onload=1>"}, text__plain="a figure")))
    assert "<svg" not in svg
    assert "a figure" in words(svg)


def test_a_small_picture_that_would_be_huge_when_opened_is_not_shown() -> None:
    bomb = base64.b64decode(PIXEL)[:16] + struct.pack(">II", 60_000, 60_000) + b"\x08\x00"
    assert not outputs.is_picture(base64.b64encode(bomb).decode(), "image/png")
    assert outputs.is_picture(PIXEL, "image/png")


def test_a_page_has_a_size_that_opens() -> None:
    big = base64.b64encode(base64.b64decode(PIXEL) + b"\0" * 2_000_000).decode()
    many = [code_cell(data(image__png=big)) for _ in range(10)]
    long = {"output_type": "stream", "text": "x" * 3_000_000}
    rows = data(text__html="<table>" + "<tr><td>1</td></tr>" * 100_000, text__plain="a table")
    text = page_of(*many, code_cell(*[long] * 80, rows), markdown_cell("y " * 500_000))
    assert len(text) < 10_000_000
    assert "output cut" in text
    assert "more outputs" in text


def test_a_table_of_pandas_is_shown_as_a_table() -> None:
    row = "<tr><th>0</th>" + "<td>1</td>" * 20 + "</tr>"
    table = f'<div><style scoped>.x {{}}</style><table border="1" class="dataframe">{row * 60}</table></div>'
    text = page_of(code_cell(data(text__html=table, text__plain="plain")))
    assert text.count("<td>") > 1_000
    assert "scoped" not in text


@pytest.mark.parametrize(
    "piece",
    ["[", "![", "[a](", "**a", "*_", "`a``b", "<a ", "<b>", "$$a", "> ", "- ", "|a", "<!--", "~~a"],
)
def test_no_text_takes_long(piece: str) -> None:
    started = time.process_time()
    clean.foreign_markdown(piece * (clean.MAX_MARKDOWN // len(piece)))
    clean.foreign_html("".join(f"<b id={n}>" for n in range(8_000)) + "<p>" * 900)
    assert time.process_time() - started < 3


def test_text_cannot_turn_the_direction_of_what_stands_around_it() -> None:
    assert clean.terminal("a\u202eb\u2066c\x07\x1b[31md\x1b]8;;x\x07e") == "abcde"


def test_a_notebook_without_anything_has_a_page() -> None:
    text = render(
        json.loads('{"cells": [{"cell_type": "code"}, {}, {"cell_type": "markdown"}]}'),
        ReturnedNotebook("ada", "hw", 0.0), Material(questions={"q": QUESTION}),
        assignment="hw", stamp="0" * 64,
    )  # fmt: skip
    assert "feedback" in text
