#!/usr/bin/env bash
# Installs the kit, the hub and its proxy into $PREFIX. As root, on Debian or Ubuntu; again to update.
#
#     ./install.sh [REQUIREMENT]       a version or a folder; the repository that this file is in if absent
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=site.env
. "${SENIORKIT_SITE:-$here/site.env}"
what=${1:-$here/../..}

wanted=(python3-venv bubblewrap)
command -v npm >/dev/null || wanted+=(nodejs npm)  # other makers' nodejs brings its own
apt-get update -qq
apt-get install -y -qq "${wanted[@]}" >/dev/null
umask 022  # learners run these programs
test -x "$PREFIX/bin/python" || python3 -m venv "$PREFIX"
"$PREFIX/bin/python" -m pip install --quiet --upgrade pip
"$PREFIX/bin/python" -m pip install --quiet -c "$here/../../constraints.txt" "${what}[hub]"
npm install --silent --no-fund --no-audit --no-save --prefix "$PREFIX/proxy" configurable-http-proxy@5
mkdir -p "$PREFIX/share/jupyter/lab/settings"
cp "$here/../../.jupyterlab-overrides.json" "$PREFIX/share/jupyter/lab/settings/overrides.json"
# A login shell, such as a terminal of JupyterLab, finds them here.
ln -sf "$PREFIX/bin/seniorkit" "$PREFIX/bin/nbgrader" /usr/local/bin/
"$here/folders.sh"
