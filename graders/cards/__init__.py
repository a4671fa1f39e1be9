"""A score as a person reads it: an HTML card, a Markdown comment, lines in a terminal.

Everything that comes from a learner or a model is escaped: Jinja escapes in HTML, `_plain` in
Markdown. In a widget it does not even pass through the HTML parser: `slotted` leaves it out of the
card and hands it over beside it, to be put in as text.
"""

from graders.cards.comment import markdown
from graders.cards.passages import Passage, diagram_apart, passages
from graders.cards.render import TEMPLATES, Slotted, environment, html, slotted, style
from graders.cards.words import FLAG_TEXTS, change_text, flag_text, level_text, tips_enough

__all__ = [
    "FLAG_TEXTS",
    "TEMPLATES",
    "Passage",
    "Slotted",
    "change_text",
    "diagram_apart",
    "environment",
    "flag_text",
    "html",
    "level_text",
    "markdown",
    "passages",
    "slotted",
    "style",
    "tips_enough",
]
