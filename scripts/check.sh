#!/bin/sh
# Installs what is missing (Debian, Ubuntu), builds, and runs every check; the last line counts
# them. usage: scripts/check.sh
set -u
cd "$(dirname "$0")/.." || exit 1
. scripts/packages.sh
# shellcheck disable=SC2086 # a list
packages_install $packages_check || exit 1
scripts/total 'make lint' "make -j$(nproc) check"
