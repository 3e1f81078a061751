// options: --root handle --each --leaf usleep,step
/* Each call of the root by itself, equal ones counted: such that differ in their leaves, that are
 * left by an exception and by longjmp, in two threads, and one that has not ended. */
#include <csetjmp>
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

enum class Job { step, sleep, both, fail, jump, exit };

__attribute__((noinline)) static void handle(Job job)
{
    if (job != Job::sleep)
        step(1);
    if (job == Job::sleep || job == Job::both)
        usleep(1000);
    if (job == Job::fail)
        throw std::runtime_error("failed");
    if (job == Job::jump)
        std::longjmp(out, 1);
    if (job == Job::exit) {
        step(2);
        std::exit(0);
    }
    sum = sum + 1;
}

int main()
{
    for (int i = 0; i < 3; i++)
        handle(Job::step);
    handle(Job::sleep);
    handle(Job::both);
    handle(Job::step);
    try {
        handle(Job::fail);
    } catch (const std::runtime_error &) {
        sum = sum + 1;
    }
    if (setjmp(out) == 0)
        handle(Job::jump);
    std::thread([] {
        handle(Job::both);
        handle(Job::both);
    }).join();
    handle(Job::exit);
}
