"""What can be seen in a text without knowing the subject: who acts, what is measured, weighed, learned.

Each detector counts single words and short phrases; its count is a feature, never a score of its
own. What a word says is remembered, and phrases are looked for only where a word of theirs stands,
so that reading costs next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graders.judges.per_word import PerWord

_UNIT = (
    r"(?:%|percent|ms|milliseconds?|seconds?|minutes?|hours?|days?|weeks?|[kmgtp]i?b\b|[kmb]\b"
    r"|bytes?|bits?|rps|qps|tps|req|requests?|writes?|reads?|queries|users?|customers?|nodes?"
    r"|machines?|servers?|shards?|replicas?|million|billion|thousand|x\b|per\b|/)"
)
_COUNT = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|other|several|all|both)"
_CHANGED = (
    r"(?:reduc|cut|dropp|fell|lower|improv|increas|grew|sav|shr[au]nk|rose|brought|decreas|gain)"
)
_FIGURE = r".*\d.*"
_ABOUT = r"(?:about |around |roughly |over |nearly )?"


@dataclass(frozen=True)
class Detector:
    """One thing to look for.

    Attributes:
        words: Pattern of single words, in lower case.
        phrases: Pattern of what is longer than a word.
        near: Pattern of the words without which no phrase is looked for. With " & ", a second
            one: words of which every phrase holds one, so that it only saves time.
    """

    words: str = ""
    phrases: str = ""
    near: str = ""


DETECTORS: dict[str, Detector] = {
    "numbers": Detector(phrases=r"\b\d[\d,.]*", near=_FIGURE),
    "quantities": Detector(phrases=rf"\d[\d,.]*\s?-?{_UNIT}", near=_FIGURE),
    "money": Detector(
        r"costs?|budget|prices?",
        r"[$€£¥]\s?\d|\b\d[\d,.]*\s?(?:dollars|euros?|pounds|usd|eur|gbp|k€|m€)(?!\w)",
        rf"{_FIGURE} & [$€£¥]|\d*(?:dollars|euros?|pounds|usd|eur|gbp)",
    ),
    "before_after": Detector(
        r"halved|doubled|tripled|→|->",
        rf"\bfrom\s+{_ABOUT}[$€£]?\d[^.;\n]{{0,40}}?\bto\s+[$€£]?\w+|\bdown to\b|\bup to \d"
        r"|\bwent from\b|\bused to\b|\bbefore[^.\n]{0,60}\bafter\b"
        rf"|\b{_CHANGED}\w*[^.;\n]{{0,60}}?\bby\s+{_ABOUT}[$€£]?\d",
        rf"from|to|after|by & from|down|up|went|used|before\w*|{_CHANGED}\w*",
    ),
    "business": Detector(
        r"revenue|churn|customers?|merchants?|conversion|margins?|contracts?|markets?|sales|renewals?"
        r"|refunds?|chargebacks?|tickets|complaints|retention|sign-?ups?|subscribers?|orders|profit"
        r"|savings?|saved|deals?|invoices?|fees?|penalt(?:y|ies)|audit|compliance|launch(?:ed)?"
    ),
    "i_acted": Detector(
        phrases=r"\bi\s+(?:also\s+|then\s+|first\s+|\w+ly\s+)?(?:(?!need|want|tri|help|ask|start|learn"
        r"|work|join|us|lik|hop|liv)[a-z]{2,}ed\b|(?:led|decided|proposed|wrote|built|designed|chose"
        r"|drove|pushed|asked|argued|measured|found|pulled|set|ran|owned|cut|convinced|killed|stopped"
        r"|moved|started|made|took|went|put|drafted|scoped|reframed|rejected|negotiated|insisted"
        r"|picked|sat|brought|presented|turned|shipped|dropped|refused|agreed|called|gave|got|told"
        r"|showed|split|rolled|named|published|coached|paired|looked|would|use|pick|choose|start"
        r"|keep|size|shard|reject|need)\b)",
        near="i",
    ),
    "i": Detector(r"i|i['’](?:m|d|ve|ll)|my|me"),
    "we": Detector(r"we|we['’](?:re|d|ve|ll)|our|us"),
    "passive": Detector(
        phrases=r"\bi was (?:told|asked|given|assigned|put on|involved|part of)\b|\bwas (?:assigned"
        r"|involved)\b|\bwe were told\b|\bmy (?:manager|boss|lead) (?:told|asked|gave|said|decided"
        r"|wanted)\b|\bhelped (?:with|out)\b|\bgot assigned\b",
        near="was|were|my|helped|got",
    ),
    "rejected": Detector(
        r"reject(?:ed|ing)?|alternatives?|considered|evaluated|weighed|compared|versus|vs|trade-?offs?"
        r"|dropped|over-?kill",
        r"\binstead of\b|\brather than\b|\bruled out\b|\bdecided against\b|\bnot worth\b|\blooked at\b"
        r"|\bthe other option\b|\bwould have (?:been|cost|meant|taken)\b|\bat the (?:cost|price) of\b"
        r"|\b(?:we|i) give up\b|\bturned down\b|\bsaid no\b|\b(?:what )?i would not\b"
        r"|\bno need for\b",
        r"instead|rather|ruled|decided|worth|looked|option|would|cost|price|give|turned|said|need",
    ),
    "because": Detector(
        r"because|since|therefore|hence|unless",
        r"\bso that\b|\bwhich means\b|\bthat(?: is|['’]s) why\b|\bthe reason\b|\bso (?:i|we|the)\b"
        r"|\bmeans? that\b|\bonly if\b",
        r"so|means?|why|reason|only",
    ),
    "failure": Detector(
        r"fail(?:s|ed|ure|ures|ing|over)?|crash\w*|dies|died|down|outage|partition(?:ed|s)?|stale"
        r"|duplicat\w+|time-?outs?|overload\w*|stampede|race|lost|loses?|corrupt\w*|split-brain|lag"
        r"|thundering|incident|breaks?|drift\w*|errors?",
        r"\bhot (?:key|shard|spot|partition)s?\b|\bsplit brain\b",
        r"hot|split",
    ),
    "mitigation": Detector(
        r"retr(?:y|ies)|fallbacks?|replicas?|fail-(?:open|closed)|failover|idempoten\w+|degrad\w+"
        r"|jitter\w*|back-?off|coalesc\w+|single-?flight|lock|leases?|fencing|quorum|version(?:ed|s)?"
        r"|reconcil\w+|dead-letter|shed(?:ding)?|load-?shed\w*|bulkhead\w*|probabilistic|expir\w+",
        r"\bfall ?backs?\b|\bfails? ?over\b|\bfail (?:open|closed)\b|\bcircuit[- ]breakers?\b"
        r"|\bsingle flight\b|\bdead letter\b|\bserve stale\b",
        r"falls?|fails?|circuit\S*|single|dead|serve",
    ),
    "stakeholders": Detector(
        r"product|pms?|designers?|legal|finance|cfo|cto|vps?|directors?|sales|support|marketing"
        r"|compliance|ops|stakeholders?|execs?|researchers?|operations",
        r"\bdesign team\b|\bsecurity team\b|\bexecutives\b",
        r"team|executives",
    ),
    "teams": Detector(
        r"organi[sz]ation(?:-wide)?|orgs?(?:-wide)?|company-wide",
        rf"\b(?:{_COUNT}|partner|platform|neighbou?ring) (?:\w+ )?(?:teams|squads|engineers|developers"
        r"|people|departments|orgs|functions|services)\b"
        r"|\bacross (?:the )?(?:teams|org\w*|company|functions)\b",
        r"teams|squads|engineers|developers|people|departments|orgs|functions|services|across",
    ),
    "time_spans": Detector(
        r"quarters?|q[1-4]|six-month|roadmaps?",
        rf"\b(?:{_COUNT}|one|twelve|a few|first|second|next|last|following|half a|a) (?:\w+ )?"
        r"(?:weeks?|months?|years?)\b|\bby the end of\b",
        r"weeks?|months?|years?|end",
    ),
    "learning": Detector(
        r"learn(?:ed|t|ing)?|nowadays|habit|retro(?:spective)?|post-?mortem",
        r"\bsince then\b|\bnext time\b|\bin hindsight\b|\bnow i\b|\b(?:i|we) now\b|\bever since\b"
        r"|\bdo differently\b|\bmistake i\b|\btaught me\b|\bchanged how\b|\btoday i\b|\bfrom then on\b",
        r"then|time|hindsight|now|ever|differently|mistake|taught|changed|today",
    ),
    "standards": Detector(
        r"adopt(?:ed|ion|s|ing)?|standards?|templates?|guidelines?|rfc|playbooks?|polic(?:y|ies)"
        r"|practice|paved",
        r"\bthe default\b|\bstill (?:used?|uses|runs?|in use)\b|\bdesign reviews?\b",
        r"default|still|reviews?",
    ),
    "rollout": Detector(
        r"roll(?:ed)?-?(?:out|back)|canary|migrat\w+|dual-writ\w+|shadow|backfill\w*|phases?"
        r"|incremental\w*|pilot|staged|cut-?over",
        r"\broll(?:ed)? (?:out|back)\b|\bfeature flags?\b|\bdual writ\w+",
        r"roll|rolled|flags?|dual",
    ),
    "operations": Detector(
        r"metrics?|alarms?|alerts?|page(?:s|d)?|dashboards?|p9\d(?:\.9)?|p50|slos?|slas?|monitor\w*"
        r"|on-?call|hit-rat(?:e|io)|headroom|runbook",
        r"\berror budget\b|\bhit rat(?:e|io)\b",
        r"budget|hit",
    ),
    "requirements": Detector(
        r"assum\w+|requirements?|functional|clarif\w+|priorit\w+",
        r"\b(?:in|out of) scope\b|\bask(?:ing)? (?:first|whether|how|about|what)\b|\bleave out\b"
        r"|\bnot (?:doing|building|covering)\b|\bwould ask\b|\bfirst question\b",
        r"scope|ask|asking|leave|not|question",
    ),
    "people": Detector(
        r"mentor\w*|coach\w*|credit|promot\w+|junior|grew|ownership|paired?|trust|one-on-one\w*|1:1s?"
        r"|handed|delegat\w+|her|his|their",
        r"\bpresent(?:ed)? it\b",
        r"present|presented",
    ),
    "self_knowledge": Detector(
        r"gaps?|honest(?:ly)?|staff|sponsor|scope|direction|influence|judge?ment|depth|deepen\w*|plan"
        r"|multi-?team|missing",
        r"\bnot yet\b|\bi have not\b|\bi haven['’]t\b",
        r"yet|have|haven\S+",
    ),
    "blame": Detector(
        r"politic\w*|unfair",
        r"\bmy manager (?:doesn['’]t|does not|never|didn['’]t|did not|blocked)\b|\bthey (?:never|don['’]t"
        r"|didn['’]t) (?:promote|recogni)\w*|\bdon['’]t want (?:the )?(?:responsibility|meetings|hassle"
        r"|stress)\b|\btitles? (?:don['’]t|doesn['’]t|do not|are just)\b|\bless stress\b"
        r"|\bmore (?:money|pay)\b",
        r"manager|they|want|titles?|less|more",
    ),
    "platitudes": Detector(
        r"scalab(?:le|ility)|robust|synerg\w+|world-class|cutting-edge|seamless\w*|leverag\w+|ecosystem"
        r"|holistic\w*|agile|passionate|basically|obviously|etc",
        r"\bbest practices?\b|\bit depends\b|\bas needed\b|\bhighly available\b|\bcutting edge\b"
        r"|\bteam player\b|\bvery important\b",
        r"best|depends|needed|highly|cutting|player|important",
    ),
    "unsure": Detector(
        r"maybe|probably|somehow|stuff",
        r"\bi (?:don['’]t|do not) (?:really )?(?:know|remember)\b|\bnot (?:really )?sure\b|\bi guess\b"
        r"|\bsome kind of\b|\bi think\b|\bthings like that\b|\bor something\b|\bno idea\b",
        r"know|remember|sure|guess|kind|think|things|something|idea",
    ),
}
"""Name -> what it looks for. English only; other languages are noticed and sent to a person."""

NAMES: tuple[str, ...] = tuple(DETECTORS)

BY_DIMENSION: dict[str, tuple[str, ...]] = {
    "requirements": ("requirements", "rejected", "numbers"),
    "estimation": ("quantities", "numbers", "because"),
    "api-and-data": ("quantities", "because"),
    "architecture": ("because", "rollout"),
    "deep-dive": ("because", "mitigation", "quantities"),
    "scaling": ("quantities", "failure", "because"),
    "failure-and-consistency": ("failure", "mitigation"),
    "trade-offs": ("rejected", "because"),
    "operability-and-cost": ("operations", "rollout", "money"),
    "mechanism": ("because", "mitigation"),
    "numbers": ("quantities", "numbers"),
    "failure-modes": ("failure", "mitigation", "operations"),
    "application": ("time_spans", "i_acted", "operations"),
    "scope": ("teams", "time_spans", "quantities"),
    "ownership": ("i_acted", "rollout"),
    "impact": ("before_after", "money", "business", "quantities"),
    "judgment": ("rejected", "because"),
    "collaboration": ("stakeholders", "teams", "people"),
    "learning": ("learning", "standards"),
    "influence": ("stakeholders", "i_acted", "because"),
    "people": ("people", "teams"),
    "honesty": ("self_knowledge", "because"),
    "bar-awareness": ("teams", "standards", "self_knowledge"),
    "evidence": ("i_acted", "teams", "standards"),
    "plan": ("time_spans", "self_knowledge"),
    "fit": ("because", "self_knowledge"),
}
"""Dimension -> the detectors that speak for it."""

_TOKEN = re.compile(r"\w+(?:[-'’.:]\w+)*|→|->|[$€£¥]")
_PART = re.compile(r"[-.:]")
_RUN = re.compile(r"\w+")
_COUNT_OF_DETECTORS = len(NAMES)
_WORDS = [re.compile(detector.words or "(?!)") for detector in DETECTORS.values()]
_PHRASES = [re.compile(detector.phrases or "(?!)") for detector in DETECTORS.values()]
_NEAR = [[re.compile(one) for one in detector.near.split(" & ")] for detector in DETECTORS.values()]
_ANY = re.compile(
    "|".join(
        f"(?:{one})" for d in DETECTORS.values() for one in (d.words, *d.near.split(" & ")) if one
    )
)
# One bit for each detector, and above those one for the second word that some of them need.
_NEEDS_ONE_WORD = sum(
    1 << (_COUNT_OF_DETECTORS + index) for index, near in enumerate(_NEAR) if len(near) == 1
)


def detect(sentences: Sequence[str]) -> NDArray[np.float32]:
    """How often each detector finds something in each sentence, shape (sentences, detectors)."""
    places: list[int] = []
    for row, sentence in enumerate(sentences):
        line, start = sentence.lower(), row * _COUNT_OF_DETECTORS
        near = _NEEDS_ONE_WORD
        for says, needed in filter(None, map(_KNOWN.__getitem__, _TOKEN.findall(line))):
            near |= needed
            places += [start + index for index in says]
        wanted = near & (near >> _COUNT_OF_DETECTORS)
        while wanted:
            index = wanted.bit_length() - 1
            wanted ^= 1 << index
            places += [start + index] * len(_PHRASES[index].findall(line))
    counts = np.bincount(places, minlength=len(sentences) * _COUNT_OF_DETECTORS)
    return counts.astype(np.float32).reshape(len(sentences), _COUNT_OF_DETECTORS)


def _known(word: str) -> tuple[tuple[int, ...], int] | None:
    """The detectors that count *word*, and the bits of the phrases that need it; `None` if none."""
    forms = {word, *_PART.split(word)}
    loose = {*forms, *_RUN.findall(word)}
    if not any(map(_ANY.fullmatch, loose)):
        return None
    says = tuple(
        index
        for index, pattern in enumerate(_WORDS)
        if any(pattern.fullmatch(form) for form in forms)
    )
    # The model was fitted to counts without "last week's"; what only saves time must miss nothing.
    near = sum(
        1 << (index + place * _COUNT_OF_DETECTORS)
        for index, patterns in enumerate(_NEAR)
        for place, pattern in enumerate(patterns)
        if any(pattern.fullmatch(form) for form in (loose if place else forms))
    )
    return (says, near) if says or near else None


_KNOWN = PerWord(_known)
