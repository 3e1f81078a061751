/* The program forbids to read the processor's clock, which from then on is a SIGSEGV: what waits
 * afterwards has no time, also in a forked child, whose trace begins without a clock. */
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void before(void)
{
    usleep(1);
}

static void after(void)
{
    usleep(1);
}

static void in_child(void)
{
    usleep(1);
}

int main(void)
{
    syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL); /* fails, as libraries try it */
    before();
    if (syscall(SYS_prctl, PR_SET_TSC, PR_TSC_SIGSEGV) != 0)
        return 1;
    after();
    if (fork() == 0) {
        in_child();
        _exit(0);
    }
    wait(NULL);
    return 0;
}
