"""Clarifying questions in other words get the right fact; where the facts are silent, none."""

from __future__ import annotations

import time

from graders.question import load_bank, load_question
from graders.study.mock.facts import fact_for

# Written without looking at the likeness; the border was tuned on other questions.
ASKED: list[tuple[str, str, int | None]] = [
    ("design/chat", "How many daily users should I plan for?", 0),
    ("design/chat", "What's the maximum size of a group?", 1),
    ("design/chat", "What do the delivery receipts mean exactly?", 2),
    ("design/chat", "Do messages have to arrive in order?", 3),
    ("design/chat", "How long do we store the history?", 4),
    ("design/chat", "Do we need end-to-end encryption?", 5),
    ("design/chat", "Are voice and video calls in scope?", 6),
    ("design/payments", "How many transactions or charges per day?", 0),
    ("design/payments", "Which payment providers do we integrate with?", 1),
    ("design/payments", "Can a buyer be charged twice?", 2),
    ("design/payments", "When do merchants get their money?", 3),
    ("design/payments", "Do the providers send webhooks?", 4),
    ("design/payments", "Do we store card numbers ourselves?", 5),
    ("design/rate-limiter", "Do we limit by API key, by account or by IP address?", 0),
    ("design/rate-limiter", "How many requests per second come in?", 1),
    ("design/rate-limiter", "Which plans and limits do customers have?", 2),
    ("design/rate-limiter", "Is traffic skewed towards a few customers?", 3),
    ("design/rate-limiter", "How precise must the limit be?", 4),
    ("design/rate-limiter", "How much latency may the check add?", 5),
    ("design/rate-limiter", "Should we fail open when the limiter is broken?", 6),
    ("design/rate-limiter", "Is the monthly billing quota part of this?", 7),
    ("design/video-streaming", "How many videos are uploaded every day?", 0),
    ("design/video-streaming", "How many viewers watch at peak?", 1),
    ("design/video-streaming", "What startup time do viewers expect?", 2),
    ("design/video-streaming", "What does encoding cost?", 3),
    ("design/video-streaming", "How quickly must a video be taken down?", 4),
    ("design/video-streaming", "Do we keep the originals?", 5),
    ("design/video-streaming", "Is live streaming included?", 6),
    ("story/incident", "Is it okay if I was only a responder and not the commander?", 1),
    ("story/incident", "How technical should I get about the cause?", 2),
    ("leadership/mentoring", "Can it be somebody who has left the company?", 1),
    ("design/chat", "Which cloud do you run on?", None),
    ("design/chat", "What is your favourite database?", None),
    ("design/payments", "Do we have a Kafka cluster?", None),
    ("design/payments", "How big is the team?", None),
    ("design/rate-limiter", "Is there a deadline for the launch?", None),
    ("design/rate-limiter", "Can I draw on the whiteboard?", None),
    ("design/video-streaming", "Which programming language do you prefer?", None),
    ("design/video-streaming", "Do you use Kubernetes?", None),
    ("story/incident", "Should I use the STAR format?", None),
    ("leadership/mentoring", "What's the weather like?", None),
]


def test_other_words_find_the_right_fact() -> None:
    right = wrong = invented = 0
    for question_id, asked, index in ASKED:
        fact = fact_for(asked, load_question(question_id))
        found = None if fact is None else fact.index
        right += found == index
        wrong += found is not None and index is not None and found != index
        invented += found is not None and index is None
    assert right / len(ASKED) >= 0.8, right
    assert wrong <= 3
    assert invented <= 1


def test_the_question_itself_always_finds_its_fact() -> None:
    missed = [
        (question.id, one.question)
        for question in load_bank()
        for index, one in enumerate(question.clarifications)
        if (fact := fact_for(one.question, question)) is None or fact.index != index
    ]
    assert missed == []


def test_a_question_of_a_thousand_words_is_answered_in_time() -> None:
    question = load_question("design/chat")
    fact_for("How many?", question)
    start = time.process_time()
    fact_for(" ".join(f"word{n}" for n in range(1000)) + "?", question)
    assert time.process_time() - start < 2
