"""Starts a Dask cluster as jobs of a batch system, and prints the address for `--scheduler`.

python deploy/dask/jobqueue.py slurm --jobs 10 -- queue=short walltime=00:30:00
python deploy/dask/jobqueue.py local --jobs 2      # the same on this machine, to try it

It stays until Ctrl-C and takes the jobs along. Needs dask-jobqueue and
cryptography beside `seniorkit[dask]`.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from distributed import Security

KINDS = {
    "htcondor": "HTCondorCluster", "local": "LocalCluster", "lsf": "LSFCluster",
    "moab": "MoabCluster", "oar": "OARCluster", "pbs": "PBSCluster", "sge": "SGECluster",
    "slurm": "SLURMCluster",
}  # fmt: skip

PARTS = {"CA_FILE": "ca_file", "CLIENT__CERT": "client_cert", "CLIENT__KEY": "client_key"}
"""Dask's settings of a client, and what they are called in `distributed.Security`."""


def cluster_of(
    kind: str, jobs: int, options: dict[str, Any], folder: Path, security: Security
) -> Any:
    """A cluster whose workers grade one submission at a time, each in a process of its own.

    Args:
        kind: One of `KINDS`.
        jobs: How many jobs to queue; each is one worker.
        options: What the batch system wants to know, such as `queue` or `walltime`.
        folder: A folder that all machines of the cluster see, for the jobs' certificate.
        security: How scheduler and workers know each other.
    """
    import dask_jobqueue
    from dask_jobqueue.local import LocalCluster

    made = LocalCluster if kind == "local" else getattr(dask_jobqueue, KINDS[kind])
    usual = {
        "cores": 1,
        "processes": 1,
        "memory": "3GB",
        "python": sys.executable,
        "worker_extra_args": ["--no-dashboard"],
        "shared_temp_directory": str(folder),
        "security": security,
        "scheduler_options": {"dashboard": False},
    }
    found = made(**usual | options)
    found.scale(jobs=jobs)
    return found


def main() -> None:
    """Start the cluster, say how to reach it, and wait."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("--jobs", type=int, default=4, help="workers, each a job of its own")
    parser.add_argument("--shared", type=Path, default=Path.home(), help="folder all machines see")
    parser.add_argument("options", nargs="*", metavar="NAME=VALUE", help="of the batch system")
    given = parser.parse_args()
    options = dict(option.split("=", 1) for option in given.options)
    folder = Path(tempfile.mkdtemp(prefix=".seniorkit-dask-", dir=given.shared))
    security = Security.temporary()
    try:
        for name, part in PARTS.items():
            path = folder / f"client.{part}.pem"
            path.touch(mode=0o600)
            path.write_text(getattr(security, f"tls_{part}"))
            print(f"export DASK_DISTRIBUTED__COMM__TLS__{name}={path}")
        with cluster_of(given.kind, given.jobs, options, folder, security) as cluster:
            print(f"seniorkit grade week01 --scheduler {cluster.scheduler_address}", flush=True)
            signal.sigwait([signal.SIGINT, signal.SIGTERM])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
