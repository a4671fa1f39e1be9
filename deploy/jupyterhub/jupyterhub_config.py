"""JupyterHub for one course on one machine: each server runs as the unix user who logged in.

    /opt/seniorkit/bin/jupyterhub -f jupyterhub_config.py

Names and places are in site.env, beside this file or where SENIORKIT_SITE says. README.md tells
how to set it up, and what to change for another log-in, for systemd or for more people.
"""

import grp
import os
import pwd
import shlex
import sys
from pathlib import Path

HERE = Path(__file__).parent
SMALLEST_UID = 1000


def settings(path):
    """The NAME=VALUE lines of a file, as a shell reads them."""
    words = shlex.split(path.read_text(), comments=True)
    return dict(word.split("=", 1) for word in words)


site = settings(Path(os.environ.get("SENIORKIT_SITE", HERE / "site.env")))
state = Path(site["STATE"])
programs = Path(sys.prefix)


def members(group):
    """Who is in a unix group now; nobody if there is no such group."""
    try:
        return set(grp.getgrnam(group).gr_mem)
    except KeyError:
        return set()


def prepare(spawner):
    """Close the home; give instructors, and nobody else, the course and the judge's key."""
    person = pwd.getpwnam(spawner.user.name)
    if person.pw_uid < SMALLEST_UID:
        raise PermissionError(f"{person.pw_name} is an account of the system")
    Path(person.pw_dir).chmod(0o700)
    if person.pw_name not in members(site["INSTRUCTORS"]):
        spawner.popen_kwargs = {"umask": 0o077}
        return
    # Instructors share the course's folder through their group.
    spawner.popen_kwargs = {"umask": 0o007}
    spawner.notebook_dir = site["NBGRADER"]
    spawner.environment = {
        **spawner.environment,
        **settings(Path(site["SECRETS"], "judge.env")),
        "JUPYTER_CONFIG_PATH": str(programs / "etc" / "instructors"),
    }


c = get_config()  # noqa: F821

# A web server with a certificate stands in front (README.md); nobody else reaches this port.
c.JupyterHub.bind_url = "http://127.0.0.1:8000"
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")
c.ConfigurableHTTPProxy.command = [
    str(programs / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy")
]
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")

# The accounts of this machine and their passwords; people.sh makes them. README.md: OAuth instead.
c.JupyterHub.authenticator_class = "jupyterhub.auth.PAMAuthenticator"
c.PAMAuthenticator.allowed_groups = {site["LEARNERS"], site["INSTRUCTORS"]}
c.PAMAuthenticator.admin_groups = {site["INSTRUCTORS"]}

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [str(programs / "bin" / "jupyterhub-singleuser")]
c.Spawner.environment = {"PATH": f"{programs / 'bin'}:/usr/local/bin:/usr/bin:/bin"}
c.Spawner.default_url = "/lab"
c.Spawner.notebook_dir = "~"
# When a whole course logs in at once, a server takes its time to start, and then to answer.
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.Spawner.pre_spawn_hook = prepare

# Servers that nobody has used for an hour end; what is in files stays.
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
