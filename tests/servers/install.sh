#!/bin/sh
# Install the Debian packages that the tests start servers from; where that is not allowed, name what is missing.
# install.sh [LIST]: LIST names them, a line each; beside it, debconf.txt holds answers to what they ask.
# Ends with success either way: a test whose server is missing skips itself, and fails with CI=true.
set -u

here=$(cd "$(dirname "$0")" && pwd)
policy=/usr/sbin/policy-rc.d

missing_packages() {
    while read -r package; do
        [ -n "$package" ] || continue
        status=$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) || status=
        [ "$status" = "install ok installed" ] || printf '%s ' "$package"
    done <"$list"
}

get() {
    apt-get -q -y -o DPkg::Lock::Timeout=120 -o Acquire::Retries=2 -o Acquire::http::Timeout=30 "$@"
}

install_as_root() {
    export DEBIAN_FRONTEND=noninteractive
    # The tests run private servers of their own; the packages' services stay off. An owner's own policy is kept.
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 130' HUP INT TERM
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    fi
    [ ! -e "$2" ] || debconf-set-selections "$2" || return
    # shellcheck disable=SC2086 # names of packages, apart
    get install --no-install-recommends $1 && return 0
    # shellcheck disable=SC2086
    get update && get install --no-install-recommends $1
}

if [ "${1:-}" = as-root ]; then
    install_as_root "$2" "$3" >&2
    exit
fi

list=${1:-$here/packages.txt}
answers=$(cd "$(dirname "$list")" && pwd)/debconf.txt

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is no Debian system: tests use the servers they find on PATH (Debian calls them:" \
        "$(tr '\n' ' ' <"$list"))."
    exit 0
fi

missing=$(missing_packages)
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
    :
elif [ "$(id -u)" -eq 0 ]; then
    echo "Installing for the tests: $missing"
    sh "$here/install.sh" as-root "$missing" "$answers"
elif sudo -n true 2>/dev/null; then
    echo "Installing for the tests: $missing"
    sudo -n sh "$here/install.sh" as-root "$missing" "$answers"
fi

missing=$(missing_packages)
[ -n "$missing" ] || exit 0
cat <<MESSAGE

NOT INSTALLED: $missing
Their tests cannot run here. Install them with:
    sudo apt-get install --no-install-recommends $missing

MESSAGE
