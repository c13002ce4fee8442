# Shared by bin/run, bin/test and bin/weimin: where the project stands, and its own Python with locked packages.
# bash, read with `source`; sets ROOT and PY.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
VENV=${WEIMIN_VENV:-$ROOT/.venv}
PY=$VENV/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }

find_python() {
    local candidate
    for candidate in python3.11 python3 python3.12 python3.13; do
        if command -v "$candidate" >/dev/null &&
            "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    say "Weimin needs Python 3.11 or newer with its venv module. On Debian: apt-get install python3 python3-venv"
    exit 1
}

# ensure_venv constraints.txt — installs only when that file has changed since the last time
ensure_venv() {
    local list=$ROOT/$1 stamp=$VENV/installed-$1 python wanted
    wanted=$(sha256sum <"$list")
    if [ -x "$PY" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
        return
    fi
    if [ ! -x "$PY" ]; then
        python=$(find_python) || exit 1
        say "Making $VENV with $python ..."
        "$python" -m venv "$VENV" || exit 1
    fi
    say "Installing the packages of $1 ..."
    # every file's hash is in the list and every dependency too: nothing else can come in
    "$PY" -m pip install --quiet --no-input --require-hashes --no-deps -r "$list" || {
        say "The packages of $1 could not be installed. The lines above say why; run the command again afterwards."
        exit 1
    }
    echo "$wanted" >"$stamp"
}
