"""Words by which a told story shows a signal: patterns in groups, looked for sentence by sentence.

A group is one kind of proof. A dispute needs a side ("she refused") and a way out ("we agreed");
either alone is half a story about conflict. The groups were written with one half of
`tests/calibration/stories.jsonl` in view and measured on the other.
"""

from __future__ import annotations

import re

_N = (
    r"(?:[2-9]|\d{2,}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|many|all|"
    r"both|other|neighbou?ring)"
)
_FIGURE = r"(?:[$€£]\s?)?\d[\d.,]*\s?(?:%|percent|million|billion|thousand|k\b|m\b|euros?|dollars)?"
_GOODS = (
    r"revenue|churn|conversions?|margins?|profit|contracts?|renew\w+|refunds?|chargebacks?|complaints?"
    r"|complain\w*|retention|sign-?ups?|subscribers?|orders?|sales|sold|customers?|merchants?|partners?"
    r"|households?|invoices?|credits?|fines?|penalt\w+|audits?|tickets?|deals?|markets?|prospects?"
    r"|bookings?|savings?|budget|cost(?:s|ing)? us|support hours|bills?|claims|losses?|users"
)
OUTSIDE = (
    r"product (?:managers?|heads?|owners?|directors?|officers?|teams?|people)|head of product|product"
    r"(?= (?:and|wanted|thought|design|,))|(?:and|with|from|by|of|while|,) product\b(?! (?:page|teams))"
    r"|PMs?|design(?:er|ers)|design(?= (?:and|made|of|wanted|saw|team|,))|UX|researchers?|legal"
    r"|lawyers?|(?:general )?counsel|compliance|regulators?|authority|finance(?! app)|controllers?"
    r"|accountants?|accounting|sales(?= (?:had|people|and|,|team|wanted|put|lead))|head of sales"
    r"|account managers?|support(?= (?:kept|and|closed|lead|team|had|showed|people|,|agents?))|customer"
    r" (?:care|success|service|support)|success(?= does)|call cent(?:re|er)|marketing|purchasing"
    r"|procurement|logistics|operations|ops people|analysts?|partner managers?|clients?|CFO|CEO|COO|CPO"
    r"|claims|HR|risk(?= (?:said|team|now|officer|,|and))|dispatch|brokers?|agency|association|directors?"
    r"|product (?=(?:blamed|said|office))|design(?= (?:dropped|drew|said))|agronomists?|warehouse|the board|stakeholders?"
)
"""People outside engineering."""

_SETTLED_VERBS = (
    r"agreed|settled|decided|chose|compromise\w*|committed|commit to|gave up|gave in|conceded"
    r"|prolonged|accepted|came round|convinced|persuaded|won (?:him|her|them) over"
)

CUES: dict[str, dict[str, str]] = {
    "scope": {
        "teams": rf"\b{_N} (?:of (?:the |our |\w+ )?)?(?:\w+ )?(?:teams|squads|departments|groups|"
        r"organi[sz]ations|business units|directors|countries)\b|\bevery (?:department|team)\b"
        r"|\bacross (?:the )?(?:teams|company|org\w*|departments)\b|\bcompany-wide\b|\borg-wide\b"
        r"|\b\d+ (?:of \d+ )?services\b|\bthe \w+ teams? and the \w+ teams?\b"
        r"|\b[a-z]+, [a-z]+ and [a-z]+ had to (?:work|change|move)\b",
        "span": r"\bquarters?\b|\b(?:half a|a|one|over a|two|several) years?\b|\bhalf year\b"
        r"|\b(?:six|eight|nine|ten|twelve|\d+) months\b|\breorgani[sz]ation\b",
        "followed": r"\b(?:had|have|has) to (?:change|work|move) (?:their|on)\b|\badopted\b"
        r"|\bmoved to (?:a|the|our)\b|\bhad moved\b|\bconnected to\b|\buse(?:d|s)? (?:it|the same)\b"
        r"|\bcame by themselves\b|\bcame after\b|\bthe last team was in\b"
        r"|\bcommon \w+ (?:base|log|library)\b|\bworth \d|\bacross\b",
        "several": rf"\b{_N} (?:\w+ )?(?:people|engineers|colleagues|developers|of us|services|juniors"
        r"|customers|households)\b|\b(?:our|my|the) team\b|\blead(?:er)? of\b|\bcolleagues\b"
        r"|\d[\d.,]* (?:calls|requests|orders|households|customers|users)",
    },
    "ownership": {
        "found": r"\b(?:nobody|no one) (?:had )?(?:asked|had the problem|would own|owned)\b|"
        r"\bI (?:asked"
        r" (?:to (?:get|own|have)|for)|proposed|suggested|offered|noticed|found|wanted it gone"
        r"|started)\b|\bI wrote a (?:proposal|script)\b|\bI took a week\b|\bin my slack time\b"
        r"|\bI owned (?:up|the)\b|\bwas mine\b|\bmy (?:own|change|mistake|fault)\b|\bI believed in\b"
        r"|\bI was (?:responsible|the (?:lead|tech lead|one who))\b|\bI pushed\b|\bI saw that\b"
        r"|\bI (?:traced|counted|watched)\b|\bI went (?:through|from)\b",
        "through": r"\broll(?:ed|ing)? (?:it )?(?:out|back)\b|\bwatched it\b|\bregion (?:by|after)"
        r" region\b|\bfor (?:a|one|two|three|four) (?:quarter|year|month)s?\b|\bafterwards\b"
        r"|\bsince (?:then)?\b|\bwithin \w+ (?:quarters|months)\b|\bafter (?:a year|eight months|that)\b"
        r"|\bI wrote the review\b|\bwe removed\b|\bheld (?:through|back|for)\b|\bI (?:closed|deleted"
        r"|removed|replaced|threw)\b|\bon the first of\b|\bmade \w+ \w+ impossible\b"
        r"|\bon the date\b|\blive on schedule\b",
        "given": r"\b(?:was|were) (?:asked|told|given|assigned)\b|\b(?:gave|came) (?:it )?to me\b"
        r"|\bhad a ticket\b|\bmy lead gave\b|\bthe account manager came\b|\bsprint planning\b",
    },
    "ambiguity": {
        "unclear": r"\bmeant (?:different|other) things\b|\bdifferent things by\b|"
        r"\bno ?(?:one|body) owned it\b|\bdo something about\b|"
        r"\b(?:three|four|two) camps\b|"
        r"\b(?:sentence|order|wish) (?:from|of) (?:the|our) (?:board|C[ETOF]O|director)\b|"
        r"\beach (?:heard|understood|thought)\b|\b(?:all )?nodded\b|"
        r"\bwithout saying what\b|\bvague\b|\bunclear\b|\bfuzzy\b|\bambigu\w+\b|"
        r"\bnobody could (?:say|tell)\b"
        r"|\bno one (?:could|knew)\b|\bhe didn't know\b|\bshe didn't know\b|\b(?:was|were) (?:one"
        r" sentence|four words|three words|two words)\b|\bread it (?:differently|in another)\b"
        r"|\binterpreted (?:it|this)\b|\b(?:\w+) (?:opinions|theories) (?:about |of )?(?:why|what)\b"
        r"|\bsort out\b|\bwhat that meant\b|\bno(?:body| one) agreed what\b|\bwhat (?:it|that|this) (?:was )?(?:really )?meant?\b|\bill-defined\b"
        r"|\bopen-ended\b|\bundefined\b|\bnobody knew\b|\bwhat (?:success|done|good) (?:is|means|would)\b"
        r"|\bwhat the (?:real )?problem (?:really )?was\b|\bwas given was one\b|\bno spec\w*\b"
        r"|\bhad to find out what\b|\bevery(?:body|one) (?:meant|understood) something\b",
        "clarified": r"\bthe question (?:wasn.t|was not|was)\b|\bfirst unknown\b|"
        r"\bwhat had actually\b|\bit was (?:really )?about\b|"
        r"\bthe thing I needed to know\b|\bI left (?:that )?open\b|\bin writing\b|"
        r"\bthe true question\b|\bone product\b|\b(?:I|we) defined\b|\bdefinition\b|"
        r"\bfor (?:two|three|some) weeks before any\b"
        r"|\bbefore any (?:estimate|code|diagram)\b|\bwrote no code\b|\binterview\w+\b|\bcalled \d+\b"
        r"|\bout of scope\b|\bone rule\b|\bsingle (?:rule|definition|goal)\b|\bwhat we (?:will|would) not"
        r"\b|\bsat (?:down )?with\b|\bin writing\b|\b(?:two|three) versions\b|\bwrote (?:it|that|the"
        r" question) down\b|\bthe question behind\b|\bnarrowed\b|\bcharter\b|\basked (?:our|the|each|them"
        r"|him|her) \w* ?(?:what|which|why)\b|\bI asked what\b|\bwrote down what\b|\bone page\b"
        r"|\bone-pager\b|\breframed\b|\bthe real (?:question|problem)\b|\bto find out what\b",
    },
    "conflict": {
        "dispute": r"\bfights?\b|\bvetoed\b|\b(?:she|he|they) wanted\b[^.]{0,80}\bI wanted\b|"
        r"\bI wanted to\b[^.]{0,60}\binstead\b|\bon the other side\b|\btaking sides\b|"
        r"\bI, [^.]{0,30}, wanted\b|\bthe disagreement\b|"
        r"\bwouldn.t (?:sign|agree|have it)\b|\bheld against\b|\bdisagree\w*\b|"
        r"\bdisputed?\b|\bargu(?:ed|ment|ing)\b|\b(?:was|were|is|been)"
        r" (?:strongly |flatly )?(?:against|opposed)\b|\bagainst (?:it|me|my)\b|\brefus\w+\b|\bobjec\w+\b"
        r"|\bopposed\b|\bit got loud\b|\bheated\b|\bresist\w*\b|\bcould not agree\b|\bstopped talking\b"
        r"|\bblamed each other\b|\b(?:wanted|asked for) \w+[^.;]{0,60}(?:, (?:I|the \w+ teams?) (?:wanted"
        r"|thought)|without a)\b|\bI thought (?:that )?(?:it |that |this )?was (?:a mistake|wrong)\b"
        r"|\bunpopular\b|\bI was afraid that\b|\bfeared\b|\bnonsense\b|\bsaid (?:so|no)\b|\bangry\b"
        r"|\bdidn't want (?:it|to)\b|\bcriticis\w+\b|\bfought\b|\btense\b|\bveto\w*\b|\bpush(?:ed)? ?back\b|\bclash\w*\b",
        "their_case": r"\b(?:\w+)(?:.s)? (?:best|strongest) (?:point|argument)\b|"
        r"\bI had nothing against that\b|\bI couldn.t answer\b|\bbest case for it\b|"
        r"\bwhat (?:she|he|they).d need\b|\bmade sense\b|\bwhy was \w+ \w+ reasonable\b|"
        r"\bfor them it was\b|"
        r"\b(?:his|her|their|the)(?: strongest| best)? (?:argument|point|objection|fear"
        r"|reason)\b|\bhe had a point\b|\bshe had a point\b|\b(?:was|were) right\b|\bboth were right\b"
        r"|\bwhich was (?:fair|true)\b|\bthat was (?:a fair|true)\b|\bfair reason\b|\bwrite the"
        r" other's case\b|\bhad warned that\b|\bhis to weigh\b|\bwas good:\b",
        "settled": rf"\b(?:{_SETTLED_VERBS})\b|\bapologi[sz]ed\b|\bsay sorry\b|\bexperiment\b"
        r"|\bbuilt both\b|\bproposed a trial\b|\bthree options\b|\boffered (?:variants|to revisit)\b"
        r"|\bin the end\b|\btook the integration\b|\bstopped the migration\b|\bpaused everything\b",
    },
    "growth": {
        "mistake": r"\bwrong from me\b|\bI.d begun\b|\bmisread:|\ba week wasted\b|\bI relapse\b|"
        r"\bmy first (?:thought|reflex|reaction)\b|\bthe sign:|\bwhat I could.ve seen\b|"
        r"\bI called it\b|\bwasn.t proud\b|\bthe design was mine\b|\bwas mine\b|"
        r"\bwas true\b|\bI lost\b|"
        r"\bI (?:had |'d )?(?:forgot\w*|misjudged|underestimated|overlooked|ignored|waited too"
        r" long|was (?:too )?\w*wrong|failed|caused)\b|\bmy (?:error|mistake|fault)\b"
        r"|\bI should have\b|\bwas my change\b|\bbecause of me\b|\bI took \w+ \w+ down\b|\bwhich was"
        r" wrong\b|\bI broke\b|\bI apologi[sz]ed\b|\bsay sorry\b|\bI (?:admitted|owned up)\b|\bwas the one who had\b"
        r"|\bI(?:'d| would)(?: have)? (?:saved?|begin|start|involve|do|leave|change)\b|\bwent badly\b"
        r"|\bI had estimated\b|\bdid badly\b|\bthat hurt\b|\bI would do sooner\b|\bmisread\b"
        r"|\bin hindsight\b|\bregret\b",
        "practice": r"\bI no longer\b|\bI don.t \w+ (?:after|before|until)\b|\bour rule since\b|"
        r"\bis now how\b|\bnow carries\b|\bnow the first\b|\btwice a year I\b|"
        r"\bopens every\b|\btemplate\b|\bnow I\b|\bI .{0,12}now\b|"
        r"\bthat.s what I do now\b|\bsince then\b|\bfrom then on\b|\bever since\b|"
        r"\bnow I\b|\bI (?:now|write down"
        r" such|prove|stop when|ask people)\b|\bwe (?:now )?estimate by\b|\btoday (?:I|my|we)\b|\bnow a"
        r"\b|\bin reviews I\b|\bin code reviews I\b|\bnext time\b|\bI changed (?:two|three|one|how|my)"
        r"\b|\bhabit\b|\bevery (?:night|Monday|Friday)\b|\bI bring\b|\bI've learned\b"
        r"|\bnowadays\b|\bwe always\b|\bis (?:now )?in our (?:template|checklist)\b",
        "lesson": r"\blearn(?:ed|t)\b|\blesson\b|\bwhat I take\b|\bI take from it\b|\btaught\b"
        r"|\bI begin\b|\bone told me\b|\bfeedback\b|\bperformance review\b|\byearly review\b"
        r"|\bhelped me see\b|\bas it turned out\b|\breali[sz]ed that I\b",
        "system": r"\bstops the run\b|\bcells? of\b|\bany rule that\b|\bwhat I built\b|"
        r"\bwhat we did\b|\bmonths on it\b|\bevery (?:shared|new) \w+\b|"
        r"\bI took my last\b|\bI chose to\b|"
        r"\bI asked (?:two|three|four|five) (?:who|people|colleagues)\b|"
        r"\bI tested that\b|\bno person has write access\b|\bclosed it\b|\bimpossible\b|"
        r"\bdeleted it\b"
        r"|\bhumans can't\b|\bcan't fail\b|\bis restored\b|\bgets restored\b"
        r"|\bguardrail\b|\bno such\b|\b(?:not|n't|never) happened again\b|\bcan (?:no longer|not) happen"
        r"\b|\bI asked (?:\w+ )?(?:colleagues|her to|him to|for feedback)\b|\breflex\b|\blint\w*\b",
    },
    "leadership": {
        "moved": r"\bI sat with them\b|\btook it to (?:her|his|their)\b|"
        r"\bstopped the (?:store|project|programme)\b|\bdropped (?:their|his|her|the)\b|"
        r"\bdid not report to me\b|\bI ran no team\b|\bsame everywhere\b|"
        r"\bothers run it\b|\bbrought in the third\b|"
        r"\bteams? (?:use|uses|took|split|adapted|re-?planned)\b|\bI lent\b|"
        r"\bgave up my\b|\bchose (?:a|the)\b[^.]{0,40}\bproposes\b|\bdropped our\b|"
        r"\bunasked\b|\bnone of (?:them|whom) reported\b|"
        r"\bI got (?:them|him|her|three|two|the)\b|\bhad to (?:change|work)\b|\bcame by"
        r" themselves\b|\badopted\b|\bteams? (?:moved|connected|came)\b|\bmoved to (?:a|the) shared\b"
        r"|\bno (?:authority|mandate)\b|\bcouldn't order\b|\bnever had authority\b|\bmy own team first\b"
        r"|\bmy team (?:paid|went first)\b|\b(?:did|doing|wrote|write) the first\b|\bpushed through\b"
        r"|\bI proposed\b[^.]{0,60}\b(?:neither|both|teams)\b|\bhad moved\b|\b(?:have|has) adopted\b"
        r"|\bused it\b|\bchanged (?:their|its) (?:plan|roadmap|mind)s?\b|\bfollowed\b|\bwon over\b",
        "grew": r"\bshe leads\b|\bhe leads\b|\bleads (?:projects|the|rule|reviews|interfaces)\b|"
        r"\b(?:lead|senior|staff) engineer\b|\bwritten by her\b|\bI only could ask\b|"
        r"\bI said nothing\b|\bhe drafts\b|\bgave it back\b|\blet (?:\w+) present\b|"
        r"\btheir names were\b|\bfirst time alone\b|\bmentor\w*\b|\bcoach\w*\b|"
        r"\bpromoted\b|\bpromotion\b|\bstepped back\b|\bwithdrew\b"
        r"|\bsit next to (?:him|her|them)\b|\baccompanied\b|\btrained\b|\bon (?:his|her) own\b"
        r"|\bgrow\b|\bran an incident\b|\bwithout me\b|\bwere introduced by\b|\bjuniors?\b|\bgraduate\b",
        "handed": r"\balready without\b|\bothers run it\b|\bsomeone else has\b|"
        r"\bmostly without me\b|\bI.ve been in only\b|\bby people I\b|"
        r"\bdoes (?:it|that|the \w+ \w+) now\b|\bleads the\b[^.]{0,40}\balone\b|"
        r"\bwithout me\b|\bI'?m (?:no longer|not) (?:part of|in) it\b|"
        r"\blooks after it now\b"
        r"|\btakes? care of it now\b|\bnow runs?\b|\bruns? (?:it|them|that) now\b|\btook (?:it )?over\b"
        r"|\bI don't (?:maintain|run) it\b|\bcan maintain it\b|\bhand(?:ed)? (?:it )?over\b"
        r"|\bgive it to her\b|\bowned by\b|\bgets an owner\b",
        "led": r"\bI (?:led|chaired|was the (?:lead|tech lead))\b|\bI moved my own team\b|"
        r"\bmy (?:own )?"
        r"team\b|\bwith (?:two|three|four|five|six) (?:colleagues|people)\b|\blead of \w+\b"
        r"|\b(?:two|three|four|five) of us\b|\bI suggested\b|\bI proposed\b|\bI argued\b|\bI told (?:him"
        r"|her|them|my|the)\b|\bI asked (?:three|each|him|her)\b",
    },
    "cross-functional": {
        "outside": rf"\b(?:{OUTSIDE})\b",
        "jointly": rf"\b(?:sat (?:down )?with|went through|together with|with (?:him|her|both|them)|asked"
        r"|for her|offered|showed|proposed|put|called|told (?:him|her|them|the)|built them|let her|spent"
        rf"|heard|against|wanted|refused|feared|signed?|put their names|{_SETTLED_VERBS})\b",
    },
    "business-impact": {
        "goods": rf"\b(?:{_GOODS})\b",
        "figure": rf"{_FIGURE}",
        "change": rf"\bfrom (?:\w+ ){{0,4}}{_FIGURE}[^.;]{{0,60}}?\bto (?:\w+ ){{0,2}}{_FIGURE}|\b(?:fell"
        r"|rose|grew|dropped|went (?:up|down)|halved|doubled|fewer|saved?|freed|gained|worth|ended at"
        rf"|instead of|it had been|had been)\b[^.;]{{0,60}}{_FIGURE}|{_FIGURE}[^.;]{{0,30}}\b(?:instead"
        r" of|less|fewer|more|a year|per year|a quarter)\b",
        "money": r"[$€£]\s?\d|"
        r"\b\d[\d.,]*\s?(?:million|k\b|m\b|thousand)?\s?(?:dollars|euros?|pounds|usd"
        r"|eur|gbp|a year|of loss|in margin)\b|\bmargin\b[^.;]{0,30}\d|\brevenue\b[^.;]{0,40}\d"
        r"|\b\d[\d.,]* million\b",
        "outcome": r"\bsigned\b|\brenew\w+\b|\bstayed with us\b|\bno (?:article|finding|remark)\b"
        r"|\bwithout a finding\b|\bfine\b|\blost (?:about )?\d|\borders\b|\bcomplaints?\b|\bwent live\b"
        r"|\bcondition for\b|\bat a loss\b|\bclose went\b|\bcontracts?\b|\bwere gone\b|\bwere right\b"
        r"|\bdeals?\b|\bchurn\b",
    },
}
"""Signal -> group -> pattern; case is ignored."""

COMPILED: dict[str, dict[str, re.Pattern[str]]] = {
    signal: {group: re.compile(pattern, re.IGNORECASE) for group, pattern in groups.items()}
    for signal, groups in CUES.items()
}
