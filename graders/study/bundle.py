"""JavaScript modules of a widget, joined into the one module that anywidget loads."""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "\.{1,2}/(?:[\w-]+/)*[\w-]+\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)


def bundled(folder: Path, *names: str) -> str:
    """The modules *names* of *folder* as one module, in this order.

    They import from each other with `import { ... } from "./NAME.js"` and nothing from elsewhere;
    names must differ between all of them. The last one has the default export.

    Args:
        folder: Where the modules lie.
        names: Names without `.js`; a module comes after those that it imports from.
    """
    texts = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in names]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)
