"""What an answer beside a reference is measured by, and what the measures must not do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graders.judges.embedded.reference_doubt import doubt, subjects, swapped
from graders.judges.embedded.reference_features import NAMES, compare, coverage
from graders.judges.embedded.reference_text import is_negation, prepare, prepare_text, stem
from graders.judges.text import words

PROMPT = "Why should a client wait before it tries a failed call again?"
REFERENCE = "An overloaded service needs time to recover. Growing pauses give it 2 or 4 seconds."
ASKED = prepare_text(PROMPT)
WANTED = prepare_text(REFERENCE, ASKED.tokens)
TEXTS = st.lists(
    st.sampled_from([*REFERENCE.split(), *PROMPT.split(), "not", "42", ".", "\n", "naïve", "数"])
    | st.text(max_size=12),
    max_size=25,
).map(" ".join)


def features(text: str) -> dict[str, float]:
    row = compare(ASKED, WANTED, prepare_text(text, ASKED.tokens))
    return dict(zip(NAMES, row.tolist(), strict=True))


@settings(max_examples=80, deadline=None)
@given(TEXTS)
@example("")
@example("?!")
def test_every_text_has_finite_features(text: str) -> None:
    row = compare(ASKED, WANTED, prepare_text(text, ASKED.tokens))
    assert row.shape == (len(NAMES),)
    assert np.isfinite(row).all()


def test_the_reference_covers_itself() -> None:
    found = features(REFERENCE)
    for name in ("recall", "precision", "word_recall", "bigram_recall", "gram_cosine", "cosine"):
        assert found[name] == pytest.approx(1, abs=1e-3)
    assert found["share_far"] == found["negation_gap"] == 0
    assert found["number_recall"] == 1


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_saying_more_never_lowers_the_recall(text: str, more: str) -> None:
    # Two sentences, so that no token of the first is cut another way.
    before = prepare([*filter(str.strip, [text])], ASKED.tokens)
    after = prepare([*filter(str.strip, [text, more])], ASKED.tokens)
    column = [NAMES.index(name) for name in ("recall", "recall_plain", "word_recall_new")]
    low, high = (compare(ASKED, WANTED, said)[column] for said in (before, after))
    assert (high >= low - 1e-5).all()


def test_words_of_the_question_count_little() -> None:
    part = prepare_text("A client should wait, so that the failed service recovers.", ASKED.tokens)
    echo = prepare_text("A client should wait, the call failed.", ASKED.tokens)
    row = compare(ASKED, part, echo)
    assert row[NAMES.index("recall")] < row[NAMES.index("recall_plain")] - 0.05
    assert row[NAMES.index("gram_question")] > 0.5


def test_coverage_names_the_sentence_that_says_it() -> None:
    said = prepare_text("I like onions. The service can recover in a pause. Bye.", ASKED.tokens)
    rows = coverage(WANTED, said)
    assert rows.shape == (3, len(WANTED.demoted))
    assert int(np.argmax(rows @ WANTED.demoted)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("stores", "storing"),
        ("copies", "copy"),
        ("node's", "nodes"),
        ("replication", "replicate"),
        ("running", "runs"),
    ],
)
def test_endings_do_not_matter(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("cache", "cash"), ("read", "red"), ("lock", "log")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_negation_is_a_whole_word() -> None:
    assert all(map(is_negation, ("not", "never", "don't", "doesn’t", "without")))
    assert not any(map(is_negation, ("note", "nothings", "another", "node")))


@pytest.mark.parametrize(
    ("part", "sentence", "doubted"),
    [
        ("The leader sends the writes to every replica", "The leader sends them to copies", False),
        ("Readers never see old data", "Readers see old data", True),
        ("The old version keeps running", "The new version keeps running", True),
        ("Two quorums always overlap", "Two quorums never overlap, they always differ", True),
        ("Objects that are no longer needed are freed", "Objects that are needed are freed", True),
        ("It sends the old value first", "It sends the old value first", False),
        (
            "The primary sends its log to the replica and waits for the answer",
            "the waits replica its for log and answer primary the to sends",
            True,
        ),
    ],
)
def test_the_same_words_may_say_something_else(part: str, sentence: str, doubted: bool) -> None:
    assert (doubt(words(part.lower()), words(sentence.lower())) is not None) == doubted


@pytest.mark.parametrize(
    ("answer", "doubted"),
    [
        ("Mutexes have a holder that releases them; semaphores count several threads", [False] * 2),
        (
            "Semaphores count several threads, mutexes have a holder that unlocks and releases them",
            [False] * 2,
        ),
        (
            "Semaphores have a holder that unlocks and releases them; mutexes count several threads",
            [True] * 2,
        ),
        ("One of them has a holder, the other one counts", [False] * 2),
    ],
)
def test_what_is_said_of_the_wrong_thing_is_doubted(answer: str, doubted: list[bool]) -> None:
    parts = [
        words("a mutex has a holder that unlocks and releases it"),
        words("a semaphore counts several threads"),
    ]
    about = subjects(words("how does a mutex differ from a semaphore"), parts)
    found = [swapped(i, about, parts, words(answer.lower())) for i in range(2)]
    assert [why is not None for why in found] == doubted


def test_parts_about_one_thing_cannot_be_swapped() -> None:
    parts = [words("a cache keeps results"), words("it is small and fast")]
    about = subjects(words("what is a cache"), parts)
    assert about == [frozenset()] * 2
    assert swapped(0, about, parts, words("fast results")) is None
