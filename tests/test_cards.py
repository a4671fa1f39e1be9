"""Cards and comments: everything a reader needs, and nothing of a learner's text that runs."""

from __future__ import annotations

import ast
import html as html_entities
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nbconvert.filters import markdown2html

from graders import cards
from graders.grading import grade
from graders.judges.scripted import ScriptedJudge
from graders.levels import Level
from graders.question import load_question
from graders.score import Score
from tests.conftest import ESSAY

QUESTION = load_question("concept/caching")
ATTACKS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))",
    "![a](https://evil.example/a.png)", "<https://evil.example>", "[a]: javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;", "\\<script>alert(1)</script>",
    "`<b>`", "``` \n<b>", "$<b onclick=a>$", "\\(<b>\\)", "\\\\[<b>\\\\]", "$$<b>$$",
    "\\begin{a}<script>alert(1)</script>\\end{a}", "</q></td></tr><script>", "{{ 7 * 7 }}",
    "{% raw %}", "a | b\n--|--", "# a", "- a\n- b", "1. a", "~~a~~", "__a__", "a\u2028<b>",
    "javascript:alert(1)", "https://evil.example", "\x00<b>", "\ufeff<b>", "a  \nb", "<!-- a",
    "<a href='javascript:alert(1)'>a</a>", "[^1]", "http://a_b_c*d*", "a\\", "*", "***", "\\*a\\*",
)  # fmt: skip


class Tags(HTMLParser):
    """The tags of a fragment with their attributes, in order, and its text."""

    def __init__(self, fragment: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(fragment)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag + "".join(f" {name}={value}" for name, value in attrs))

    handle_startendtag = handle_starttag

    def handle_data(self, data: str) -> None:
        self.text += data


def words(text: str) -> str:
    return " ".join(text.split())


def score(quote: str = "we evict", reason: str = "", level: Level | None = Level.MID) -> Score:
    """A score of which every verdict quotes *quote*."""
    judged = grade(QUESTION, ESSAY, judge=ScriptedJudge(default=level))
    verdicts = tuple(v.model_copy(update={"evidence": (quote,)}) for v in judged.verdicts)
    reasons = (reason,) if reason else ()
    return judged.model_copy(update={"verdicts": verdicts, "reasons": reasons})


def rendered(result: Score) -> Tags:
    """The comment as formgrader and nbgrader's feedback show it."""
    return Tags(markdown2html(cards.markdown(result, QUESTION, max_points=12)))


def with_attacks(test: object) -> object:
    for attack in ATTACKS:
        test = example(attack)(test)  # type: ignore[type-var]
    return test


@with_attacks
@given(st.text(max_size=60) | st.lists(st.sampled_from(ATTACKS), max_size=3).map(" ".join))
def test_no_text_becomes_markup_in_a_comment(text: str) -> None:
    plain = rendered(score("we evict", "we evict"))
    assert rendered(score(f"we {text}", f"we {text}")).tags == plain.tags


@with_attacks
@given(st.text(max_size=60))
def test_no_text_becomes_markup_in_a_card(text: str) -> None:
    plain = Tags(cards.html(score("we evict", "we evict"), QUESTION, max_points=12))
    shown = Tags(cards.html(score(f"we {text}", f"we {text}"), QUESTION, max_points=12))
    assert shown.tags == plain.tags
    assert words(text.replace("\r", "\n")) in words(shown.text)


@with_attacks
@given(st.text(st.characters(exclude_categories=["C"]), max_size=60))
def test_a_comment_quotes_letter_for_letter(text: str) -> None:
    assert words(text) in words(rendered(score(text)).text)


@pytest.mark.parametrize(
    ("level", "points"),
    [(Level.OFF, "0"), (Level.BELOW, "4"), (Level.MID, "8"), (Level.SENIOR, "12"),
     (Level.STAFF, "12"), (None, None)],
)  # fmt: skip
def test_card_and_comment_say_level_points_and_every_criterion(
    level: Level | None, points: str | None
) -> None:
    result = score(level=level)
    card = Tags(cards.html(result, QUESTION, max_points=12))
    comment = rendered(result)
    assert ("Not scored yet" if level is None else level.label) in card.text
    assert f"Level: {cards.level_text(level)}" in comment.text
    for shown in (words(card.text), words(comment.text)):
        stated = re.search(r"(\d+)(?:\.00)? of 12 points", shown)
        assert (stated and stated[1]) == points
        for asked in QUESTION.criteria:
            assert words(asked.asks) in shown
        for tip in result.tips:
            assert words(tip.gap) in shown


def test_a_comment_lists_each_criterion_as_an_item_of_its_own() -> None:
    comment = rendered(score(reason="The judge is unsure."))
    assert comment.tags.count("ul") == 1
    assert comment.tags.count("li") == len(QUESTION.criteria) + len(score().tips)


def test_a_long_quote_is_cut_in_a_comment_and_whole_on_a_card() -> None:
    quote = "we evict the oldest entry " * 40
    assert len(words(rendered(score(quote)).text)) < len(QUESTION.criteria) * 1000
    assert "…" in rendered(score(quote)).text
    assert words(quote) in words(Tags(cards.html(score(quote), QUESTION)).text)


SOME_QUOTES = st.lists(st.lists(st.text("ab c", max_size=6), max_size=3), max_size=4)


@given(st.text("ab c", max_size=60), SOME_QUOTES)
def test_passages_are_the_answer_cut_where_quotes_begin_and_end(
    answer: str, quotes: list[list[str]]
) -> None:
    cut = cards.passages(answer, quotes)
    assert "".join(passage.text for passage in cut) == answer
    assert all(passage.text for passage in cut)
    for number, of_criterion in enumerate(quotes):
        marked = {p for p, passage in enumerate(cut) if number in passage.criteria}
        covered: set[int] = set()
        for quote in filter(None, of_criterion):
            if (start := answer.find(quote)) >= 0:
                covered |= set(range(start, start + len(quote)))
        edges = [len("".join(p.text for p in cut[:n])) for n in range(len(cut) + 1)]
        assert {at for p in marked for at in range(edges[p], edges[p + 1])} == covered


@with_attacks
@given(st.text(max_size=60))
def test_an_answer_on_a_card_stays_text(text: str) -> None:
    plain = Tags(cards.html(score("we evict"), QUESTION, answer="we evict. Then x"))
    shown = Tags(cards.html(score("we evict"), QUESTION, answer=f"we evict. Then {text}x"))
    assert shown.tags == plain.tags
    assert f"we evict. Then {text}x".replace("\r", "") in shown.text.replace("\r", "")


@with_attacks
@given(st.text(max_size=60))
def test_a_slotted_card_holds_no_word_of_learner_or_judge(text: str) -> None:
    result = score(f"we {text}", f"because {text}")
    card = cards.slotted(result, QUESTION, answer=f"Before. we {text}")
    plain = cards.slotted(score("we", "because"), QUESTION, answer="Before. we")
    assert card.html == plain.html
    assert {f"we {text}", f"because {text}", "Before. "} <= set(card.said)
    slots = [tag for tag in Tags(card.html).tags if tag.startswith("span data-sk-said")]
    assert len(slots) == len(card.said)


def test_both_ways_to_a_card_show_the_same() -> None:
    result = score()
    whole = cards.html(result, QUESTION, answer="Before. we evict", before=score(), attempt=2)
    card = cards.slotted(result, QUESTION, answer="Before. we evict", before=score(), attempt=2)
    filled = re.sub(
        r'<span data-sk-said="(\d+)"></span>',
        lambda slot: html_entities.escape(card.said[int(slot[1])]).replace("&#x27;", "&#39;"),
        card.html,
    )
    assert filled.replace("&quot;", "&#34;") == whole


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [(None, Level.MID, ""), (Level.MID, None, ""), (Level.MID, Level.MID, "as before"),
     (Level.MID, Level.SENIOR, "one level up from mid"),
     (Level.STAFF, Level.MID, "2 levels down from staff")],
)  # fmt: skip
def test_an_attempt_is_compared_with_the_one_before(
    before: Level | None, now: Level | None, told: str
) -> None:
    earlier = None if before is None else score(level=before)
    assert cards.change_text(score(level=now), earlier) == told


def test_criteria_that_moved_within_a_level_are_counted() -> None:
    before, now = score(), score()
    up = now.verdicts[0].model_copy(update={"level": Level.SENIOR})
    now = now.model_copy(update={"verdicts": (up, *now.verdicts[1:])})
    assert cards.change_text(now, before) == "as before, criteria: 1 higher"
    assert cards.change_text(before, now) == "as before, criteria: 1 lower"


def test_the_tips_that_are_enough_are_counted_with_our_own_arithmetic() -> None:
    assert cards.tips_enough(score(level=Level.BELOW), QUESTION) is None, "three are too few"
    assert cards.tips_enough(score(level=Level.SENIOR), QUESTION) is None, "it is there"
    levels = {c.id: Level.SENIOR for c in QUESTION.criteria}
    for short in [c.id for c in QUESTION.criteria if c.dimension == "trade-offs"]:
        levels[short] = Level.BELOW  # which holds the whole answer down, whatever the rest
    uneven = grade(QUESTION, ESSAY, judge=ScriptedJudge(levels))
    assert uneven.level is not None and uneven.level < Level.SENIOR
    enough = cards.tips_enough(uneven, QUESTION)
    assert enough in (1, 2)
    assert "enough, if you bring" in cards.html(uneven, QUESTION)
    given_by_a_person = uneven.model_copy(update={"level": Level.OFF})
    assert cards.tips_enough(given_by_a_person, QUESTION) is None


def test_a_card_without_points_of_an_assignment_shows_none() -> None:
    assert "points" not in Tags(cards.html(score(), QUESTION)).text


@pytest.mark.parametrize("flag", ["both_places", "something_new", "<script>"])
def test_flags_are_told_in_words(flag: str) -> None:
    result = score().model_copy(update={"flags": (flag,)})
    told = cards.flag_text(flag)
    assert "_" not in told
    assert told in html_entities.unescape(cards.html(result, QUESTION))
    assert "<script>" not in cards.html(result, QUESTION)


def _texts_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def _flags_set_in(tree: ast.AST) -> Iterator[str]:
    """The words that become flags: put into `flags`, given to `_Stop`, or yielded by `_flags`."""
    for node in ast.walk(tree):
        match node:
            case ast.Call() if ast.unparse(node.func) in ("flags.append", "_Stop"):
                yield from _texts_in(node.args[0])
            case ast.keyword(arg="flags") | ast.Assign(targets=[ast.Name(id="flags")]):
                yield from _texts_in(node.value)
            case ast.FunctionDef(name="_flags"):
                for part in ast.walk(node):
                    yield from _texts_in(part) if isinstance(part, ast.Yield) else ()


def test_every_flag_that_can_be_set_has_a_text_and_every_text_a_flag() -> None:
    package = Path(cards.__file__).parents[1]
    sources = [package / "grading.py"]
    for name in ("judges", "preprocessors", "reports"):
        sources += (package / name).rglob("*.py")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sources]
    found = {flag for tree in trees for flag in _flags_set_in(tree) if flag.isidentifier()}
    assert found == set(cards.FLAG_TEXTS)


def test_the_style_sheet_loads_nothing() -> None:
    assert not re.search(r"@import|url\(\s*['\"]?(?!data:)|</style", cards.style(), re.IGNORECASE)
