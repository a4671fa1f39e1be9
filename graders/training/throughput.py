"""How fast the language-model judge works through many answers, and what that takes in memory.

    python -m graders.training.throughput run 640 16 0.3    # one run, as JSON

The server replies to every call after a fixed time, in a process of its own, so the ideal is
known: what the server alone would take. Each run is a process of its own, too, because the peak
of its memory shall be that of the judge alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from graders.answers import Answer
from graders.errors import UsageError
from graders.peak import peak_memory
from graders.question import Question, load_question

MODULE = "graders.training.throughput"
QUESTION = "concept/caching"
TEXT = (
    "I would put the product pages behind cache-aside with a one-minute age limit. A stale price "
    "is harmless until checkout, where we read the database. A stampede is held back by one "
    "rebuild per key."
)
_DIGITS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Run:
    """One run.

    Attributes:
        answers: Different answers that were judged.
        at_once: Calls under way at a time.
        latency: Seconds until the server replies.
        seconds: Until all were judged.
        again: Seconds for the same answers once more.
        calls: Calls that the server counted for both together.
        memory_mb: Peak memory of the process, in 10^6 bytes.
    """

    answers: int
    at_once: int
    latency: float
    seconds: float
    again: float
    calls: int
    memory_mb: float

    @property
    def of_ideal(self) -> float:
        """Share, 0 to 1, of the speed at which the server alone would get through."""
        return self.answers / self.at_once * self.latency / self.seconds


def measure(answers: int, *, at_once: int = 16, latency: float = 0.3) -> Run:
    """Judge *answers* answers twice, in a process of its own.

    Args:
        answers: How many different ones.
        at_once: Calls under way at a time.
        latency: Seconds until the server replies.

    Raises:
        UsageError: If the run failed, for example because an answer was not judged.
    """
    command = [sys.executable, "-m", MODULE, "run", str(answers), str(at_once), str(latency)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise UsageError(f"the throughput could not be measured ({said[-1][:300]})")
    return Run(**json.loads(done.stdout))


def run(answers: int, at_once: int, latency: float) -> Run:
    """Judge *answers* answers twice, in this process."""
    from graders.judges.factory import composed
    from graders.judges.llm.settings import JudgeSettings

    command = [sys.executable, "-m", MODULE, "serve", str(latency)]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        assert server.stdin is not None
        assert server.stdout is not None
        settings = JudgeSettings(
            base_url=server.stdout.readline().strip(),
            model="none",
            concurrency=at_once,
            output="json_schema",
            cache=folder,
        )
        judge = composed(settings)  # with kept verdicts and second look, as most use it
        _seconds(judge, 1)  # opens connections, reads word lists and examples; kept from then on
        took = _seconds(judge, answers)
        again = _seconds(judge, answers)
        judge.close()
        server.stdin.close()
        calls = int(server.stdout.read())
    return Run(answers, at_once, latency, took, again, calls, peak_memory())


def _pairs(count: int) -> Iterator[tuple[Question, Answer]]:
    question = load_question(QUESTION)
    for number in range(count):
        # As words: no two answers are the same, and they are still made of sentences.
        words = " ".join(_DIGITS[int(digit)] for digit in str(number))
        yield question, Answer(question_id=QUESTION, text=f"{TEXT} We rebuilt {words} keys.")


def _seconds(judge: object, count: int) -> float:
    """Grade *count* answers, all of which must get a level."""
    from graders.grading import grade_many
    from graders.judges.base import JudgeOfMany

    assert isinstance(judge, JudgeOfMany)
    started = time.perf_counter()
    scored = sum(score.level is not None for _, score in grade_many(_pairs(count), judge=judge))
    if scored != count:
        raise UsageError(f"{count - scored} of {count} answers were not judged")
    return time.perf_counter() - started


def serve(latency: float) -> None:
    """Reply to calls until the input ends; say the address first and the number of calls last."""
    counted: list[None] = []

    class Handler(_Handler):
        wait = latency
        calls = counted
        body = _body()

    server = _Server(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    sys.stdin.read()
    print(len(counted), flush=True)


def _body() -> bytes:
    """The same reply to every call: each criterion *mid*, shown by all sentences of the answer."""
    opinion = {
        "evidence": TEXT.removesuffix(".").split(". "),
        "reason": "It says so.",
        "verdict": "mid",
        "confidence": "high",
    }
    criteria = {criterion.id: opinion for criterion in load_question(QUESTION).criteria}
    content = json.dumps({"suspicious": [], "criteria": criteria})
    message = {"role": "assistant", "content": content}
    return json.dumps(
        {
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
            "usage": {"prompt_tokens": 2000, "completion_tokens": 400},
        }
    ).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Headers and body leave together; two small packets would wait for each other.
    wbufsize = -1
    wait: float
    calls: list[None]
    body: bytes

    def do_POST(self) -> None:
        """Wait, then reply."""
        self.rfile.read(int(self.headers["content-length"]))
        self.calls.append(None)
        time.sleep(self.wait)
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(float(sys.argv[2]))
    else:
        given = run(int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
        print(json.dumps(asdict(given)))
