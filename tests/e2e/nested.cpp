// options: --root handle --each=innermost --leaf usleep,step,note
/* A root that calls itself, directly and by way of another function: a hit belongs to the innermost
 * call. Calls end in their turn, by an exception and by longjmp over several of them, in a signal
 * handler and in two threads; and one is open at the end. */
#include <csetjmp>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <unistd.h>

static volatile int sum;
static std::jmp_buf out;

__attribute__((noinline)) static void step(int n)
{
    sum = sum + n;
}

__attribute__((noinline)) static void note(int n)
{
    sum = sum - n;
}

/* Its frame lies below those of the calls that were left. */
__attribute__((noinline)) static void deeper(int n)
{
    volatile char room[4096];
    room[n] = 0;
    note(1);
    note(2);
    sum = sum + room[n];
}

enum class Job { leaf, list, mutual, fail, jump, signal, exit };

static void handle(Job job, int depth);

__attribute__((noinline)) static void between(int depth)
{
    step(depth);
    handle(Job::leaf, 0);
    sum = sum + 1;
}

static void on_signal(int)
{
    handle(Job::leaf, 0);
    sum = sum + 1;
}

__attribute__((noinline)) static void handle(Job job, int depth)
{
    if (depth == 3 && job == Job::jump && setjmp(out) != 0) {
        deeper(1);
        return;
    }
    if (depth > 0) {
        handle(job, depth - 1);
        step(depth);
        sum = sum + 1;
        return;
    }
    if (job == Job::leaf)
        note(1);
    if (job == Job::mutual)
        between(1);
    if (job == Job::fail)
        throw std::runtime_error("failed");
    if (job == Job::jump)
        std::longjmp(out, 1);
    if (job == Job::signal)
        raise(SIGUSR1);
    if (job == Job::exit) {
        usleep(1000);
        std::exit(0);
    }
    sum = sum + 1;
}

/* The compiler must not turn the recursion into a loop, nor inline the first call. */
static void (*volatile call)(Job, int) = handle;

int main()
{
    signal(SIGUSR1, on_signal);
    call(Job::leaf, 3);
    call(Job::mutual, 0);
    try {
        call(Job::fail, 2);
    } catch (const std::runtime_error &) {
        sum = sum + 1;
    }
    call(Job::jump, 3);
    step(1); // in no call
    call(Job::signal, 0);
    std::thread([] { call(Job::leaf, 1); }).join();
    call(Job::exit, 1);
}
