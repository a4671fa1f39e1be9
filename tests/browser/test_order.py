"""What a page sends in a burst is dealt with in its order, in one thread of a real kernel."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import RUN_ALL, Lab, open_notebook, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

BURST = """
import threading, time
import traitlets
from graders.study.box import Box

class Burst(Box):
    _esm = '''
    export default { render({ model, el }) {
      const press = document.createElement("button");
      press.textContent = "Send five";
      press.addEventListener("click", () => [1, 2, 3, 4, 5].forEach((n) => model.send(n)));
      const said = document.createElement("output");
      model.on("change:heard", () => (said.textContent = model.get("heard").join(" ")));
      el.append(press, said);
    } };
    '''
    heard = traitlets.List().tag(sync=True)

    def __init__(self):
        super().__init__()
        self.on_msg(self.received)

    def received(self, _, number, __):
        self.heard = [*self.heard, f"{number}:"]
        # What is heard first takes longest.
        time.sleep(0.5 / number)
        self.heard = [*self.heard, f":{number}", str(threading.get_ident())]

Burst()
"""


def test_messages_are_dealt_with_one_after_the_other(page: Page, lab: Lab) -> None:
    open_notebook(page, lab, write_notebook(lab, "burst", BURST))
    page.evaluate(RUN_ALL)
    said = page.locator("output").first
    for times in (1, 2):
        page.get_by_role("button", name="Send five").click()
        expect(said).to_contain_text(":5", timeout=30_000)
        said.evaluate(
            "(node, n) => new Promise((done) => { const look = () => node.textContent"
            ".split(':5').length > n ? done() : setTimeout(look, 50); look(); })",
            times,
        )
    words = said.text_content().split()
    numbers = [word for word in words if ":" in word]
    assert (
        numbers
        == [f"{n}:" if half == 0 else f":{n}" for n in (1, 2, 3, 4, 5) for half in (0, 1)] * 2
    )
    assert len(set(words) - set(numbers)) == 1
