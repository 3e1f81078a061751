# shellcheck shell=bash disable=SC2034 # set for the scripts
# What the scripts of whole runs are written in. A test is a function, test_NAME, which is called in
# a subshell, and a directory of its own; it ends by `fail` or `skip`, or it has passed. The script
# that includes this has set `part` and stands in the repository's root.
build=$(realpath "${BUILD:-build}")
tool=$build/scoped-trace
work=$build/$part
as_other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
passed=0 failed=0 skipped=0
# The reports are in ASCII.
export LC_ALL=C
# They have every place, unless a test asks for a view.
export XDG_CONFIG_HOME=$PWD/tests/config
# Runs are kept here, and not in the user's cache.
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-$build/cache}
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

# compile NAME SOURCE [FLAGS]
compile() {
    needs "${CC:-cc}"
    "${CC:-cc}" -O1 -g -o "$@" || fail "does not compile: $*"
}

# is_status $? STATUS
is_status() {
    [ "$1" = "$2" ] || fail "exit status $1 instead of $2"
}

# A place for sessions, so that others' are not in the way. (Root takes none that nobody else may
# enter.)
make_run() {
    rm -rf "$work/run"
    mkdir -p "$work/run" && chmod 711 "$work/run" || exit 1
    export XDG_RUNTIME_DIR=$work/run
}

# choose_tests [NAME...]: those, or all, into `names`.
choose_tests() {
    names=("$@")
    [ $# -gt 0 ] || mapfile -t names < <(declare -F | sed -n 's/^declare -f test_//p')
}

# verdict STATUS TITLE LOG: counts how a test has ended, and says it.
verdict() {
    case $1 in
    0) echo "ok   $2" && passed=$((passed + 1)) ;;
    77) echo "skip $2: $(tail -n 1 "$3")" && skipped=$((skipped + 1)) ;;
    *)
        echo "FAIL $2"
        cat "$3"
        failed=$((failed + 1))
        ;;
    esac
}

# The counts, and the exit status.
finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed = 0 ]
}

# Runs the tests with these names, or all.
run_tests() {
    local name failed_before
    choose_tests "$@"
    for name in "${names[@]}"; do
        mkdir "$work/$name"
        failed_before=$failed
        (cd "$work/$name" && "test_$name") >"$work/$name.log" 2>&1 </dev/null
        verdict $? "$name" "$work/$name.log"
        [ $failed = $failed_before ] || make_run # what is left is not the next one's fault
    done
    finish
}
