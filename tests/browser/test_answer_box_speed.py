"""How the answer box feels: the figures are printed; only a box that hangs fails."""

from __future__ import annotations

from statistics import median

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Lab
from tests.browser.figures import KEYS, SUBMITS, measured, section

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_the_result_is_there_at_once_and_typing_never_waits(
    page: Page, lab: Lab, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measured(page, lab)
    with capsys.disabled():
        print(section(found))
    assert len(found.results) == SUBMITS >= 20
    assert median(found.results) < 10_000
    assert found.drafts < KEYS / 10, "typing makes no round trips"
