#!/bin/sh
# Installs what is missing to build (Debian, Ubuntu), builds, and traces a program: yours, or
# sqlite3 while it writes a few rows. usage: scripts/try.sh [PROG [ARGUMENT...]]
set -u
root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
. "$root/scripts/packages.sh"
if [ $# = 0 ]; then
    packages=$packages_try
else
    packages=$packages_build
fi
# shellcheck disable=SC2086 # a list
packages_install $packages || exit 1
make -C "$root" --no-print-directory -j"$(nproc)" all || exit 1
if [ $# -gt 0 ]; then
    exec "$root/build/scoped-trace" -- "$@"
fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
sql='create table t(a); insert into t values (1), (2), (3); select sum(a) from t'
echo "
\$ build/scoped-trace -- sqlite3 data.db '$sql'"
"$root/build/scoped-trace" -- sqlite3 "$work/data.db" "$sql"
