"""Threads that pass their work on through queues, and start processes; the output says whether all
of it was done. usage: work.py ROUNDS"""
import hashlib
import os
import queue
import subprocess
import sys
import threading
import time

FILE = "work.tmp"


def hash_part(number):
    with open(FILE, "rb") as file:
        file.seek(number * 100)
        return hashlib.md5(file.read(1000)).hexdigest()


def count_in_process(number):
    return subprocess.run(
        ["wc", "-c"], input=b"x" * (number % 5000), capture_output=True, check=True).stdout


def round_trip(number):
    reader, writer = os.pipe()
    os.write(writer, str(number).encode())
    os.close(writer)
    with os.fdopen(reader) as file:
        return file.read()


def stage(work, source, target):
    while (item := source.get()) is not None:
        target.put((item, work(item)))
    target.put(None)


def main():
    rounds = int(sys.argv[1])
    with open(FILE, "wb") as file:
        file.write(bytes(range(256)) * 4000)
    works = [(hash_part, 3), (round_trip, 3), (count_in_process, 1)]
    digest = hashlib.sha256()
    for number in range(rounds):
        target, threads = queue.Queue(), []
        for work, count in works:
            source = queue.Queue()
            for item in range(number, number + 60 // count):
                source.put(item)
            for _ in range(count):
                source.put(None)
                threads.append(threading.Thread(target=stage, args=(work, source, target)))
        for thread in threads:
            thread.start()
        results, left = [], len(threads)
        while left:
            result = target.get()
            left -= result is None
            if result is not None:
                results.append(str(result))
        for thread in threads:
            thread.join()
        digest.update("\n".join(sorted(results)).encode())
        time.sleep(0.001)
    os.remove(FILE)
    print(rounds, digest.hexdigest())


main()
