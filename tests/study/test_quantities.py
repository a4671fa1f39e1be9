"""`check_quantity`: what learners write is read, judged kindly, and never breaks anything."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graders.errors import UsageError
from graders.study.quantities import MAX_CHARS, QuantityCheck, check_quantity


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("30 TB/day", "30 TB/day"),
        ("30 TB a day", "347.2 MB/s"),
        ("1.2k requests/s", "1200 requests/s"),
        ("12,000 req/s", "12k qps"),
        ("12 000 req/s", "12000 requests/s"),
        ("12_000 QPS", "12000 requests/s"),
        ("35 thousand per second", "35,000 requests/s"),
        ("1,389 page views per second", "1389 requests/s"),
        ("~ approx. .5 GB", "500 MB"),
        ("About 1,5 gb", "1.5 GB"),
        ("3.5 GiB", "3.758 GB"),
        ("1 KiB", "1024 bytes"),
        ("24 Gbit", "3 GB"),
        ("100 mbps", "12.5 MB/s"),
        ("50 million", "50 million users"),
        ("50M people", "50 million users"),
        ("3B users", "3 billion users"),
        ("3B", "3 billion users"),
        ("512 B", "512 bytes"),
        ("10^6 users", "1M users"),
        ("2.5×10⁶ users", "2.5M users"),
        ("2.5 * 10**6 users", "2.5M users"),
        ("1e6", "1M users"),
        ("40 servers", "40 machines"),
        ("5 GB per user per day", "5 GB/day/user"),
        ("72 %", "0.72"),
        ("0,72", "72%"),
        ("72 percent", "72 %"),
        ("250 µs", "0.25 ms"),
        (7, "7"),
        (7.0, "7 users"),
    ],
)
def test_equal_quantities_agree(given: object, expected: str) -> None:
    check = check_quantity(given, expected, within=1.001)
    assert check.ok, check.message
    assert check.ratio == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    ("given", "expected", "words"),
    [
        ("24 GB", "3 GB", ["8 times too high", "bits and bytes"]),
        ("0.375 GB", "3 GB", ["8 times too low", "bits and bytes"]),
        ("120M views/s", "120M views/day", ["86,400 times too high", "a day and a second"]),
        ("1389 views/day", "1389 views/s", ["86,400 times too low", "a day and a second"]),
        ("3 GiB", "3 GB", ["7.37% too high", "1,024 and 1,000"]),
        ("3 TB", "3 TiB", ["9.05% too low", "1,024 and 1,000"]),
        ("3 MB", "3 GB", ["1,000 times too low", "a zero, a prefix"]),
        ("72", "72 %", ["100 times too high", "% sign"]),
        ("1.5 GB", "1 GB", ["50% too high"]),
        ("5 GB", "3 GB", ["66.7% too high"]),
        ("3 GB", "1 GB", ["3 times too high."]),
    ],
)
def test_says_how_far_off_and_the_likely_slip(given: str, expected: str, words: list[str]) -> None:
    check = check_quantity(given, expected, within=1.02)
    assert not check.ok
    assert check.ratio is not None
    for word in words:
        assert word in check.message


@pytest.mark.parametrize(
    ("given", "expected", "words"),
    [
        (7, "7 GB", "unit is missing; this is measured in bytes"),
        ("7", "7 requests/s", "measured in requests per second"),
        ("7k", "7 kB", "unit is missing"),
        ("7 GB", "7 GB/s", "You gave bytes; this is measured in bytes per second"),
        ("7 GB/s", "7 GB", "You gave bytes per second; this is measured in bytes"),
        ("7 users/s", "7 requests/s", "You gave users per second"),
        ("7 GB", "7 %", "measured in numbers or %"),
        ("12 bananas", "7 GB", "unit 'bananas'"),
        ("7 GB of RAM at peak", "7 GB", "unit 'of'"),
        ("7 GB per", "7 GB/s", "cannot read the unit"),
        ("10-20 GB", "15 GB", "cannot read the unit"),
        ("fifty GB", "50 GB", "cannot read a number"),
        ("", "7 GB", "cannot read a number"),
        ("nan GB", "7 GB", "cannot read a number"),
        ("inf GB", "7 GB", "cannot read a number"),
        ("1.2.3 GB", "7 GB", "cannot read a number"),
        ("12,0000 GB", "7 GB", "cannot read a number"),
        ("9**9**9", "7 GB", "cannot read a number"),
        ("9**9**9 GB", "7 GB", "cannot read a number"),
        ("10^9^9 GB", "7 GB", "cannot read the unit"),
        ("1e999 TB", "7 TB", "larger than anything real"),
        ("1e99999 TB", "7 TB", "cannot read"),
        ("7 EB EB EB EB EB EB", "7 GB", "larger than anything real"),
        ("7" + " EB" * 25, "7 GB", "cannot read the unit"),
        ("1e-400 TB", "7 TB", "zero"),
        ("0 GB", "7 GB", "zero"),
        ("-3 GB", "3 GB", "minus sign"),
        ("−3 GB", "3 GB", "minus sign"),
        ("3 __import__('os').getpid()", "3", "cannot read the unit"),
        ("3 (2)", "3", "cannot read the unit"),
        ("x" * 10_000, "7 GB", "too long"),
        ("9" * MAX_CHARS, "7 GB", "unit is missing"),
        (None, "7 GB", "text in quotes"),
        (True, "1", "text in quotes"),
        ([7, "GB"], "7 GB", "text in quotes"),
        (b"7 GB", "7 GB", "text in quotes"),
        (float("nan"), "7", "cannot read a number"),
        (float("inf"), "7", "cannot read a number"),
        pytest.param(10**5000, "7", "cannot read a number", id="huge"),
        (-3, "3", "minus sign"),
    ],
)
def test_what_cannot_be_compared_gets_a_friendly_sentence(
    given: object, expected: str, words: str
) -> None:
    check = check_quantity(given, expected)
    assert (check.ok, check.ratio) == (False, None)
    assert words in check.message
    assert len(check.message) < 200


class _Bomb:
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError("must not be looked at")

    def __str__(self) -> str:
        raise RuntimeError("must not be looked at")

    __repr__ = __str__


class _Text(str):
    def __len__(self) -> int:
        raise RuntimeError("must not be looked at")


@pytest.mark.parametrize("make", [_Bomb, lambda: _Text("7 GB")], ids=["bomb", "subclass"])
def test_objects_with_code_of_their_own_are_left_alone(make: Any) -> None:
    assert "text in quotes" in check_quantity(make(), "7 GB").message


@pytest.mark.parametrize(
    ("given", "ok"), [("1.49 GB", True), ("1.51 GB", False), ("0.67 GB", True), ("0.66 GB", False)]
)
def test_within_counts_both_ways(given: str, ok: bool) -> None:
    assert check_quantity(given, "1 GB").ok is ok


def test_the_limit_itself_is_accepted() -> None:
    assert check_quantity("1.1 GB", "1 GB", within=1.1).ok


@pytest.mark.parametrize("expected", ["", "3 bananas", "nan GB", "0 GB", "x" * 500])
def test_a_bad_expectation_is_the_authors_error(expected: str) -> None:
    with pytest.raises(UsageError, match="expected="):
        check_quantity("3 GB", expected)


@pytest.mark.parametrize("within", [0.5, -1.0, float("nan")])
def test_a_bad_factor_is_the_authors_error(within: float) -> None:
    with pytest.raises(UsageError, match="within="):
        check_quantity("3 GB", "3 GB", within=within)


def test_the_check_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        QuantityCheck(ok=True, ratio=1.0, message="").ok = False  # type: ignore[misc]


def test_pint_is_imported_on_first_use_only() -> None:
    code = (
        "import sys; from graders.study.quantities import check_quantity as c;"
        "assert 'pint' not in sys.modules; c('3 GB', '3 GB'); assert 'pint' in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, timeout=60)


_WORDS = (
    "0 1 9 12 999 . , ' _ - + e E ** ^ × x * / % ( ) [ ] per a k M B GB kb EiB s users nan inf "
    "lambda import __class__ ¹ ⁹ ٣ ﷺ µ \x00 \n ~"
)
_PIECES = st.sampled_from(_WORDS.split(" "))


@settings(max_examples=1_000, deadline=None)
@given(st.one_of(st.text(max_size=100), st.lists(_PIECES, max_size=30).map(" ".join)))
def test_no_text_breaks_it(text: str) -> None:
    for expected in ("3 GB/day", "3 users", "3 %"):
        check = check_quantity(text, expected)
        assert check.message
        assert check.ratio is None or 0 < check.ratio < float("inf")


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=60).map("".join))
def test_no_run_of_pieces_breaks_it(text: str) -> None:
    assert check_quantity(text, "3 GB/day").message


@pytest.mark.parametrize("text", ["9" * 80, "1 " * 40, "1,111" * 16, "~" * 80, "ﷺ" * 80, "/" * 80])
def test_long_runs_cost_nothing(text: str) -> None:
    check_quantity("3 GB", "3 GB")  # pint's import is not what is measured
    start = time.process_time()
    check_quantity(text, "3 GB")
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize(
    "given",
    [
        "$1,500/month",
        "about $1.5k per month",
        "1500 $/month",
        "1,500 dollars a month",
        "1.5k USD/month",
    ],
)
def test_money_may_be_written_as_people_do(given: str) -> None:
    assert check_quantity(given, "1500 dollars/month").ok


@pytest.mark.parametrize("given", ["$", "$/month", "$$", "5 $ $", "1500 bytes", "$1500"])
def test_what_is_no_monthly_cost_gets_a_sentence(given: str) -> None:
    check = check_quantity(given, "1500 dollars/month")
    assert not check.ok and check.message.endswith((".", "?"))
