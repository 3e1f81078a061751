/*
 * own.cpp - functions whose names are those of libraries and programs that the tables of a view
 * know.
 */
#include <thread>

#include <unistd.h>

#define APART __attribute__((noinline, noclone))

namespace core
{
static inline void helper(int count)
{
    for (int i = 0; i < count; i++)
        usleep(1000);
}

APART void run(int count)
{
    helper(count);
    asm volatile("");
}
} // namespace core

namespace alloc
{
struct Pool {
    APART void take()
    {
        core::run(2);
        asm volatile("");
    }
};
} // namespace alloc

struct WorkerThread {
    APART void wait()
    {
        usleep(2000);
        asm volatile("");
    }
    APART void run()
    {
        wait();
        asm volatile("");
    }
};

extern "C" APART int readline(char *line)
{
    usleep(3000);
    asm volatile("");
    return line[0];
}

int main()
{
    char line[] = "";
    alloc::Pool().take();
    WorkerThread().run();
    std::thread thread([] { core::run(2); });
    thread.join();
    return readline(line);
}
