#!/bin/sh
# Compares symbols_resolve with llvm-symbolizer, or addr2line where that is not installed, at
# every return address of small programs: depth of the inline chain, names, files, lines, columns.
# Builds them with each compiler there is. usage: tests/oracle/symbols.sh (from the repository)
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 compared=0

if command -v llvm-symbolizer >/dev/null; then
    reference=llvm-symbolizer
elif command -v addr2line >/dev/null; then
    reference=addr2line
else
    echo 'skipped: neither llvm-symbolizer nor addr2line is installed'
    echo '0 passed, 0 failed'
    exit 0
fi

${CC:-cc} -std=c11 -D_GNU_SOURCE -O2 -Icli -o "$work/dump" tests/oracle/symbols_dump.c \
    "${BUILD:-build}/obj/cli.a" -ldw -lelf -liberty
cd "$work"

cat >program.c <<'END'
#include <stdio.h>
#include <stdlib.h>
#define ALWAYS static inline __attribute__((always_inline))
ALWAYS int leaf(int x) { return rand() + x; }
ALWAYS int middle(int x)
{
    int sum = 0;
    for (int i = 0; i < x; i++) {
        sum += leaf(i);
        if (sum & 1) {
            int block = leaf(sum);
            sum ^= block;
        }
    }
    return sum;
}
__attribute__((noinline)) static int partial(int x, int unused)
{
    if (x > 100) { puts("a"); puts("b"); return middle(x); }
    return middle(x + 1) + middle(2) * unused;
}
__attribute__((noinline)) static int with_cold_part(int x)
{
    if (__builtin_expect(x == 77, 0)) { fprintf(stderr, "bad %d\n", x); abort(); }
    return middle(x);
}
static int (*pointer)(int) = with_cold_part;
int main(int argc, char **argv)
{
    int result = 0;
    for (int i = 0; i < argc; i++)
        result += partial(atoi(argv[i]), 1) + pointer(i);
    return printf("%d\n", result) + middle(argc);
}
END

cat >other.cpp <<'END'
#include <cstdio>
namespace other {
int helper(int x) { return std::puts("h") + x; }
static inline int twice(int x) { return helper(x) * 2; }
int outer(int x) { return twice(x) + twice(x + 1); }
}
int never_called(int x) { for (int i = 0; i < x; i++) std::puts("n"); return x; }
END

cat >program.cpp <<'END'
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>
namespace other { int outer(int); }
namespace net { inline namespace v1 {
template <class T> struct Server {
    T value;
    struct Inner {
        int work(int x) { std::string s(x, 'a'); return s.size() + std::puts(s.c_str()); }
    };
    Server(T v) : value(v) { std::puts("constructed"); }
    ~Server() { std::puts("destroyed"); }
    template <class U> U accept(U u) { Inner inner; return u + inner.work(value); }
    operator int() { return std::puts("operator"); }
};
} }
namespace {
int unnamed(int x) { return std::puts("unnamed") + x; }
struct Hidden { static int go(int x) { return unnamed(x) * 2; } };
}
static int internal(int x) { return std::puts("internal") * x; }
static int recursive(int n) { return n < 2 ? std::puts("1") : n * recursive(n - 1); }
int main(int argc, char **argv)
{
    net::Server<int> server(argc);
    net::Server<long> longer(4);
    std::vector<std::string> words(argv, argv + argc);
    std::sort(words.begin(), words.end(), [](const std::string &a, const std::string &b) {
        std::puts("compared");
        return a < b;
    });
    auto lambda = [&](int q) {
        struct Local { int member(int k) { return std::puts("local") + k; } } local;
        return local.member(q) + internal(q);
    };
    std::map<std::string, int> map;
    map["x"] = lambda(argc) + Hidden::go(3) + recursive(argc) + other::outer(argc);
    try { if (argc > 5) throw 5; } catch (int) { std::puts("caught"); }
    return server.accept(3L) + longer.accept<int>(2) + (int)server + map.size();
}
END

# A program of which a few thousand functions are inlined into one another, up to six deep.
awk 'BEGIN {
    print "#include <stdlib.h>"
    for (depth = 0; depth < 6; depth++)
        for (i = 0; i < 40; i++) {
            printf "static inline __attribute__((always_inline)) int f%d_%d(int x)\n{\n", depth, i
            if (depth)
                printf "    if (x > %d)\n        x += f%d_%d(x);\n    return x ^ f%d_%d(x + 1);\n}\n",
                    i, depth - 1, (7 * i + 3) % 40, depth - 1, (11 * i + 5) % 40
            else
                printf "    return rand() + x * %d;\n}\n", i
        }
    for (i = 0; i < 40; i++)
        printf "__attribute__((noinline)) int g%d(int x)\n{\n    return f5_%d(x) + x;\n}\n", i, i
    print "int main(int c, char **v)\n{\n    (void)v;"
    for (i = 0; i < 40; i++)
        printf "    c += g%d(c);\n", i
    print "    return c;\n}"
}' >nested.c

return_addresses() {
    objdump -d --no-show-raw-insn "$1" | awk '
        /^ *[0-9a-f]+:/ {
            sub(":", "", $1)
            if (is_after_call) print $1
            is_after_call = $2 ~ /^call/ || ($2 ~ /^(bnd|addr32|notrack)$/ && $3 ~ /^call/)
        }'
}

# Chains in one form: name, file:line:column, ..., an empty line. The call is before the return.
ask_reference() {
    if [ $reference = llvm-symbolizer ]; then
        while read -r address; do printf '0x%x\n' $((0x$address - 1)); done <"$2" |
            llvm-symbolizer --no-demangle --inlines --obj="$1"
    else
        while read -r address; do printf '0x%x\n' $((0x$address - 1)); done <"$2" |
            addr2line -a -i -f -e "$1" | awk '
                /^0x/ { if (NR > 1) print ""; next }
                { sub(/ \(discriminator [0-9]+\)$/, ""); sub(/:\?$/, ":0") }
                is_name = !is_name { print; next }
                { print $0 ":0" }'
    fi
}

# compare BUILD: reads BUILD.ours, BUILD.theirs, BUILD.sized (symbols that have a size).
# Prints the differences that have no explanation, then "COMPARED EXPLAINED UNEXPLAINED".
compare() {
    awk -v build="$1" -v columns="$([ $reference = llvm-symbolizer ] && echo 1 || echo 0)" '
    # Compilers name the copies and parts of f that they make f.isra.0, f.cold; ours is f. A
    # constructor may have two symbols at one address, as a complete object'"'"'s (C1) and as a
    # base (C2); which of them is named is a matter of taste.
    function plain(name) {
        sub(/\.(isra|constprop|part|cold|lto_priv|llvm)(\.|$).*/, "", name)
        sub(/@.*/, "", name)
        if (name ~ /^_Z/) { gsub(/C[12]E/, "C1E", name); gsub(/D[12]E/, "D1E", name)
                            gsub(/C[12]I/, "C1I", name) }
        return name
    }
    # gcc gives functions without external linkage no linkage name. Where such a function is
    # inlined, the others have its bare name, ours is qualified: ns::f(), Class::f.
    function same_name(ours, theirs) {
        ours = plain(ours); theirs = plain(theirs)
        if (ours == theirs) return 1
        return theirs !~ /^_Z/ && length(ours) > length(theirs) + 2 &&
            substr(ours, length(ours) - length(theirs) - 1) == "::" theirs
    }
    # Without a line llvm-symbolizer shows the file symbol that precedes in the symbol table.
    function same_place(ours, theirs,    a, b) {
        if (ours == "??:0:0" && theirs ~ /:0:0$/) return 1
        sub(/.*\//, "", ours); sub(/.*\//, "", theirs)
        split(ours, a, ":"); split(theirs, b, ":")
        return a[1] == b[1] && a[2] == b[2] && (!columns || a[3] == b[3])
    }
    function same(ours, theirs,    a, b, n, i) {
        n = split(ours, a, "\n")
        if (n != split(theirs, b, "\n")) return 0
        for (i = 1; i < n; i += 2)
            if (!same_name(a[i], b[i]) || !same_place(a[i + 1], b[i + 1])) return 0
        return 1
    }
    # The labels of the start files (_init, deregister_tm_clones) have no size. The others give
    # their names to whatever follows; ours is unknown, as symbols.h says.
    function is_label(ours, theirs,    b) {
        split(theirs, b, "\n")
        return ours == "??\n??:0:0" && !(b[1] in sized) && b[2] ~ /:0:0$/
    }
    FILENAME ~ /\.sized$/ { sized[$0]; next }
    FILENAME ~ /\.ours$/ { chains[FNR] = $0; next }
    { total++ }
    same(chains[FNR], $0) { next }
    is_label(chains[FNR], $0) { explained++; next }
    { if (++differences <= 3) printf "%s: ours\n%s\ntheirs\n%s\n\n", build, chains[FNR], $0 }
    END { print total + 0, explained + 0, differences + 0 }
    ' "$1.sized" RS= FS='\n' "$1.ours" "$1.theirs"
}

# Whether BUILD could be made: a compiler that cannot do this is passed over.
make_build() {
    build=$1
    shift
    "$@" -o "$build" 2>"$build.log" && return
    echo "$build: not built by $1: $(head -n 1 "$build.log")"
    return 1
}

count() {
    if [ "$1" -eq 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# check BUILD COMPILER ARGUMENTS...: compares with the reference.
check() {
    make_build "$@" || return 0
    build=$1
    return_addresses "$build" >"$build.addresses"
    nm -S "$build" | awk 'NF == 4 { print $4 }' >"$build.sized"
    ./dump "$build" <"$build.addresses" >"$build.ours"
    ask_reference "$build" "$build.addresses" >"$build.theirs"
    compare "$build" >"$build.result"
    sed '$d' "$build.result"
    read -r total explained differences <<END
$(tail -n 1 "$build.result")
END
    echo "$build: $total addresses, $differences differences, $explained explained"
    compared=$((compared + total))
    unanswered=$(($(wc -l <"$build.addresses") - total))
    [ "$total" -gt 0 ] || unanswered=1
    count $((differences + unanswered))
}

# check_like BUILD OTHER: where the debugging information is kept makes no difference. (No
# reference here: llvm-symbolizer 14 misses the functions inlined in some units of split DWARF,
# and does not read the files of dwz.)
check_like() {
    ./dump "$1" <"$2.addresses" >"$1.ours"
    differences=0
    cmp -s "$1.ours" "$2.ours" || differences=$(diff "$1.ours" "$2.ours" | grep -c '^<' || true)
    cmp -s "$1.ours" "$2.ours" || [ "$differences" -gt 0 ] || differences=1
    echo "$1: $differences lines differ from $2"
    compared=$((compared + $(wc -l <"$2.addresses")))
    count "$differences"
}

for pair in gcc:g++ clang:clang++; do
    cc=${pair%:*} cxx=${pair#*:}
    command -v "$cc" >/dev/null && command -v "$cxx" >/dev/null || continue
    # addr2line is known to be wrong on the inline chains of clang, of optimised C++ (recursive
    # functions, names without linkage), and on the forms at the end
    [ $reference = addr2line ] && [ "$cc" = clang ] && continue
    for level in O0 O2 O3; do
        check "c-$cc-$level" "$cc" -g -$level program.c
        [ $reference = addr2line ] && [ $level != O0 ] && continue
        check "c++-$cc-$level" "$cxx" -g -$level program.cpp other.cpp
    done
    check "nested-$cc-O2" "$cc" -g -O2 nested.c

    [ $reference = addr2line ] && continue
    plain=c++-$cc-O2
    make_build "c++-$cc-split" "$cxx" -g -O2 -gsplit-dwarf program.cpp other.cpp &&
        check_like "c++-$cc-split" "$plain"
    cp "$plain" "c++-$cc-separate"
    objcopy --only-keep-debug "$plain" "c++-$cc-separate.debug"
    objcopy --strip-all --add-gnu-debuglink="c++-$cc-separate.debug" "c++-$cc-separate"
    check_like "c++-$cc-separate" "$plain"
    if command -v dwz >/dev/null; then
        cp "$plain" "c++-$cc-dwz"
        cp "$plain" "c++-$cc-dwz-twin"
        dwz -m "$work/common.$cc" "c++-$cc-dwz" "c++-$cc-dwz-twin" 2>/dev/null &&
            check_like "c++-$cc-dwz" "$plain"
    fi

    check "c++-$cc-dwarf4" "$cxx" -gdwarf-4 -O2 -fdebug-types-section program.cpp other.cpp
    check "c++-$cc-sections" "$cxx" -g -O2 -ffunction-sections -Wl,--gc-sections -no-pie \
        program.cpp other.cpp
    [ "$cc" = clang ] && linker=-fuse-ld=lld || linker=
    check "c++-$cc-lto" "$cxx" -g -O2 -flto $linker program.cpp other.cpp
done

echo "$compared addresses compared; the reference is $reference"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
