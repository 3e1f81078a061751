# shellcheck shell=bash disable=SC2034,SC2154 # set or used by the scripts
# What tests/e2e/kept, terminal and strangers are written in, beside tests.sh.
# shellcheck source=tests/e2e/tests.sh
. tests/e2e/tests.sh
data=$PWD/tests/e2e/kept.d
rm -rf "$work"
make_run

# has FILE PATTERN...: the lines match in this order.
has() {
    local file=$1 pattern
    shift
    cp "$file" part
    for pattern; do
        pattern=$pattern awk 'found { print } $0 ~ ENVIRON["pattern"] { found = 1 }
            END { exit !found }' part >rest ||
            fail "no '$pattern' (in this order) in $file: $(cat "$file")"
        mv rest part
    done
}

has_not() {
    if grep -E -- "$2" "$1"; then
        fail "$1 has '$2'"
    fi
}

# Waits up to ten seconds for a condition.
await() {
    local i
    for ((i = 0; i < 1000; i++)); do
        eval "$1" && return
        sleep 0.01
    done
    fail "in vain: $1"
}

# The only session that there is.
session() {
    set -- "$XDG_RUNTIME_DIR"/scoped-trace-*
    [ $# = 1 ] && [ -d "$1" ] || fail "not one session but: $*"
    echo "$1"
}

# Where its files are: root's lie one level farther down.
files() {
    dirname "$(find "$XDG_RUNTIME_DIR" -name run -path '*/scoped-trace-*')"
}

no_session() {
    [ -z "$(ls -A "$XDG_RUNTIME_DIR")" ] || fail "was left: $(ls -A "$XDG_RUNTIME_DIR")"
}

# Takes out of a report what is another in every run.
normalize() {
    sed -E 's/ +[0-9.]+ (ns|us|ms|s)\b/ T/g; s/\[[0-9]+\]/[P]/g
        s/(child of|forked from|thread) [0-9]+/\1 P/g; s/ after T$//' "$1"
}

same_report() {
    diff <(normalize "$1") <(normalize "$2") || fail "another report"
}

# Starts the tool in the background; its process id is then in $job.
start() {
    "$tool" "$@" >out 2>errors </dev/null &
    job=$!
}
