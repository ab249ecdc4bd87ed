#!/bin/sh
# Install the ticket systems that `make test-backends` runs against: Debian's packages where that is allowed, and what
# requirements.txt names into a virtual environment of its own. Ends with success either way: what is missing is named.
# install.sh PYTHON VENV
set -u

here=$(cd "$(dirname "$0")" && pwd)
python=$1
venv=$2

sh "$here/../servers/install.sh" "$here/packages.txt"

if [ ! -e "$venv/.ready" ] || [ "$here/requirements.txt" -nt "$venv/.ready" ]; then
    echo "Installing the ticket systems that are written in Python into $venv."
    "$python" -m venv --clear "$venv" &&
        PIP_DISABLE_PIP_VERSION_CHECK=1 "$venv/bin/python" -m pip --quiet --no-input install --require-hashes \
            -r "$here/requirements.txt" &&
        touch "$venv/.ready" ||
        echo "NOT INSTALLED: what $here/requirements.txt names. Their tests cannot run here."
fi
