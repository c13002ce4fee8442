#!/usr/bin/env bash
# One finished segment of the write-ahead log, kept beside the base backups. In postgresql.conf, then restart:
#   archive_mode = on
#   archive_timeout = 60
#   archive_command = '/opt/weimin/deploy/postgresql/archive_wal.sh %p %f /mnt/backup/wal'
# A segment is in its place whole or not at all. Asked again for one that is there, as after a crash, it compares.
set -euo pipefail
umask 077
from=${1:?give the segment} goal=${3:?give the folder}/${2:?give the name of the segment}
if [ -e "$goal" ]; then
    cmp -s "$from" "$goal" && exit 0
    echo "$goal is there with other content: two servers must not archive to one folder" >&2
    exit 1
fi
cp "$from" "$goal.part"
sync "$goal.part"
mv "$goal.part" "$goal"
sync "$3"
