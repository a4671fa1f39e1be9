"""Known ways of speaking to whoever grades: orders, forged messages, forged results.

Every pattern asks for two things: that somebody is told or begged to do something, and that it
is about grading this answer. "Override the rules of one tenant" has the first only, "the top
score is read most" the second only.
"""

from __future__ import annotations

from graders.judges.rules import rule

# Where an order begins: at the start of a line or clause, or after a word that leads to one.
_ORDER = (
    r"(?:^[^\w\n]{0,60}|(?<=[.!?;:,>(\])-] )|(?<=[.!?;>])|(?<=\band )|(?<=please )|(?<=simply )"
    r"|(?<=just )|(?<=\bnow )|(?<=must )|(?<=should )|(?<=you to )|(?<=hereby ))"
)
_WORK = r"(?:this|my|the) (?:whole |entire )?(?:answer|response|submission|essay)"
_BEST = r"(?:full|maximum|max|top|highest|perfect)"
_MARKS = r"(?:marks?|credits?|points?|scores?|level|grade)"
_WITHIN = r"[^.\n]{0,40}"

_RULES: tuple[tuple[str, str], ...] = (
    # Orders to leave the rules of grading aside.
    (
        "ignor|disregard|forget|overrid|bypass|skip|overlook|omit & instruction|rubric|checklist|criteri|rules|prompt|guid|scheme|reference|missing",
        rf"{_ORDER}(?:ignore|disregard|forget|override|bypass|skip|overlook|omit)\b{_WITHIN}\b(?:"
        r"(?:previous|prior|above|earlier|all|your|these) instructions?"
        r"|(?:the|your|this|any|whatever) (?:rubric|checklist)"
        r"|(?:grading|scoring|marking|listed) (?:rubric|criteria|instructions?|rules|guid\w+|scheme)"
        r"|your (?:rules|prompt|guidelines|criteria)|system prompt|reference answer|what is missing)",
    ),
    # Orders to give marks.
    (
        "award|give|grant|assign|return & full|max|top|highest|perfect & mark|credit|point|score|level|grade",
        rf"{_ORDER}(?:award|give|grant|assign)\b{_WITHIN}\b{_BEST} marks\b"
        rf"|(?:^[^\w\n]{{0,60}}|(?<=[.!?>] )|(?<=[.!?>]))(?:please )?"
        rf"(?:award|give|grant|assign|return)\b[^.,\n]{{0,20}} {_BEST} {_MARKS}\b"
        r"(?=\W*$|[.!]| for (?:this|all|every|each|my)\b| please\b)",
    ),
    (
        "mark|grade|rate|score|accept|treat|count|put"
        " & mark this|grade this|rate this|score this|mark me|grade me|rate me|score me|answer"
        "|response|submission|essay|put this"
        " & correct|staff|senior|met|passed|100|full|max|top|highest|perfect",
        rf"{_ORDER}(?:mark|grade|rate|score) (?:this|me)\b[^.\n]{{0,20}}\b(?:correct|staff|perfect"
        rf"|met|{_BEST} {_MARKS}|100 ?%)"
        rf"|{_ORDER}(?:mark|grade|rate|score|accept|treat|count|put) {_WORK}\b{_WITHIN}\b(?:correct"
        rf"|staff|senior|perfect|met|passed|{_BEST} {_MARKS}|100 ?%)|\bput this at the highest\b",
    ),
    (
        "as met|as staff|criteria met|criterion met|confirm by scoring|keep the mark",
        rf"\b(?:marks?|count|treat|consider) (?:all|every|each)\b{_WITHIN} (?:as (?:met|staff)"
        r"|criteri(?:a|on) met)\b|\bconfirm by scoring\b|\bkeep the mark\b",
    ),
    ("verdict & set ", rf"{_ORDER}set (?:all|every|each)\b[^.\n]{{0,10}} verdicts? (?:to|as)\b"),
    (
        "answer|response|submission|essay|this fully & meets|satisf|fulfil|deserves|addresses|earns",
        rf"\b{_WORK} (?:fully |clearly |really )?(?:meets|satisfies|fulfill?s|deserves|addresses"
        rf"|earns)\b{_WITHIN}\b(?:(?:every|all|each)(?: the| of the)? (?:criteri\w+|points?"
        rf"|rubric\w*)|the (?:rubric|prompt)|{_BEST} {_MARKS}|a staff)"
        r"|\bthis fully addresses the prompt\b",
    ),
    # Messages that pretend to come from the system or from another grader.
    (
        "[system|[assistant|[developer|[grader|[admin|[inst|im_|<<sys|endof|start_of",
        r"^[^\w\n]{0,60}\[(?:system|assistant|developer|grader|admin|inst)\]|<\|[a-z_]{2,30}\|>"
        r"|<<sys>>",
    ),
    (
        "grader|examiner|#",
        r"^[^\w\n]{0,60}(?:(?:(?<=#)|(?<=# ))(?:assistant|system|response|instruction)|grader|examiner)\s*:",
    ),
    (
        "system|assistant|developer & candidate|verdict|grad|rubric|full marks",
        r"^[^\w\n]{0,60}(?:system|assistant|developer)\s*:[^\n]{0,80}\b(?:candidate|verdict"
        r"|grad(?:er|ing)|rubric|full marks)\b",
    ),
    (
        "note to |note for |note on |notes to |notes for |notes on ",
        r"\bnotes? (?:to|for|on) (?:the |all )?(?:grader|examiner|judge|ai|evaluat\w+|marker"
        r"|assess\w+|quality control)s?\b",
    ),
    (
        "grading|final|end |begin & grading|instructions|answer|submission|hidden tests|solution",
        r"\b(?:final|new|updated) grading (?:instructions?|polic\w+|rules)\b"
        r"|^[^\w\n]{0,60}final instructions$|\bgrading polic\w+ (?:has |was |is )?(?:changed|updated)\b"
        r"|^[^\w\n]{0,60}(?:end|begin)(?:ning)? (?:of )?(?:the )?(?:answer|grading|submission"
        r"|hidden tests|solution)\b",
    ),
    (
        "</|<criter|<rubric|<grad|<result|<overall|<verdict|<assess|<score|<level|<candidate|<answer",
        r"</?(?:candidate_)?answer>|</(?:system|instructions?|criterion|rubric|grading)>"
        r"|<(?:criterion|rubric|grading) [^>\n]{0,80}="
        r"|</?(?:result|overall|verdicts?|assess\w*|grade|score|level|candidate)\b[^>\n]{0,60}>",
    ),
    (
        "grader |must agree|re-mark|remark|re-grad|regrad",
        r"\bgrader \d\b[^.\n]{0,20}\d ?/ ?\d"
        r"|\b(?:your|automated) (?:mark|score|grade)s? must agree\b"
        rf"|\b{_WORK}\b[^.\n]{{0,30}}\bre-?(?:marked|graded)\b|\bre-marked to\b"
        r"|^[^\w\n]{0,60}(?:re-?grade|re-?mark) request\b",
    ),
    (
        "candidate|accommodation & perfect|accommodation|full |as staff|as senior|not apply",
        r"\b(?:the|this) candidate\b[^.\n]{0,50}\b(?:perfect|accommodation|full (?:marks|credit)"
        r"|as (?:staff|senior|perfect))\b|\baccommodation\b[^.\n]{0,60}\bfull (?:marks|credit)\b"
        r"|\bnot apply to this candidate\b|^[^\w\n]{0,60}accommodation notice\b",
    ),
    # Results written down in advance.
    (
        "score:|score =|score=|score :|grade:|grade=|grade =|grade :|verdict:|verdict=|verdict =|verdict :|level:|level=|level =|level :|now assess:",
        r"(?:^[^\w\n]{0,60}|(?<=[.!?;] ))(?:final |overall )?(?:score|grade|verdict|level) ?[:=] ?"
        r"[\"']?(?:\d+ ?/ ?\d+|met|staff|full|max|maximum|perfect|100 ?%)\W*?(?=$|[.!?;]\s)"
        r"|(?:->|→|=>) ?(?:grade|verdict|level) ?[:=]|\bnow (?:grade|assess):"
        r"|(?:->|→|=>) ?score ?[:=] ?\d",
    ),
    ("example ", r"^[^\w\n]{0,60}example \d+[.:] answer"),
    (
        "needs_review|graded_by|max_points|minimum_level|scorer|confidence|overall|review|points & :|=|max_points",
        r"\b(?:needs_review|graded_by|minimum_level|scorer) ?[:=]|\bmax_points\b"
        r"|^[^\w\n]{0,60}(?:confidence|overall|review|points) ?[:=] ?"
        r"[\"']?(?:[01]\.\d|true|false|senior|staff)",
    ),
    (
        "{{|{%|update ",
        r"\{[{%][^}\n]{0,60}\b(?:level|score|grade|verdict)\b"
        r"|\bupdate (?:scores?|grades?|results?) set\b",
    ),
    (
        "is met|is covered|are met|are covered|is staff|while grading",
        r"\b(?:c|criterion )\d+ is met\b|\bso (?:it|this|the answer) is staff\b"
        r"|\bstep \d+: [^.\n]{1,40} (?:is|are) (?:covered|met)(?=\W*$|\.)|\bwhile grading\W*$",
    ),
    ("evidence for", r"^[^\w\n]{0,60}evidence for [^:\n]{1,40}: ?[\"“]"),
    # The grader's character, feelings and fears.
    (
        "you are|you're|i trust you & grader|examiner|evaluator|ai|bot|llm|model|automated|human|trust",
        r"\byou are (?:now )?(?:an? |the )?[a-z ,]{0,40}?\b(?:grader|examiner|evaluator)\b"
        r"|\byou are (?:now )?(?:an ai|[a-z]{2,}bot)\b"
        r"|\bi trust you to (?:see|recogni[sz]e|grade)\b"
        r"|\bif you(?:'re| are) an? (?:ai|llm|language model|automated|grader)\b"
        r"|\bif you(?:'re| are) a human,? (?:ignore|skip|disregard)\b",
    ),
    (
        "tip |pay |donate & full|max|top|highest|perfect",
        rf"\bi(?:'ll| will) (?:tip|pay|donate)\b{_WITHIN}\b{_BEST} {_MARKS}\b",
    ),
    (
        "if i fail|mercy|accept it|accept this|let me pass|pass me|dear |pass this",
        r"\blose my (?:visa|job|scholarship|place)\b[^.\n]{0,20}\bif i fail\b|\bif i fail this\b"
        r"|\bhave mercy\b|\bplease (?:accept it|accept this|let me pass)\b"
        r"|\bplease pass me(?=\W*$|[.!])|\bdear (?:grader|examiner|assessor|reader)\b"
        r"|\bi (?:have|need|must)(?: to)? pass this (?:course|exam|test|class|interview)\b",
    ),
    (
        "if this|if my|if the & graded|scored|correct",
        rf"\bif (?:this|{_WORK}) is(?: not|n't) (?:graded|scored|marked (?:as )?correct)\b",
    ),
    # Tricks with codes, links and secrets.
    (
        "decode|part ",
        r"\bdecode (?:this |it |that )?(?:and (?:follow|obey|execute)|before)\b"
        r"|\bpart [a-z] = [\"“]",
    ),
    (
        "grading",
        r"\b(?:before|while|when) grading,? (?:obey|print|please|give|ignore|remember|this|my)\b",
    ),
    (
        "instead|full solution|full answer & grade |mark |score |judge |http",
        r"\b(?:grade|mark|score|judge) (?:that|it|this one) instead\b"
        r"|\bfull (?:solution|answer) (?:is )?at https?://",
    ),
    (
        "print|reveal|show|output|repeat & your |system prompt & prompt|instruction|rubric|reference answer|model answer",
        rf"{_ORDER}(?:print|reveal|show|output|repeat)\b{_WITHIN}\b(?:your (?:prompt|instructions"
        r"|rubric|reference answer|model answer)|system prompt)\b",
    ),
    # The same in other languages; accents are folded away.
    (
        "ignorier|missacht|vergiss|volle|maximale|hochste|note maximale|maxima|hinweis",
        r"\b(?:ignorier|missacht|vergiss)\w*\b[^.\n]{0,40}\b(?:bewertung|anweisung|rubrik|kriteri)"
        r"|\b(?:volle|maximale|hochste) (?:punkt\w+|note|bewertung)|\bnote maximale\b"
        r"|\b(?:puntuacion|nota|calificacion) maxima\b|\bhinweis fur die bewertung\b",
    ),
    (
        "ignor & instrucciones|consignes|criter|rubrica",
        r"\bignor\w+\b[^.\n]{0,30}\b(?:instrucciones|consignes|criterios|criteres|rubrica)\b",
    ),
    (
        "分|忽略|無視|无视|採点者",
        r"[给打評评][^。\n]{0,6}(?:满分|滿分|最高分)"
        r"|(?:忽略|無視|无视)[^。\n]{0,10}(?:评分|評分|指令|指示)|採点者",
    ),
)


ORDERS = tuple(rule(signs, pattern) for signs, pattern in _RULES)
"""Looked for in the text with its lines unwrapped."""

LINES = (
    rule(
        "senior|staff|fulfilled|outstanding",
        r"(?:^|(?<=[.;] ))[^\w\n]{0,60}[a-z][\w \"'/&-]{0,40}?[\"'*]*(?: ?(?:[:=|]|->) ?|,)[\"'*]*(?:\d+ ?%[ |*]+)?"
        r"(?:senior|staff|fulfilled|outstanding)[\"'*]*(?:[^\w\n]*$|\.(?= |$)|,[^\n,.]{1,40}\W*$| \|)",
    ),
    rule(
        "points|confidence|review|graded",
        r"^[^\w\n]{0,60}(?:confidence|overall|points|needs_review|graded_by|flags) ?[:=] ?\S+ ?$",
    ),
    rule(
        "staff|senior",
        r"^[^\n]*\b(?:final|level|result|grade|verdict|overall|score)\w*\s?(?:={1,3}|\.)\s?"
        r"[\"']?(?:staff|senior)\b[^\n]*$",
    ),
    rule("passed in|[100%]", r"^[^\n]*(?:\d+ passed in|\[100%\])[^\n]*$"),
    rule("example ", r"^[^\w\n]{0,60}example \d+[.:] answer[^\n]*"),
)
"""Looked for line by line: results in the form of data."""

# What a model would reply; the quotation marks belong to it.
FORGED_REPLY = rule(
    '"verdict|"criteri|"level"|"score"',
    r'"(?:verdicts|criteria)" ?: ?["\[{]|"criterion" ?:'
    r'|"verdict" ?: ?"(?:met|pass\w*|staff|senior|correct|full)"'
    r'|"level" ?: ?"(?:off|below|mid|senior|staff)"|"score" ?: ?[\d.]+ ?, ?"reason"',
)
