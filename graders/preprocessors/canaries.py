"""Canaries: requests that look like tests and whose outcome is known beforehand.

Tests that run beside learners' code can be fooled by it: their asserts removed, their errors
swallowed, their results forged. Before tests, between them and after the last one, the kernel
gets a test that must fail with words that nobody can know, and one that must pass while the
machinery is looked over. Where anything else comes back, the notebook was tampered with: its
tests count for nothing, and a person looks at it. Where nothing comes back in time, a person looks
as well, but nobody is accused: that also happens on a machine with too much to do. Nothing here
tells right from wrong answers; that is decided outside of the kernel, by hidden checks.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graders.preprocessors import watch
from graders.preprocessors.mutants import (
    caught_test,
    false_test,
    results_of,
    used,
    wrong_test,
)

FULLY = 0.25
"""How often a test is preceded by one that fails in full, traceback and all; it takes 20 ms."""

WRONG_TESTS = 2
"""How many tests at most are tried with other results than the right ones."""

CHANGING_BUILTINS = {
    "_", "copyright", "credits", "display", "exit", "get_ipython", "getpass", "help", "input",
    "license", "open", "print", "quit", "raw_input",
}  # fmt: skip
"""Built-ins that honest notebooks and IPython itself replace; none decides about a test."""


@dataclass(frozen=True)
class Reply:
    """What a kernel answered to one request.

    Attributes:
        status: `ok`, `error`, `none` if it did not answer in time, or `lost` if it was idle again
            but no reply came.
        name: The error's name.
        text: The error's text.
        expressions: The answers to the request's `user_expressions`.
        results: How many values the request has shown as its result.
    """

    status: str
    name: str = ""
    text: str = ""
    expressions: Mapping[str, Any] = field(default_factory=dict)
    results: int = 0

    @property
    def missing(self) -> bool:
        """Whether nothing is known, because no answer came."""
        return self.status in ("none", "lost")


Ask = Callable[[str, dict[str, str]], Reply]
"""Sends code and `user_expressions`, as the tests themselves are sent, and waits."""


class Canaries:
    """Watches over the tests of one notebook while it runs.

    Args:
        ask: How to reach the kernel.
        stub_names: Gives the names that the released notebook defines, which a learner may well
            write anew; asked only if needed.

    Attributes:
        reasons: What was found to be other than it should.
        unanswered: Whether something could not be tried, because no answer came in time.
        given: Names that the course's own cells have used of libraries.
    """

    def __init__(self, ask: Ask, stub_names: Callable[[], set[str]] = set) -> None:
        self.reasons: list[str] = []
        self.unanswered = False
        self.given: set[str] = set()
        self._ask = ask
        self._stub_names = stub_names
        self._chance = secrets.SystemRandom()
        self._first: dict[str, Any] = {}
        self._given: dict[str, str] = {}
        self._shown = "last_expr"

    @property
    def tampered(self) -> bool:
        """Whether the tests of this notebook can be believed no more."""
        return bool(self.reasons)

    def learn(self, names: Iterable[str]) -> None:
        """Look the kernel over when the course's own cells have run and the learner's have not.

        Args:
            names: Names that the course's own cells have defined since the last time.
        """
        seen = self._look(sorted(names), "")
        self._first = self._first or seen
        self._given |= seen.get("names", {})

    def before(self, source: str) -> None:
        """Try whether the test *source* would fail if it should, and look over what it uses."""
        if self._chance.random() < FULLY:
            self._must_fail(source)
        self._compare(self._look(sorted(used(source) | self.given), source))

    def after_last(self, sources: Sequence[str]) -> None:
        """Try everything once more when all has run; *sources* are all tests of the notebook."""
        names = self.given.union(*map(used, sources))
        self._compare(self._look(sorted(names), self._chance.choice(sources)))
        wrong = [test for test in (wrong_test(s, self._chance) for s in sources) if test]
        for test in self._chance.sample(wrong, min(WRONG_TESTS, len(wrong))):
            if self._ask(test, {}).status == "ok":
                self._accuse("a test that asks for something else passed as well")
        self._must_fail(self._chance.choice(sources))

    def judge_results(self, source: str, results: int) -> None:
        """Compare the number of *results* that the test *source* has shown with its own code."""
        if results > results_of(source, self._shown):
            self._accuse("a test seems to have shown results that its code does not give")

    def _accuse(self, reason: str) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)

    def _must_fail(self, source: str) -> None:
        code, words = false_test(source, self._chance)
        reply = self._ask(code, {})
        if reply.missing:
            self.unanswered = True
            return
        if not _failed_as_meant(reply, words):
            self._accuse("a test that must fail did not fail as it should")
        if reply.results:
            self._accuse("a test that shows no result seemed to show one")

    def _look(self, names: Iterable[str], source: str) -> dict[str, Any]:
        token, key = secrets.token_hex(8), secrets.token_hex(4)
        code = caught_test(source, self._chance)
        reply = self._ask(code, {key: _expression(list(names), token)})
        if reply.missing:
            self.unanswered = True
            return {}
        answer = reply.expressions.get(key)
        if reply.status != "ok" or reply.results or not isinstance(answer, dict):
            self._accuse("a test that must pass did not pass as it should")
            return {}
        try:
            said = json.loads(answer["evalue"]) if answer["ename"] == "Seen" else None
        except (LookupError, TypeError, ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            self._accuse("the kernel could not be looked over")
            return {}
        return said

    def _compare(self, seen: dict[str, Any]) -> None:
        if not seen or not isinstance(self._first.get("builtins"), dict):
            return
        self._shown = str(seen.get("shown"))
        for key, words in _FOUND.items():
            names = [str(name)[:60] for name in seen.get(key, [])]
            if key == "own_builtins":
                names = [
                    n for n in names if n in self._first["builtins"].keys() - CHANGING_BUILTINS
                ]
            if key == "shadows" and names:
                names = [name for name in names if name not in self._stub_names()]
            if names:
                self._accuse(words.format(", ".join(map(repr, names[:5]))))
        if seen.get("traced"):
            self._accuse("a tracer of the notebook's own follows the tests")
        if not seen.get("prints"):
            self._accuse("print does not print")
        self._compare_marks(seen)

    def _compare_marks(self, seen: dict[str, Any]) -> None:
        before, now = self._first["builtins"], seen.get("builtins", {})
        changed = {name for name in before if before[name] != now.get(name)} - CHANGING_BUILTINS
        # What an installed package has wrapped is a function with a file of its own.
        changed = {name for name in changed if not str(now.get(name)).startswith("code ")}
        if changed:
            names = ", ".join(map(repr, sorted(changed)[:5]))
            self._accuse(f"built-in functions were replaced: {names}")
        marks = seen.get("names", {})
        rebound = {name for name, mark in marks.items() if self._given.get(name, mark) != mark}
        if rebound:
            names = ", ".join(map(repr, sorted(rebound)[:5]))
            self._accuse(f"what the notebook gave for the tests was replaced: {names}")


def _failed_as_meant(reply: Reply, words: str) -> bool:
    if reply.status != "error":
        return False
    # Who has switched the debugger on (`%pdb`) gets this in place of every error.
    return reply.name == "StdinNotImplementedError" or (
        reply.name == "AssertionError" and words in reply.text
    )


_FOUND = {
    "own_builtins": "built-in functions were replaced: {}",
    "rewriters": "code is rewritten before it runs, by {}",
    "patched": "the notebook's machinery was replaced: {}",
    "equal": "objects of a class say that they are equal to anything: {}",
    "swapped": "functions of a library were replaced: {}",
    "shadows": "names of built-in functions give other results: {}",
}


def _expression(names: list[str], token: str) -> str:
    """What makes the kernel run `watch.look`; as with hidden checks, an error is the answer."""
    own = "class Seen(Exception):\n    pass\ndef tell(*asked):\n    raise Seen(look(*asked))\n"
    return (
        "(lambda own: (__import__('builtins').exec("
        f"{_WATCH + own!r}, own), own['tell']({names!r}, {token!r})))"
        "({'__name__': 'watch'})"
    )


_WATCH = Path(watch.__file__).read_text(encoding="utf-8") + "\n"
