# shellcheck shell=bash disable=SC2034,SC2154 # set or used by the scripts
# What tests/e2e/kept, terminal and strangers are written in; a test is a function in a subshell and
# directory of its own. The script that includes this has set `part` and stands in the repository.
data=$PWD/tests/e2e/kept.d
build=$(realpath "${BUILD:-build}")
tool=$build/scoped-trace
work=$build/$part
rm -rf "$work"
mkdir -p "$work/run" && chmod 711 "$work/run" || exit 1
# The reports are in ASCII, and others' sessions are not in the way.
export LC_ALL=C XDG_RUNTIME_DIR=$work/run
unset LD_PRELOAD NO_COLOR

fail() {
    echo "     $*"
    exit 1
}

skip() {
    echo "     $*"
    exit 77
}

needs() {
    local program
    for program; do
        command -v "$program" >/dev/null || skip "no $program"
    done
}

compile() {
    needs "${CC:-cc}"
    "${CC:-cc}" -O1 -g -o "$@" || fail "does not compile: $*"
}

# is_status $? STATUS
is_status() {
    [ "$1" = "$2" ] || fail "exit status $1 instead of $2"
}

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

# Runs the tests with these names, or all.
run_tests() {
    local passed=0 failed=0 skipped=0 name names=("$@")
    if [ $# = 0 ]; then
        mapfile -t names < <(declare -F | sed -n 's/^declare -f test_//p')
    fi
    for name in "${names[@]}"; do
        mkdir "$work/$name"
        (cd "$work/$name" && "test_$name") >"$work/$name.log" 2>&1 </dev/null
        case $? in
        0) echo "ok   $name" && passed=$((passed + 1)) ;;
        77) echo "skip $name: $(tail -n 1 "$work/$name.log")" && skipped=$((skipped + 1)) ;;
        *)
            echo "FAIL $name"
            cat "$work/$name.log"
            failed=$((failed + 1))
            rm -rf "$work/run" && mkdir -m 711 "$work/run" # not the next one's fault
            ;;
        esac
    done
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed = 0 ]
}
