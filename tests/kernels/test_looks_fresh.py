"""A served kernel looks like one that was started afresh, and shares nothing with another."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from graders.kernels.sandbox import ENVIRONMENT
from tests.kernels.conftest import Kernel, Started

ASK_FIRST = "import sys, os, json, logging, locale, signal, threading, warnings, gc, builtins, time"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Kernel, Kernel]]:
    """A served kernel and a plain one, in the same folder with the same environment."""
    folder = tmp_path_factory.mktemp("both")
    (folder / "data.csv").write_text("a,b\n")
    env = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    started = [Kernel(folder), Kernel(folder, "python3", env=env)]
    yield started[0], started[1]
    for kernel in started:
        kernel.stop()
    gc.collect()


def same(both: tuple[Kernel, Kernel], expression: str, before: str = "") -> Any:
    served, plain = (kernel.ask(expression, f"{ASK_FIRST}\n{before}") for kernel in both)
    assert served == plain
    return plain


def test_the_same_modules_are_imported(start: Started) -> None:
    kernels = (start(), start(name="python3"))
    served, plain = (set(kernel.ask("list(sys.modules)", "import sys")) for kernel in kernels)
    assert served == plain
    assert not served & {"numpy", "matplotlib", "pandas", "graders"}


@pytest.mark.parametrize(
    "statement",
    ["import xml.dom, decimal", "import numpy.random", "from matplotlib import pyplot as plt", "import ipywidgets",
     "from graders.study.quantities import Q"],
)  # fmt: skip
def test_an_import_brings_what_it_would_bring_in_a_fresh_kernel(
    start: Started, tmp_path: Path, statement: str
) -> None:
    kernels = (start(), start(name="python3"))
    before = f"import sys, warnings\ntry:\n    {statement}\nexcept ImportError:\n    pass"
    served, plain = (set(kernel.ask("list(sys.modules)", before)) for kernel in kernels)
    fonts_read = {"encodings.utf_16_be"}  # where there is no cache of them yet
    stand_in = {"rfc3987_syntax"}  # put there without an import
    assert served - plain <= fonts_read
    assert plain - served <= stand_in
    assert same(kernels, "[str(entry) for entry in warnings.filters]")


@pytest.mark.parametrize(
    "expression",
    ["os.getcwd()", "sorted(os.listdir('.'))", "sys.path", "sys.argv[0]", "sys.argv[3:]",
     "sys.orig_argv[1:3]", "sys.executable", "sys.prefix", "sys.flags[:]", "sys.warnoptions",
     "{k: v for k, v in os.environ.items() if k != 'JPY_PARENT_PID'}", "list(os.environ)",
     "[str(entry) for entry in warnings.filters]", "sorted(globals())", "In[:-1]", "Out",
     "list(get_ipython().history_manager.get_tail(99))", "get_ipython().history_manager.hist_file", "signal.getsignal(2).__name__",
     "str(signal.getsignal(15))", "str(signal.getsignal(13))",
     "str(logging.root.handlers)", "sys.getrecursionlimit()", "gc.get_threshold()", "gc.isenabled()",
     "locale.setlocale(locale.LC_ALL)", "time.tzname", "sorted(vars(builtins))", "__name__",
     "sys.excepthook.__qualname__", "type(sys.stdout).__name__", "sys.stdin.read(1)", "os.umask(18)",
     "sys.dont_write_bytecode", "sys.getswitchinterval()", "__import__.__module__",
     "get_ipython().ipython_dir", "get_ipython().profile", "repr(get_ipython().config)[:0]",
     "[type(f).__name__ for f in sys.path_hooks]", "(sys.gettrace(), sys.getprofile())"],
)  # fmt: skip
def test_the_state_is_the_same(both: tuple[Kernel, Kernel], expression: str) -> None:
    same(both, expression)


def test_packages_work_as_ever(both: tuple[Kernel, Kernel]) -> None:
    before = (
        "import numpy as np, pickle, dataclasses, typing, copy\n"
        "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\naxes.plot([1, 2])\n"
        "figure.savefig('figure.png')\nclass A: pass\n"
    )
    same(both, "os.path.getsize('figure.png') > 1000", before)
    same(both, "pickle.loads(pickle.dumps(np.arange(3))).tolist()")
    same(both, "float(np.linalg.norm(np.fft.fft(np.ones(4))))")
    same(both, "np.random.default_rng(5).integers(0, 99, 5).tolist()")
    same(both, "(np.random.seed(3), np.random.rand())[1]")


@pytest.mark.parametrize(
    "value",
    ["random.random()", "float(numpy.random.rand())", "numpy.random.default_rng().random()",
     "str(uuid.uuid4())", "str(uuid.uuid1())", "secrets.token_hex()", "tempfile.mktemp()"],
)  # fmt: skip
def test_two_kernels_draw_different_numbers(start: Started, value: str) -> None:
    before = "import random, numpy, uuid, secrets, tempfile"
    one, other = (start().run(f"{before}\nprint({value})") for _ in range(2))
    assert one != other
    assert "Error" not in one


def test_a_kernel_finds_nothing_of_the_one_before(start: Started) -> None:
    first = start()
    first.run("import numpy, random, os\nnumpy.left = random.left = 'here'\nrandom.seed(1)")
    first.run("open('/tmp/left', 'w').write('x'); os.environ['LEFT'] = 'x'")
    first.stop()
    second = start()
    before = "import numpy, random, os"
    left = "(hasattr(numpy, 'left'), hasattr(random, 'left'), 'LEFT' in os.environ)"
    assert second.ask(left, before) == (False, False, False)
    assert second.ask("os.path.exists('/tmp/left')") is False
