#!/usr/bin/env bash
# Gives people accounts on this machine. As root; may run again with more names.
#
#     ./people.sh learner ada grace          ./people.sh instructor barbara
#     ./people.sh learner < names.txt        one name a line
#
# Prints a line "NAME PASSWORD" for each new account; people change it with `passwd`, in a terminal
# of JupyterLab. Whoever has an account keeps it, and its password.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=site.env
. "${SENIORKIT_SITE:-$here/site.env}"

case ${1:-} in
  learner) group=$LEARNERS ;;
  instructor) group=$INSTRUCTORS ;;
  *) echo "people.sh: say learner or instructor first, then the names" >&2; exit 2 ;;
esac
shift
if (($# == 0)); then
  mapfile -t names
  set -- "${names[@]}"
fi

# All names are looked at before the first account is made.
for name in "$@"; do
  if ! [[ $name =~ ^[a-z][a-z0-9._-]{0,30}$ ]]; then
    echo "people.sh: '$name' cannot be a login name; use a-z, 0-9, '.', '_', '-'" >&2
    exit 2
  fi
  if getent passwd "$name" >/dev/null && [ "$(id -u "$name")" -lt 1000 ]; then
    echo "people.sh: '$name' is an account of the system; give the person another name" >&2
    exit 2
  fi
done
for name in "$@"; do
  if ! getent passwd "$name" >/dev/null; then
    useradd --create-home --user-group --shell /bin/bash "$name"
    password=$(head -c 10 /dev/urandom | base32 | tr A-Z a-z)
    chpasswd <<<"$name:$password"
    echo "$name $password"
  fi
  usermod --append --groups "$group" "$name"
  home=$(getent passwd "$name" | cut -d: -f6)
  chmod 0700 "$home"
  if [ "$group" = "$LEARNERS" ] && [ ! -e "$home/study" ]; then
    cp -r "$here/../../notebooks" "$home/study"  # to learn from, in their own time
    chown -R "$name:" "$home/study"
  fi
done
