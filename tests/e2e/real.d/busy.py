"""Exceptions, threads, callbacks through C, child processes of both kinds, and coroutines."""
import asyncio
import ctypes
import multiprocessing
import queue
import signal
import subprocess
import threading
import time


def sort_with_callback(numbers, unlucky=None):
    """Exceptions cannot pass C: Python reports them, and goes on."""
    compare_type = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))

    def compare(a, b):
        if unlucky in (a[0], b[0]):
            seen.append(unlucky)
            raise ValueError("unlucky")
        return a[0] - b[0]

    seen = []
    array = (ctypes.c_int * len(numbers))(*numbers)
    ctypes.CDLL(None).qsort(array, len(numbers), 4, compare_type(compare))
    return list(array) if not seen else "an exception was seen"


def serve(tasks, results):
    while (task := tasks.get()) is not None:
        time.sleep(0.0005)
        results.put(task * task)


def with_threads(count, tasks_each):
    tasks, results = queue.Queue(), queue.Queue()
    threads = [threading.Thread(target=serve, args=(tasks, results)) for _ in range(count)]
    for thread in threads:
        thread.start()
    for task in range(count * tasks_each):
        tasks.put(task)
    for thread in threads:
        tasks.put(None)
    for thread in threads:
        thread.join()
    return sum(results.get() for _ in range(count * tasks_each))


def square(number):
    time.sleep(0.001)
    if number == 5:
        raise RuntimeError("five")
    return number * number


def with_processes(kind):
    with multiprocessing.get_context(kind).Pool(2) as pool:
        squares = pool.map(square, [1, 2, 3, 4])
        try:
            pool.map(square, [5])
        except RuntimeError as error:
            squares.append(str(error))
    return squares


async def tick(name, ticks):
    for number in range(3):
        await asyncio.sleep(0.01)
        ticks.append(f"{name}{number}")


async def with_coroutines():
    ticks = []
    await asyncio.gather(tick("a", ticks), tick("b", ticks))
    process = await asyncio.create_subprocess_exec(
        "cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    out, _ = await process.communicate(b"through a pipe")
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError:
        ticks.append("timeout")
    return sorted(ticks), out, process.returncode


def with_signals():
    caught = []
    signal.signal(signal.SIGALRM, lambda *_: caught.append("alarm"))
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
    end = time.monotonic() + 0.05
    while time.monotonic() < end:
        time.sleep(0.003)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return len(caught) > 3


def main():
    print(sort_with_callback([3, 1, 2]))
    print(sort_with_callback([3, 1, 13, 2], 13))
    print(with_threads(4, 50))
    print(with_processes("fork"), with_processes("spawn"))
    print(asyncio.run(with_coroutines()))
    print(with_signals())
    print(subprocess.run(["sh", "-c", "exec cat; exit 3"], input=b"text", capture_output=True))
    print(subprocess.run(["sh", "-c", "kill -9 $$"], check=False).returncode)
    raise KeyError("the end")


if __name__ == "__main__":
    main()
