"""How fast the answer box is, measured where a learner sits: in the page.

    python -m tests.browser.figures                                  # the section, as Markdown
    python -m tests.browser.figures --fill docs/benchmarks.md        # in its place there, too

Starts JupyterLab and Chromium of this machine.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from graders.cli.bench.tables import check, fill
from tests.browser.conftest import (
    RUN_ALL,
    Lab,
    open_notebook,
    running_chromium,
    running_lab,
    write_notebook,
)

SUBMITS, KEYS = 21, 300
CODE = 'from graders.study import AnswerBox\nAnswerBox("concept/caching")'
ANSWER = (
    "I would use cache-aside with a TTL of ten minutes, because reads are forty times the writes. "
    "I looked at write-through and dropped it, since most written rows are never read again. "
    "At 1,400 reads a second and a database that is safe at 400, the cache has to hit 72 %. "
    "On a write we delete the key after the commit, and a version stops a slow reader. "
)

_SUBMIT = """async (text) => {
  const box = document.querySelector(".sk-box");
  if (box.classList.contains("sk-reading")) box.querySelector(".sk-row .sk-button").click();
  const area = box.querySelector("textarea");
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((done) => setTimeout(done, 1200));  // the draft is saved
  const card = box.querySelector(".sk-card");
  const start = performance.now();
  area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
  while (box.querySelector(".sk-card") === card || !box.classList.contains("sk-reading")) {
    if (performance.now() - start > 30000) throw new Error("no result");
    await new Promise(requestAnimationFrame);
  }
  await new Promise(requestAnimationFrame);  // painted
  return performance.now() - start;
}"""

_TYPE = """async (keys) => {
  const box = document.querySelector(".sk-box");
  if (box.classList.contains("sk-reading")) box.querySelector(".sk-row .sk-button").click();
  const area = box.querySelector("textarea");
  const times = [];
  for (let key = 0; key < keys; key++) {
    area.value += key % 6 ? "a" : " ";
    const start = performance.now();
    area.dispatchEvent(new Event("input", { bubbles: true }));
    times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 4));
  }
  return times;
}"""


@dataclass(frozen=True)
class BoxFigures:
    """Milliseconds in the page, each a list over repetitions.

    Attributes:
        results: From the keystroke that submits to the painted result card.
        first: The same for the first answer after the cell was run.
        keys: What a key costs the page while an answer of 100 kB is typed on.
        drafts: Messages to the kernel while those keys were typed.
        appears: From running the cell to the box on the page, with a fresh kernel.
    """

    results: list[float]
    first: float
    keys: list[float]
    drafts: int
    appears: float


def measured(page: Page, lab: Lab) -> BoxFigures:
    """Measure one box in *page*."""
    drafts = 0

    def sent(frame: object) -> None:
        nonlocal drafts
        drafts += '"kind": "draft"' in str(frame) or '"kind":"draft"' in str(frame)

    page.on("websocket", lambda socket: socket.on("framesent", sent))
    open_notebook(page, lab, write_notebook(lab, "figures", CODE))
    start = time.perf_counter()
    page.evaluate(RUN_ALL)
    page.wait_for_selector(".sk-box textarea", timeout=60_000)
    appears = 1000 * (time.perf_counter() - start)
    first = page.evaluate(_SUBMIT, ANSWER)
    results = [page.evaluate(_SUBMIT, f"{ANSWER} Version {n}.") for n in range(SUBMITS)]
    page.evaluate(
        "(text) => { document.querySelector('.sk-box textarea').value = text; }", ANSWER * 250
    )
    drafts = 0
    keys = page.evaluate(_TYPE, KEYS)
    return BoxFigures(results, first, keys, drafts, appears)


def section(found: BoxFigures) -> str:
    """The figures as a section of the page of benchmarks."""
    p95 = quantiles(found.results, n=20)[-1]
    key95 = quantiles(found.keys, n=20)[-1]
    rows = [
        ("submit to painted result card, median", f"{median(found.results):.0f} ms", "≤ 300 ms"),
        ("the same, 95 of 100 stay below", f"{p95:.0f} ms", ""),
        ("the first submit after running the cell", f"{found.first:.0f} ms", ""),
        ("running the cell to the box, fresh kernel", f"{found.appears / 1000:.1f} s", "≤ 2 s"),
        ("a key in an answer of 90,000 characters, 95 of 100", f"{key95:.1f} ms", ""),
        (f"messages to the kernel for {len(found.keys)} keys", f"{found.drafts}", ""),
    ]
    lines = [f"| {what} | {figure} | {goal} |" for what, figure, goal in rows]
    return (
        "## The answer box in the browser\n\n"
        f"JupyterLab and headless Chromium on the same machine, the embedded judge, {SUBMITS} "
        "submits, measured in the page (`python -m tests.browser.figures`).\n\n"
        "| what | measured | to reach |\n|---|---:|---:|\n" + "\n".join(lines)
    )


def main() -> None:
    """Measure and print the section; put it into the page that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fill", type=Path, metavar="PAGE")
    page: Path | None = parser.parse_args().fill
    if page is not None:
        check(page, ("box",))
    with (
        TemporaryDirectory() as base,
        running_lab(Path(base)) as lab,
        running_chromium() as chromium,
    ):
        text = section(measured(chromium.new_page(), lab))
    print(text)
    if page is not None:
        fill(page, {"box": text})


if __name__ == "__main__":
    main()
