#!/bin/sh
# Compares the libraries that the tool predicts with those that the dynamic linker lists, for
# programs of the machine that can be traced: name by name, in their order. Where the tool is not
# certain and would ask, the program is skipped. usage: tests/oracle/libraries.sh [MOST]
# (100 by default; from the repository)
set -eu
most=${1:-100}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
unset LD_LIBRARY_PATH LD_PRELOAD LD_BIND_NOW GLIBC_TUNABLES

${CC:-cc} -std=c11 -D_GNU_SOURCE -Icli -O2 -o "$work/compare" tests/oracle/libraries_compare.c \
    cli/base/array.c cli/program/libraries.c cli/program/needed_libraries.c \
    cli/program/library_cache.c

# In an order that mixes packages but is the same each time.
find /usr/bin /usr/sbin -maxdepth 1 -type f -perm /111 | sort |
    awk '{ print (NR * 7919) % 1009, $0 }' | sort -n | cut -d ' ' -f 2- |
    while read -r program; do
        if head -c 2048 "$program" | grep -qaF /lib64/ld-linux-x86-64.so.2; then
            echo "$program"
        fi
    done | head -n "$most" >"$work/programs"
xargs "$work/compare" <"$work/programs" >"$work/found"
grep '^differs' "$work/found" || true
count() { grep -c "^$1" "$work/found" || true; }
echo "$(count same) passed, $(count differs) failed, $(count uncertain) skipped"
[ "$(count differs)" = 0 ] && [ "$(count same)" != 0 ]
