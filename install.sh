#!/bin/sh
# Makes the environment .venv and installs the locked packages of the file that is named: `./install.sh requirements.txt`.
# PYTHON names the Python to use, VENV another folder; UNCOMPILED=1 leaves compiling to the first import, for what is used once.
set -u
cd "$(dirname "$0")" || exit 1
wanted=${1:-requirements.txt}
venv=${VENV:-.venv}
compile=--compile-bytecode
[ -z "${UNCOMPILED:-}" ] || compile=

fail() { printf '%s\n' "$@" >&2; exit 1; }

# What this Python lacks, in words; nothing if it can be used.
lacks() {
    "$1" - 2>/dev/null <<'PROBE' || echo "it does not start"
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    print("it is Python %s.%s" % sys.version_info[:2])
else:
    parts = ("ensurepip", "venv", "sqlite3", "ssl", "ctypes", "zlib")
    missing = []
    for part in parts:
        try:
            __import__(part)
        except ImportError:
            missing.append(part)
    if "ensurepip" in missing:
        print("it lacks venv (on Debian and Ubuntu: apt-get install python%s.%s-venv)" % sys.version_info[:2])
    elif missing:
        print("it was built without " + ", ".join(missing))
PROBE
}

# Sets `python` to the first that can be used, and `tried` to what was wrong with the others.
find_python() {
    tried=
    for name in ${PYTHON:-python3.11 python3.12 python3.13 python3 python}; do
        python=$(command -v "$name") || continue
        lack=$(lacks "$python")
        [ -z "$lack" ] && return
        tried="$tried
  $python: $lack"
    done
    [ -n "$tried" ] || tried="
  There is no ${PYTHON:-python3.11, python3.12, python3.13 or python3 on the PATH}."
    fail "Life Tracker needs Python 3.11, 3.12 or 3.13.$tried" \
        "Install one of them, or name one that is elsewhere: make PYTHON=/path/to/python3.12"
}

explain_failure() {
    if ! (: > "$venv/.probe") 2>/dev/null; then
        fail "The packages could not be installed: the folder $venv cannot be written."
    fi
    if ! dd if=/dev/zero of="$venv/.probe" bs=1048576 count=8 2>/dev/null; then
        rm -f "$venv/.probe"
        fail "The packages could not be installed: the disk is full. They take about 250 MB."
    fi
    rm -f "$venv/.probe"
    fail "The packages could not be installed; the reason stands above. The next start tries again."
}

make_venv() {
    if [ -x "$venv/bin/python" ] && [ -z "$(lacks "$venv/bin/python")" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        return
    fi
    find_python
    echo "Making the environment $venv with $python ($("$python" --version 2>&1)) ..."
    # Of what Python says when it fails, the last line is the reason.
    said=$("$python" -m venv --clear "$venv" 2>&1) || { printf '%s\n' "$said" | tail -n 1 >&2; explain_failure; }
}

pip() { "$venv/bin/python" -m pip install --disable-pip-version-check --require-hashes "$@"; }

# Where pip was told to ask another index than PyPI, uv would not know.
has_own_index() { "$venv/bin/python" -m pip config list 2>/dev/null | grep -q '[.]index-url='; }

# uv takes seconds where pip takes a minute. It does without where there is none for this machine.
install_with_uv() {
    has_own_index && return 1
    pip --only-binary :all: -r requirements-uv.txt || return
    "$venv/bin/uv" pip install --python "$venv/bin/python" --require-hashes $compile -r "$wanted"
}

(: > .install-probe) 2>/dev/null || fail "The folder $(pwd) cannot be written. Life Tracker keeps its environment and its database there: copy it to a folder of your own."
rm -f .install-probe
make_venv
echo "Installing the packages of $wanted ..."
if ! install_with_uv; then
    echo "Installing with pip instead of uv, which takes a minute ..."
    pip -r "$wanted" || explain_failure
fi
