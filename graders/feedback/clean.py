"""Makes foreign Markdown, HTML and text harmless.

Two kinds of Markdown: the instructor's, whose HTML and pictures are kept as far as nothing in them
can run or load; and everybody else's, whose HTML is shown as the text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from urllib.parse import quote

import mistune
import nh3
from markupsafe import Markup

MAX_MARKDOWN = 40_000
"""Characters of one text that are rendered; a longer one is shown as it was typed."""

MAX_HTML = 100_000
"""Characters of HTML that is shown as HTML; Jupyter's own tables stay far below."""

MAX_TAGS = 1_000
"""Tags that are not cells of tables; parsing takes time squared for those that stay open."""

MAX_NESTED = 200
"""Tags or brackets that may be open at once; beyond, it is no text and would take long to read."""

_TAGS = nh3.ALLOWED_TAGS - {"img", "map", "area"}
_SCHEMES = {"http", "https", "mailto"}
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=]*")
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of the text around them."""

_FORMULA = re.compile(r'<span class="math">\\\((.*?)\\\)</span>', re.DOTALL)
_TAG = re.compile(r"<(?!/|t[dhr]\b)")
_PLUGINS = ("strikethrough", "table", "url", "math")


@lru_cache(maxsize=2)
def _renderer(keeps_html: bool) -> mistune.Markdown:
    return mistune.create_markdown(escape=not keeps_html, plugins=list(_PLUGINS))


def _rendered(text: str, *, keeps_html: bool) -> str:
    html = str(_renderer(keeps_html)(text))
    # Nothing sets formulas in a page without scripts; they are shown as they were typed.
    return _FORMULA.sub(r"$\1$", html)


@lru_cache(maxsize=512)
def foreign_markdown(text: str) -> Markup:
    """Markdown of a learner, a person's comment or a model: no HTML, no pictures."""
    if len(text) > MAX_MARKDOWN or _is_nested(text, "[]({<>"):
        return plain(text)
    return Markup(nh3.clean(_rendered(text, keeps_html=False), tags=_TAGS, url_schemes=_SCHEMES))


def own_markdown(text: str, attachments: Mapping[str, str]) -> Markup:
    """The instructor's Markdown, with its pictures.

    Args:
        text: The Markdown.
        attachments: Name of a picture -> `data:` address.
    """
    return _own_markdown(text, tuple(sorted(attachments.items())))


@lru_cache(maxsize=512)
def _own_markdown(text: str, attachments: tuple[tuple[str, str], ...]) -> Markup:
    # Under a name that every renderer lets through, until the picture itself takes its place.
    for number, (name, _) in enumerate(attachments):
        for written in {name, quote(name)}:
            text = text.replace(f"attachment:{written}", f"#picture-{number}-")
    html = _rendered(text, keeps_html=True)
    for number, (_, address) in enumerate(attachments):
        html = html.replace(f'"#picture-{number}-"', f'"{address}"')
    clean = nh3.clean(
        html,
        tags=_TAGS | {"img"},
        attribute_filter=_only_own_pictures,
        url_schemes=_SCHEMES | {"data"},
    )
    return Markup(clean)


def _only_own_pictures(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        return value if _PICTURE.fullmatch(value) else None
    return None if value.lstrip().lower().startswith("data:") else value


def foreign_html(html: str) -> Markup | None:
    """HTML that code put out; `None` if there is too much of it."""
    if len(html) > MAX_HTML or len(_TAG.findall(html)) > MAX_TAGS:
        return None
    return Markup(nh3.clean(html, tags=_TAGS, url_schemes=_SCHEMES))


def plain(text: str) -> Markup:
    """*text* as it is, in a block of its own."""
    return Markup(f"<pre>{escape(terminal(text))}</pre>")


def terminal(text: str) -> str:
    """*text* without colours and without characters that make it look like another one."""
    return _CONTROL.sub("", _ANSI.sub("", text))


def _is_nested(text: str, opening: str) -> bool:
    """Whether many brackets stand one after the other: readers take time squared for those."""
    run = re.search(
        rf"(?:[{re.escape(opening)}][^\n{re.escape(opening)}]{{0,12}}){{{MAX_NESTED}}}", text
    )
    return run is not None
