#!/bin/bash
# Compares every walk of the library with libunwind's, frame by frame: random stacks of all
# kinds (stress.cpp), then real programs. usage: tests/oracle/stack.sh [HITS]
# (from the repository, after `make oracle` has built BUILD/oracle). HITS are those of stress,
# at about 5,000 a second, 100,000 for each seed (more would fill the trace file).
set -u
hits=${1:-30000}
hits_a_seed=100000
leaves=@wait
build=$(realpath "${BUILD:-build}")
tool=$build/oracle/scoped-trace
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0 skipped=0

c++ -O2 -pthread -o "$work/stress" tests/oracle/stress.cpp || exit 1
cc -O2 -fPIC -shared -o "$work/plugin.so" tests/oracle/plugin.c || exit 1

# Prints "walks frames different shorter known", summed over the processes of the run.
sum_counts() {
    find "$work/counts" -name '*.counts' -exec cat {} + | od -A n -v -t u8 -w40 |
        awk '{ walks += $1; frames += $2; different += $3; shorter += $4; known += $5 }
            END { print walks + 0, frames + 0, different + 0, shorter + 0, known + 0 }'
}

run_once() {
    rm -rf "$work/counts"
    mkdir "$work/counts"
    STACK_ORACLE=$work/counts timeout -k 5 "$1" "$tool" -o /dev/null --leaf "$leaves" -- \
        "${@:2}" >"$work/out" 2>&1 </dev/null
}

# compare NAME SECONDS PROGRAM [ARGUMENT...]
compare() {
    local name=$1 seconds=$2 status walks frames different shorter verdict=ok
    shift 2
    if ! command -v "$1" >/dev/null; then
        printf 'skip %-14s %s is not installed\n' "$name" "$1"
        skipped=$((skipped + 1))
        return
    fi
    run_once "$seconds" "$@"
    status=$?
    # libunwind takes locks, which a handler that interrupts it may find taken: once in a
    # long while it deadlocks. The library takes none, so this does not happen twice.
    if [ $status = 124 ] || [ $status = 137 ]; then
        echo "     $name: no end within $seconds s, once more"
        run_once "$seconds" "$@"
        status=$?
    fi
    read -r walks frames different shorter known < <(sum_counts)
    if [ $status != 0 ] || [ "$walks" = 0 ] || [ "$different" != 0 ]; then
        verdict=FAIL
    fi
    printf '%-4s %-14s %9d %9d %12d %10d\n' \
        $verdict "$name" "$walks" "$known" "$frames" "$different"
    # Code without unwind tables: there libunwind gives up sooner.
    [ "$shorter" = 0 ] || echo "     $name: $shorter of libunwind's walks end before ours"
    if [ $verdict = ok ]; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    [ $status = 0 ] || { echo "exit status $status; its last words:"; tail -n 5 "$work/out"; }
    [ "$walks" != 0 ] || echo 'nothing was compared: is libunwind.so.8 installed?'
    find "$work/counts" -name '*.log' -exec sed '/^--$/Q' {} \; -quit
}


stress() {
    # Its only leaf, and none of libunwind's, which reads and writes to see what is mapped.
    local left=$1 seed=0 now leaves=pread
    while [ "$left" -gt 0 ]; do
        seed=$((seed + 1))
        now=$((left < hits_a_seed ? left : hits_a_seed))
        left=$((left - now))
        compare "stress, seed $seed" $((60 + now / 200)) "$work/stress" $now $seed \
            "$work/plugin.so"
    done
}

write_inputs() {
    echo 'int main(void) { return 0; }' >"$work/program.c"
    cat >"$work/script.py" <<'END'
import ctypes, json, random, subprocess, threading, time
for i in range(100):
    json.dumps(open("/proc/self/status").read())
subprocess.run(["true"])
threads = [threading.Thread(target=time.sleep, args=(0.01,)) for i in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
def nested(n): return time.sleep(0.0001) if n == 0 else sorted([n], key=lambda i: nested(i - 1))
for i in range(50): nested(random.randrange(100))
# libffi's frames: a call of C that calls Python back
compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
numbers = (ctypes.c_int * 9)(*range(9, 0, -1))
ctypes.CDLL(None).qsort(numbers, 9, 4, compare(lambda a, b: time.sleep(0.0001) or 1))
END
    command -v git >/dev/null || return
    git init -q "$work/repository" 2>"$work/out"
    git -C "$work/repository" -c user.name=name -c user.email=address \
        commit -q --allow-empty -m message
}

# shellcheck disable=SC2016 # the programs' own variables
real_programs() {
    compare bash 60 bash -c 'for i in 1 2; do echo $i | cat; done; read x </etc/passwd; (exit 0)'
    compare git 60 git -C "$work/repository" log --stat
    compare python3 120 python3 "$work/script.py"
    compare cc 60 cc -O2 -o "$work/program" "$work/program.c"
    compare curl 60 curl -s file:///etc/passwd
    compare perl 60 perl -e 'open F, "/etc/passwd"; while (<F>) { print } print `true`; sleep 0'
    compare sqlite3 60 sqlite3 "$work/data" \
        'create table t(a); insert into t values (1), (2); select count(*) from t;'
    compare node 120 node -e 'require("fs").readFile("/etc/passwd", () => setTimeout(() => 0, 9))'
}

printf '%-4s %-14s %9s %9s %12s %10s\n' '' program walks 'no steps' frames different
stress "$hits"
write_inputs
real_programs
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
