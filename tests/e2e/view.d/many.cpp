/*
 * many.cpp - has a bit of all that a view folds: threads with numbers in their names, processes,
 * recursion, templates, lambdas, locks, loops that wait for work, internals of libraries, hundreds
 * of small paths, and a call that never returns.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#define NOINLINE __attribute__((noinline, noclone))

static int null;

/* ---- hundreds of small paths ---- */

template <int N> struct Task {
    NOINLINE static void run(const std::string &name);
    NOINLINE static void run(int times);
};

template <int N> void Task<N>::run(const std::string &name)
{
    if (write(null, name.data(), name.size()) < 0)
        perror("write");
}

template <int N> void Task<N>::run(int times)
{
    for (int i = 0; i < times; i++)
        run(std::string(1, 'a'));
}

template <int... N> NOINLINE void run_tasks(std::integer_sequence<int, N...>)
{
    (Task<N>::run(1 + N % 3), ...);
}

/* ---- recursion ---- */

NOINLINE static void walk(int depth)
{
    if (depth > 0)
        walk(depth - 1);
    else
        usleep(3000);
    asm volatile("");
}

NOINLINE static void odd(int depth);

NOINLINE static void even(int depth)
{
    if (depth > 0)
        odd(depth - 1);
    else
        usleep(2000);
    asm volatile("");
}

NOINLINE static void odd(int depth)
{
    if (depth > 0)
        even(depth - 1);
    asm volatile("");
}

/* ---- loops that wait for work ---- */

extern "C" NOINLINE void aeApiPoll() /* as that of redis, which is in the table */
{
    poll(nullptr, 0, 5);
    asm volatile("");
}

extern "C" NOINLINE void wait_for_orders()
{
    poll(nullptr, 0, 4);
    asm volatile("");
}

/* ---- threads ---- */

struct Worker {
    std::mutex mutex;
    std::condition_variable ready;

    NOINLINE void step(int number)
    {
        std::unique_lock<std::mutex> lock(mutex);
        ready.wait_for(lock, std::chrono::milliseconds(number));
    }
};

NOINLINE static void stay()
{
    pause();
    asm volatile("");
}

static void run_threads()
{
    std::vector<std::thread> threads;
    Worker worker;
    for (int i = 1; i <= 3; i++)
        threads.emplace_back([i, &worker] {
            pthread_setname_np(pthread_self(), ("pool-" + std::to_string(i)).c_str());
            for (int k = 0; k < 3; k++)
                worker.step(i);
        });
    for (std::thread &thread : threads)
        thread.join();
}

/* ---- processes ---- */

NOINLINE static void child(int number)
{
    usleep(2000);
    if (number == 1)
        walk(2);
    _exit(number);
}

NOINLINE static void run_children()
{
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            child(i);
    while (wait(nullptr) > 0)
        continue;
}

int main()
{
    null = open("/dev/null", O_WRONLY);
    run_tasks(std::make_integer_sequence<int, 120>());
    walk(20);
    even(9);
    even(8);
    for (int i = 0; i < 4; i++) {
        aeApiPoll();
        wait_for_orders();
    }
    std::function<void()> function = [] { usleep(1000); };
    function();
    run_threads();
    run_children();
    std::thread([] { stay(); }).detach();
    usleep(20000);
    fflush(stdout);
    _exit(3);
}
