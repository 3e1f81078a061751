"""Runs a command as a shell runs a job at a terminal: job.py STEPS COMMAND...

STEPS, separated by spaces:

    await=TEXT      until it has written this
    key=KEY         types it (\\x03 is Ctrl-C)
    stop            until it has stopped; the terminal is the shell's then
    fg, bg          continues it, in the foreground or the background
    kill=TERM       sends it a signal, killgroup=TERM to its process group, when it has taken what
                    was sent before (two of a kind that are pending are one: signal(7))
    running         says whether it runs
    hangup          closes the terminal, and tells the job so, as shells do
    end             until it has ended

With "leader" as the first step there is no shell: the command is the leader of the session. Prints
what happened, and what the command wrote."""
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time

steps, command = sys.argv[1].split(), sys.argv[2:]
is_leader = steps[0] == "leader"
seen = b""


def say(text):
    print(text, flush=True)


def number(name):
    return getattr(signal, "SIG" + name)


def describe(status):
    if os.WIFSTOPPED(status):
        return "stopped by %s" % signal.Signals(os.WSTOPSIG(status)).name
    if os.WIFSIGNALED(status):
        return "killed by %s" % signal.Signals(os.WTERMSIG(status)).name
    return "exited with %d" % os.WEXITSTATUS(status)


def await_text(text):
    global seen
    while text not in seen:
        piece = os.read(master, 4096)
        if not piece:
            break
        seen += piece
    before, seen = seen.split(text, 1)
    say("... " + (before + text).decode().replace("\r\n", " ").strip())


def say_rest():
    """What the job has written since, if the terminal is there."""
    global seen
    try:
        while select.select([master], [], [], 0.2)[0]:
            seen += os.read(master, 4096)
    except OSError:
        pass
    if seen:
        say("... " + seen.decode().replace("\r\n", " ").strip())
    seen = b""


def has_pending():
    with open("/proc/%d/status" % job) as status:
        return any(line.startswith(("SigPnd:", "ShdPnd:")) and int(line.split()[1], 16)
                   for line in status)


def await_taken():
    until = time.monotonic() + 5
    while has_pending() and time.monotonic() < until:
        time.sleep(0.001)


def give_terminal(group):
    if not is_leader:
        os.tcsetpgrp(slave, group)


def start():
    global master, slave
    if is_leader:
        pid, master = pty.fork()
        if pid == 0:
            os.execvp(command[0], command)
        return pid
    master, slave = pty.openpty()
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for ignored in ("HUP", "TTOU", "CONT"):
        signal.signal(number(ignored), signal.SIG_IGN)
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(slave, os.getpgrp())
        for ignored in ("HUP", "TTOU", "CONT"):
            signal.signal(number(ignored), signal.SIG_DFL)
        for stream in range(3):
            os.dup2(slave, stream)
        os.closerange(3, 100)
        os.execvp(command[0], command)
    return pid


if not is_leader:
    signal.alarm(20)
    if os.fork() != 0:  # setsid is for no leader of a process group
        sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
signal.alarm(20)
job = start()
group = job
for step in steps[is_leader:]:
    name, _, value = step.partition("=")
    value = value.encode().decode("unicode_escape").encode()
    if name == "await":
        await_text(value)
    elif name == "key":
        time.sleep(0.2)  # the program may be about to become another one
        os.write(master, value)
    elif name == "stop":
        say(describe(os.waitpid(job, os.WUNTRACED)[1]))
        give_terminal(os.getpgrp())
    elif name in ("fg", "bg"):
        if name == "fg":
            give_terminal(group)
        os.killpg(group, signal.SIGCONT)
    elif name == "kill":
        await_taken()
        os.kill(job, number(value.decode()))
    elif name == "killgroup":
        await_taken()
        os.killpg(group, number(value.decode()))
    elif name == "running":
        time.sleep(0.3)
        pid, status = os.waitpid(job, os.WNOHANG | os.WUNTRACED)
        say("running" if pid == 0 else describe(status))
    elif name == "hangup":
        time.sleep(0.2)
        os.close(master)
        if not is_leader:
            os.close(slave)
            os.killpg(group, signal.SIGHUP)
            os.killpg(group, signal.SIGCONT)
    elif name == "end":
        say(describe(os.waitpid(job, 0)[1]))
        say_rest()
    else:
        sys.exit("no such step: " + step)
