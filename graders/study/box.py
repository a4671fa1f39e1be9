"""What the kit's widgets share: what a page sends is dealt with one at a time, in its order."""

from __future__ import annotations

from threading import RLock
from typing import Any

import anywidget


def in_order(widget: Any) -> None:
    """Let one thread of the kernel hear all that a page sends to *widget*, an ipywidgets' widget.

    JupyterLab has a thread beside the cells' for widgets (a subshell). ipykernel 7.4 sends a
    message there only once the widget has answered one, so the first ones would be dealt with in
    two threads: the later one may overtake the earlier, and both may change the widget at once.
    """
    comm = widget.comm
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = lambda _, asked: asked


class Box(anywidget.AnyWidget):
    """A widget that obeys messages of its page, one at a time.

    A subclass registers who hears them: `self.on_msg(self._received)`.

    Args:
        traits: First values of its traits.
    """

    def __init__(self, **traits: Any) -> None:
        # Of two windows, each has a thread.
        self._dealing = RLock()
        super().__init__(**traits)
        in_order(self)

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:
        with self._dealing:
            super()._handle_custom_msg(content, buffers)
