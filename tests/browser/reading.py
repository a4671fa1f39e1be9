"""How a page is looked at: in both themes, on a narrow screen, and by a program for accessibility."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Locator, Page

from graders.progress import Progress
from tests.browser.conftest import RUN_ALL, Lab, open_notebook, write_notebook

THEMES = ("JupyterLab Light", "JupyterLab Dark")
NARROW = 400


def own_progress(lab: Lab, name: str) -> Progress:
    """A progress file that only the notebook *name* knows."""
    return Progress(lab.progress.parent / f"{name}.sqlite3")


def run(page: Page, lab: Lab, name: str, *cells: str) -> None:
    """Write a notebook whose progress file is `own_progress`, open it and run it."""
    path = str(own_progress(lab, name).path)
    first = f"import os\nos.environ['SENIORKIT_PROGRESS'] = {path!r}"
    (lab.folder / name).mkdir(exist_ok=True)
    open_notebook(page, lab, write_notebook(lab, f"{name}/{name}", first, *cells))
    page.evaluate(RUN_ALL)


def in_each_theme(page: Page) -> Iterator[str]:
    """Turn the lab into each theme, one after the other."""
    change = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })"
    for theme in THEMES:
        page.evaluate(change, theme)
        page.wait_for_function("(theme) => document.body.dataset.jpThemeName === theme", arg=theme)
        page.wait_for_timeout(300)
        yield theme


def serious(page: Page, selector: str) -> list[str]:
    """What axe finds below *selector* that is serious or critical."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context=selector).response["violations"]
    return [
        f"{each['id']}: {node['html'][:160]} {node['failureSummary'][-160:]}"
        for each in found
        for node in each["nodes"]
        if each["impact"] in ("serious", "critical")
    ]


def looked_at(page: Page, box: Locator, selector: str, name: str) -> None:
    """Check *box* in both themes and on a narrow screen; keep pictures where they are asked for."""
    for theme in in_each_theme(page):
        found = serious(page, selector)
        assert found == [], f"{theme}: {found}"
        picture(box, f"{name}-{theme.split()[-1].lower()}")
    page.set_viewport_size({"width": NARROW, "height": 900})
    page.evaluate("window.jupyterapp.shell.collapseLeft()")
    page.wait_for_timeout(500)
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth + 1"), "it fits the screen"
    picture(box, f"{name}-narrow")
    assert (page.errors, page.said) == ([], [])  # type: ignore[attr-defined]


def picture(box: Locator, name: str) -> None:
    """A picture of *box* in the folder that `$SENIORKIT_SHOTS` names, for people to look at."""
    if folder := os.environ.get("SENIORKIT_SHOTS"):
        page, size = box.page, box.page.viewport_size
        assert size is not None
        page.set_viewport_size({"width": size["width"], "height": 3600})
        page.wait_for_timeout(400)
        box.screenshot(path=Path(folder) / f"{name}.png")
        page.set_viewport_size(size)
