"""Runs a command at a terminal, mostly stopped until it has written something: slowly.py COMMAND...

So its work takes more than a second, however fast the machine is. Prints what the command wrote."""
import os
import pty
import select
import signal
import sys
import time

pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
seen = b""
while True:
    if not seen:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.05)
        os.kill(pid, signal.SIGCONT)
    if not select.select([master], [], [], 0.001)[0]:
        continue
    try:
        seen += os.read(master, 65536)
    except OSError:
        break
os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
