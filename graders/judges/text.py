"""The learner's text as judges read it: normalised, split into sentences, traceable to the original.

Judges compare normalised text; what they quote must be an exact substring of what the learner
wrote. `Document` keeps the way back.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice

MAX_CHARS = 60_000
"""Longer answers are read up to here and flagged; a spoken 45 minutes is about 40,000."""

MAX_SENTENCES = 600
MAX_CLUSTER = 32
"""Characters that are normalised together; no letter has more marks, and sorting marks is slow."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_HARMLESS = frozenset("\u00ad\ufe0f\ufe0e\u200d\ufeff")  # soft hyphens, emoji joiners, a BOM
# Characters that can spell a text nobody sees, and halves of characters, which no file can take.
_UNSPEAKABLE = re.compile("[\U000e0000-\U000e0fff]+|[\ud800-\udfff]")

_TAG_NAMES = (
    "a|abbr|b|big|blockquote|br|button|center|del|details|div|em|embed|font|h[1-6]|hr|i|iframe|img"
    "|ins|kbd|li|mark|ol|p|pre|q|s|samp|small|span|strike|strong|sub|sup|svg|table|tbody|td|th"
    "|thead|tr|tt|u|ul|video"
)
# What hides an element from whoever looks at the page.
_HIDING = (
    r"[\s\"']hidden\b|display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])"
    r"|font-size\s*:\s*[01](?:px|pt|em|%)?(?![.\d])|(?:left|top|text-indent)\s*:\s*-\d{3,}"
    r"|(?<![-\w])color\s*:\s*(?:white|transparent|#fff)"
)
_OPENING = re.compile(
    r"(?=[<`!(\\\u202d\u202e])(?:"
    # `<!-->` is a whole comment, so its end is looked for from the first hyphen on.
    r"(?P<comment><!(?=--))"
    r"|(?P<script><script\b[^<>]{0,300}>)|(?P<style><style\b[^<>]{0,300}>)"
    r"|(?P<reversed>[\u202d\u202e])"
    r"|(?P<diagram>```[ \t]*mermaid[^\n]*\n)|(?P<fence>```)|(?P<code>`[^`\n]{1,300}`)"
    r"|(?P<latex>\\(?:iffalse\b|(?:text)?color(?:box)?\{white\}))"
    rf"|(?P<concealed><(?:a|b|details|div|em|font|i|p|small|span|strong|table|td|u)\b"
    rf"(?=[^<>]{{0,300}}(?:{_HIDING}))[^<>]{{0,400}}>)"
    r"|(?P<title>(?<=\])\([^()\s]{1,300}\s{1,9}\"[^\"\n]{0,300}\"\))"
    r"|(?P<image>!\[[^\]\n]{0,300}\]\([^)\n]{0,500}\))"
    # Only names of HTML, and not after a letter if in capitals: engineers write List<T>, <A-M>.
    rf"|(?P<tag>(?:(?<!\w)|(?=</?(?-i:[a-z])))</?(?:{_TAG_NAMES})"
    r"(?:\s[^<>=]{0,100}=[^<>]{0,300}|\s{0,20}/?)>))",
    re.IGNORECASE,
)
_CLOSING = {
    "comment": re.compile("-->"),
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
    "reversed": re.compile("\u202c|(?=\n)|\\Z"),
    "diagram": re.compile(r"```|\Z"),
    "fence": re.compile(r"```|\Z"),
    "latex": re.compile(r"\\fi\b|\}(?=\s*(?:\n|\Z))|\Z"),
    "concealed": re.compile(r"</(?:details|div|p|table|span|font|a)\s*>(?!\s*</)|\n\s*\n|\Z"),
}
_SHOWN = frozenset({"fence", "code"})
"""What shows its text as it is, tags and comments included."""
_KINDS = {"tag": "markup", "diagram": "diagram", "image": "diagram"}

# Without one of these nothing opens; they are found faster than the pattern fails everywhere.
_OPENERS = ("<", "`", "![", "](", "\\", "\u202d", "\u202e")

_LINE_ENDS = "\r\n\x0b\x0c\x85\u2028\u2029"
# Begins with a plain set of characters, which is looked for faster than anything else. The
# character that ends a sentence belongs to it, that which ends a line does not.
_BOUNDARY = re.compile(
    rf"[.!?;。！？{_LINE_ENDS}](?:"
    rf"(?<=[。！？{_LINE_ENDS}])[{_LINE_ENDS}]*|(?<=[.!?;])(?:[\"')\]]*\s+(?=\S)"
    # A tag right after a sentence begins another one, so that neither takes the other along.
    r"|(?=</?[A-Za-z])))"
)
# Characters that NFKC leaves as they are: ASCII, Latin letters, dashes, quotes, arrows.
_STABLE = "\x00-\x7f\u00c0-\u0131–—‘’“”•→←≤≥€£§°"
_PLAIN = re.compile(f"[{_STABLE}]+(?=[{_STABLE}]|\\Z)")
_UNSTABLE = re.compile(f"[^{_STABLE}]")
_FULL_LINE = 60
"""Characters from which a line may have ended only because it was full."""

_GOES_ON = re.compile(r"[\w,%)\"'’–—-]\s?\Z")
_CONTINUED = re.compile(r"(?!\d{1,3}[.)]\s)(?:[^\W\dA-Z_]|[\d$€£(]|I\b|[A-Z]{2,4}\b(?!:))")
_WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


@dataclass(frozen=True)
class Span:
    """A piece of the original text: `raw[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True)
class Sentence(Span):
    """One sentence: its normalised text, and where it stands in the original."""

    text: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words, in lower case."""
        return words(self.text)

    @property
    def line(self) -> str:
        """The text in one line with single spaces, however it was wrapped."""
        return " ".join(self.text.split())


@dataclass(frozen=True)
class Passage(Span):
    """What is not read as prose: `markup`, `hidden` (no reader sees it) or `diagram`."""

    kind: str


@dataclass(frozen=True)
class Document:
    """A learner's text, normalised, with the way back to the original.

    Attributes:
        raw: What the learner wrote, as far as it was read.
        text: The same in NFKC, without invisible characters, markup and diagrams.
        starts: For each character of `text`, where it begins in `raw`.
        ends: For each character of `text`, where it ends in `raw`.
        sentences: The sentences (lines and bullet points count as sentences), at most 600.
        passages: What is not read as prose.
        flags: `hidden_characters`, `hidden_text`, `markup`, `truncated`, where they apply.
    """

    raw: str
    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    flags: tuple[str, ...]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """All words of the normalised text, in lower case; none stands outside of a sentence."""
        return tuple(word for sentence in self.sentences for word in sentence.words)

    @cached_property
    def prose(self) -> str:
        """The sentences, one in each line."""
        return "\n".join(sentence.line for sentence in self.sentences)

    @property
    def unseen(self) -> list[Span]:
        """What no reader sees: markup, hidden passages, characters that spell a hidden text."""
        passages = [passage for passage in self.passages if passage.kind != "diagram"]
        if self.raw.isascii():
            return [*passages]
        return [*passages, *(Span(*match.span()) for match in _UNSPEAKABLE.finditer(self.raw))]

    def place(self, span: Span) -> int:
        """Where in `text` the *span* begins."""
        if isinstance(self.starts, range):
            return span.start
        return bisect_left(self.starts, span.start)

    def quote(self, first: Span, last: Span) -> str:
        """The original text from the start of *first* to the end of *last*."""
        return self.raw[first.start : last.end]

    def without(self, hidden: Iterable[Span]) -> str:
        """The original text with the *hidden* pieces blanked out, same length."""
        characters = list(self.raw)
        for span in hidden:
            for index in range(span.start, span.end):
                if characters[index] != "\n":
                    characters[index] = " "
        return "".join(characters)


def words(text: str) -> tuple[str, ...]:
    """The words of *text* in lower case; numbers and hyphenated words count as words."""
    return tuple(_WORD.findall(text.lower()))


@lru_cache(maxsize=4)  # the gates and then the judge read the same answer
def read(raw: str) -> Document:
    """Normalise *raw*; never fails, whatever the text holds."""
    body = raw[:MAX_CHARS]
    passages = tuple(_passages(body))
    text, starts, ends = _normalised(body, passages)
    text = text[:MAX_CHARS]  # one character may stand for eighteen
    pieces = list(islice(_pieces(text), MAX_SENTENCES + 1))
    if len(pieces) > MAX_SENTENCES:
        pieces = pieces[:MAX_SENTENCES]
        text = text[: pieces[-1][1]]
    whole = len(raw) <= MAX_CHARS and len(text) == len(starts)
    end = len(body) if len(text) == len(starts) else ends[len(text) - 1]
    seen = tuple(passage for passage in passages if passage.end <= end)
    return Document(
        raw=raw if whole else body[:end],
        text=text,
        starts=starts[: len(text)],
        ends=ends[: len(text)],
        sentences=tuple(
            Sentence(text=text[begin:stop], start=starts[begin], end=ends[stop - 1])
            for begin, stop in pieces
        ),
        passages=seen,
        flags=tuple(_flags(body[:end], seen, whole)),
    )


def _flags(body: str, passages: Iterable[Passage], whole: bool) -> Iterator[str]:
    if not body.isascii() and any(
        character not in _HARMLESS for character in _INVISIBLE.findall(body)
    ):
        yield "hidden_characters"
    kinds = {passage.kind for passage in passages}
    if "markup" in kinds or any(body.startswith("<", p.start) for p in passages):
        yield "markup"
    if any(p.kind == "hidden" and _WORD.search(body, p.start, p.end) for p in passages):
        yield "hidden_text"
    if not whole:
        yield "truncated"


def _passages(body: str) -> Iterator[Passage]:
    """What is not prose, in order. One pass: what is never closed is looked for only once."""
    if not any(opener in body for opener in _OPENERS):
        return
    position = 0
    never_closed: set[str] = set()
    while match := _OPENING.search(body, position):
        position = match.end()
        name = str(match.lastgroup)
        if name in never_closed:
            continue
        if name in _CLOSING:
            closing = _CLOSING[name].search(body, position)
            if closing is None:
                # A browser shows the rest, so it is read like any other text.
                never_closed.add(name)
                continue
            position = closing.end()
        if name in _SHOWN:
            continue
        yield Passage(match.start(), position, _KINDS.get(name, "hidden"))


def _normalised(body: str, passages: Sequence[Passage]) -> tuple[str, Sequence[int], Sequence[int]]:
    """The text in NFKC without *passages* and invisible characters, and where each stands."""
    if not passages and not _UNSTABLE.search(body):
        return body, range(len(body)), range(1, len(body) + 1)
    kept = list(body)
    gone = [(span.start, span.end) for span in passages]
    gone += [m.span() for pattern in (_INVISIBLE, _UNSPEAKABLE) for m in pattern.finditer(body)]
    for first, last in gone:
        kept[first:last] = [""] * (last - first)
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for first, last, plain in _runs(body):
        if plain:
            left = (
                [index for index in range(first, last) if kept[index]]
                if gone
                else range(first, last)
            )
            pieces.append("".join(kept[first:last]))
            starts.extend(left)
            ends.extend([index + 1 for index in left])
            continue
        for cluster in _clusters(kept, first, last):
            normal = unicodedata.normalize("NFKC", "".join(kept[i] for i in cluster))
            pieces.append(normal)
            starts.extend([cluster[0]] * len(normal))
            ends.extend([cluster[-1] + 1] * len(normal))
    return "".join(pieces), starts, ends


def _runs(body: str) -> Iterator[tuple[int, int, bool]]:
    """The body in pieces: plain ones, which are their own NFKC, and those that may be not.

    A plain character before another kind is left to that piece: a mark may join it.
    """
    position = 0
    for match in _PLAIN.finditer(body):
        if position < match.start():
            yield position, match.start(), False
        yield match.start(), match.end(), True
        position = match.end()
    if position < len(body):
        yield position, len(body), False


def _clusters(characters: list[str], first: int, last: int) -> Iterator[list[int]]:
    """Indices of characters that are one letter together: a base and its combining marks."""
    cluster: list[int] = []
    for index in range(first, last):
        character = characters[index]
        if not character:
            continue
        if cluster and (not _joins(character) or len(cluster) >= MAX_CLUSTER):
            yield cluster
            cluster = []
        cluster.append(index)
    if cluster:
        yield cluster


def _joins(character: str) -> bool:
    """Whether *character* is a mark, or a Hangul vowel or final, that joins the one before."""
    if character < "\u0300":
        return False
    first = unicodedata.normalize("NFKC", character)[:1]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Begin and end of each sentence of *text*, without bullets and the borders of tables."""
    position = 0
    for match in [*_BOUNDARY.finditer(text), None]:
        end, after = _border(match) if match else (len(text), len(text))
        if match and _is_wrap(text, end, after):
            continue
        piece = text[position:end]
        if _WORD.search(piece):
            bare = piece.lstrip(" \t\r\n-*•#>|")
            begin = position + len(piece) - len(bare)
            yield begin, begin + len(bare.rstrip(" \t\r\n-*#|"))
        position = after


def _border(match: re.Match[str]) -> tuple[int, int]:
    """Where the sentence before a boundary ends, and where the next one may begin."""
    first, after = match.span()
    return first + (match.string[first] not in _LINE_ENDS), after


def _is_wrap(text: str, end: int, after: int) -> bool:
    """Whether the line that ends at *end* only ends there because it was full.

    As in text wrapped by an editor.
    """
    if text[end:after] not in ("\n", "\r\n") or not _CONTINUED.match(text, after):
        return False
    line = text[text.rfind("\n", 0, end) + 1 : end]
    return len(line) >= _FULL_LINE and _GOES_ON.search(line) is not None
