from __future__ import annotations

import codecs
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.errors import StoreError, UsageError
from graders.exports.sheet import (
    Form,
    Sheet,
    decimal_sign,
    encoded,
    harmless,
    is_number,
    read_sheet,
    save_sheet,
    value_of,
    written,
)


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x";"y")', "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)",
        "\t=1+1", "\r=1+1", "  =1+1", "＝1+1", "\n=1+1", "x;=cmd()", "x\t@SUM(A1)", "x,+cmd|'a'!A0",
    ],
)  # fmt: skip
def test_no_cell_begins_like_a_formula_in_any_country(text: str) -> None:
    safe = harmless(text)
    for delimiter in ",;\t":
        for cell in next(csv.reader(io.StringIO(safe, newline=""), delimiter=delimiter)):
            assert cell.strip()[:1] not in ("=", "@", "+", "-", "＝")


@pytest.mark.parametrize(
    "text", ["-3", "+4.5", "7", "-1,5", "1e3", "-", "", "Ann", "a = b", "3; -1 for style", "50%"]
)
def test_numbers_and_ordinary_words_stay(text: str) -> None:
    assert harmless(text) == text


@given(st.text())
def test_making_harmless_twice_changes_nothing_more(text: str) -> None:
    assert harmless(harmless(text)) == harmless(text)


@given(st.text())
def test_what_is_left_is_a_number_or_begins_like_a_text(text: str) -> None:
    safe = harmless(text).strip()
    assert is_number(safe) or safe in ("", "-") or safe[0] not in "=+-@＝＋－＠"


_CELL = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"))


@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), max_size=5), st.sampled_from(",;\t"))
def test_every_cell_comes_back_as_it_was_written(rows: list[list[str]], delimiter: str) -> None:
    form = Form(delimiter=delimiter, newline="\n")
    table = [["a", "b", "c"], *rows]
    text = encoded(table, form).decode()
    back = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert back == [[harmless(cell) for cell in row] for row in table]


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (b"", "cp1252"),
        (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_file_is_written_back_byte_for_byte(
    tmp_path: Path, bom: bytes, encoding: str, delimiter: str, newline: str
) -> None:
    lines = [delimiter.join(row) for row in (("Name", "Grade"), ("Müller", "4"), ("Zoë", "-"))]
    data = bom + "".join(line + newline for line in lines).encode(encoding)
    path = tmp_path / "in.csv"
    path.write_bytes(data)
    save_sheet(tmp_path / "out.csv", read_sheet(path))
    assert (tmp_path / "out.csv").read_bytes() == data


def test_a_file_of_marks_is_its_owners_alone(tmp_path: Path) -> None:
    save_sheet(tmp_path / "out.csv", Sheet(("a",), (("1",),)))
    assert (tmp_path / "out.csv").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"), (b"PK\x03\x04rest", "not CSV"), (b'a,b\n"1,2\n', "no valid CSV"),
        (b"a,b\n1,2,3\n", "row 2 has 3 cells"), (b"a\0b,c\n", "encoding"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_its_reason(
    tmp_path: Path, data: bytes, said: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=said):
        read_sheet(path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        save_sheet(tmp_path / "nowhere" / "out.csv", Sheet(("a",), ()))


@pytest.mark.parametrize(
    ("cells", "sign"),
    [(["-", "100,00"], ","), (["100.00"], "."), (["7"], "."), ([], "."), (["x,5"], ".")],
)
def test_the_files_own_decimal_sign_is_used(cells: list[str], sign: str) -> None:
    assert decimal_sign(cells) == sign


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,50", 1234.5), ("1,234.50", 1234.5), ("7,5", 7.5), ("-", None), (" 10 ", 10.0)],
)
def test_numbers_of_both_notations_are_read(text: str, value: float | None) -> None:
    assert value_of(text) == value


@given(st.floats(min_value=0, max_value=1000))
def test_a_written_mark_is_read_as_the_same_mark(points: float) -> None:
    assert value_of(written(points, ",")) == value_of(written(points)) == round(points, 2)
