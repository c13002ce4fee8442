#!/usr/bin/env bash
# A base backup and the archived log, back in an empty data directory; run it as the user of the server, which is stopped.
#   restore_to.sh /mnt/backup/base/20261124T003000Z /mnt/backup/wal /var/lib/postgresql/15/main ['2026-11-24 09:15:00+08']
# Without a moment: to the end of the log. With one: start the server, it stops there and can be looked at; then
# SELECT pg_wal_replay_resume(); opens it. What came after that moment is not applied, and stays in the archive.
# It does not archive: in the old folder its log would mislead the next restoration. Give it a new folder first, then
# archive_mode = on, a restart, and a base backup.
set -euo pipefail
umask 077
base=${1:?give the folder of one base backup} wal=${2:?give the folder of the log} data=${3:?give the data directory}
moment=${4:-}
mkdir -p "$data"
[ -z "$(ls -A "$data")" ] || { echo "$data is not empty: nothing is overwritten here." >&2; exit 1; }
[ "$(find "$base" -maxdepth 1 -name '*.tar.gz' | wc -l)" -eq 2 ] || {
    echo "$base holds more than base.tar.gz and pg_wal.tar.gz: tablespaces are unpacked by hand." >&2
    exit 1
}
tar -xzf "$base/base.tar.gz" -C "$data"
tar -xzf "$base/pg_wal.tar.gz" -C "$data/pg_wal"
{
    echo "archive_mode = off"
    echo "restore_command = 'cp \"$wal/%f\" \"%p\"'"
    [ -z "$moment" ] || printf "recovery_target_time = '%s'\nrecovery_target_action = 'pause'\n" "$moment"
} >>"$data/postgresql.auto.conf"
touch "$data/recovery.signal"
chmod 700 "$data"
echo "Start the server: it reads the log up to ${moment:-its end}. Archiving is off; see the head of $0."
