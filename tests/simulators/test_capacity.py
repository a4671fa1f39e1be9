"""Ranges multiply as independent log-normal quantities do, and units are kept."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulators.capacity import Estimate, estimate, shares

from graders.errors import UsageError

SIZES = st.floats(1e-6, 1e9)
FACTORS = st.floats(1, 50)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    middle, factor = draw(SIZES), draw(FACTORS)
    return Estimate(middle / factor, middle * factor, (("[information]", 1),))


@given(estimates(), estimates())
def test_a_product_is_less_certain_than_its_factors_and_more_than_the_worst_case(
    a: Estimate, b: Estimate
) -> None:
    product = a * b
    assert product.low <= product.middle * (1 + 1e-9) <= product.high * (1 + 2e-9)
    assert product.factor >= max(a.factor, b.factor) * (1 - 1e-9)
    assert product.factor <= a.factor * b.factor * (1 + 1e-9)
    assert product.middle == pytest.approx(a.middle * b.middle)


@given(estimates(), estimates())
def test_dividing_does_not_make_anything_more_certain(a: Estimate, b: Estimate) -> None:
    ratio = a * b / b
    assert ratio.middle == pytest.approx(a.middle)
    assert ratio.factor >= a.factor * (1 - 1e-9)
    assert ratio.kind == a.kind


@given(st.lists(estimates(), min_size=1, max_size=6))
def test_shares_add_up_to_one_or_nothing(factors: list[Estimate]) -> None:
    total = sum(shares(*factors))
    assert total == pytest.approx(1) or all(one.factor == pytest.approx(1) for one in factors)


def test_the_range_holds_nine_of_ten_products() -> None:
    chance = random.Random(7)
    a, b = (
        estimate("2 to 4 million cameras"),
        estimate("8 to 20 clips/day"),
    )
    product = a * b

    def draw(one: Estimate) -> float:
        return one.middle * math.exp(math.log(one.factor) / 1.645 * chance.gauss(0, 1))

    inside = sum(product.low <= draw(a) * draw(b) <= product.high for _ in range(20_000))
    assert inside / 20_000 == pytest.approx(0.9, abs=0.01)


def test_units_come_out_of_the_arithmetic() -> None:
    stored = estimate("3 million items") * estimate("10/day") * estimate("2 to 8 MB")
    low, middle, high = stored.within("TB/day")
    assert (low, middle, high) == pytest.approx((60, 120, 240))
    assert stored.text("TB/day") == "120 TB/day (60 to 240)"
    assert (stored * estimate("30 days")).text("PB") == "3.6 PB (1.8 to 7.2)"
    assert estimate("1234567 items").text("items") == "1,200,000 items"
    assert estimate("27 bytes").text("MB") == "0.000027 MB"


@pytest.mark.parametrize(
    "text", ["", "lots", "8 to 2 MB", "3 to bananas", "2 to 4 bananas", "-3 to 4 GB"]
)
def test_what_is_no_estimate_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(UsageError):
        estimate(text)


def test_a_wrong_unit_and_a_wrong_number_are_refused() -> None:
    with pytest.raises(UsageError, match="does not measure"):
        estimate("3 GB").within("s")
    with pytest.raises(ValueError, match="above zero"):
        estimate("3 GB") * 0
