#!/bin/sh
# Install what `make bench` compares with: mbsync (Debian's isync), and django-helpdesk in a virtual environment of its
# own. Ends with success either way: what is missing is named, and its figure left out.
set -u

here=$(cd "$(dirname "$0")" && pwd)
python=$1
venv=$2

if ! command -v mbsync >/dev/null 2>&1; then
    if [ "$(id -u)" -eq 0 ]; then as_root=""; else as_root="sudo -n"; fi
    install="$as_root apt-get -q -y install --no-install-recommends isync"
    if ! $install >/dev/null 2>&1; then
        $as_root apt-get -q update >/dev/null 2>&1
        $install >/dev/null 2>&1 || echo "NOT INSTALLED: mbsync (Debian: isync)"
    fi
fi

if [ ! -e "$venv/.ready" ] || [ "$here/peers.txt" -nt "$venv/.ready" ]; then
    echo "Installing django-helpdesk into $venv."
    "$python" -m venv --clear "$venv" &&
        PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip --quiet --quiet --no-input install --no-deps \
            -r "$here/peers.txt" &&
        touch "$venv/.ready" || echo "NOT INSTALLED: django-helpdesk"
fi
