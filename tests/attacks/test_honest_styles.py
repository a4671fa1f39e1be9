"""Nobody who works honestly is accused, whatever style they work in."""

from __future__ import annotations

import pytest

from graders.batch import grade_assignment
from tests.attacks.course import HW, TESTS, Target, with_code

pytestmark = pytest.mark.timeout(300)

STYLES = {
    "plots": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])",
    "warnings": "import warnings\nwarnings.simplefilter('error')",
    "logging": "import logging\nlogging.basicConfig(level=logging.DEBUG)\nlogging.info('hello')",
    "own tests": "import pytest\nwith pytest.raises(ZeroDivisionError):\n    1 / 0\ndef test_it():\n    assert mean([1]) == 1\ntest_it()",
    "unittest": "import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(mean([4]), 4)\nunittest.TextTestRunner(stream=open('log.txt', 'w')).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))",
    "excepthook": "import sys\nsys.excepthook = lambda *error: print('error', error)",
    "custom handler": "def show(shell, kind, error, trace, tb_offset=None):\n    print('oh', error)\nget_ipython().set_custom_exc((Exception,), show)",
    "numpy options": "import numpy as np\nnp.set_printoptions(precision=2)\nnp.random.seed(1)",
    "precision": "%precision 2\n0.123456",
    "short tracebacks": "%xmode Minimal",
    "no pretty printing": "%pprint",
    "debugger": "%pdb on",
    "all results": "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'\n1\n2",
    "rich traceback": "import rich.traceback\nrich.traceback.install()\nimport rich.pretty\nrich.pretty.install()",
    "reload": "%load_ext autoreload\n%autoreload 2",
    "cell timer": "import time\ndef started(*_):\n    global t0\n    t0 = time.time()\ndef ended(*_):\n    print('took', time.time() - t0)\nget_ipython().events.register('pre_run_cell', started)\nget_ipython().events.register('post_run_cell', ended)",
    "names of built-ins": "sum = 0\nfor value in (1, 2):\n    sum = sum + value\nlist = [1]\nid = 5\ninput = 'x'\nmax = 3\ntype = 'a'\ndel sum",
    "own versions of built-ins": "def sum(values):\n    total = 0\n    for value in values:\n        total += value\n    return total\ndef sorted(values):\n    return __builtins__.sorted(values)",
    "print that flushes": "import builtins, functools\nbuiltins.print = functools.partial(print, flush=True)",
    "equality": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nclass Q:\n    def __init__(self, v):\n        self.v = v\n    def __eq__(self, other):\n        return self.v == getattr(other, 'v', other)\nclass R(str):\n    def __eq__(self, other):\n        return self.lower() == str(other).lower()",
    "decorators": "import functools\ndef traced(f):\n    @functools.wraps(f)\n    def inner(*a):\n        print('calling', f.__name__)\n        return f(*a)\n    return inner\nmean = functools.lru_cache(traced(lambda v: 1)) and traced(mean)",
    "threads": "import threading, time\ndef tick():\n    for _ in range(200):\n        print('tick')\n        time.sleep(0.01)\nthreading.Thread(target=tick, daemon=True).start()",
    "subprocess": "import subprocess\nprint(subprocess.run(['echo', 'hi'], capture_output=True).stdout)\n!echo there",
    "magics": "%%time\nx = mean([1, 2])",
    "profile": "%prun -q mean([1, 2, 3])\n%timeit -n1 -r1 mean([1])",
    "async": "import asyncio\nawait asyncio.sleep(0)\nasync def f():\n    return 1\nawait f()",
    "again the same": 'import math\ndef close(a, b):\n    """Whether two numbers are the same but for rounding."""\n    return math.isclose(a, b, rel_tol=1e-9)',
    "own magic": "from IPython.core.magic import register_line_magic\n@register_line_magic\ndef hello(line):\n    return 'hi ' + line\n%hello you",
    "contexts": "import decimal, locale, random\ndecimal.getcontext().prec = 5\nrandom.seed(0)\nimport os\nos.environ['X'] = '1'\nos.chdir('/tmp')",
    "widgets": "import ipywidgets\nipywidgets.IntSlider()",
    "stdout": "import sys, io\nold = sys.stdout\nsys.stdout = io.StringIO()\nprint('quiet')\nsys.stdout = old",
    "signals": "import signal\nsignal.signal(signal.SIGALRM, lambda *a: None)\nsignal.alarm(1)",
    "garbage": "import gc\ngc.disable()\nimport sys\nsys.setrecursionlimit(5000)",
    "display hook": "get_ipython().display_formatter.formatters['text/plain'].for_type(dict, lambda d, p, c: p.text('a dict'))\n{'a': 1}",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Target:
    target = Target.build(tmp_path_factory.mktemp("honest"), timeout=60)
    for number, source in enumerate(STYLES.values()):
        target.hand_in(f"learner-{number}", with_code(target.solved(), source))
    grade_assignment(target.root, HW, workers=2)
    return target


@pytest.mark.parametrize("style", STYLES)
def test_an_honest_learner_has_full_marks_and_is_not_accused(style: str, graded: Target) -> None:
    learner = f"learner-{list(STYLES).index(style)}"
    cells = graded.grades(learner)
    assert "tampered" not in graded.autograded(learner).replace('"tampered": []', "")
    assert {name: cells[name].points for name in TESTS} == TESTS
    assert not any(cells[name].needs_review for name in TESTS)
