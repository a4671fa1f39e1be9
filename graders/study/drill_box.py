"""The drills of the day in a notebook; it shows and forwards, `DrillGame` does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from graders import cards
from graders.errors import SeniorkitError
from graders.study.box import Box
from graders.study.bundle import bundled
from graders.study.drill_game import COUNT, DrillGame, holds_number

_HERE = Path(__file__).parent
LONGEST, MOST_SECONDS = 200, 3600.0


class DrillBox(Box):
    """Task, a field for number and unit, the decision, and what came of the answer before.

    Args:
        game: The day's drills.
    """

    _esm = f"{bundled(_HERE / 'answer_box', 'element')}\n{bundled(_HERE, 'drill_box')}"
    _css = cards.style() + (_HERE / "drill_box.css").read_text(encoding="utf-8")

    number = traitlets.Int().tag(sync=True)
    count = traitlets.Int(COUNT).tag(sync=True)
    task = traitlets.Dict().tag(sync=True)
    said: Any = traitlets.List().tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)
    tally = traitlets.Unicode().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    answers = traitlets.Int().tag(sync=True)

    def __init__(self, game: DrillGame) -> None:
        self._game = game
        super().__init__(**self._shown())
        self.on_msg(self._received)

    def _received(self, _: Any, content: Any, __: Any) -> None:
        """Messages of the page: `kind` "answer", `number` of the drill, `text`, `option`, `seconds`.

        A page that has waited in vain sends an answer again. When the kernel comes to it, the first
        one may have been taken: the second must not answer the next drill, whose number is another.
        Without a number it is for the current drill.
        """
        if not isinstance(content, dict) or content.get("kind") != "answer":
            return
        text, option, seconds = (content.get(name) for name in ("text", "option", "seconds"))
        if not isinstance(text, str):
            return
        if content.get("number") in (None, self._game.number):
            self._answer(text, option, seconds)
        else:
            self._show()
        self.answers += 1  # so that the page hears that it was answered, whatever came of it

    def _answer(self, text: str, option: Any, seconds: Any) -> None:
        chosen = option if type(option) is int else None
        spent = float(seconds) if isinstance(seconds, int | float) else None
        if spent is not None and not 0 <= spent <= MOST_SECONDS:
            spent = None
        text = text.encode(errors="replace").decode()[:LONGEST]
        drill = self._game.current
        try:
            result = self._game.answer(text, chosen, seconds=spent)
        except SeniorkitError as error:
            self.message = str(error)
        else:
            self.message = ""
            counted = holds_number(text) and drill is not None
            verdict = ("right" if result.right else "wrong") if counted else "unread"
            self._show(verdict=verdict, said=result.message.splitlines())

    def _show(self, **more: Any) -> None:
        """Show the current drill, also to a page whose answer was broken off after it was kept."""
        # In one message: the number that the page sends back must be that of the drill it shows.
        with self.hold_sync():
            for name, value in {**more, **self._shown()}.items():
                self.set_trait(name, value)

    def _shown(self) -> dict[str, Any]:
        drill = self._game.current
        task = {} if drill is None else {
            "family": drill.family, "facts": drill.task.facts, "asks": drill.task.asks,
            "decision": drill.task.decision, "options": list(drill.task.options),
        }  # fmt: skip
        return {"number": self._game.number, "task": task, "tally": str(self._game.tally())}

    def __repr__(self) -> str:
        return f"DrillBox({self.tally!r})"
