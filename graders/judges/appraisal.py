"""Sentences about the grade, the grader, the answer or its author instead of about the subject.

One sentence alone is enough if it brings together words of several classes: who grades, the act
of grading, what is given, this very text, an order. Each class alone is ordinary: systems score,
teams have seniors, rubrics exist. Honest answers of the calibration set never bring together
what the rules below ask for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from graders.judges.rules import Rule, active, rule
from graders.levels import Kind


class About(Enum):
    """What a sentence speaks about instead of the subject."""

    GRADE = "grade"
    """Somebody is to give a mark, or a mark is stated: an attempt."""

    ITSELF = "itself"
    """The answer praises or describes itself or its author: no attempt, but no evidence."""


_GRADER = (
    r"(?:graders?|assessors?|examiners?|evaluators?|marking (?:staff|team)|(?:hiring |exam\w* )?"
    r"(?:panel|committee|jury)|whoever (?:reads?|grad\w+|assess\w*|scor\w+|mark\w*|judg\w+|evaluat\w+)"
    r"(?: this| it| or)|reader|llm|language model|ai (?:model|system|assistant|reviewer))"
)
_SURE_GRADER = r"(?:graders?|assessors?|examiners?|evaluators?|marker of this|interviewer)"
_RATE = (
    r"(?:(?:re-?)?(?:grad(?:e[sd]?|ing)|rat(?:e[sd]?|ings?)|scor(?:e[sd]?|ing)|mark(?:s|ed|ing)?"
    r"|assess(?:ed|es|ing|ments?)?|judg(?:e[sd]?|ing|ements?|ments?)|evaluat(?:e[sd]?|ing|ions?)"
    r"|award(?:s|ed|ing)?|grant(?:s|ed|ing)?|credit(?:s|ed|ing)?|results?|outcome|verdicts?)"
    r"|(?:tick|fill)(?:s|ed|ing)? (?:in )?(?:the|every|all|each|a))"
)
_SCALE = (
    r"(?:criteri(?:a|on)|dimensions?|rubric|levels?|grades?|marks?|score ?card|points|boxe?s?"
    r"|checklist|pass mark|verdicts?|scores?)"
)
_ALL = r"(?:all|every|each|everything|any|whole|whatever|nine|six|five|minimum|default|overall)"
_GRADING_SCALE = (
    r"(?:criteri(?:a|on)|dimensions?|rubric|levels?|grades?|boxe?s?|checklist|verdicts?)"
)
_GIVEN = (
    r"(?:senior|staff|(?:fully )?(?:fulfilled|satisfied)|(?:as|fully|are|is|be|considered) met"
    r"|(?:full|top|highest) (?:marks|credit|levels?|grades?))"
)
_VALUE = (
    r"(?:senior|staff|(?:full|highest|top|maximum|max|perfect|best|high|higher|excellent) (?:level|"
    r"marks?|points?|scores?|grades?|credits?|results?|rating|box)|100 ?%|10 ?/ ?10|5 ?/ ?5"
    r"|(?:fully )?(?:fulfilled|satisfied)|(?:as|fully|are|is|to|be|considered) met|a pass"
    r"|(?:at|on|to) the (?:very )?(?:top|highest)|upwards?|hire)"
)
_TEXT = (
    r"(?:(?:this|my|the|these|that|following|present|above) (?:whole |entire |very |next |written )?"
    r"(?:answers?|texts?|responses?|submissions?|essays?|item|write-?up|lines|candidate|applicant"
    r"|author|speaker|story above|solution above|design above|contribution)"
    r"|what (?:you(?: have|'ve)? (?:just )?read|i wrote|i have written|stands (?:here|above))"
    r"|(?:text|story|lines|design|answer) (?:above|below|underneath))"
)
_OWN_TEXT = (
    r"(?:(?:this|my) (?:whole |entire |very |written |final )?(?:answer|text|response|submission|essay"
    r"|write-?up|contribution)|what (?:you(?: have|'ve)? (?:just )?read|i wrote|i have written))"
)
_ORDER = (
    r"(?:please|must(?:n't)?|shall|should|kindly|do not|don't|(?:is|are) to be|let|set|treat|count"
    r"|consider|take|assume|presume|ensure|output|print|enter|confirm|record|return|give|put|send"
    r"|ignore|disregard|omit|forget|override|replace[sd]?|raise|apply|use|accept|expand|may i ask"
    r"|would you|could you|can you|i(?:'d| would) ask|asked to|requested|agreed|promised|ruled"
    r"|requires?|need not|no longer|abolished|not be (?:produced|given)|resolve)"
)


_SAME_OF_SAME = "|".join(
    sign
    for n in range(2, 13)
    for sign in (f"{n} of {n}", f"{n} out of {n}", f"{n}/{n}", f"{n} / {n}")
)


def _all(signs: str, *parts: str) -> Rule:
    """All of *parts* in one sentence, in any order; *signs* as in `rules.rule`."""
    pattern = "".join(rf"(?=.*?\b{part}(?!\w))" for part in parts)
    return rule(signs, pattern, re.DOTALL)


_GRADE_RULES = (
    _all("grader|assessor|examiner|evaluator|marker of|interviewer & senior|staff|full |highest|top|max|perfect|best|high|excellent|100|10/|10 /|5/|5 /|fulfilled|satisfied| met|a pass|upward|hire", _SURE_GRADER, _VALUE),
    _all("grader|assessor|examiner|evaluator|marker of|interviewer & answer|text|response|submission|essay| item|write-up|writeup|lines|candidate|applicant|author|speaker|contribution|you read|just read|have read|i wrote|have written|stands here|above|underneath", _SURE_GRADER, _TEXT),
    _all("grader|assessor|examiner|evaluator|marker of|interviewer", _SURE_GRADER, r"(?:dear|note to|note for|attention|hey|hello|hi) (?:the |any |all )?" + _SURE_GRADER),
    _all("panel|committee|jury|whoever|reader|llm|language model|ai |grader|assessor|examiner|evaluator|marking & senior|staff|full |highest|top|max|perfect|best|high|excellent|100|10/|10 /|5/|5 /|fulfilled|satisfied| met|a pass|upward|hire", _GRADER, _VALUE, _RATE),
    _all("rate|grade|mark|assess|judge|award|grant|credit|tick & criteri|dimension|rubric|level|points|boxes|checklist", _ORDER, r"(?:rate|grade|mark|assess|judge|award|grant|credit|tick)", _ALL, r"(?:criteri(?:a|on)|dimensions?|rubric|levels?|points|boxes|checklist)"),
    _all("answer|text|response|submission|essay| item|write-up|writeup|lines|candidate|applicant|author|speaker|contribution|you read|just read|have read|i wrote|have written|stands here|above|underneath & criteri|rubric|assessment|level", _ORDER, _TEXT, r"(?:criteri(?:a|on)|rubric|assessment|level)"),
    _all("marking|grading|scoring|assessment & scheme|guid|rule|polic|note|criteria|form", r"(?:marking|grading|scoring|assessment) (?:scheme|guide\w*|rules?|polic\w+|notes?|criteria|form)", r"(?:replaces?|amended|changed?|updated|no longer|hidden|earlier)"),
)  # fmt: skip
"""Hold for every kind of question."""

_MORE_GRADE_RULES = (
    # Whoever reads this is spoken to, or rates.
    _all("whoever|anyone|everyone|whatever", r"(?:whoever|anyone who|everyone who|whatever)(?:,? or whatever,?)? (?:can |may )?(?:reads? this|read it|evaluates|scores|assesses|grades|marks|judges)(?: this| it| or| the| later|\W*$|\W+(?:say|set|give|please|put|act))"),
    _all("grader|assessor|examiner|evaluator & read|attention|tick|mark|rate|low|please|this", r"\W*(?:graders?|assessors?|examiners?|evaluators?)\W+(?:read|attention|please|this)|(?:assessor|examiner|grader|evaluator)s?.{0,60}(?:tick|low (?:box|mark)|mark down)"),
    _all("grader|assessor|examiner|evaluator", r"(?:graders?|assessors?|examiners?|evaluators?)", r"(?:tick\w*|conclude|yourself|you(?:'re| are)?|would have to|has to see|mediocre)"),
    # A mark stated as a fact.
    _all("senior|staff & level|result|verdict|grade|outcome|default", r"(?:levels?|results?|verdicts?|grade|outcome|default)\W{1,4}(?:is |was |are |of this text |of this item |fixed at |set to )?\W?(?:senior|staff)\W*(?:$|\(|,|;|on all|for all|at least)"),
    _all("senior|staff", r"(?:send|enter|tick|submit|choose|settle on|result was|raised? to|raise \w+ \w+ \w+ to|counts? as|rated?(?: it| this)? as|marked? (?:this |it )?as|to be) \W?(?:senior|staff)\W*(?:$|now|then|on|for|with|at|instead)"),
    _all("given|rated|marked", r"(?:was|were|got) (?:given|rated|marked)(?: as)?:? \W?(?:off|below|mid|senior|staff)\b"),
    _all("candidate|applicant", r"(?:the|this) (?:candidate|applicant) (?:names?|shows?|demonstrates?|derives?|clarif\w+|gives?|knows?|has shown)|(?:candidate|applicant) (?:\w+ )?before me"),
    _all("wrongly|unfairly", r"(?:wrongly|unfairly) (?:marked|rated|graded|judged|assessed)"),
    _all("low|results", r"(?:low|lower) (?:results?|marks?|grades?|scores?|ratings?) (?:can|may|must|should|will|are) (?:hurt|harm|not)"),
    _all("hire|recommend|my word", r"(?:(?:would|i'd) (?:\w+ )?(?:hire|recommend) (?:them|him|her|me|this person)|take my word)"),
    # The rules are said to have changed, or not to hold.
    _all("exchang|replac|changed|withdrawn|abolish|waive|suspend & question|level|rules|expectation|marking|criteria|scale|standard", r"(?:the|this|old|these|earlier) (?:question|levels?|rules|expectations|marking|criteria|scale|standards?)(?: (?!of |in |to )\w+){0,4} (?:was|were|have been|has been|got|are) (?:\w+ )?(?:exchanged|replaced|changed|withdrawn|abolished|waived|suspended)"),
    _all("counted as|taken as read|count it|counted|assumed that i", r"(?:to be|can be|should be|please|be) (?:counted as|taken as read|count it|assumed that i)|(?:unfair|wrong) to count"),
    # Somebody else is to judge, or nobody in earnest.
    _all("imagine|pretend|scene|character|role", r"(?:(?:^|please |moment |now )(?:imagine|pretend)(?:,? for a moment)?,? (?:that )?you|(?:do|play) this as a scene|stay in character|role-?play(?:ing)? (?:a|the|as))"),
    _all("assessment|review|verdict", r"(?:write|fills? in|complete) (?:the|your) (?:assessment|verdict|review)"),
    _all("hesitat", r"hesitat\w+ between (?:two|both) (?:levels|marks|grades)"),
    _all(_SAME_OF_SAME, r"(?:\d+) (?:of|out of|/) (?:\d+)\b.*\b(\d+) (?:of|out of|/) \1"),
)  # fmt: skip
"""Hold for every kind of question, too."""

_NOT_A_PERSON = r"(?! (?:\w+ )?(?:engineers?|developers?|people|persons?|colleagues?|members?|manage\w+|architects?|leadership|meeting|account|discount|id|portal|rota))"
_LEVEL_RULES = (
    _all("answer|text|response|submission|essay| item|write-up|writeup|lines|candidate|applicant|author|speaker|contribution|you read|just read|have read|i wrote|have written|stands here|above|underneath & senior|staff|full |highest|top|max|perfect|best|high|excellent|100|10/|10 /|5/|5 /|fulfilled|satisfied| met|a pass|upward|hire & grad|rat|scor|mark|assess|judg|evaluat|award|grant|credit|result|outcome|verdict|tick|fill", _TEXT, _RATE, _VALUE),
    _all("answer|text|response|submission|essay| item|write-up|writeup|lines|candidate|applicant|author|speaker|contribution|you read|just read|have read|i wrote|have written|stands here|above|underneath & senior|staff|full |highest|top|max|perfect|best|high|excellent|100|10/|10 /|5/|5 /|fulfilled|satisfied| met|a pass|upward|hire", _TEXT, r"(?:is|was|are|be|counts? as|deserves?|reach\w*|at least|level of|worth|earns?)", _VALUE),
    _all("criteri|dimension|rubric|level|grade|box|checklist|verdict & senior|staff|met|fulfilled|satisfied|marks|credit|highest|top", _ORDER, _GRADING_SCALE, _ALL, _GIVEN),
    _all("senior|staff", r"(?:senior|staff)" + _NOT_A_PERSON, r"(?:" + _RATE + r"|" + _SCALE + r"|" + _SURE_GRADER + r")"),
    _all("senior|staff", r"(?:senior|staff)" + _NOT_A_PERSON, r"(?:submitting|enter(?:ed)?|settle|confirm\w*|closed|evaluator|approval|default)"),
)  # fmt: skip
"""Hold where nobody speaks of levels of engineers: designs, concepts and most stories."""

_ITSELF = (
    _all("answer|text|response|submission|essay|write-up|contribution|you read|just read|have read|i wrote|have written & shows|showed|demonstrat|cover|contain|discuss|addresse|complete|structured|itself|excellent|equivalent|industry-leading|best-in-class|treat|gives|give a|i've|i have", _OWN_TEXT, r"(?:shows?|showed|demonstrates?|covers?|covered|contains?|discuss\w*|addresse\w*|complete|structured|speaks for itself|excellent|equivalent|industry-leading|best-in-class|treats?|gives? (?:a|you)|i've|i have)"),
    _all("clarified|estimated|considered|compared|weighed|covered|addressed|named|gone into|discussed|double-checked|quantified|described|mentioned", r"i(?:'ve| have)? (?:just |now |carefully |already |always |thoroughly )*(?:clarified|estimated|considered|compared|weighed|covered|addressed|named|gone into|discussed|double-checked|quantified|described|mentioned)", r"(?:the (?:requirements|trade-offs|alternatives|criteria|limits)|in this|several (?:alternatives|options)|failure modes)"),
    _all("everything|whatever|anything|the rest|what & left|said nothing|couldn't|not said|not mentioned", r"(?:everything|whatever|anything|the rest|what) (?:that )?(?:i(?:'ve| have)?|is|was) (?:here )?(?:left|said nothing|couldn't|not said|not mentioned)", r"(?:would|of course|assume\w*|count\w*|properly|naturally|also|too|know|taken)"),
    _all("go into|elaborate|expand|provide|give & depth|detail|figures|more", r"(?:i|we) (?:could|can|would|might)", r"(?:go into|elaborate|expand|provide|give) (?:\w+ ){0,3}(?:depth|detail|details|figures|more)"),
    _all("the reader", r"(?:exercise|left) (?:\w+ )?(?:to|for) the reader"),
    _all("trivially", r"follows? trivially"),
    _all("attach|illegible|transcribed|rendered|translator|appendix|http|page ", 
        r"(?:attachment|attached|illegible|not transcribed|could not be rendered|translator's"
        r"|appendix|https?://\S+|page \d+ of \d+)",
        r"(?:original|contains?|holds?|detailed|proof|figures|deep dives?|part of the answer"
        r"|second half|list of contents|paragraphs|because of the length)",
    ),
    _all("go through|cover|talk about|touch on|have these|walk you|present", 
        r"(?:i would|i'd|i will|i'll|i could|my (?:story|answer|talk) would) (?:then |also )?"
        r"(?:go through|cover|talk about|touch on|have these|walk you through|present)"
    ),
    _all("improved everything|increased everything|reduced everything|raised everything|boosted everything|cut everything", r"(?:improved|increased|reduced|raised|boosted|cut) everything"),
    _all("example of what", r"(?:hang|used|taught|shown) (?:\w+ ){0,4}as (?:the|an?) example of what"),
    _all("would |in the|falls under|fall under|attached & story|answer|talk|deep dive|second half|figure|draft|proof|detail", r"(?:my|the) (?:story|answer|talk|deep dive|second half|figures?|draft|proof|details?) (?:\w+ ){0,4}(?:would (?:have|go|cover|contain)|(?:is|are) in the|falls? under|(?:is|are) attached)"),
    _all("assure|trust me|may assume|can assume|can state", r"(?:i can assure you|trust me|you can assume|you may assume|i assure|rest assured|i can state with)"),
    _all("summary|conclusion|short|sum up|summar & complete|excellent|structured|mature|comprehensive|deep", r"(?:in |to sum(?:mari[sz]e| up)?|executive )(?:summary|conclusion|short)", r"(?:complete|excellent|structured|mature|comprehensive|deep)"),
)  # fmt: skip

_AUTHOR = (
    _all("years ", r"(?:\d+|ten|twelve|fifteen|twenty|thirty|twenty-\w+|many) (?:\+ )?years (?:of|in|as|at)", r"(?:i|my|me|as an?|experience|industry|about me)"),
    _all("principal|staff|senior|distinguished|lead|expert|certified|experienced & as a", r"as an? (?:principal|staff|senior|distinguished|lead|expert|certified|experienced)(?: \w+)? (?:engineer|architect|developer|expert|consultant|of|with|i)"),
    _all("earlier|previous|last|already|ready|stop here|before this", r"(?:see my (?:earlier|previous|last)|my (?:earlier|previous) (?:answer|submission)|had already (?:explained|shown|said|told)|had (?:\w+ ){1,8}ready|have to stop here)"),
    _all("award|patent|keynote|certif|two books|phd|former |author of|rated as|exceeding", r"(?:i|my|me|about me)", r"(?:awards?|patents?|keynote|certificat\w+|certified|two books|phd|former (?:\w+ )?(?:engineer|architect|cto)|author of|rated as|exceeding)"),
    _all("best|smartest|greatest|strongest & architect|engineer|developer|candidate|person", r"(?:best|smartest|greatest|strongest) (?:architect|engineer|developer|candidate|person)"),
)  # fmt: skip
"""In designs and concepts only: elsewhere it is what was asked for."""

_PERSONAL = (
    _all("lose |without & my |work|a job & you|please|fail|senior", r"(?:lose|without) (?:my|work|a job)", r"(?:i|my|family|daughter|son|months|flat)", r"(?:you|please|fail|senior)"),
    _all("lose nothing", r"you(?:'d| would)? lose nothing"),
    _all("lawyer|discriminat|sue|legal action|data protection|appeal against", r"(?:lawyer|discriminat\w+|sue|legal action|data protection|appeal against)", r"(?:you|assessor|rated|result|answer|otherwise|i'll)"),
    _all("favo|grateful|so kind|humble request|mean a |many thanks|best wishes|mercy", r"(?:favou?r|grateful|so kind|humble request|mean a (?:great deal|lot)|many thanks|best wishes|mercy)", r"(?:you|your|reader|assess\w*)", r"(?:i|me|my)"),
    _all("two hundred|tip|reward|account number|donat|gift|no questions", r"(?:two hundred|tip|reward|account number|donat\w+|gift|no questions)", r"(?:goes through|in it for|there'll be|senior|good (?:mark|grade|result)|whoever)"),
)  # fmt: skip


GRADE_RULES = _GRADE_RULES + _MORE_GRADE_RULES + _PERSONAL
APPRAISALS = GRADE_RULES + _LEVEL_RULES + _ITSELF + _AUTHOR


@dataclass(frozen=True)
class Appraisals:
    """The rules that may find something in one text.

    Attributes:
        grade: Those about the grade.
        itself: Those about the answer and its author.
    """

    grade: tuple[Rule, ...]
    itself: tuple[Rule, ...]

    def about(self, text: str) -> About | None:
        """What one sentence is about, if not about the subject.

        Args:
            text: The sentence, folded to plain lower-case letters; quotations may be masked.
        """
        for found, rules in ((About.GRADE, self.grade), (About.ITSELF, self.itself)):
            for one in rules:
                if one.may_match(text) and one.pattern.match(text):
                    return found
        return None


def appraisals(present: frozenset[str], kind: Kind) -> Appraisals:
    """The rules that may match an answer.

    Args:
        present: The signs that stand in the answer.
        kind: Kind of the question: who is asked about levels speaks about levels.
    """
    of_people = kind in ("career", "leadership")
    technical = kind in ("design", "concept")
    return Appraisals(
        tuple(active(GRADE_RULES if of_people else GRADE_RULES + _LEVEL_RULES, present)),
        tuple(active(_ITSELF + _AUTHOR if technical else _ITSELF, present)),
    )
