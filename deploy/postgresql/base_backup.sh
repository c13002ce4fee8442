#!/usr/bin/env bash
# A base backup of the whole server, checked at once. With the archived log it brings the server back to any minute.
#   base_backup.sh /mnt/backup/base      as a role with REPLICATION; PGHOST, PGUSER and .pgpass say where and who
#
# Once, in postgresql.conf, so that the log (WAL) is archived at least every minute; then restart the server:
#   archive_mode = on
#   archive_timeout = 60
#   archive_command = 'test ! -f /mnt/backup/wal/%f && cp %p /mnt/backup/wal/%f.part && sync /mnt/backup/wal/%f.part && mv /mnt/backup/wal/%f.part /mnt/backup/wal/%f'
#
# To bring it back: stop the server, unpack base.tar.gz into an empty data directory and pg_wal.tar.gz into its pg_wal,
# add to postgresql.conf
#   restore_command = 'cp /mnt/backup/wal/%f %p'
#   recovery_target_time = '2026-11-24 09:15:00+08'      (leave it out for everything there is)
# make an empty file recovery.signal beside it, start the server, look, then: SELECT pg_wal_replay_resume();
set -euo pipefail
goal=${1:?give the folder for base backups}/$(date -u +%Y%m%dT%H%M%SZ)
umask 077
pg_basebackup --pgdata="$goal" --format=tar --gzip --wal-method=stream --checkpoint=fast --manifest-checksums=SHA256
# the manifest's digests are compared with what was written, on an unpacked copy
try=$(mktemp -d "$goal/try-XXXXXX")
trap 'rm -rf "$try"' EXIT
tar -xzf "$goal/base.tar.gz" -C "$try"
tar -xzf "$goal/pg_wal.tar.gz" -C "$try/pg_wal"
cp "$goal/backup_manifest" "$try/"
"$(pg_config --bindir)/pg_verifybackup" "$try"
sync "$goal"
echo "Base backup: $goal"
