"""Reads, sleeps, starts a process: what a Python program waits in."""
import os
import subprocess
import threading
import time


def read_file(path):
    with open(path, "rb") as file:
        return file.read()


def count_lines(path, times):
    return [read_file(path).count(b"\n") for _ in range(times)]


def sleep_in_thread():
    thread = threading.Thread(target=time.sleep, args=(0.02,))
    thread.start()
    thread.join()


with open("input", "w") as made:
    made.write("one\ntwo\nthree\n")
print(count_lines("input", 5))
for _ in range(3):
    time.sleep(0.002)
sleep_in_thread()
print(subprocess.run(["cat", "input"], capture_output=True, check=True).stdout)
child = os.fork()
if child == 0:
    time.sleep(0.001)
    os._exit(9)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
