"""Phrases are looked for only where a word of theirs stands, and none is missed by that."""

from __future__ import annotations

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graders.judges.embedded.structure import DETECTORS, NAMES, detect

PIECES = (
    "from", "to", "down to", "up to 5", "went from", "used to", "before", "beforehand", "after",
    "reduced", "cutting", "by", "about", "3", "1,200.50", "5usd", "7 dollars", "12'usd", "$ 4", "€9",
    "p99", "-", "'", "’", ".", ",", "re-used", "I'd", "i", "asked", "quickly", "so that", "last week's",
    "k€", "£", "dollars's", "£7", "not worth", "rather than", "x", "\u0663usd", "5 _usd",
)  # fmt: skip
lines = st.lists(st.sampled_from(PIECES), max_size=14).flatmap(
    lambda pieces: st.sampled_from(["", " ", "  "]).map(lambda gap: gap.join(pieces))
)


def everywhere(name: str, line: str) -> int:
    """What a detector counts if only the first word of `near`, which is no shortcut, is asked for."""
    detector, line = DETECTORS[name], line.lower()
    tokens = re.findall(r"\w+(?:[-'’.:]\w+)*|→|->|[$€£¥]", line)
    forms = [{token, *re.split(r"[-.:]", token)} for token in tokens]
    said = sum(any(re.fullmatch(detector.words or "(?!)", f) for f in some) for some in forms)
    near = detector.near.partition(" & ")[0]
    asked = any(re.fullmatch(near, form) for some in forms for form in some)
    return said + (len(re.findall(detector.phrases, line)) if detector.phrases and asked else 0)


@given(lines)
def test_the_shortcuts_hide_nothing(line: str) -> None:
    assert detect([line]).tolist() == [[everywhere(name, line) for name in NAMES]]


def test_each_sentence_has_its_own_counts() -> None:
    texts = ["We cut costs from $9 to $4.", "I asked the team.", ""]

    found = detect(texts)

    assert found.shape == (3, len(NAMES))
    np.testing.assert_array_equal(found, np.concatenate([detect([text]) for text in texts]))
    assert found[0, NAMES.index("money")] > 0
    assert found[1, NAMES.index("i_acted")] > 0
    assert not found[2].any()
