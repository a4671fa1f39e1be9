"""What a candidate's turn is: words on the subject, questions, silence, or something else.

The text is hostile: it is looked at, never obeyed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from graders.judges.injection import speaks_to_grader
from graders.judges.text import Sentence, read, words

Rudeness = Literal["insult", "order"]

FEW_WORDS = 8
"""Up to so many words a turn may be nothing but filler."""

SHORT_TURN = 40
"""Up to so many words a turn's questions are meant for the interviewer, wherever they stand."""

_FILLER = frozenset(
    words(
        """
        a ah alright dunno er erm good hello hey hi hm hmm hmmm huh i i'm idea just know let me
        moment nice no nope not ok okay one pass please really right second see so sorry sure
        thank thanks that the think thinking this to tough uh uhh uhm um umm wait well yeah yes
        don't can't cannot couldn't blank have here any nothing mind
        """
    )
)
_INSULT = re.compile(
    r"\b(?:you(?:'re| are)?|u r|this|what an?|such an?)\b[^.!?\n]{0,25}\b(?:idiot|moron|stupid|dumb"
    r"|imbecile|useless|pathetic|worthless|incompetent|clown|joke|garbage|trash|loser|ridiculous)\b"
    r"|\b(?:stupid|dumb|idiotic|pointless|useless|moronic) (?:question|interview|interviewer|bot"
    r"|machine|program|test|thing)\b|\bshut up\b|\bscrew you\b|\bf+u+c*k+\b|\bf\*+k?\b|\bbullshit\b"
    r"|\byou suck\b|\bwaste of (?:my )?time\b|\bgo to hell\b",
    re.IGNORECASE,
)
_SECRET = re.compile(
    r"\b(?:rubrics?|model answers?|reference answers?|sample answers?|grading|mark(?:ing)? scheme"
    r"|score ?(?:card|sheet)|evaluation sheet|system prompt|your (?:instructions|prompt|notes|sheet)"
    r"|(?:evaluation|scoring|assessment) criteria|criteria (?:do|are|will) you"
    r"|(?:right|correct|best|ideal|perfect|expected|senior|staff)(?:[- ]level)? (?:answer|solution)"
    r"|(?:give|tell|show) me (?:the|an?) (?:answer|solution|hint)|(?:a|any|some) hints?\b"
    r"|what (?:are|were) you looking for|what (?:do|would) you want (?:me )?to hear"
    r"|how am i doing|(?:did|do|will|have) i (?:do well|pass|passed?)|what(?:'s| is) my (?:score|level)"
    r"|am i (?:passing|hired|right so far)|what would a (?:senior|staff))",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\?|^\W*(?:(?:please|just|so|ok|okay|now|then|and|first)\W+)*(?:give|show|tell|print|reveal"
    r"|share|read|send|list|output|repeat|display|ignore)\b"
    r"|\b(?:give|show|tell|send) (?:me|us)\b|\bi(?:'d| would)? (?:want|need|like)\b"
    r"|\b(?:print|reveal|display|output)\b",
    re.IGNORECASE,
)
_FINISHED = re.compile(
    r"\b(?:i'?m|i am|i think i'?m|i guess i'?m) (?:done|finished|through)\b"
    r"|\b(?:that'?s|that is|that was) (?:all|it|everything|about it|my (?:design|story|answer|scope))\b"
    r"|\bnothing (?:more|else|to add)\b|\bno more to (?:say|add)\b|\bnext question\b"
    r"|\b(?:where|what|which part|anything)\b[^.!?]{0,40}\byou(?:'d)? (?:like|want|prefer)\b"
    r"|\b(?:over|back) to you\b|\bshall (?:we|i) (?:go|move) on\b|\blet'?s move on\b",
    re.IGNORECASE,
)
_SELF_ANSWER = re.compile(
    r"^(?:because|since|no\b|yes\b|well,|so\b|i\b|i'd|i'll|we\b|we'd|it\b|that\b|the answer|not\b|for )",
    re.IGNORECASE,
)
_TO_SOMEBODY = re.compile(
    r"\b(?:can|may|should|shall|do|does|did|is|are|will|would|could|must|what|which|how|who|when"
    r"|where|any|how many)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Heard:
    """What was heard.

    Attributes:
        asks: Questions for the interviewer, in order.
        wants_secret: Whether the rubric, the answer, a hint or a verdict is asked for.
        rude: An insult, or an order to whoever judges; `None` if neither.
        finished: Whether the candidate says that this is all.
        substance: How many words are left that speak about the subject.
    """

    asks: tuple[str, ...] = ()
    wants_secret: bool = False
    rude: Rudeness | None = None
    finished: bool = False
    substance: int = 0

    @property
    def silent(self) -> bool:
        """Whether nothing was said that one could react to."""
        return not (self.substance or self.asks or self.wants_secret or self.rude or self.finished)


def hear(text: str, *, scoping: bool) -> Heard:
    """Listen to *text*.

    Args:
        text: What the candidate said.
        scoping: Whether the candidate is expected to ask; a question is then for the interviewer
            unless the candidate answers it at once.
    """
    document = read(text)
    sentences = document.sentences
    short = len(document.words) <= SHORT_TURN
    asks: list[str] = []
    secret, rude, substance = False, _rude_as_a_whole(text), 0
    finished = bool(sentences and _FINISHED.search(sentences[-1].text))
    for place, sentence in enumerate(sentences):
        line = sentence.line
        if _INSULT.search(line):
            rude = "insult"
        elif _SECRET.search(line) and _WISH.search(line):
            secret = True
        elif speaks_to_grader(line):
            rude = rude or "order"
        elif _is_for_interviewer(sentences, place, scoping or short):
            if not _FINISHED.search(line):
                asks.append(line)
        elif not (finished and place == len(sentences) - 1):
            substance += len(sentence.words)
    if substance <= FEW_WORDS and set(document.words) <= _FILLER:
        substance = 0
    return Heard(tuple(asks), secret, rude, finished, substance)


def _rude_as_a_whole(text: str) -> Rudeness | None:
    return "order" if speaks_to_grader(text) else None


def _is_for_interviewer(sentences: tuple[Sentence, ...], place: int, anywhere: bool) -> bool:
    line = sentences[place].line
    if not line.rstrip("\"')] ").endswith("?") or not _TO_SOMEBODY.search(line):
        return False
    if place + 1 < len(sentences) and _SELF_ANSWER.match(sentences[place + 1].line):
        return False  # asked and answered: a way of speaking
    return anywhere or place >= len(sentences) - 2
