"""The weights in the package are those that `make model` gives."""

from __future__ import annotations

import numpy as np
import pytest

from graders.judges.embedded.model import shipped_model
from graders.training.shipped import fit_shipped
from tests.training.conftest import CALIBRATION


@pytest.mark.slow
def test_the_shipped_weights_are_what_the_set_gives() -> None:
    fitted = fit_shipped(CALIBRATION)
    made, fresh = fitted.made, fitted.model
    shipped = shipped_model()
    assert shipped.dimensions == fresh.dimensions
    assert len(shipped.alpha) == len(fresh.alpha), "answers have changed: run `make model`"
    assert shipped.spread == pytest.approx(fresh.spread)
    assert shipped.error == pytest.approx(fresh.error, abs=1e-3)
    rows = made.rows
    for index in range(0, len(rows.answers), 60):
        names = list(rows.dimensions[rows.owner == index])
        one, other = (model.predict(rows.features[index], names) for model in (shipped, fresh))
        # Not byte for byte: products of matrices differ between machines in their last places.
        np.testing.assert_allclose(one.levels, other.levels, atol=5e-3)
