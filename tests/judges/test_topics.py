"""What words say for questions: the bank's own and those of a course."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from graders.judges.embedded.model import shipped_model
from graders.judges.embedded.topics import ENOUGH, Topics, tokens_of
from graders.judges.embedded.vectors import word_vectors
from graders.levels import Level
from graders.question import Question, bank_ids, load_question


@pytest.fixture(scope="module")
def topics() -> Topics:
    belonging = shipped_model().belonging
    assert belonging is not None
    return belonging.topics


def said(topics: Topics, text: str) -> dict[str, float]:
    """What *text* says for each question of the bank."""
    places = topics.places(word_vectors().ids([text])[0])
    return dict(zip(topics.ids, topics.table[places].sum(axis=0).tolist(), strict=True))


@pytest.mark.parametrize("name", bank_ids())
def test_the_shipped_counts_are_those_of_the_bank(topics: Topics, name: str) -> None:
    question = load_question(name)
    place = topics.ids.index(name)
    assert topics.digests[place] == question.digest, "run `make model`"
    np.testing.assert_array_equal(topics.counts[place], topics.counted(tokens_of(question)))


@pytest.mark.parametrize("name", bank_ids())
def test_a_model_answer_speaks_for_its_question_most(topics: Topics, name: str) -> None:
    answers = load_question(name).model_answers
    assert answers is not None
    for level in (Level.MID, Level.SENIOR, Level.STAFF):
        found = said(topics, answers.at(level))
        assert max(found, key=lambda one: found[one]) == name


def test_a_changed_question_is_read_anew(topics: Topics) -> None:
    question = load_question("concept/caching")
    changed = question.model_copy(update={"prompt": f"{question.prompt} Take a zoo with lions."})
    one, other = topics.subject(question), topics.subject(changed)
    assert one is not None and other is not None
    assert topics.ids.index(question.id) not in other.others
    # Nearly the same text: nearly the same column, lions apart.
    assert np.abs(one.column - other.column).mean() < 0.01


def test_a_question_on_the_same_subject_is_no_other_one(topics: Topics) -> None:
    question = load_question("design/chat")
    own = Question.model_validate({**question.model_dump(), "id": "design/our-messenger"})
    subject = topics.subject(own)
    assert subject is not None
    assert topics.ids.index("design/chat") not in subject.others
    assert len(subject.others) == len(topics.ids) - 1


def test_a_question_that_says_little_is_not_told_from_others(topics: Topics) -> None:
    question = load_question("design/chat")
    short = question.model_copy(
        update={
            "id": "design/short",
            "criteria": question.criteria[:1],
            "follow_ups": (),
            "mistakes": (),
            "hints": None,
            "model_answers": None,
        }
    )
    assert len(tokens_of(short)) < ENOUGH
    assert topics.subject(short) is None


def test_topics_that_were_used_can_be_pickled(topics: Topics) -> None:
    assert topics.subject(load_question("design/chat")) is not None
    again = pickle.loads(pickle.dumps(topics))
    np.testing.assert_array_equal(again.table, topics.table)
