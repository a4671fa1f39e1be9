"""What is decided before any judge reads: empty, echoed, junk, foreign or off-topic answers, and injections.

The gates are the same for every judge. They never guess a level: they either find that there
is nothing to judge, or they take out what is not an answer and flag it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from graders.judges.embedded.vectors import Floats, word_vectors
from graders.judges.text import Document, Sentence, read, words
from graders.question import Question

SHORT_WORDS = 25
"""Fewer words than this can hardly show a senior answer; the score is flagged."""

MIN_WORDS = 3

_NGRAM = 5

_INJECTION = re.compile(
    r"""
    \b(?:ignore|disregard|forget|override|bypass|skip)\b[^.\n]{0,40}\b(?:instructions?|rubric|criteria|prompt|rules?
        |scoring|grading|guidelines?|guide)\b
  | \b(?:award|give|assign|grant|return|set|mark|rate|grade|score)\b[^.\n]{0,50}
        \b(?:full\ (?:marks?|credit|points?|score)|(?:maximum|max|top|highest|perfect)\ (?:score|marks?|points?|level|grade)
        |as\ (?:met|correct|staff|senior|passed|perfect)|verdicts?|100\s?%|all\ criteria|every\ criterion)
  | \b(?:keep|confirm)\b[^.\n]{0,30}\b(?:the\ mark|full\ marks|scoring)\b
  | \bre-?marked\ to\b
  | ^\W*(?:\[?\b(?:system|assistant|developer|grader|note\ to\ (?:the\ )?(?:grader|judge|examiner|ai))\b\]?\s*:|\[system\])
  | <\|[a-z_]{2,30}\|>
  | </?(?:answer|candidate_answer|criterion|rubric|system|instructions?)\b[^>]*>
  | \b(?:final\ )?(?:score|grade|level|verdict)\s*[:=]\s*["']?(?:\d+(?:\s*/\s*\d+)?|met|staff|senior|full|max\w*|pass\w*)
  | "(?:verdict|level|score|points|criteria)"\s*:\s*(?:"|\d|\[)
  | \b(?:human\ )?grader\ \d\b[^.\n]{0,20}\d\s*/\s*\d
  | \byou\ are\ (?:now\ )?(?:a\ |an\ |the\ )?(?:generous|lenient|kind|fair|grading|grader|judge|ai\b|\w+bot\b)
  | \bif\ you\ are\ an?\ (?:ai|llm|language\ model|automated)\b
  | \b(?:this|my)\ (?:answer|response|submission)\ (?:meets|satisfies|fulfils|fulfills|deserves|addresses)\b[^.\n]{0,40}
        \b(?:every|all|each|full|top|highest)\b
  | \b(?:obey|follow)\b[^.\n]{0,20}\b(?:a\s?\+\s?b|the\ following|these\ instructions|decode)\b
  | \bdecode\ and\ follow\b
  | \b(?:system\ prompt|reference\ answer|model\ answer)\b[^.\n]{0,40}\b(?:print|reveal|show|output|feedback)
  | \b(?:print|reveal|show|output)\b[^.\n]{0,40}\b(?:system\ prompt|reference\ answer|model\ answer)\b
  | \bfull\ (?:marks|credit)\b[^.\n]{0,20}\bplease\b
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
_QUOTED = re.compile(r"[\"“«'‘`][^\"”»'’`\n]{3,200}[\"”»'’`]")

_FUNCTION_WORDS = {
    "en": "the a an and or of to in is it that we i for on with as be this was are by at from not have so but if you my our they",
    "de": "der die das und ich wir nicht ist ein eine mit auf für den dem zu von im es sich auch war haben dass",
    "fr": "le la les et des un une je nous est pas que pour dans du en sur avec qui ce il au était avons",
    "es": "el la los las y de que en un una es por con para no se lo del al como más yo nuestro fue",
    "pt": "o a os as e de que em um uma é por com para não se do da no na mais eu nosso foi",
    "it": "il la le e di che in un una è per con non si lo del al come più io nostro sono della",
    "nl": "de het een en van ik wij niet is met op voor dat te in zijn was er aan ook maar",
}
_STOPWORDS = {language: set(listed.split()) for language, listed in _FUNCTION_WORDS.items()}
_OWN = {
    language: listed - _STOPWORDS["en"]
    for language, listed in _STOPWORDS.items()
    if language != "en"
}

OFF_TOPIC_BELOW = 0.16
"""Cosine between answer and question subject below which an answer counts as off-topic."""


@dataclass(frozen=True)
class Gate:
    """What the gates found.

    Attributes:
        document: The answer without the passages that were taken out.
        flags: Machine-readable findings, in a fixed order.
        stop: If set, there is nothing to judge; why, in words.
        unscored: With `stop`: whether the answer waits for a person instead of being *off*.
        reasons: Why a person should look, in words.
    """

    document: Document
    flags: tuple[str, ...] = ()
    stop: str | None = None
    unscored: bool = False
    reasons: tuple[str, ...] = ()


def inspect(question: Question, raw: str) -> Gate:
    """Run all gates on *raw*, an answer to *question*; never fails."""
    document = read(raw)
    flags = list(document.flags)
    reasons: list[str] = []
    if "hidden_characters" in flags:
        reasons.append("The text holds invisible characters.")
    if "truncated" in flags:
        reasons.append("The answer is very long; only its beginning was read.")

    removed: list[Sentence] = []
    for flag, reason, found in (
        ("injection", "The text speaks to the grader instead of answering.", _injections(document)),
        (
            "copied_rubric",
            "Sentences stand word for word in the rubric.",
            _copied(document, question),
        ),
    ):
        if found:
            flags.append(flag)
            reasons.append(reason)
            removed += found
    echoed = [s for s in _echoes(document, question) if s not in removed]
    removed += echoed
    clean = read(document.without(removed)) if removed else document

    def gate(stop: str | None = None, flag: str | None = None, unscored: bool = False) -> Gate:
        if flag:
            flags.append(flag)
        return Gate(clean, tuple(dict.fromkeys(flags)), stop, unscored, tuple(reasons))

    count = len(clean.words)
    if count < MIN_WORDS:
        if not document.words:
            return gate("There is no answer.", "empty")
        if echoed and not set(removed) - set(echoed):
            reasons.append("Nothing but the question was found.")
            return gate("The answer repeats the question and adds nothing.", "echo")
        return gate("There is too little text to judge.", "too_short")
    language = _foreign_language(clean)
    if language:
        reasons.append(f"The answer seems to be written in {language}; this kit reads English.")
        return gate("The answer is not in English, so it waits for a person.", "not_english", True)
    if _is_junk(clean):
        reasons.append("The text does not read as sentences.")
        return gate("The text is not made of sentences.", "junk")
    if _copied_share(clean, question) > 0.5:
        flags.append("copied_model_answer")
        reasons.append("Most of the text stands in the published model answers.")
    # A dozen words say too little about their subject to be called off-topic.
    if count >= 15 and _nearness(clean, question) < OFF_TOPIC_BELOW:
        reasons.append("The answer seems to be about something else.")
        return gate("The answer does not speak about the question.", "off_topic")
    # A question of a minute or two may be answered in a few words.
    if count < SHORT_WORDS and question.minutes > 2:
        flags.append("too_short")
        reasons.append(f"The answer has only {count} words.")
    return gate()


def _injections(document: Document) -> list[Sentence]:
    """Sentences that address the grader; a quoted attack inside a sentence is a topic, not one."""
    found = []
    for sentence in document.sentences:
        outside_quotes = _QUOTED.sub('""', sentence.text)
        if _INJECTION.search(outside_quotes):
            found.append(sentence)
    return found


def _ngrams(text: str) -> set[tuple[str, ...]]:
    listed = words(text)
    return {listed[i : i + _NGRAM] for i in range(len(listed) - _NGRAM + 1)}


@lru_cache(maxsize=128)
def _rubric_ngrams(question: Question) -> frozenset[tuple[str, ...]]:
    texts: list[str] = []
    for criterion in question.criteria:
        texts += [criterion.asks, criterion.mid, criterion.senior, criterion.staff, criterion.tip]
        texts += [*criterion.evidence.mid, *criterion.evidence.senior, *criterion.evidence.staff]
    return frozenset(gram for text in texts for gram in _ngrams(text))


@lru_cache(maxsize=128)
def _answer_ngrams(question: Question) -> frozenset[tuple[str, ...]]:
    if question.model_answers is None:
        return frozenset()
    answers = question.model_answers
    return frozenset(_ngrams(answers.mid) | _ngrams(answers.senior) | _ngrams(answers.staff))


def _copied(document: Document, question: Question) -> list[Sentence]:
    known = _rubric_ngrams(question)
    found = []
    for sentence in document.sentences:
        grams = _ngrams(sentence.text)
        if len(grams) >= 4 and len(grams & known) / len(grams) > 0.7:
            found.append(sentence)
    return found


def _copied_share(document: Document, question: Question) -> float:
    grams = _ngrams(document.text)
    return len(grams & _answer_ngrams(question)) / len(grams) if len(grams) >= 20 else 0.0


def _echoes(document: Document, question: Question) -> list[Sentence]:
    asked = set(words(question.prompt))
    found = []
    for sentence in document.sentences:
        listed = words(sentence.text)
        if len(listed) >= 4 and sum(word in asked for word in listed) / len(listed) > 0.85:
            found.append(sentence)
    return found


def _foreign_language(document: Document) -> str | None:
    letters = [character for character in document.text if character.isalpha()]
    if letters and sum(character > "\u024f" for character in letters) / len(letters) > 0.3:
        return "another script"
    listed = document.words
    if len(listed) < 8:
        return None
    english = sum(word in _STOPWORDS["en"] for word in listed)
    for language, own in _OWN.items():
        if sum(word in own for word in listed) > max(2 * english, 0.12 * len(listed)):
            names = {"de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese"}
            return {**names, "it": "Italian", "nl": "Dutch"}[language]
    return None


def _is_junk(document: Document) -> bool:
    """No function words at all, or almost no distinct words: letters, but not sentences."""
    listed = document.words
    if len(listed) < 6:
        return False
    function_words = sum(word in _STOPWORDS["en"] for word in listed) / len(listed)
    if len(listed) >= 20 and len(set(listed)) / len(listed) < 0.12:
        return True
    return function_words < 0.02 and not any(character.isdigit() for character in document.text)


def _nearness(document: Document, question: Question) -> float:
    """Cosine between the answer and the question's subject (prompt, criteria, model answers)."""
    vectors = word_vectors()
    return float(vectors.tokens(document.text).mean() @ _subject(question))


@lru_cache(maxsize=128)
def _subject(question: Question) -> Floats:
    texts = [question.prompt]
    for criterion in question.criteria:
        texts += [criterion.asks, criterion.senior, *criterion.evidence.senior]
    return word_vectors().tokens(" ".join(texts)).mean()
