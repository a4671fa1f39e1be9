"""Texts that the judges cannot read: other languages, and letters that form no sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from graders.judges.text import Document, Sentence

_FUNCTION_WORDS = {
    "English": "the a an and or of to in is it that we i for on with as be this was are by at from not have so but if you my our they",
    "German": "der die das und ich wir nicht ist ein eine mit auf für den dem zu von im es sich auch war haben dass",
    "French": "le la les et des un une je nous est pas que pour dans du en sur avec qui ce il au était avons",
    "Spanish": "el la los las y de que en un una es por con para no se lo del al como más yo nuestro fue",
    "Portuguese": "o a os as e de que em um uma é por com para não se do da no na mais eu nosso foi",
    "Italian": "il la le e di che in un una è per con non si lo del al come più io nostro sono della",
    "Dutch": "de het een en van ik wij niet is met op voor dat te in zijn was er aan ook maar",
    "Swedish": "och att det som en ett är jag vi inte på för med av den till har om men skulle från eftersom",
    "Polish": "i w na z się że nie do jest to jak ale po co przed od za przez ponieważ bo dla niż oraz by",
    "Latin": "et est non ad ut cum ex quod qui hoc in de omnibus has nec sed quia ab per sunt",
    "Danish": "og det som en et er jeg vi ikke på til med af den har om men skal fra at",
    "Czech": "a se na je v že s z do o k i to jako za by pro ale jsem jsou ve není",
    "Romanian": "și în de la cu pe care nu este un o din pentru că se sau mai am",
    "Finnish": "ja on ei se että oli kun mutta niin tai kuin minä ovat myös sitä",
    "Hungarian": "a az és hogy nem is egy ez van meg de csak mint volt ha",
    "Indonesian": "yang dan di itu dengan untuk tidak dari dalam akan pada ini saya karena",
    "Turkish": "ve bir bu için ile de da çok daha olarak ben biz değil ama gibi var önce sonra olan",
}
_STOPWORDS = {language: set(listed.split()) for language, listed in _FUNCTION_WORDS.items()}
_ENGLISH = _STOPWORDS["English"]
# Single letters are variables and O(n) rather than words.
_OWN = {
    language: {word for word in listed - _ENGLISH if len(word) > 1}
    for language, listed in _STOPWORDS.items()
    if language != "English"
}
_ANY_OWN = frozenset().union(*_OWN.values())

# More words that carry a sentence, to tell sentences from lists of names.
_CARRYING_WORDS = (
    "has had can could will would should must one two also then than them their there here out "
    "up no into each per when where which who what how they he she his her us me do does did "
    "only over after before under between about more most some any all same other its while "
    "because like just your you don't it's i'd that's until every both such get gets"
)
_CARRYING = _ENGLISH | set(_CARRYING_WORDS.split())
# After these a noun or what describes it follows, so that none of the second kind can.
_DETERMINERS_WORDS = "a an the my our their its your every"
_DETERMINERS = frozenset(_DETERMINERS_WORDS.split())
_NEVER_AFTER_WORDS = (
    "the a an and or of to is that we i for with this was are by at have but if my our they from"
)
_NEVER_AFTER = frozenset(_NEVER_AFTER_WORDS.split())
_LEADING = frozenset({"of", "with", "from", "by", "at", "into"})
_NEVER_LED = frozenset({"of", "and", "or", "is", "are", "was"})
_NOTE = re.compile(r"[\d(){}\[\]<>=`:/,|→_]")
SALAD = 0.01
"""Share of impossible pairs of words from which a text is no language; honest: up to 0.008."""


def foreign_language(document: Document) -> str | None:
    """The language, or "another script", if the text is not English; `None` if it may be."""
    script = None if document.text.isascii() else _other_script(document.text)
    if script:
        return script
    listed = document.words
    if len(listed) < 8:
        return None
    return _language(listed)


def _other_script(text: str) -> str | None:
    letters = [character for character in text if character.isalpha()]
    # Greek letters are formulas: O(θ), μ, σ.
    greek = sum("\u0370" <= character <= "\u03ff" for character in letters)
    foreign = sum(character > "\u024f" for character in letters) - greek
    if foreign > 1 and foreign > 0.3 * len(letters):
        return "another script"
    if greek > 20 and greek > 0.5 * len(letters):
        return "Greek"
    return None


def _language(listed: Sequence[str], least: int = 0) -> str | None:
    english = sum(map(_ENGLISH.__contains__, listed))
    border = max(2 * english, 0.12 * len(listed), least - 1)
    if sum(map(_ANY_OWN.__contains__, listed)) <= border:
        return None
    for language, own in _OWN.items():
        if sum(map(own.__contains__, listed)) > border and len(own.intersection(listed)) > 1:
            return language
    return None


def function_words(listed: Sequence[str]) -> int:
    """How many of the words carry a sentence instead of naming something."""
    return sum(map(_CARRYING.__contains__, listed))


def is_foreign(sentence: Sentence) -> bool:
    """Whether a single sentence is in another language or script, or in none."""
    text = sentence.text
    if not text.isascii():
        strange = sum(c > "\u024f" and c.isalpha() and not "\u0370" <= c <= "\u03ff" for c in text)
        if strange > 3 and strange > 0.3 * sum(c.isalpha() for c in text):
            return True
    listed = sentence.words
    if len(listed) < 6:
        return False
    carrying = function_words(listed)
    if carrying > 0.2 * len(listed):
        return False
    # Commas, colons and signs are how engineers write notes: "Flow: client, queue, worker".
    if len(listed) >= 8 and carrying <= 0.1 * len(listed) and not _NOTE.search(text):
        return True
    return _language(listed, 3) is not None


def is_salad(document: Document) -> bool:
    """Whether the words are English but stand in no order: "the of cache and the a reads to"."""
    listed = document.words
    if len(listed) < 25:
        return False
    broken = sum(
        (first in _DETERMINERS and second in _NEVER_AFTER)
        or (first in _LEADING and second in _NEVER_LED)
        for first, second in pairwise(listed)
    )
    return broken > max(3, SALAD * len(listed))


def is_junk(document: Document) -> bool:
    """No function words at all, or almost no distinct words: letters, but not sentences."""
    listed = document.words
    if len(listed) < 6:
        return False
    if is_repetition(document):
        return True
    function_words = sum(map(_ENGLISH.__contains__, listed)) / len(listed)
    return function_words < 0.02 and not any(character.isdigit() for character in document.text)


def is_repetition(document: Document) -> bool:
    """Whether the text says a few words over and over."""
    listed = document.words
    return len(listed) >= 20 and len(set(listed)) / len(listed) < 0.12
