"""The model between likeness and level can only reward likeness, and says when it is missing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.errors import JudgeError
from graders.judges.embedded import reference_model
from graders.judges.embedded.reference_features import NAMES
from graders.judges.embedded.reference_model import AGAINST, USED, WEIGHTS, shipped_reference_model


@given(
    st.lists(st.floats(-1, 2), min_size=len(NAMES), max_size=len(NAMES)),
    st.sampled_from(USED),
    st.floats(0, 2),
)
def test_more_likeness_never_lowers_a_level(row: list[float], name: str, step: float) -> None:
    before, after = np.array([row]), np.array([row])
    after[0, NAMES.index(name)] += -step if name in AGAINST else step
    model = shipped_reference_model()
    assert model.predict(after)[0] >= model.predict(before)[0] - 1e-12
    assert 0 <= model.predict(before)[0] <= 4


def test_what_is_against_is_used() -> None:
    assert AGAINST < set(USED) < set(NAMES)
    assert len(set(USED)) == len(USED)


@pytest.mark.parametrize("content", [None, "{", '{"features": ["length"]}'])
def test_broken_weights_are_said(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "weights.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setattr(reference_model, "WEIGHTS", path)
    with pytest.raises(JudgeError, match="make model"):
        shipped_reference_model.__wrapped__()


def test_the_version_is_that_of_the_numbers() -> None:
    data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert shipped_reference_model().version == data["version"]
    assert data["version"].startswith("3.")
