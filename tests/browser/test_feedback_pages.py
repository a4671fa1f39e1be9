"""Feedback pages in a real browser: nothing of a learner's runs, loads, or leads away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.feedback.pages import hostile_page
from tests.feedback.vectors import EVIL, LEAVES_BY_ITSELF, VECTORS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

AUDIT = """() => {
  const found = [...document.querySelectorAll(
    'script,iframe,frame,object,embed,applet,form,base,link,svg,math,video,audio,source,template,' +
    'input,button,textarea,noscript,portal,meta[http-equiv=refresh],[style],[srcset],[background]'
  )].map((element) => element.outerHTML.slice(0, 80));
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      const address = value.replace(/[\\x00-\\x20]/g, '').toLowerCase();
      if (name.startsWith('on') || /^(javascript|vbscript|data:text)/.test(address))
        found.push(`${name}=${value.slice(0, 80)}`);
      if (name === 'src' && !address.startsWith('data:image/')) found.push(`src=${value}`);
    }
  }
  const styles = document.querySelectorAll('style').length;
  const policies = document.querySelectorAll('meta[http-equiv]').length;
  if (styles !== 1 || policies !== 1) found.push(`${styles} styles, ${policies} policies`);
  return found;
}"""
POKE = """() => {
  for (const element of document.querySelectorAll('main *')) {
    for (const kind of ['mouseover', 'mouseenter', 'focus', 'toggle', 'error', 'load', 'animationstart'])
      element.dispatchEvent(new Event(kind));
  }
  for (const element of document.querySelectorAll('details')) element.open = true;
}"""


@dataclass
class Watched:
    """A page, everything that it did, and what left the machine."""

    page: Page
    did: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def open(self, path: Path) -> None:
        self.did.clear()
        self.page.goto(path.as_uri(), wait_until="load")
        self.page.evaluate(POKE)
        if self.page.evaluate("() => 'ran' in window && window.ran === 1"):
            self.did.append("ran a script")
        if self.page.url.partition("#")[0] != path.as_uri():
            self.did.append(f"went to {self.page.url}")


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    yield opened
    opened.close()


@pytest.fixture
def watched(context: BrowserContext) -> Iterator[Watched]:
    page = context.new_page()
    seen = Watched(page)
    page.on("dialog", lambda dialog: (seen.did.append(f"asked {dialog.message}"), dialog.dismiss()))
    page.on("console", lambda line: seen.did.append(f"said {line.text}"))
    page.on("pageerror", lambda error: seen.did.append(f"failed {error}"))
    page.on("popup", lambda other: seen.did.append(f"opened {other.url}"))
    page.on("request", lambda request: _noted(seen, request.url))
    # Comes only for what the page's policy has let through to the network.
    page.route(f"{EVIL}/**", lambda route: (seen.left.append(route.request.url), route.abort()))
    yield seen
    page.close()


def _noted(seen: Watched, url: str) -> None:
    if not url.startswith(("file:///", "data:image/")) or "evil" in url:
        seen.did.append(f"wanted {url[:100]}")


def written(folder: Path, html: str) -> Path:
    path = folder / "page.html"
    path.write_text(html, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", VECTORS)
def test_it_does_nothing_wherever_it_stands(name: str, watched: Watched, tmp_path: Path) -> None:
    watched.open(written(tmp_path, hostile_page(VECTORS[name])))
    assert watched.did == [], "the policy was not needed either"
    assert watched.page.evaluate(AUDIT) == []
    assert watched.page.locator("h1").first.is_visible()
    assert watched.page.locator(".fb-head").count() == 1


@pytest.mark.parametrize("name", sorted(VECTORS.keys() - LEAVES_BY_ITSELF))
def test_the_policy_alone_would_hold_it_back(name: str, watched: Watched, tmp_path: Path) -> None:
    """Even if everything that makes text harmless failed."""
    html = hostile_page("an honest answer")
    broken = html.replace('<header class="fb-head">', f'{VECTORS[name]}<header class="fb-head">')
    assert broken != html
    watched.open(written(tmp_path, broken))
    assert not [what for what in watched.did if not what.startswith(("said", "wanted"))]
    assert watched.left == []


def test_the_page_looks_as_it_should(watched: Watched, tmp_path: Path) -> None:
    watched.open(written(tmp_path, hostile_page("A plain answer.")))
    body = watched.page.locator("body")
    assert body.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(244, 246, 249)"
    assert watched.page.locator(".sk-quoted").count() or watched.page.locator(".sk-answer").count()
    assert watched.page.locator("details", has_text="More").count() == 1
    assert watched.did == []
