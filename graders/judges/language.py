"""Texts that the judges cannot read: other languages, and letters that form no sentences."""

from __future__ import annotations

from graders.judges.text import Document

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


def foreign_language(document: Document) -> str | None:
    """The language, or "another script", if the text is not English; `None` if it may be."""
    letters = [character for character in document.text if character.isalpha()]
    # Greek letters are formulas: O(θ), μ, σ.
    foreign = sum(
        character > "\u024f" and not "\u0370" <= character <= "\u03ff" for character in letters
    )
    greek = sum("\u0370" <= character <= "\u03ff" for character in letters)
    if foreign > 1 and foreign > 0.3 * len(letters):
        return "another script"
    if greek > 20 and greek > 0.5 * len(letters):
        return "Greek"
    listed = document.words
    if len(listed) < 8:
        return None
    english = sum(word in _ENGLISH for word in listed)
    for language, own in _OWN.items():
        if sum(word in own for word in listed) > max(2 * english, 0.12 * len(listed)):
            return language
    return None


def is_junk(document: Document) -> bool:
    """No function words at all, or almost no distinct words: letters, but not sentences."""
    listed = document.words
    if len(listed) < 6:
        return False
    if is_repetition(document):
        return True
    function_words = sum(word in _ENGLISH for word in listed) / len(listed)
    return function_words < 0.02 and not any(character.isdigit() for character in document.text)


def is_repetition(document: Document) -> bool:
    """Whether the text says a few words over and over."""
    listed = document.words
    return len(listed) >= 20 and len(set(listed)) / len(listed) < 0.12
