#!/usr/bin/env bash
# Makes the groups, the exchange, the course's folder and the settings. As root; may run again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=site.env
. "${SENIORKIT_SITE:-$here/site.env}"

for group in "$INSTRUCTORS" "$LEARNERS"; do
  getent group "$group" >/dev/null || groupadd "$group"
done

# The exchange: all write, as nbgrader wants it; sticky, so that nobody renames another's folder.
# The course's part is there before a learner could make one of the same name.
exchange=$NBGRADER/exchange
install -d -m 0755 "$NBGRADER"
install -d -m 1777 "$exchange"
install -d -m 2775 -o root -g "$INSTRUCTORS" "$exchange/$COURSE" "$exchange/$COURSE/outbound"
# Learners put folders with unguessable names into inbound, and may not list it; nor feedback.
install -d -m 2773 -o root -g "$INSTRUCTORS" "$exchange/$COURSE/inbound"
install -d -m 2771 -o root -g "$INSTRUCTORS" "$exchange/$COURSE/feedback"

# Masters, rubrics, submissions, gradebook: for instructors only, and for all of them.
course=$NBGRADER/$COURSE
install -d -m 2770 -o root -g "$INSTRUCTORS" "$course" "$course/source"
# Made here, because SQLite itself would let only its first user write.
test -e "$course/gradebook.db" || install -m 0660 -o root -g "$INSTRUCTORS" /dev/null "$course/gradebook.db"
if [ ! -e "$course/nbgrader_config.py" ]; then
  cp "$here/../../nbgrader_config.py" "$course/nbgrader_config.py"
  cat >>"$course/nbgrader_config.py" <<SETTINGS

# This hub's: where learners fetch and submit; several instructors write in one folder.
c.CourseDirectory.course_id = "$COURSE"
c.CourseDirectory.groupshared = True
c.Exchange.root = "$exchange"
SETTINGS
  chown root:"$INSTRUCTORS" "$course/nbgrader_config.py"
  chmod 0660 "$course/nbgrader_config.py"
fi

install -d -m 0700 "$STATE"
install -d -m 0750 -o root -g "$INSTRUCTORS" "$SECRETS"
if [ ! -e "$SECRETS/judge.env" ]; then
  install -m 0640 -o root -g "$INSTRUCTORS" "$here/judge.env" "$SECRETS/judge.env"
fi

# What every server reads, and what only instructors' servers read besides.
etc=$PREFIX/etc
install -d -m 0755 "$etc/jupyter/labconfig" "$etc/instructors"
install -m 0644 "$here/etc/jupyter_server_config.json" "$etc/jupyter/"
install -m 0644 "$here/etc/labconfig/page_config.json" "$etc/jupyter/labconfig/"
install -m 0644 "$here/etc/instructors.json" "$etc/instructors/jupyter_server_config.json"
cat >"$etc/jupyter/nbgrader_config.py" <<SETTINGS
c = get_config()
c.CourseDirectory.course_id = "$COURSE"
c.Exchange.root = "$exchange"
SETTINGS
cat >"$etc/instructors/nbgrader_config.py" <<SETTINGS
c = get_config()
load_subconfig("$course/nbgrader_config.py")
c.CourseDirectory.root = "$course"
SETTINGS
chmod 0644 "$etc/jupyter/nbgrader_config.py" "$etc/instructors/nbgrader_config.py"
