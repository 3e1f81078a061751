"""Runs a command at a terminal of its own: terminal.py READY KEYS COMMAND...

A moment after the command has written READY, KEYS are typed (\\x03 is Ctrl-C). All that comes
back is printed, then how the command ended."""
import os
import pty
import select
import signal
import sys
import time

ready, keys = sys.argv[1].encode(), sys.argv[2].encode().decode("unicode_escape")
command = sys.argv[3:]
pid, terminal = pty.fork()
if pid == 0:
    for key in signal.SIGINT, signal.SIGQUIT:  # ignored in a job in the background
        signal.signal(key, signal.SIG_DFL)
    os.execvp(command[0], command)
seen, is_typed = b"", False
while select.select([terminal], [], [], 20)[0]:
    try:
        piece = os.read(terminal, 4096)
    except OSError:  # the command has closed its terminal
        break
    if not piece:
        break
    seen += piece
    if ready in seen and not is_typed:
        is_typed = True
        time.sleep(0.3)  # it may be about to become another program
        os.write(terminal, keys.encode())
else:
    os.kill(pid, 9)
print(seen.decode(errors="replace").replace("\r\n", "\n"))
status = os.waitpid(pid, 0)[1]
print("killed by %d" % os.WTERMSIG(status) if os.WIFSIGNALED(status)
      else "exited with %d" % os.WEXITSTATUS(status))
