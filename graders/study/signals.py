"""Which signals of a behavioural interview a story carries, how strongly, and in which words.

Two readers see a story: the embedded judge, whose dimensions (scope, ownership, impact, learning,
collaboration) it reads as an answer to "the project with the greatest impact that you have owned",
and the patterns of `cues`, which name what the judge's dimensions do not: conflict, ambiguity,
people outside engineering. The rules that join them are below, one for each signal.

A strength is 0 (not there), 1 (in passing) or 2 (the story is about it):

| signal | 1 | 2 |
|---|---|---|
| scope | a project or system of one team | two or more teams, or the organisation |
| ownership | took initiative within given work | found or shaped the work and saw it through |
| ambiguity | something was unclear | nobody could say what was wanted; clarity was made |
| conflict | somebody objected | two sides, the other's case, and how it was settled |
| growth | a lesson is named | an own mistake, and the practice that changed for good |
| leadership | led own people | others changed course or grew, and it lasts |
| cross-functional | others than engineers appear | decided and worked together with them |
| business impact | an outcome outside of engineering | with its number, before and after or in money |
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from graders.errors import JudgeError
from graders.judges.text import Document, read
from graders.levels import Level
from graders.question import load_question
from graders.study.cues import COMPILED
from graders.study.fit import nearness

SIGNALS = (
    "scope", "ownership", "ambiguity", "conflict",
    "growth", "leadership", "cross-functional", "business-impact",
)  # fmt: skip
"""The eight signals, in the order in which they are shown."""

ABOUT, PASSING, ABSENT = 2, 1, 0
SCALE_QUESTION = "story/business-impact"
MAX_QUOTE = 320
LEAST_WORDS = 20
"""Shorter notes answer no question yet."""

NEAR, NEAREST = 0.8, 1.8
"""Nearness to a question about a signal from which fewer of its words are enough."""

ABOUT_SIGNAL: dict[str, tuple[str, ...]] = {
    "scope": ("leadership/raising-the-bar", "story/hard-tradeoff"),
    "ownership": ("story/incident", "story/deadline", "story/technical-depth"),
    "ambiguity": ("story/ambiguity", "story/little-data"),
    "conflict": ("story/conflict", "leadership/disagree-and-commit"),
    "growth": ("story/failure", "story/feedback"),
    "leadership": (
        "leadership/mentoring",
        "leadership/raising-the-bar",
        "leadership/influence-without-authority",
    ),
    "cross-functional": (
        "leadership/cross-functional",
        "leadership/stakeholders",
        "leadership/product-direction",
    ),
    "business-impact": ("story/business-impact", "story/tech-debt", "story/simplification"),
}
"""Signal -> the questions that ask for it; together they are all nineteen."""

_Strength = tuple[int, list[int]]


@dataclass(frozen=True)
class Signal:
    """One signal in one story.

    Attributes:
        name: One of `SIGNALS`.
        strength: 0 not there, 1 in passing, 2 the story is about it.
        evidence: Sentences of the story that show it, letter for letter; none if strength is 0.
    """

    name: str
    strength: int
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What was read in one story.

    Attributes:
        signals: All eight, in the order of `SIGNALS`.
        judged: The judge's dimensions, 0 to 4; empty if it could not read the text.
        nearness: Question -> how near the story comes to it (`fit.nearness`).
        problem: Why the judge could not read it, in words; the patterns still count.
    """

    signals: tuple[Signal, ...]
    judged: dict[str, float] = field(default_factory=dict)
    nearness: dict[str, float] = field(default_factory=dict)
    problem: str = ""

    def strength(self, name: str) -> int:
        """The strength of the signal called *name*."""
        return self.signals[SIGNALS.index(name)].strength

    @property
    def organisation_wide(self) -> bool:
        """Whether the effect went beyond the own team: on the business, or as other teams changed."""
        felt = self.strength("business-impact") >= PASSING or self.strength("leadership") == ABOUT
        return self.strength("scope") == ABOUT and felt

    @property
    def cross_functional(self) -> bool:
        """Whether the story is about work together with others than engineers."""
        return self.strength("cross-functional") == ABOUT


@dataclass(frozen=True)
class _Seen:
    """What the rules know beside the words: the judge's dimensions, the questions that are near."""

    judged: dict[str, float]
    nearness: dict[str, float]

    def near(self, signal: str) -> float:
        """How near the story comes to a question about *signal*."""
        return max((self.nearness.get(name, 0.0) for name in ABOUT_SIGNAL[signal]), default=0.0)

    def first(self, signal: str) -> bool:
        """Whether a question about *signal* is clearly near, and among the three nearest."""
        best = sorted(self.nearness, key=lambda name: -self.nearness[name])[:3]
        return self.near(signal) >= NEAR and any(name in ABOUT_SIGNAL[signal] for name in best)


class _Found:
    """The sentences in which each group of one signal's cues was found."""

    def __init__(self, name: str, document: Document) -> None:
        lines = document.prose.split("\n")
        self._at = {
            # Most groups are nowhere in a story: one look at all of it spares one at each line.
            group: [i for i, line in enumerate(lines) if pattern.search(line)]
            if pattern.search(document.prose)
            else []
            for group, pattern in COMPILED[name].items()
        }

    def n(self, *groups: str) -> int:
        """In how many sentences any of *groups* was found."""
        return len(set().union(*(self._at[group] for group in groups)))

    def both(self, one: str, other: str) -> list[int]:
        """Sentences in which both groups were found."""
        return [place for place in self._at[one] if place in self._at[other]]

    def places(self, *groups: str) -> list[int]:
        """The sentences of *groups*, those with most of them first."""
        times: dict[int, int] = {}
        for group in groups:
            for index in self._at[group]:
                times[index] = times.get(index, 0) + 1
        return sorted(times, key=lambda index: (-times[index], index))


def _scope(found: _Found, seen: _Seen) -> _Strength:
    level = seen.judged.get("scope", 2.0)
    wide = found.n("teams") >= 1 and found.n("span", "followed") >= 1 and level >= Level.MID
    if wide or level >= 3.5:
        return ABOUT, found.places("teams", "followed") or found.places("span", "several")
    if found.n("several", "span", "teams") and level >= Level.BELOW:
        # Colleagues are named in stories of one's own task as well; then the judge decides.
        alone = not found.n("span", "teams") and level < Level.SENIOR and found.n("several") == 1
        if not alone or seen.judged.get("ownership", 2.0) >= Level.MID:
            return PASSING, found.places("several", "span", "teams")
    return ABSENT, []


def _ownership(found: _Found, seen: _Seen) -> _Strength:
    level, places = seen.judged.get("ownership", 2.0), found.places("found", "through")
    if found.n("given") >= 1 and found.n("found") <= 1 and level < 2.5:
        return (PASSING if found.n("found", "through") else ABSENT), places
    if level >= 2.5 or (found.n("found") >= 1 and found.n("through") >= 2):
        return ABOUT, places
    return (PASSING if found.n("found", "through") or level >= 1.5 else ABSENT), places


def _ambiguity(found: _Found, seen: _Seen) -> _Strength:
    unclear, made = found.n("unclear"), found.n("clarified")
    places = found.places("unclear", "clarified")
    if unclear and made and unclear + made >= (2 if seen.near("ambiguity") >= NEAR else 3):
        return ABOUT, places
    if seen.first("ambiguity") and (unclear or made >= 2):
        return ABOUT, places
    return (PASSING if unclear else ABSENT), found.places("unclear")


def _conflict(found: _Found, seen: _Seen) -> _Strength:
    sides, case, out = found.n("dispute"), found.n("their_case"), found.n("settled")
    places = found.places("dispute", "their_case", "settled")
    heard = case or sides >= 3 or seen.near("conflict") >= NEAR
    if sides and (out or case) and heard and sides + case >= 2 and sides + case + out >= 3:
        return ABOUT, places
    return (PASSING if sides else ABSENT), found.places("dispute", "their_case")


def _growth(found: _Found, seen: _Seen) -> _Strength:
    wrong, kept, system = found.n("mistake"), found.n("practice", "lesson"), found.n("system")
    places = found.places("mistake", "practice", "system", "lesson")
    told = (wrong >= 1) + (kept >= 1) + (system >= 1)
    if (wrong >= 2 and system >= 1) or (
        seen.first("growth") and told >= 2 and seen.near("growth") >= NEAREST
    ):
        return ABOUT, places
    return (PASSING if wrong or kept else ABSENT), places


def _leadership(found: _Found, seen: _Seen) -> _Strength:
    moved, grew, handed = found.n("moved"), found.n("grew"), found.n("handed")
    places = found.places("moved", "grew", "handed")
    if moved >= 2 or grew >= 2 or ((moved or grew) and handed):
        return ABOUT, places
    if seen.first("leadership") and (moved or grew or handed):
        return ABOUT, places
    led = found.n("led") >= 1 or moved + grew + handed > 0
    return (PASSING if led else ABSENT), places or found.places("led")


def _cross(found: _Found, seen: _Seen) -> _Strength:
    joint = found.both("outside", "jointly")
    decided = seen.judged.get("judgment", 2.0) > Level.MID or seen.judged.get("impact", 2.0) >= 2.5
    about = seen.first("cross-functional") and joint and found.n("outside") >= 2
    if len(joint) >= 3 or (decided and (len(joint) >= 2 or about)):
        return ABOUT, joint
    return (PASSING if found.n("outside") else ABSENT), joint or found.places("outside")


def _impact(found: _Found, seen: _Seen) -> _Strength:
    proof, figured = found.both("goods", "change"), found.both("goods", "figure")
    if proof and (found.n("money") or len(proof) >= 2 or seen.judged.get("impact", 2.0) >= 3):
        return ABOUT, list(dict.fromkeys([*proof, *found.places("money")]))
    if found.n("outcome") and (figured or found.n("outcome") >= 2):
        return PASSING, list(dict.fromkeys([*figured, *found.places("outcome")]))
    return ABSENT, []


_RULES = dict(
    zip(
        SIGNALS,
        (_scope, _ownership, _ambiguity, _conflict, _growth, _leadership, _cross, _impact),
        strict=True,
    )
)


@lru_cache(maxsize=2_000)
def read_story(text: str) -> Reading:
    """Read one story; never fails, whatever the text holds.

    The same text is read once in a process: about 12 ms.
    """
    document = read(text)
    judged, problem = _judged(document)
    near = {} if problem or len(document.words) < LEAST_WORDS else nearness(text)
    signals = tuple(_signals(document, _Seen(judged, near)))
    return Reading(signals, judged, near, problem)


def _signals(document: Document, seen: _Seen) -> list[Signal]:
    signals = []
    for name, rule in _RULES.items():
        strength, places = rule(_Found(name, document), seen)
        quotes = [document.sentences[place] for place in places[:2]] if strength else []
        signals.append(
            Signal(name, strength, tuple(document.quote(q, q)[:MAX_QUOTE] for q in quotes))
        )
    return signals


def _judged(document: Document) -> tuple[dict[str, float], str]:
    """The dimensions as the embedded judge's model measures them, and why not, if it cannot.

    The model is asked and not the judge: that would refuse a story about a conflict as no answer
    to the question about impact, and here it is only the ruler that all stories are held against.
    """
    from graders.judges.embedded.features import extract, prepare
    from graders.judges.embedded.model import shipped_model

    if not document.sentences:
        return {}, "There is no sentence in it yet."
    question = load_question(SCALE_QUESTION)
    names = [f"{question.kind}/{criterion.dimension}" for criterion in question.criteria]
    try:
        features = extract(question, document, prepare(question))
        levels = shipped_model().predict(features, names).levels
    except JudgeError as error:
        return {}, str(error)
    found: dict[str, list[int]] = {}
    for criterion, level in zip(question.criteria, levels, strict=True):
        # In whole levels, as verdicts are: the rules were chosen on those.
        found.setdefault(criterion.dimension, []).append(min(int(level + 0.5), int(Level.STAFF)))
    return {name: sum(several) / len(several) for name, several in found.items()}, ""
