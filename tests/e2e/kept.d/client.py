"""A hostile client of the socket at which processes ask for plans: client.py SOCKET FILE.

Says nothing, half of what it should, nonsense, things that are no files; connects and never reads,
and more often than there is room for. Then asks like an honest one for FILE, and prints the answer
and within how many seconds it came."""
import os
import socket
import struct
import sys
import time

path, wanted = sys.argv[1], sys.argv[2]


def connect():
    client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    client.settimeout(20)
    client.connect(path)
    return client


def request(name, address=0, resolver=0):
    try:
        status = os.stat(name)
        dev, ino = status.st_dev, status.st_ino
    except (OSError, ValueError):
        dev, ino = 1, 1
    return struct.pack("<4Q", dev, ino, address, resolver) + name.encode() + b"\0"


kept = []
for message in (
    b"", b"x", b"\xff" * 32, b"\xff" * 5000, struct.pack("<4Q", 1, 2, 3, 4),
    request("/dev/zero"), request("/"), request("fifo"), request("no\nsuch"), request("damaged"),
    request("huge"), request("x" * 4000), request("../" * 1000 + "etc/passwd"),
    request(wanted, 1, 1), request(wanted, 2**64 - 1, 2**64 - 1), request(wanted)[:-1],
    request("/proc/self/mem"), request("/proc/self/exe"), request("\x1b[31m"),
):
    client = connect()
    try:
        client.send(message)
    except OSError:
        pass
    kept.append(client)  # and never reads
for _ in range(40):
    kept.append(connect())  # and says nothing

before = time.monotonic()
client = connect()
client.send(request(wanted))
answer = client.recv(10)
print("answer %d in time: %s" % (answer[0], time.monotonic() - before < 10))
