"""A llama.cpp server in a process of its own: `python -m tests.live.llama MODEL CONTEXT`.

Prints its address when it listens. Ends when its standard input is closed, so it never outlives
the test that started it, however that ends.
"""

from __future__ import annotations

import os
import sys


def main(model: str, context: int) -> None:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = model
    params.port = 0  # any that is free, on this machine only
    params.n_ctx = context
    params.n_parallel = 1  # side by side they would only share the same processor time
    params.ui = False
    params.offline = True
    params.verbosity = 0
    # Its threads wait for each other without sleeping: two on two busy cores were 20 times
    # slower than one.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # not waiting for a reply that nobody will read


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
