"""Words of the answer to "why not Staff?": what ends the conversation, and the two honest paths."""

from __future__ import annotations

import re
from dataclasses import dataclass

_I = re.IGNORECASE
_COUNT = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "eighteen": 18, "couple": 2, "few": 3,
}  # fmt: skip
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_HORIZON = re.compile(
    r"\b(?:in|within|over|for|after|another|next) (?:the |about |around |maybe |another |"
    r"next |first |coming )*(?P<half>half an? )?(?P<count>\d{1,2}|" + "|".join(_COUNT) + r")?[ -]?"
    r"(?:of )?(?:or (?:two|three) )?(?P<unit>month|quarter|year)s?\b(?! ago)",
    _I,
)
_GOAL = re.compile(
    r"\b(?:staff(?! engineers?\b)|promot\w*|next level|that level|ready|the title)\b", _I
)
_AHEAD = re.compile(
    r"\b(?:would|will|want|hope|aim|plan|expect|going to|can talk|could talk|should be|I'd|I'll|we'll"
    r"|by then)\b",
    _I,
)
_DONE = re.compile(r"\b(?:I've had|I had|was|were|did|used to|for the past|the last)\b", _I)


@dataclass(frozen=True)
class FlagRule:
    """One red flag and how it sounds.

    Attributes:
        name: Its name.
        pattern: What is looked for in a sentence.
        heard: What the interviewer hears.
        instead: What to say in its place.
        unless: Words that turn the sentence's meaning round.
        only_if_vague: Whether it counts only in an answer without figures and names.
    """

    name: str
    pattern: re.Pattern[str]
    heard: str
    instead: str
    unless: re.Pattern[str] | None = None
    only_if_vague: bool = False

    def matches(self, line: str) -> bool:
        """Whether *line* shows it."""
        return bool(self.pattern.search(line)) and not (self.unless and self.unless.search(line))


_TURNED = re.compile(
    r"\b(?:not|isn't|wasn't|no|never) (?:a matter of |about |because of |the |any |for )?(?:politic\w*"
    r"|money|title|blame|pay|salary)\b|\bthat was (?:my|fair)|\bon me\b|\bmy (?:own )?(?:call|choice)\b"
    r"|\bfair\b|\bthey were right\b|\bhe was right\b|\bshe was right\b|\bI paid\b|\bit cost me\b",
    _I,
)

FLAGS: tuple[FlagRule, ...] = (
    FlagRule(
        "blame",
        re.compile(
            r"\bpolitic(?:s|al)\b|\bwho you (?:know|go to lunch with)\b|\bfriends with the\b|\bunfair\b"
            r"|\b(?:my|the) (?:manager|boss|company|director) (?:never|doesn't|does not|didn't|did not"
            r"|won't|blocked|refused|promised)\b|\bthey (?:never|only|don't|give it to|won't)"
            r"(?: \w+){0,3} (?:promot\w*|people who|talk|those)\b|\bnobody (?:offered|asked me"
            r"|promoted|gave me)\b|\bnever (?:offered|promoted) me\b|\bnicest slides\b"
            r"|\bbegging for it\b|\bpassed over\b|\bnot many openings\b|\bhaven't written any real code\b",
            _I,
        ),
        "will say that of us as well",
        "Say which part was your own choice or your own miss, and what it cost you.",
        _TURNED,
    ),
    FlagRule(
        "responsibility",
        re.compile(
            r"\b(?:don't|do not|wouldn't|not) (?:really )?(?:want|like|need|enjoy) (?:that|the|more"
            r"|all that|so much)? ?(?:responsibility|accountability|meetings|stress|hassle|pressure)\b"
            r"|\b(?:too (?:much|many)|a lot of|enough|no) (?:responsibility|meetings|stress|pressure)\b"
            r"|\bless (?:stress|responsibility|pressure)\b|\bquiet corner\b|\bavoid\w* (?:the )?"
            r"(?:responsibility|meetings)\b|\bdon't want to be the one\b|\brather (?:just )?(?:ship|code)"
            r"\b|\bget shouted at\b|\binfluencing without authority is not\b",
            _I,
        ),
        "will not take it here either",
        "Say what you want to own instead, down to the pager, and for how long.",
    ),
    FlagRule(
        "money",
        re.compile(
            r"\b(?:money|pay|salary|compensation|raise)\b[^.]{0,60}\b(?:reason|why|matters|fair|more"
            r"|enough|right|good|not worth|depends|care)\b|\b(?:fair|good|better|more|higher|same)"
            r" (?:money|pay|salary|compensation)\b|\bfor the money\b|\bpays? (?:the same|enough|well)\b",
            _I,
        ),
        "will leave for the next offer",
        "Leave pay out, or name it only as what your choice costs you.",
        re.compile(
            r"\bless money\b|\bcosts? me\b|\bpaid for\b|\bI paid\b|\bprice\b|\bgave up\b|\bnot? (?:the|about|for)"
            r" (?:the )?money\b|\bno other\b|\bdon't do it for\b|\bpayments?\b|\bpayroll\b|\bpay (?:for|at)\b",
            _I,
        ),
    ),
    FlagRule(
        "entitlement",
        re.compile(
            r"\balready (?:doing|do|at|operate|operating|work|working) (?:\w+ ){0,3}(?:staff|altitude"
            r"|level)\b|\bcould have been staff\b|\b(?:certainly|easily) (?:at|be|do) (?:the same|staff"
            r"|it)\b|\bI(?:'ve| have) been doing it\b|\bI deserve\b|\bdue to me\b|\bstaff-equivalent\b"
            r"|\bcould I do it\? (?:sure|of course)\b|\bnot a question of capability\b"
            r"|\bif you think I should be staff\b|\bat that altitude\b",
            _I,
        ),
        "then why does none of the stories show it?",
        "Claim one act at that level, with its size, and say what it lacked.",
    ),
    FlagRule(
        "tenure",
        re.compile(
            r"\b(?:senior|same) (?:plus|with|and) (?:a few )?(?:more )?years\b|\bfor staff it's usually"
            r"\b|\bmost experienced person\b|\bcomes when it comes\b|\bI close more tickets\b|\bcode"
            r" (?:more|faster) than\b|\bbest (?:coder|debugger)\b(?=[^.]*\bstaff\b)|\byears of experience"
            r" now\b|\bwhen I'm (?:older|fifty|forty)\b|\bjust (?:love|like) coding\b|\bmore code\b",
            _I,
        ),
        "thinks that Staff is the same work for longer",
        "Describe one thing that a Staff engineer decided which you would not have been asked to.",
        re.compile(r"\b(?:isn't|is not|no|not|rather than|wasn't)\b", _I),
    ),
    FlagRule(
        "title",
        re.compile(
            r"\btitles? (?:don't|do not|doesn't|never|were never|are (?:just|only)|isn't|mean nothing)\b"
            r"|\bdon't (?:really )?(?:look at|care about|define myself by|believe in) (?:\w+ )?titles?\b"
            r"|\bjust a (?:title|word|name)\b|\bwhat's in a title\b|\bgrade is a grade\b"
            r"|\bjust (?:draw|drawing) boxes\b|\b(?:mostly )?draw boxes\b|\btitles were never\b",
            _I,
        ),
        "wanted it, and did not get it; or scorns the job",
        "Leave the title out. Name the work at that level that you do not want yet, and why.",
        re.compile(r"\ba title (?:doesn't|does not) train\b|\bskill without\b", _I),
    ),
    FlagRule(
        "vague",
        re.compile(
            r"\b(?:learn|grow|experience) (?:more|a bit more|further)\b|\bright (?:moment|time|balance)\b"
            r"|\bnatural (?:next )?step\b|\bstep by step\b|\bin due course\b|\bbroaden my\b|\bgrowing my"
            r" (?:technical )?skills\b|\bwork on (?:my )?communication\b|\bstakeholder management\b"
            r"|\brush (?:it|these|things)\b|\bin a few years\b|\bwhen I've grown\b|\bcontribute the most\b"
            r"|\bit depends\b|\bmatter of perspective\b|\bfeel right\b|\bgreat deal to learn\b"
            r"|\bfocus on delivering\b|\bno deeper reason\b|\bhappy (?:with|as|in) (?:a |my )?senior\b"
            r"|\btiming, fit\b|\bbigger picture\b|\bfits well\b|\bat some point\b|\bsomeday\b",
            _I,
        ),
        "true of anybody, so it says nothing",
        "Name the domain or the kind of decision, and the event that showed it to you.",
        only_if_vague=True,
    ),
)
"""The red flags, the weightiest first. "I hope for it in three months" is found by its horizon."""

DEEPENING = re.compile(
    r"\b(?:have(?:n't| not)|haven't|had not|never|not) (?:yet )?(?:owned|lived|run|seen|had|done"
    r"|designed|decided|built|held|been wrong)\b|\bnot yet (?:good|able|sure)\b|\b(?:second|another) one"
    r" behind me\b|\bfirst (?:want|learn|live|own|run|see)\b|\bwant to (?:live|own|run|see|be sure|get"
    r" (?:that|it) right|hold|carry|deepen)\b|\bdeepen\w*\b|\bchanged (?:fields?|domains?)\b|\bnew to"
    r" (?:me|this)\b|\bstill (?:the one who asks|learning)\b|\b\d+ months (?:in|of|with)\b|\byoung in\b"
    r"|\bI (?:cannot|can't|could not|couldn't) yet\b|\bdon't know yet\b|\bwhat I lack\b|\bthe gap\b"
    r"|\bI'm missing\b|\bim missing\b|\bwhere I break\b|\bjudgment (?:I|that)\b|\bbad at\b"
    r"|\bno record\b|\bthat I don't\b|\bdo(?:n't| not) have\b",
    _I,
)
BUILDING = re.compile(
    r"\b(?:year|half|quarter) (?:one|two|1|2)\b|\bin (?:the )?(?:first|my first|next) (?:\w+ )?(?:months?"
    r"|quarters?|half|year)\b|\bmy (?:manager|lead|director) and I\b|\bsponsor\w*\b|\breviews? (?:that"
    r" |it )?with me\b|\bby (?:next |the )?(?:spring|summer|autumn|winter|end of)\b|\b(?:my|the|a) plan\b"
    r"|\bI (?:practise|practice|try it on|take (?:one|a|the)|would take|'d take|have started|started)\b"
    r"|\bI'd (?:take|write|own|want|like two)\b|\bwill (?:show|tell me)\b|\bif it holds\b|\bsmaller"
    r" decisions\b|\bfourteen months\b|\buntil then\b|\bevery month\b|\bwithin (?:two|\d+) years\b",
    _I,
)
_TEAMS = r"(?:two|three|four|five|six|seven|\d+|several|multiple|many|other|all) (?:\w+ )?teams"
CLAIMS_TEAMS = re.compile(
    rf"\bI(?:'ve| have| also|'d)? (?:\w+ )?(?:led|lead|drove|drive|set|moved|got|brought|aligned|ran|run"
    rf"|coordinated?|steered?|own|owned|direct(?:ed)?)\b[^.;]{{0,70}}\b{_TEAMS}\b"
    rf"|\b{_TEAMS}\b[^.;]{{0,40}}\b(?:follow(?:ed)?|adopted|took|use) (?:my|it|mine)\b|\bacross {_TEAMS}"
    r"\b(?=[^.;]*\bI\b)|\bI (?:already )?(?:operate|work) (?:at|on) (?:that|staff)\b",
    _I,
)
DENIES_TEAMS = re.compile(
    r"\b(?:never|have not|haven't|not) (?:yet |really |ever )*(?:led|lead|worked|moved|influenced|set"
    r"|driven|had)\b[^.;]{0,50}\b(?:team|teams|anyone|anybody|people|direction|outside)\b"
    r"|\b(?:only|just|mostly|always)(?: been)?(?: working| worked)? (?:within|in|inside) (?:one|my own"
    r"|a single) team\b|\bwithin one team only\b|\bno (?:cross-team|multi-team) \w+\b|\black (?:of )?"
    r"cross-team\b|\bnothing (?:I did )?(?:outside|beyond) my (?:own )?team\b",
    _I,
)


def horizon_months(line: str) -> int | None:
    """The months until Staff, if *line* speaks of it as something ahead; else `None`.

    "In two years I would be ready" is 24; "we did it in two years" is no plan.
    """
    if not (_GOAL.search(line) and _AHEAD.search(line)) or _DONE.search(line):
        return None
    spans = []
    for match in _HORIZON.finditer(line):
        word = (match["count"] or "one").lower()
        count = int(word) if word.isdigit() else _COUNT[word]
        months = count * _MONTHS[match["unit"].lower()]
        spans.append(months // 2 if match["half"] else months)
    return max(spans, default=None)
