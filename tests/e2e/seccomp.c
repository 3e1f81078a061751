/* After strict seccomp only read, write and exit are allowed: the library makes no system call of
 * its own any more, and yet records new paths. */
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile int calls;

__attribute__((noinline)) static void first(void)
{
    calls += (int)write(1, "first\n", 6);
}

__attribute__((noinline)) static void second(int depth)
{
    volatile char large[3000];
    large[0] = 1;
    if (depth > 0)
        second(depth - 1);
    else
        calls += (int)write(1, "second\n", 7);
    large[1] = large[0];
}

int main(void)
{
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
        return 2;
    first();
    second(3);
    second(3);
    syscall(SYS_exit, 5);
    return 0;
}
