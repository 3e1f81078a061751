#!/usr/bin/env python3
"""Compares what `scoped-trace now` says of the threads of a run with the stacks that gdb sees.

usage: compare.py TOOL PID ROUNDS

In each round the processes of the run are stopped (SIGSTOP), so both look at the same moment. A
thread is in an open call exactly if the trampoline is on its stack. Then the function that the
trampoline has called must be the leaf, and the callers must have the same names, as far as both
know names. Prints how many threads were alike; the exit status is 1 if one was not.
"""
import json
import os
import re
import signal
import subprocess
import sys
import time

TRAMPOLINE = "scoped_trace_enter"

# The library itself works: the call is about to begin, or has just ended.
HOOKS = {"hook_enter", "hook_leave"}

# Leaves that jump on to another function (glibc 2.36).
JUMPS_TO = {"pthread_join": "__pthread_clockjoin_ex"}


def look(tool, pid):
    """The open calls by (pid, tid), and all process ids."""
    text = subprocess.run([tool, "now", pid, "--json", "--all"], check=True, capture_output=True).stdout
    now = json.loads(text)
    calls = {(call["process"]["pid"], call["thread"]["tid"]): call for call in now["calls"]}
    others = {thread["process"]["pid"] for thread in now["threads"]}
    return calls, {pid for pid, _ in calls} | others


def stacks(pid):
    """The functions on the stack of each thread, the innermost one first; None: gdb knows no name."""
    commands = ["set pagination off", "set print frame-arguments none", "thread apply all bt"]
    words = [word for command in commands for word in ("-ex", command)]
    text = subprocess.run(["gdb", "-nx", "-batch", "-p", str(pid), *words], capture_output=True, text=True).stdout
    threads, frames = {}, None
    for line in text.splitlines():
        head = re.match(r"Thread \d+ \(.*(?:LWP|process) (\d+)\)", line)
        frame = re.match(r"#\d+\s+(?:0x[0-9a-f]+ in )?(\S.*?) \(", line)
        if head:
            frames = threads.setdefault(int(head[1]), [])
        elif frame and frames is not None:
            frames.append(None if frame[1].startswith(("?", "<")) else frame[1])
    return threads


def base(name):
    """Without the names that glibc and compilers add."""
    return re.sub(r"^(__)?(GI_|libc_|new_|)_*|@.*|\.(part|cold|isra|constprop)\b.*|^void ", "", name)


def is_same(ours, theirs):
    return ours in (None, "?") or theirs is None or base(ours) == base(theirs) or base(ours) in base(theirs)


def difference(call, frames):
    """What differs, or None. Functions that have jumped on are in no frame."""
    if TRAMPOLINE in frames and HOOKS & set(frames[:frames.index(TRAMPOLINE)]):
        return None
    if (call is None) == (TRAMPOLINE in frames):
        return "only gdb sees a call" if call is None else "only the tool sees a call"
    if call is None:
        return None
    at = frames.index(TRAMPOLINE)
    callers = [name for name in frames[at + 1:] if name != TRAMPOLINE]
    path = [frame["function"] for frame in reversed(call["path"]) if frame["address"]]
    leaf = JUMPS_TO.get(call["leaf"], call["leaf"])
    if at and not is_same(leaf, frames[at - 1]):
        return f"the leaf is {call['leaf']}"
    pairs = zip(path, callers)
    wrong = [pair for pair in pairs if not is_same(*pair)]
    return f"{wrong[0][0]} is {wrong[0][1]}" if wrong else None


def compare(tool, pid):
    """Returns (threads in calls, threads in none, descriptions of what differs)."""
    _, pids = look(tool, pid)
    for process in pids:
        os.kill(process, signal.SIGSTOP)
    try:
        time.sleep(0.05)
        calls, _ = look(tool, pid)
        threads = {(process, tid): frames for process in pids for tid, frames in stacks(process).items()}
    finally:
        for process in pids:
            os.kill(process, signal.SIGCONT)
    found = [(key, frames, difference(calls.get(key), frames)) for key, frames in threads.items()]
    wrong = [f"{key}: {what}: {frames} {calls.get(key)}" for key, frames, what in found if what]
    inside = sum(key in calls for key, _, _ in found)
    return inside, len(found) - inside, wrong


def main():
    tool, pid, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    inside = outside = 0
    wrong = []
    for _ in range(rounds):
        more, others, differences = compare(tool, pid)
        inside, outside, wrong = inside + more, outside + others, wrong + differences
        time.sleep(0.2)
    print(f"{inside} threads in calls, {outside} in none, {len(wrong)} unlike")
    print("\n".join(wrong[:5]), end="\n" if wrong else "")
    return 1 if wrong or inside == 0 else 0


sys.exit(main())
