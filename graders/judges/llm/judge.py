"""The judge that asks a language model, and believes only what the answer bears out.

The model gives verdicts with quotes; quotes are looked up, ids are fixed, code does the sum. What
is wrong in a reply is asked again once; what is wrong still waits for a person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from graders.answers import Answer
from graders.errors import JudgeError
from graders.judges.llm.background import Background
from graders.judges.llm.errors import Final
from graders.judges.llm.examples import Example, examples_for
from graders.judges.llm.many import Progress, Result, as_finished
from graders.judges.llm.probe import Abilities
from graders.judges.llm.prompt import PROMPT_VERSION, Prompt, build, fingerprint, repair
from graders.judges.llm.protocol import Message, Reply
from graders.judges.llm.settings import JudgeSettings
from graders.judges.llm.sse import Heard
from graders.judges.llm.usage import Usage
from graders.judges.llm.verdicts import CHECKS, Checked, blank, check, final, interpret, looked_at
from graders.judges.text import Document, read
from graders.question import Question
from graders.score import Verdict

if TYPE_CHECKING:
    from graders.judges.llm.client import ChatClient

__all__ = ["LlmJudge", "Progress", "Result"]


class LlmJudge:
    """Asks the model that the settings name; also within a running event loop, as in Jupyter.

    Args:
        settings: The server, the model and the bounds.
        unseen: Show no graded answers to the very question: for measuring on such answers.
    """

    name = "llm"

    def __init__(self, settings: JudgeSettings, *, unseen: bool = False) -> None:
        self.settings = settings
        self._unseen = unseen
        self._background = Background()
        self._client: ChatClient | None = None
        self._examples: dict[str, tuple[Example, ...]] = {}
        self._used = Usage()

    def __reduce__(self) -> tuple[object, ...]:
        # Another process reads the key from its own environment.
        return (_rebuild, (self.settings, self._unseen))

    @property
    def version(self) -> str:
        """Prompt, model and sampling, and what else decides; another model is another judge."""
        unseen = "-unseen" if self._unseen else ""
        sampling = self.settings.sampling
        fixed = f"{fingerprint()}-{CHECKS}"
        return f"{PROMPT_VERSION}{unseen} {self.settings.model} {sampling} {fixed}"

    @property
    def usage(self) -> Usage:
        """What was used since this judge was made."""
        return self._client.account.usage if self._client else self._used

    def judge(self, question: Question, answer: Answer) -> list[Verdict]:
        """Ask the model about one answer.

        Raises:
            JudgeError: If there was no usable reply; the answer then stays unscored.
        """
        return self._background.run(self._judged(question, answer))

    @property
    def window(self) -> int:
        """Answers that are best under way at a time: those asked about and as many that wait."""
        return 2 * self.settings.concurrency

    def submit(
        self, question: Question, answer: Answer, *, heard: Heard | None = None
    ) -> Future[list[Verdict]]:
        """Begin to ask about one answer; the future ends as `judge` would.

        Args:
            question: The question.
            answer: The answer.
            heard: Told of the words of the reply as they come, if the server streams.
        """
        return self._background.submit(self._judged(question, answer, heard))

    def judge_many(
        self, pairs: Iterable[tuple[Question, Answer]], *, progress: Progress | None = None
    ) -> Iterator[Result]:
        """Judge *pairs*, several at a time, and yield results as they finish.

        Pairs are taken as there is room, so memory does not grow with their number; pairs with
        the same question and the same words are asked once. Order them by question: the server
        then finds the beginning of each prompt in its cache.

        Args:
            pairs: Questions with answers.
            progress: Told, after each, how many are done and what was used.
        """
        return as_finished(
            pairs,
            start=self.submit,
            key=self.key,
            window=self.window,
            progress=(lambda done: progress(done, self.usage)) if progress else None,
        )

    def key(self, question: Question, answer: Answer) -> str:
        """Fingerprint of all that decides the verdicts: for caches, and as `custom_id`."""
        words = " ".join(read(answer.text).text.split())
        parts = (self.name, self.version, self.settings.base_url, question.digest, words)
        return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()

    def prompt(self, question: Question, answer: Answer) -> Prompt:
        """What would be sent for this answer.

        Raises:
            JudgeError: If the word vectors, which pick the examples, are missing.
        """
        return build(question, read(answer.text), self._shown(question))

    def body(self, question: Question, answer: Answer) -> dict[str, Any]:
        """The body of the call for this answer as the server takes it: for the Batch API.

        Raises:
            JudgeError: If the server had to be asked, and cannot be reached or refuses.
        """
        prompt = self.prompt(question, answer)

        async def form() -> dict[str, Any]:
            most = self.settings.max_output_tokens
            return await self._connected().form(prompt.messages, prompt.schema, most)

        return self._background.run(form())

    def read(self, question: Question, answer: Answer, reply: Reply) -> list[Verdict]:
        """The verdicts of a *reply* that was got elsewhere; what is wrong in it has no level.

        Raises:
            JudgeError: If nothing in it can be used.
        """
        checked = check(question, read(answer.text), interpret(reply, question))
        return settled(question, checked, None)

    def check(self) -> Abilities:
        """Ask the server once what it can do.

        Raises:
            JudgeError: If it cannot be reached or refuses.
        """

        async def ask() -> Abilities:
            return await self._connected().abilities()

        return self._background.run(ask())

    def close(self) -> None:
        """Close the connections and end the thread; a later call opens them again."""
        self._used = self.usage
        client, self._client = self._client, None
        if client is not None:
            self._background.run(client.close())
        self._background.close()
        if client is not None:
            self._used = client.account.usage  # with what the calls that this ended may cost

    def _connected(self) -> ChatClient:
        """The client; called on the loop's thread only, where it belongs."""
        if self._client is None:
            from graders.judges.llm.client import ChatClient

            self._client = ChatClient(self.settings, self._used)
        return self._client

    def _shown(self, question: Question) -> tuple[Example, ...]:
        shown = self._examples.get(question.digest)
        if shown is None:
            shown = examples_for(question, self.settings.examples, unseen=self._unseen)
            self._examples[question.digest] = shown
        return shown

    async def _judged(
        self, question: Question, answer: Answer, heard: Heard | None = None
    ) -> list[Verdict]:
        document = read(answer.text)
        if not document.words:
            return blank(question)
        prompt = build(question, document, self._shown(question))
        reply = await self._ask(prompt, prompt.messages, prompt.hostile, heard)
        first = check(question, document, interpret(reply, question))
        if not first.problems:
            return settled(question, first, None)
        try:
            second = await self._asked_again(question, document, prompt, reply, first, heard)
        except JudgeError as error:
            if isinstance(error, Final) or not first.verdicts:
                raise
            second = None
        return settled(question, first, second)

    async def _asked_again(
        self,
        question: Question,
        document: Document,
        prompt: Prompt,
        reply: Reply,
        first: Checked,
        heard: Heard | None,
    ) -> Checked:
        """The one repair turn."""
        messages, added = repair(prompt.messages, reply.text, first.problems)
        again = await self._ask(prompt, messages, prompt.hostile + added, heard)
        return check(question, document, interpret(again, question))

    async def _ask(
        self, prompt: Prompt, messages: list[Message], hostile: int, heard: Heard | None
    ) -> Reply:
        return await self._connected().ask(
            messages,
            schema=prompt.schema,
            max_tokens=self.settings.max_output_tokens,
            hostile=hostile,
            heard=heard,
        )


def settled(question: Question, first: Checked, second: Checked | None) -> list[Verdict]:
    """The verdicts that count after the reply and, if it was asked again, the *second* one.

    Raises:
        JudgeError: If neither reply can be used; a person should judge the answer.
    """
    last = second or first
    if not first.verdicts and not last.usable:
        raise JudgeError(
            f"the model's reply cannot be used ({' '.join(last.problems)[:300]})",
            where=question.id,
            fix="A person should judge this answer",
        )
    return looked_at(final(question, first, second))


def _rebuild(settings: JudgeSettings, unseen: bool) -> LlmJudge:
    return LlmJudge(settings, unseen=unseen)
