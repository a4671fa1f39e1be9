"""Code as HTML, in colours."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from graders.feedback.clean import plain

MAX_CODE = 40_000
"""Characters of one cell that are coloured; more is shown as plain text."""

MAX_LINE = 4_000
"""Characters of one line, likewise."""


@lru_cache(maxsize=1)
def formatter() -> HtmlFormatter[str]:
    """Writes the classes that `style` colours."""
    return HtmlFormatter(cssclass="fb-code", style="default")


def style() -> str:
    """The style sheet of the colours."""
    return str(formatter().get_style_defs(".fb-code"))


@lru_cache(maxsize=8)
def _lexer(language: str) -> Lexer:
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return get_lexer_by_name("text")


@lru_cache(maxsize=512)
def coloured(source: str, language: str = "python") -> Markup:
    """*source* as HTML; the same cell of all learners is coloured once."""
    if len(source) > MAX_CODE or max(map(len, source.split("\n"))) > MAX_LINE:
        return plain(source)
    return Markup(highlight(source, _lexer(language), formatter()))
