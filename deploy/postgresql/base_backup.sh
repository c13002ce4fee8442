#!/usr/bin/env bash
# A base backup of the whole server, checked at once. With the archived log it brings the server back to any minute.
#   base_backup.sh /mnt/backup/base      as a role with REPLICATION; PGHOST, PGUSER and .pgpass say where and who
# The log (WAL) is archived by archive_wal.sh; restore_to.sh brings both back.
set -euo pipefail
goal=${1:?give the folder for base backups}/$(date -u +%Y%m%dT%H%M%SZ)
umask 077
programs=$(for one in /usr/lib/postgresql/*/bin; do echo "$one"; done | sort -V | tail -1)
[ -x "$programs/pg_verifybackup" ] || programs=$(pg_config --bindir)
"$programs/pg_basebackup" --pgdata="$goal" --format=tar --gzip --wal-method=stream --checkpoint=fast \
    --manifest-checksums=SHA256
# the manifest's digests are compared with what was written, on an unpacked copy
try=$(mktemp -d "$goal/try-XXXXXX")
trap 'rm -rf "$try"' EXIT
tar -xzf "$goal/base.tar.gz" -C "$try"
tar -xzf "$goal/pg_wal.tar.gz" -C "$try/pg_wal"
cp "$goal/backup_manifest" "$try/"
"$programs/pg_verifybackup" "$try"
sync "$goal"/*
echo "Base backup: $goal"
