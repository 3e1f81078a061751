# check.sh - every hit is in a tree, or counted as lost: what tests/e2e/sums and tests/slow/storms
# have in common. Targets that count their own calls of a leaf say "hits N" at their end, or
# "hits N at most M more" where some are cut off, and the report must hold as many.
# shellcheck shell=bash
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 1
export XDG_CONFIG_HOME=$PWD/tests/config # reports have every place
build=${BUILD:-build}
work=$build/sums
mkdir -p "$work"
passed=0 failed=0 skipped=0

sum() { awk '{ sum += $1 } END { printf "%d\n", sum }'; }

# build TARGET: from TARGET.c or .cpp, with the arguments on its line "// cflags: ..."
build() {
    local source compiler=${CC:-cc}
    source=$(ls "tests/e2e/sums.d/$1".c*)
    case $source in *.cpp) compiler=${CXX:-c++} ;; esac
    # shellcheck disable=SC2046 # a list of words
    $compiler -O2 -g -Wall -D_GNU_SOURCE -pthread $(sed -n 's,^// cflags: *,,p' "$source") \
        -o "$work/$1" "$source"
}

# found WHAT: how many hits, or calls of the root, the report has
found() {
    case $1 in
    hits) sed -nE "s/.*[- ](${leaves//,/|}) x([0-9]+).*/\\2/p" "$work/$target.report" | sum ;;
    calls) sed -n 's/^[^ ]*: \([0-9]*\) calls* of .*/\1/p' "$work/$target.report" | sum ;;
    esac
}

# check TARGET [ARGS]: with $options of the tool, $leaves other than read, $counted instead of hits,
# at most $lost_max lost, and a line in the report that $says matches
check() {
    local target=$1 what=${counted:-hits} leaves=${leaves:-read} said more found lost outside status
    shift
    if ! build "$target"; then
        echo "FAIL $target: does not build"
        failed=$((failed + 1))
        return
    fi
    # shellcheck disable=SC2086 # the options are a list of words
    LC_ALL=C timeout "${patience:-300}" "$build/scoped-trace" --leaf "$leaves" ${options:-} -o "$work/$target.report" -- \
        "$work/$target" "$@" >"$work/$target.out"
    status=$?
    said=$(sed -n "s/^$what \([0-9]*\).*/\1/p" "$work/$target.out")
    more=$(sed -n "s/^$what.* at most \([0-9]*\) more$/\1/p" "$work/$target.out")
    found=$(found "$what")
    lost=$(sed -n 's/^\([0-9]*\) hits* lost.*/\1/p' "$work/$target.report" | sum)
    outside=$(sed -n 's/^\([0-9]*\) hits* \(lie\|lies\).*/\1/p' "$work/$target.report" | sum)
    [ "$what" = hits ] || lost=0 outside=0
    local all=$((found + lost + outside)) title="$target $*${options:+ ($options)}"
    if [ $status = 0 ] && [ -n "$said" ] && [ "$all" -ge "$said" ] &&
        [ "$all" -le $((said + ${more:-0})) ] && [ "$lost" -le "${lost_max:-$lost}" ] &&
        grep -qE "${says:-.}" "$work/$target.report"; then
        echo "ok   $title: $said $what, $found in trees, $outside outside, $lost lost and counted"
        passed=$((passed + 1))
    else
        echo "FAIL $title: ${said:-no} $what, $found in trees, $outside outside, $lost lost;" \
            "exit status $status"
        failed=$((failed + 1))
    fi
}

# Counts at the end, and the exit status.
finish() {
    echo "$passed passed, $failed failed, $skipped skipped"
    [ $failed = 0 ]
}
