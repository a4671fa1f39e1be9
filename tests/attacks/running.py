"""Attacks by code that runs: spying, forging, exhausting the machine, ending the kernel."""

from __future__ import annotations

from tests.attacks.attack import RAN, Attack

NOBODY_NOTICES = "finds nothing, so there is nothing to report"

_FULL = ("died (it used more memory than is allowed) in cell number 3",)
_DIED = ("died in cell number 3",)
_HUNG = ("did not answer any more in cell number 3",)

_SPY = "spying"
_FORGE = "forging results"
_MACHINE = "exhausting the machine"
_END = "ending or hanging the kernel"

SPYING = [
    Attack(
        "environment",
        _SPY,
        "import os\nprint(sorted(os.environ.items()))",
        silent=NOBODY_NOTICES,
    ),
    Attack(
        "other processes",
        _SPY,
        "import glob\nfor name in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):\n"
        "    try:\n        print(open(name).read())\n    except OSError as error:\n        pass",
        silent=NOBODY_NOTICES,
    ),
    Attack(
        "the course's files",
        _SPY,
        # What everybody can download is no secret, and too much to look through in the time of a cell.
        "import os\nfound = []\nfor top, folders, names in os.walk('/'):\n"
        "    skip = ('proc', 'sys', 'usr') if top == '/' else ('site-packages',)\n"
        "    folders[:] = [name for name in folders if name not in skip]\n"
        "    for name in names:\n"
        "        if name.endswith(('.checks.yaml', '.db', '.rubric.yaml', '.probes.json', '.sqlite3')):\n"
        "            found.append(os.path.join(top, name))\n"
        "        if name == 'hw.ipynb':\n            try:\n"
        "                with open(os.path.join(top, name), errors='replace') as file:\n"
        "                    found.append(file.read(20_000))\n"
        "            except OSError:\n                pass\n"
        "print('FOUND', found)",
        silent=NOBODY_NOTICES,
    ),
    Attack(
        "the network",
        _SPY,
        "import socket\nfor host in ('127.0.0.1', '169.254.169.254', '1.1.1.1'):\n"
        "    try:\n        socket.create_connection((host, PORT), 1)\n        print('CONNECTED')\n"
        "    except OSError:\n        pass",
        silent=NOBODY_NOTICES,
    ),
    Attack(
        "questions of hidden checks",
        _SPY,
        # What is asked last is asked in silence; what was heard of it leaves as the answer.
        "import sys\ndef tell():\n    heard, frame = [], sys._getframe(1)\n    while frame:\n"
        "        heard.append(repr(frame.f_locals)[:2000])\n        frame = frame.f_back\n"
        "    open('heard.txt', 'a').write(str(heard)); print('HEARD', heard)\n"
        "    return ''.join(heard)[:10000]\n"
        "def mean(values):\n    return tell()",
        silent=NOBODY_NOTICES,
    ),
]

FORGING = [
    Attack(
        "asserts removed by a transformer",
        _FORGE,
        "import ast\nclass Remove(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node):\n        return ast.copy_location(ast.Pass(), node)\n"
        "get_ipython().ast_transformers.append(Remove())",
    ),
    Attack(
        "known tests replaced by an input transformer",
        _FORGE,
        "def skip(lines):\n"
        "    return [] if '4 points: the mean' in ''.join(lines) or 'the middle' in ''.join(lines) else lines\n"
        "get_ipython().input_transformers_post.append(skip)",
    ),
    Attack(
        "run_cell replaced",
        _FORGE,
        "shell = get_ipython()\nold = shell.run_cell_async\n"
        "async def run(source, *a, **k):\n    return await old('pass', *a, **k)\n"
        "shell.run_cell_async = run",
    ),
    Attack(
        "errors hidden and forgotten",
        _FORGE,
        "shell = get_ipython()\nshell.showtraceback = lambda *a, **k: None\n"
        "def forget(result):\n    result.error_in_exec = None\n"
        "shell.events.register('post_run_cell', forget)",
    ),
    Attack(
        "errors hidden by a handler and forgotten by a hook",
        _FORGE,
        "shell = get_ipython()\nshell.set_custom_exc((Exception,), lambda *a, **k: None)\n"
        "shell.events.register('post_run_cell', lambda result: setattr(result, 'error_in_exec', None))",
    ),
    Attack(
        "a forged result before the error",
        _FORGE,
        "kernel = get_ipython().kernel\n"
        "def forge(*_):\n"
        "    content = {'data': {'text/plain': '4'}, 'metadata': {}, 'execution_count': 1}\n"
        "    kernel.session.send(kernel.iopub_socket, 'execute_result', content,\n"
        "                        parent=kernel.get_parent('shell'), ident=b'execute_result')\n"
        "get_ipython().events.register('pre_run_cell', forge)",
    ),
    Attack(
        "a forged reply",
        _FORGE,
        "import sys\nshell = get_ipython()\nkernel = shell.kernel\nold = kernel.session.send\n"
        "def send(stream, kind, *a, **k):\n"
        "    if kind == 'error':\n        return None\n"
        "    if kind == 'execute_reply':\n        a = ({'status': 'ok', 'execution_count': 1, "
        "'user_expressions': {}, 'payload': []}, *a[1:])\n"
        "    return old(stream, kind, *a, **k)\nkernel.session.send = send",
    ),
    Attack(
        "built-in functions replaced",
        _FORGE,
        "import builtins\nbuiltins.sum = lambda *a: 5\nbuiltins.round = lambda *a: 2\n"
        "def middle(values):\n    return 2",
    ),
    Attack(
        "imports replaced",
        _FORGE,
        "import builtins\nold = builtins.__import__\n"
        "def bring(name, *a, **k):\n    return old('types' if name == 'math' else name, *a, **k)\n"
        "builtins.__import__ = bring",
    ),
    Attack(
        "names of built-ins that lie",
        _FORGE,
        "class Five(int):\n    def __eq__(self, other):\n        return other in (5, 2)\n"
        "    __hash__ = int.__hash__\n"
        "def sum(*_):\n    return Five(5)\ndef isinstance(*_):\n    return True",
    ),
    Attack(
        "what the course gave replaced",
        _FORGE,
        "def close(a, b):\n    return True\ndef mean(values):\n    return 2",
    ),
    Attack(
        "a library's function replaced",
        _FORGE,
        "math.isclose = lambda *a, **k: True\ndef mean(values):\n    return 2",
    ),
    Attack(
        "code of a given function swapped",
        _FORGE,
        "close.__code__ = (lambda a, b: True).__code__\ndef mean(values):\n    return 2",
    ),
    Attack(
        "an object equal to everything",
        _FORGE,
        "class Any:\n    def __eq__(self, other):\n        return True\n"
        "    def __float__(self):\n        return 0.15\n    def __rsub__(self, other):\n        return 0\n"
        "    __sub__ = __radd__ = __add__ = __rsub__\n"
        "def mean(values):\n    return Any()\ndef middle(values):\n    return Any()",
    ),
    Attack(
        "expected values read from the caller's frame",
        _FORGE,
        "import ast, sys\n"
        "def look():\n"
        "    source = In[-1]\n"
        "    line = sys._getframe(2).f_lineno\n"
        "    return ast.literal_eval(source.splitlines()[line - 1].split('==')[1].split(',')[0].strip())\n"
        "def mean(values):\n    return look()\ndef middle(values):\n    return look()",
    ),
    Attack(
        "a tracer that skips asserts",
        _FORGE,
        "import sys\ndef tracer(frame, event, arg):\n"
        "    if frame.f_code.co_filename.startswith('/tmp/ipykernel') or 'ipython-input' in frame.f_code.co_filename:\n"
        "        if event == 'exception':\n            pass\n        return tracer\n"
        "sys.settrace(tracer)\nimport threading\nthreading.settrace(tracer)\n"
        "sys._getframe().f_trace = tracer",
    ),
    Attack(
        "answers to hidden checks made up",
        _FORGE,
        "shell = get_ipython()\nold = shell.user_expressions\n"
        "def all_right(asked):\n"
        "    said = {'status': 'error', 'ename': 'Answer', 'evalue': 'value True', 'traceback': []}\n"
        "    return {key: said for key in asked}\nshell.user_expressions = all_right",
    ),
    Attack(
        "randomness of hidden checks replaced",
        _FORGE,
        "import sys, types\nfake = types.ModuleType('random')\n"
        "class Random:\n    def __init__(self, *a):\n        pass\n    def randrange(self, *a):\n        return 0\n"
        "fake.Random = Random\nsys.modules['random'] = fake\n"
        "def mean(values):\n    return 417.7",
        silent="takes no part in the tests; the check is compared outside and fails",
    ),
    Attack(
        "tests ended early",
        _FORGE,
        "import sys\ndef mean(values):\n    sys.exit(0)\ndef middle(values):\n    quit()",
        silent="an error like any other",
    ),
    Attack(
        "displays changed afterwards",
        _FORGE,
        "from IPython.display import display, update_display\n"
        "display('x', display_id='a')\n"
        "def later(result):\n"
        "    from IPython.display import clear_output\n    clear_output()\n    update_display('4', display_id='a')\n"
        f"    print('{RAN}')\n"
        "get_ipython().events.register('post_run_cell', later)",
        silent="errors come with the reply as well, which nothing clears",
    ),
]

MACHINE = [
    Attack(
        "a memory bomb",
        _MACHINE,
        "block = []\nwhile True:\n    block.append(bytearray(50_000_000))",
        stopped=_FULL,
    ),
    Attack(
        "a fork bomb",
        _MACHINE,
        "import os, time\nassert os.getpid() < 50\nfor _ in range(3000):\n    try:\n        if os.fork() == 0:\n"
        "            time.sleep(1000)\n    except OSError:\n        break\n",
        silent="its processes end with the kernel",
    ),
    Attack(
        "a full disk",
        _MACHINE,
        "import os\nfor place in ('.', '/tmp', '/dev/shm', '/var/tmp'):\n    try:\n"
        "        with open(os.path.join(place, 'big'), 'wb') as file:\n"
        "            for _ in range(2000):\n                file.write(bytes(1_000_000))\n"
        "    except OSError as error:\n        print(error)",
        silent="its files end with the kernel",
    ),
    Attack("a line of 60 MB", _MACHINE, f"print({RAN!r})\nprint('x' * 60_000_000)"),
    Attack(
        "endless output",
        _MACHINE,
        "while True:\n    print('x' * 10_000)",
        stopped=(*_HUNG, *_FULL),  # whichever limit it meets first
    ),
    Attack(
        "output by a thread that goes on",
        _MACHINE,
        "import threading, sys\ndef flood():\n    while True:\n        print('y' * 1000)\n"
        f"print({RAN!r})\nthreading.Thread(target=flood, daemon=True).start()",
    ),
]

ENDING = [
    Attack("the kernel ended", _END, "import os\nos._exit(0)", stopped=_DIED),
    Attack(
        "the kernel ended inside a test",
        _END,
        "import os\ndef mean(values):\n    os._exit(0)",
    ),
    Attack(
        "a signal to everybody",
        _END,
        "import os, signal\nassert os.getpid() < 50\n"
        "try:\n    os.kill(-1, signal.SIGKILL)\nexcept ProcessLookupError:\n    pass",
        silent="reaches nobody",
    ),
    Attack(
        "an endless loop that ignores interrupts",
        _END,
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass",
        stopped=_HUNG,
    ),
    Attack(
        "a hanging function",
        _END,
        "def mean(values):\n    while True:\n        try:\n            while True:\n                pass\n"
        "        except BaseException:\n            pass",
    ),
    Attack("a crash in C", _END, "import ctypes\nctypes.string_at(0)", stopped=_DIED),
    Attack(
        "processes left behind",
        _END,
        "import subprocess\nsubprocess.Popen(['setsid', 'nohup', 'sleep', '31337.25'])",
        silent="its processes end with the kernel",
    ),
]
