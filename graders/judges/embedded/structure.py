"""What can be seen in a text without knowing the subject: who acts, what is measured, weighed, learned.

Each detector is a regular expression; its count is a feature, never a score of its own.
"""

from __future__ import annotations

import re

_UNIT = (
    r"(?:%|percent|ms|milliseconds?|seconds?|minutes?|hours?|days?|weeks?|[kmgtp]i?b\b|[kmb]\b|bytes?|bits?"
    r"|rps|qps|tps|req|requests?|writes?|reads?|queries|users?|customers?|nodes?|machines?|servers?"
    r"|shards?|replicas?|million|billion|thousand|x\b|per\b|/)"
)

DETECTORS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "numbers": r"\b\d[\d,.]*",
        "quantities": rf"\d[\d,.]*\s?-?{_UNIT}",
        "money": r"[$€£¥]\s?\d|\b\d[\d,.]*\s?(?:dollars|euros?|pounds|usd|eur|gbp|k€|m€)\b|\bcosts?\b|\bbudget\b|\bprices?\b",
        "before_after": r"\bfrom\s+(?:about |around |roughly |over |nearly )?[$€£]?\d[^.;\n]{0,40}?\bto\s+[$€£]?\w+|→|->|\bdown to\b|\bup to \d|\bwent from\b|\bused to\b|\bbefore[^.]{0,60}\bafter\b|\b(?:reduc|cut|dropp|fell|lower|improv|increas|grew|sav|shr[au]nk|rose|brought|decreas|gain)\w*\b[^.;\n]{0,60}?\bby\s+(?:about |around |roughly |over |nearly )?[$€£]?\d|\bhalved\b|\bdoubled\b|\btripled\b",
        "business": r"\b(?:revenue|churn|customers?|merchants?|conversion|margins?|contracts?|markets?|sales|renewals?|refunds?|chargebacks?|tickets|complaints|retention|sign-?ups?|subscribers?|orders|profit|savings?|saved|deals?|invoices?|fees?|penalt(?:y|ies)|audit|compliance|launch(?:ed)?)\b",
        "i_acted": r"\bI\s+(?:also\s+|then\s+|first\s+|\w+ly\s+)?(?:(?!need|want|tri|help|ask|start|learn|work|join|us|lik|hop|liv)[a-z]{2,}ed\b|led|decided|proposed|wrote|built|designed|chose|drove|pushed|asked|argued|measured|found|pulled|set|ran|owned|cut|convinced|killed|stopped|moved|started|made|took|went|put|drafted|scoped|reframed|rejected|negotiated|insisted|picked|sat|brought|presented|turned|shipped|dropped|refused|agreed|called|gave|got|told|showed|split|rolled|named|published|coached|paired|looked|would|use|pick|choose|start|keep|size|put|shard|reject|size|need)\b",
        "i": r"\bI(?:'m|'d|'ve|'ll)?\b|\bmy\b|\bme\b",
        "we": r"\bwe(?:'re|'d|'ve|'ll)?\b|\bour\b|\bus\b",
        "passive": r"\bI was (?:told|asked|given|assigned|put on|involved|part of)\b|\bwas assigned\b|\bwe were told\b|\bmy (?:manager|boss|lead) (?:told|asked|gave|said|decided|wanted)\b|\bhelped (?:with|out)\b|\bwas involved\b|\bgot assigned\b",
        "rejected": r"\binstead of\b|\brather than\b|\breject(?:ed|ing)?\b|\bruled out\b|\bdecided against\b|\bnot worth\b|\balternatives?\b|\b(?:considered|looked at|evaluated|weighed|compared)\b|\bversus\b|\bvs\.?\b|\btrade-?offs?\b|\bdropped\b|\bthe other option\b|\bwould have (?:been|cost|meant|taken)\b|\bat the (?:cost|price) of\b|\bwe give up\b|\bI give up\b|\bover-?kill\b|\bturned down\b|\bsaid no\b|\bwhat I would not\b|\bI(?:'d| would) not\b|\bno need for\b",
        "because": r"\bbecause\b|\bsince\b|\bso that\b|\bwhich means\b|\btherefore\b|\bthat is why\b|\bthat's why\b|\bthe reason\b|\bso (?:I|we|the)\b|\bhence\b|\bmeans? that\b|\bunless\b|\bonly if\b",
        "failure": r"\bfail(?:s|ed|ure|ures|ing|over)?\b|\bcrash\w*|\bdies\b|\bdied\b|\bdown\b|\boutage\b|\bpartition(?:ed|s)?\b|\bstale\b|\bduplicat\w+|\btime-?outs?\b|\boverload\w*|\bstampede\b|\brace\b|\blost\b|\blose[s]?\b|\bcorrupt\w*|\bsplit[- ]brain\b|\blag\b|\bhot (?:key|shard|spot|partition)s?\b|\bthundering\b|\bincident\b|\bbreaks?\b|\bdrift\w*|\berrors?\b",
        "mitigation": r"\bretr(?:y|ies)\b|\bfall ?backs?\b|\breplicas?\b|\bfail(?:s)? ?over\b|\bfail[- ](?:open|closed)\b|\bidempoten\w+|\bcircuit[- ]breakers?\b|\bdegrad\w+|\bjitter\w*|\bback-?off\b|\bcoalesc\w+|\bsingle[- ]?flight\b|\block\b|\bleases?\b|\bfencing\b|\bquorum\b|\bversion(?:ed|s)?\b|\breconcil\w+|\bdead[- ]letter\b|\bshed(?:ding)?\b|\bload-?shed\w*|\bserve stale\b|\bbulkhead\w*|\bprobabilistic\b|\bexpir\w+",
        "stakeholders": r"\bproduct(?: manager| owner| team)?\b|\bPMs?\b|\bdesign(?:er|ers| team)?\b|\blegal\b|\bfinance\b|\bCFO\b|\bCTO\b|\bVPs?\b|\bdirectors?\b|\bsales\b|\bsupport\b|\bmarketing\b|\bsecurity team\b|\bcompliance\b|\bops\b|\bstakeholders?\b|\bexec(?:utive)?s?\b|\bresearch(?:er|ers)?\b|\boperations\b",
        "teams": r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|other|several|all|both|partner|platform|neighbou?ring) (?:\w+ )?(?:teams|squads|engineers|developers|people|departments|orgs|functions|services)\b|\bacross (?:the )?(?:teams|org\w*|company|functions)\b|\borg(?:anisation|anization)?(?:-wide)?\b|\bcompany-wide\b",
        "time_spans": r"\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|a few|first|second|next|last|following|half a|a) (?:\w+ )?(?:weeks?|months?|quarters?|years?)\b|\bquarters?\b|\bQ[1-4]\b|\bby the end of\b|\bsix-month\b|\broadmaps?\b",
        "learning": r"\blearn(?:ed|t|ing)?\b|\bsince then\b|\bnext time\b|\bin hindsight\b|\bnowadays\b|\bnow I\b|\bI now\b|\bwe now\b|\bever since\b|\bwould do differently\b|\bdo differently\b|\bmistake I\b|\btaught me\b|\bchanged how\b|\btoday I\b|\bfrom then on\b|\bhabit\b|\bretro(?:spective)?\b|\bpost-?mortem\b",
        "standards": r"\badopt(?:ed|ion|s|ing)?\b|\bstandards?\b|\btemplates?\b|\bguidelines?\b|\bbecame the default\b|\bthe default\b|\bRFC\b|\bplaybooks?\b|\bstill (?:use|used|uses|runs?|in use)\b|\bpolic(?:y|ies)\b|\bpractice\b|\bdesign reviews?\b|\bpaved\b",
        "rollout": r"\broll(?:ed)?[- ]?(?:out|back)\b|\bcanary\b|\bfeature flags?\b|\bmigrat\w+|\bdual[- ]writ\w+|\bshadow\b|\bbackfill\w*|\bphases?\b|\bincremental\w*|\bpilot\b|\bstaged\b|\bcut-?over\b",
        "operations": r"\bmetrics?\b|\balarms?\b|\balerts?\b|\bpage(?:s|d)?\b|\bdashboards?\b|\bp9\d\b|\bp50\b|\bp99\.9\b|\bSLOs?\b|\bSLAs?\b|\bmonitor\w*|\bon-?call\b|\berror budget\b|\bhit[- ]rat(?:e|io)\b|\bheadroom\b|\brunbook\b",
        "requirements": r"\bin scope\b|\bout of scope\b|\bassum\w+|\brequirements?\b|\bfunctional\b|\bclarif\w+|\bask(?:ing)? (?:first|whether|how|about|what)\b|\bleave out\b|\bnot (?:doing|building|covering)\b|\bwould ask\b|\bfirst question\b|\bpriorit\w+",
        "people": r"\bmentor\w*|\bcoach\w*|\bcredit\b|\bpromot\w+|\bjunior\b|\bgrew\b|\bownership\b|\bpaired?\b|\btrust\b|\bone-on-one\w*|\b1:1s?\b|\bpresent(?:ed)? it\b|\bhanded\b|\bdelegat\w+|\bher\b|\bhis\b|\btheir\b",
        "self_knowledge": r"\bgaps?\b|\bhonest(?:ly)?\b|\bnot yet\b|\bstaff\b|\bsponsor\b|\bscope\b|\bdirection\b|\binfluence\b|\bjudg(?:e)?ment\b|\bdepth\b|\bdeepen\w*|\bplan\b|\bmulti-?team\b|\bwhat I have not\b|\bI have not\b|\bI haven't\b|\bmissing\b",
        "blame": r"\bpolitic\w*|\bunfair\b|\bmy manager (?:doesn't|does not|never|didn't|did not|blocked)\b|\bthey (?:never|don't|didn't) (?:promote|recogni)\w*|\bdon't want (?:the )?(?:responsibility|meetings|hassle|stress)\b|\btitles? (?:don't|doesn't|do not|are just)\b|\bless stress\b|\bmore money\b|\bmore pay\b",
        "platitudes": r"\bscalab(?:le|ility)\b|\brobust\b|\bbest practices?\b|\bit depends\b|\bas needed\b|\bhighly available\b|\bsynerg\w+|\bworld-class\b|\bcutting[- ]edge\b|\bseamless\w*|\bleverag\w+|\becosystem\b|\bholistic\w*|\bagile\b|\bpassionate\b|\bteam player\b|\bvery important\b|\bbasically\b|\bobviously\b|\betc\b",
        "unsure": r"\bI (?:don't|do not) (?:really )?(?:know|remember)\b|\bnot (?:really )?sure\b|\bI guess\b|\bmaybe\b|\bprobably\b|\bI think\b|\bsomehow\b|\bsome kind of\b|\bstuff\b|\bthings like that\b|\bor something\b|\bno idea\b",
    }.items()
}
"""Name -> what it looks for. English only; other languages are noticed and sent to a person."""

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


def counts(text: str) -> dict[str, int]:
    """How often each detector finds something in *text*."""
    return {name: len(pattern.findall(text)) for name, pattern in DETECTORS.items()}
