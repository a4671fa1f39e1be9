"""A streaming model in the real JupyterLab: lines while it writes, then the card in their place."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Lab, open_notebook, write_notebook
from tests.conftest import ESSAY
from tests.judges.llm.server import verdicts
from tests.judges.llm.stream_server import StreamServer

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

REASON = "It says <img src=x onerror=window.hit=1> so."


def _script(request: dict[str, Any]) -> str:
    reply = verdicts(request)
    for opinion in reply["criteria"].values():
        opinion["reason"] = REASON
    return json.dumps(reply)


def test_verdicts_appear_while_the_model_writes(page: Page, lab: Lab) -> None:
    with StreamServer(_script) as server:
        server.gate = threading.Event()
        code = (
            "import os\n"
            f"os.environ['SENIORKIT_JUDGE_URL'] = {server.base_url!r}\n"
            "os.environ['SENIORKIT_JUDGE_MODEL'] = 'tiny'\n"
            f"os.environ['SENIORKIT_CACHE'] = {str(lab.folder.parent / 'cache')!r}\n"
            "from graders.study import AnswerBox\n"
            'AnswerBox("concept/caching", judge="llm")'
        )
        open_notebook(page, lab, write_notebook(lab, "early", code))
        page.locator(".jp-CodeCell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        box = page.locator(".sk-box").first
        box.locator("textarea").fill(ESSAY, timeout=60_000)
        box.get_by_role("button", name="Submit").click()
        early = box.locator(".sk-early li")
        expect(early.first).to_contain_text("mid", timeout=20_000)
        expect(early.first).to_contain_text(REASON)
        expect(box.locator(".sk-card")).to_have_count(0)
        expect(box.locator("progress")).to_be_visible()
        page.wait_for_timeout(5_000)
        expect(box.locator(".sk-note", has_text="does not answer")).to_be_hidden()
        server.gate.set()
        expect(box.locator(".sk-card")).to_be_visible(timeout=30_000)
        expect(early).to_have_count(0)
        expect(box.locator(".sk-card")).to_contain_text("Judge llm")
    assert page.evaluate("window.hit") is None
    assert page.errors == []  # type: ignore[attr-defined]
