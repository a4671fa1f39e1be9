"""Workers of a Dask cluster, which share no file system with this machine."""

from __future__ import annotations

import time
from concurrent.futures import Future
from hashlib import sha256

from distributed import Client
from distributed.diagnostics.plugin import WorkerPlugin

from graders.errors import UsageError


class ClusterExecutor:
    """Workers of a Dask cluster.

    Secure connections are those of Dask's own configuration (`tls://`).

    Args:
        pack: An encoded `CoursePack`.
        address: Address of the scheduler, such as `tcp://scheduler:8786`.

    Raises:
        UsageError: If no scheduler answers.
    """

    def __init__(self, pack: bytes, address: str) -> None:
        try:
            self._client = Client(address, timeout=10, set_as_default=False)
        except (OSError, TimeoutError, TypeError, ValueError) as error:
            # A TypeError is what `distributed` makes of certificates that are not there.
            secure = address.startswith("tls://")
            fix = "Check --scheduler" + (", and Dask's settings of certificates" * secure)
            raise UsageError(f"no scheduler answers ({error})", where=address, fix=fix) from None
        self._digest = sha256(pack).hexdigest()
        self._client.register_plugin(_Pack(self._digest, pack), name=f"seniorkit-{self._digest}")
        self._executor = self._client.get_executor(pure=False)
        self._counted = (0.0, 0)

    @property
    def window(self) -> int:
        """Two for each of the workers that are there; looked up every few seconds."""
        at, count = self._counted
        if time.monotonic() > at + 2 or not count:
            count = sum(self._client.nthreads().values())
            self._counted = (time.monotonic(), count)
        return max(2, 2 * count)

    def submit(self, task: bytes) -> Future[bytes]:
        """Begin with an encoded `Task`."""
        future: Future[bytes] = self._executor.submit(run_packed, self._digest, task)
        return future

    def mend(self) -> None:
        """Nothing to do: the scheduler gives a dead worker's tasks to others."""

    def close(self) -> None:
        """Give up what is under way, and leave the cluster as it was."""
        try:
            self._executor.shutdown(wait=False)
            self._client.unregister_worker_plugin(f"seniorkit-{self._digest}")
        finally:
            self._client.close()


_packs: dict[str, bytes] = {}


class _Pack(WorkerPlugin):  # type: ignore[misc]
    """Brings the course's pack to each worker of a cluster once, also to those that come later."""

    idempotent = True

    def __init__(self, digest: str, pack: bytes) -> None:
        self.name = f"seniorkit-{digest}"
        self._digest, self._pack = digest, pack

    def setup(self, worker: object) -> None:
        """Keep the pack."""
        from graders.batch import cluster

        cluster._packs[self._digest] = self._pack

    def teardown(self, worker: object) -> None:
        """Drop the pack and the worker's private course."""
        from graders.batch import cluster
        from graders.batch.worker import close

        cluster._packs.pop(self._digest, None)
        close()


def run_packed(digest: str, task: bytes) -> bytes:
    """Grade one submission on a worker of a cluster, which has the pack already."""
    from graders.batch.worker import run

    return run(_packs[digest], task)
