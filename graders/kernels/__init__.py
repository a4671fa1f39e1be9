"""Sandboxed, fork-served Jupyter kernels: the kernel called `seniorkit`.

nbclient, papermill and nbgrader start it by name, like any kernel. One server a process has
imported everything ahead and forks a kernel for each notebook; learners' code runs inside
bubblewrap, without network, files or keys. `docs/security.md` says what holds and what does not.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:  # light: the fork server counts what is imported before its first line
    from graders.kernels.sandbox import Isolation, isolation

__all__ = ["KERNEL_NAME", "Isolation", "isolation"]

KERNEL_NAME = "seniorkit"
"""What nbclient, papermill and nbgrader call the kernel."""


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from graders.kernels import sandbox

    return getattr(sandbox, name)
