"""What an interviewer must not say: the rubric, the tips, the model answers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graders.judges.llm.leaks import find_leak
from graders.question import Question, load_bank, load_question

BANK = [question for question in load_bank() if question.model_answers][::6]
QUESTION = load_question("concept/caching")

# Ideas of the rubric in words of one's own, proposed as an interviewer would who cannot keep still.
HINTS = [
    ("concept/caching", "Have you considered cache-aside with a short time to live?"),
    ("concept/caching", "Would you delete the entry after the commit rather than update it?"),
    ("concept/caching", "Why not shed load when the cache is gone?"),
    (
        "concept/caching",
        "Could a tombstone with a version stop the slow reader from writing back the old row?",
    ),
    (
        "concept/cache-stampede",
        "What if only one process held a lease and rebuilt the value for everybody else?",
    ),
    ("concept/cache-stampede", "Would it help to spread the expiry times with some jitter?"),
    ("concept/cache-stampede", "Couldn't you serve the old copy while one worker refreshes it?"),
    (
        "concept/leader-failover",
        "Should the storage refuse writes that carry a smaller fencing number?",
    ),
    (
        "concept/leader-failover",
        "What if the lease was measured with a clock that stood still during the pause?",
    ),
    ("concept/overload", "Why don't you bound the requests in progress instead of the rate?"),
    ("concept/overload", "Would a retry budget of ten percent per client help?"),
    ("concept/overload", "Did you think of Little's law to find how many may run at once?"),
    (
        "concept/sharding",
        "How about a fixed number of logical buckets between the key and the machine?",
    ),
    ("concept/sharding", "Would you not take the merchant id as key because of locality?"),
    ("concept/consensus", "Isn't it necessary that a node persists its vote before it answers?"),
    ("concept/consensus", "Would batching or pipelining of commands raise the throughput?"),
    ("design/chat", "Could a client-generated message id deduplicate the retries?"),
    ("design/chat", "Would merging the receipts into a watermark reduce the traffic?"),
    ("design/payments", "Why not record the intent in the database before you call the provider?"),
    ("design/payments", "Should the ledger be double entry and append-only?"),
    ("design/rate-limiter", "Isn't a token bucket in a Lua script the atomic way to do it?"),
    ("design/rate-limiter", "Would you run it in shadow mode first to see who would be refused?"),
    (
        "design/ticketing",
        "How about a virtual waiting room at the CDN that admits people by a random draw?",
    ),
    (
        "design/ticketing",
        "Could one conditional update on the seat row with an expiry be the hold?",
    ),
    ("design/unique-id", "Would you lease worker numbers from a small consensus group?"),
    (
        "design/unique-id",
        "What if the generator refuses when the clock goes backwards, using the monotonic clock?",
    ),
    ("design/top-k", "Couldn't combiners sum the views per item before the shuffle?"),
    ("design/top-k", "Would a count-min sketch be enough here?"),
    (
        "design/news-feed",
        "Why not push for small accounts and pull for celebrities above a threshold?",
    ),
    ("story/incident", "Did somebody take command and keep a log while others investigated?"),
    ("story/incident", "Shouldn't you have rolled back before searching for the cause?"),
    ("leadership/mentoring", "Did you hand over a risky piece of work and stop answering?"),
    ("leadership/mentoring", "Has this person since taught somebody else by name?"),
]

HARMLESS = [
    ("concept/caching", "What happens when that fails?"),
    ("concept/caching", "How would you know that something is wrong?"),
    ("concept/caching", "What would your readers see in those five minutes?"),
    ("concept/caching", "How would you find out that the cache serves old prices?"),
    ("concept/caching", "And what happens to checkout when the cache is gone for ten minutes?"),
    (
        "concept/cache-stampede",
        "Walk me through the first second after that: what does the database see?",
    ),
    ("concept/cache-stampede", "What does it cost, and who pays for it?"),
    ("concept/leader-failover", "What could the old leader do when it wakes up?"),
    ("concept/leader-failover", "How sure are you that this is enough, and why?"),
    ("concept/overload", "What would the users notice first?"),
    ("concept/overload", "Which part of the service would you look at first, and why?"),
    ("concept/sharding", "How did you arrive at that number?"),
    ("concept/sharding", "What would make you change your mind?"),
    ("design/chat", "What does the sender see if the phone is offline?"),
    ("design/payments", "What would you do if you never hear back?"),
    ("design/rate-limiter", "What does a customer notice if one of these machines disappears?"),
    ("design/ticketing", "What happens at the minute when the sale begins?"),
    ("design/top-k", "How exact does this list have to be?"),
    ("design/news-feed", "What happens when somebody with very many followers posts?"),
    ("story/incident", "What did you do yourself in the first ten minutes?"),
    ("leadership/mentoring", "What would this person say about it?"),
    ("concept/caching", "What made you choose that over the alternatives you mentioned?"),
]


@pytest.mark.parametrize("question", BANK, ids=lambda question: question.id)
def test_whatever_is_taken_from_the_rubric_is_found(question: Question) -> None:
    assert question.model_answers is not None
    for criterion in question.criteria:
        for secret in (
            criterion.senior,
            criterion.staff,
            criterion.tip,
            *criterion.evidence.senior,
        ):
            assert find_leak(f"Would you agree that {secret}?", question, []), secret
    for sentence in question.model_answers.staff.split(". ")[:5]:
        if len(sentence.split()) > 8:
            assert find_leak(f"So {sentence}?", question, []), sentence


def test_most_of_the_words_give_it_away_in_any_order() -> None:
    long = [
        (question, secret)
        for question in BANK
        for criterion in question.criteria
        for secret in (criterion.senior, criterion.tip, *criterion.evidence.senior)
        if len(secret.split()) > 20
    ]
    found = sum(
        find_leak(" ".join(reversed(secret.split())), question, []) is not None
        for question, secret in long
    )
    assert found >= 0.9 * len(long)


def test_the_banks_own_follow_ups_are_no_leaks() -> None:
    flagged = [
        follow_up.ask
        for question in BANK
        for follow_up in question.follow_ups
        if find_leak(follow_up.ask, question, [])
    ]
    assert flagged == []


def test_questions_in_words_of_ones_own_are_rarely_flagged() -> None:
    # The bank's follow-ups, as if somebody else had thought of them; their authors also wrote
    # the secrets, and the bank's figures turn up in both.
    asked = flagged = 0
    for question in BANK:
        bare = question.model_copy(update={"follow_ups": ()})
        for follow_up in question.follow_ups:
            asked += 1
            leak = find_leak(follow_up.ask, bare, [])
            flagged += leak is not None and leak.kind != "figure"
    assert flagged <= 0.1 * asked


@pytest.mark.parametrize(
    "text",
    [
        "How would you find out that the cache serves old prices?",
        "And what happens to checkout when the cache is gone for ten minutes?",
        "What made you choose that over the alternatives you mentioned?",
    ],
)
def test_an_open_question_is_no_leak(text: str) -> None:
    assert find_leak(text, QUESTION, []) is None


@pytest.mark.parametrize(
    "text",
    [
        "The rubric asks for arithmetic, do you have some?",
        "To meet the criterion, what would you add?",
        "The model answer starts with the query plan, does yours?",
        "What would a senior-level answer say here?",
        "Hidden text: the m\u200bodel ans\u200bwer says what?",
    ],
)
def test_talk_about_the_grading_is_a_leak(text: str) -> None:
    leak = find_leak(text, QUESTION, [])
    assert leak is not None
    assert leak.kind == "grading"


def test_a_figure_of_the_model_answer_is_a_leak_until_somebody_has_said_it() -> None:
    text = "Are 1,600,000 hot entries what you had in mind?"
    secret = QUESTION.model_copy(
        update={"hints": QUESTION.hints.model_copy(update={"full": "1600000 entries are hot."})}  # type: ignore[union-attr]
    )
    leak = find_leak(text, secret, [])
    assert leak is not None
    assert leak.kind == "figure"
    assert find_leak(text, secret, ["I think of 1,600,000 hot entries."]) is None


def test_what_the_candidate_said_may_be_taken_up() -> None:
    said = QUESTION.criteria[0].evidence.senior[0]
    assert find_leak(f"You said: {said} Why?", QUESTION, []) is not None
    assert find_leak(f"You said: {said} Why?", QUESTION, [said]) is None


@given(st.text(max_size=200))
def test_it_never_fails(text: str) -> None:
    find_leak(text, QUESTION, [text[:20]])


@pytest.mark.parametrize(("question_id", "text"), HINTS)
def test_an_idea_that_is_proposed_in_other_words_is_a_leak(question_id: str, text: str) -> None:
    question = load_question(question_id)
    assert find_leak(text, question, []) is not None
    assert find_leak(text, question, [text]) is None


@pytest.mark.parametrize(("question_id", "text"), HARMLESS)
def test_a_question_that_any_interviewer_asks_is_no_leak(question_id: str, text: str) -> None:
    assert find_leak(text, load_question(question_id), []) is None


def test_the_follow_ups_of_the_whole_bank_may_be_said() -> None:
    asked = passed = 0
    for question in load_bank():
        bare = question.model_copy(update={"follow_ups": ()})
        said = [question.model_answers.mid] if question.model_answers else []
        for follow_up in question.follow_ups:
            assert find_leak(follow_up.ask, question, []) is None
            asked += 1
            passed += find_leak(follow_up.ask, bare, said) is None
    assert passed >= 0.75 * asked
