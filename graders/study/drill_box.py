"""The drills of the day as a small form in a notebook; `DrillGame` does the work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from graders.errors import SeniorkitError
from graders.study.drill_game import DrillGame

if TYPE_CHECKING:
    from ipywidgets import VBox


class DrillForm:
    """Task, a field for number and unit, the decision, and what came of the answer before.

    Args:
        game: The day's drills.
    """

    def __init__(self, game: DrillGame) -> None:
        import ipywidgets

        self._game = game
        self._start = time.monotonic()
        self._shown = ""
        wide = {"width": "min(700px, 98%)"}
        self.task = ipywidgets.HTML()
        self.answer = ipywidgets.Text(
            description="Number and unit:", placeholder="such as 30 TB/day", layout=wide,
            style={"description_width": "initial"},
        )  # fmt: skip
        self.option = ipywidgets.RadioButtons(options=[], layout=wide)
        self.submit = ipywidgets.Button(description="Answer", button_style="primary")
        self.said = ipywidgets.HTML()
        self.submit.on_click(self._clicked)
        self.box: VBox = ipywidgets.VBox(
            [self.said, self.task, self.answer, self.option, self.submit]
        )
        self._show()

    def _clicked(self, _: Any) -> None:
        from html import escape

        chosen = self.option.index
        try:
            result = self._game.answer(
                self.answer.value,
                None if chosen is None else chosen + 1,
                seconds=time.monotonic() - self._start,
            )
            said = result.message
        except SeniorkitError as error:
            said = str(error)
        self.said.value = "".join(f"<p>{escape(line)}</p>" for line in said.splitlines())
        self._show()

    def _show(self) -> None:
        from html import escape

        drill = self._game.current
        if drill is None:
            self.task.value = f"<p><b>Today: {escape(str(self._game.tally()))}.</b></p>"
            self.answer.layout.display = self.option.layout.display = "none"
            self.submit.layout.display = "none"
            return
        task = drill.task
        self.task.value = (
            f"<p><b>{self._game.number} of {len(self._game.drills)}</b></p>"
            f"<p>{escape(task.facts)}</p><p><b>{escape(task.asks)}</b></p>"
            f"<p>Then: {escape(task.decision)}</p>"
        )
        if drill.family != self._shown:
            self._shown = drill.family
            # Another drill: its own options, and an empty field.
            self.option.options = list(task.options)
            self.option.index = None
            self.answer.value = ""
            self._start = time.monotonic()
