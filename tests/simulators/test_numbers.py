"""Every number that is taught has a source and a year, and the tables say what they hold."""

from __future__ import annotations

import re

import pytest
from simulators.numbers import LATENCIES, PRICES, THROUGHPUTS, Figure, figure_table, latency_table


@pytest.mark.parametrize("figure", [*THROUGHPUTS, *PRICES], ids=lambda figure: figure.what)
def test_a_figure_has_a_value_a_source_and_a_year(figure: Figure) -> None:
    assert re.search(r"\d", figure.value)
    assert re.search(r"(19|20)\d\d$", figure.source)


def test_the_two_latency_lists_stand_side_by_side_and_their_ratio_is_computed() -> None:
    lines = latency_table().splitlines()
    assert len(lines) == len(LATENCIES) + 2
    assert "| Random read from RAM | 100 ns | 20 ns | x5.0 |" in latency_table()
    compared = [line for line in LATENCIES if line.classic and line.measured]
    assert len(compared) >= 5
    assert all(line.classic or line.measured for line in LATENCIES)


def test_sequential_reads_follow_from_the_measured_bandwidth() -> None:
    by_name = {line.operation.split(",")[0]: line.measured for line in LATENCIES}
    assert by_name["Read 1 MB from RAM"] == pytest.approx(1e6 / (20 * 2**30), rel=0.06)
    assert by_name["Read 1 MB from SSD"] == pytest.approx(1e6 / (8 * 2**30), rel=0.06)


def test_dollars_are_not_read_as_formulas() -> None:
    # JupyterLab sets what stands between two dollar signs as mathematics.
    assert "$" not in figure_table(PRICES)
