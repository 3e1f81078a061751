// options: --leaf call_back,nanosleep
// library: call_back
/* A handler jumps out of a leaf, many times: nothing is left behind, and the next hits are
 * where they belong. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "lib/call_back.h"

static sigjmp_buf back;

static void on_signal(int number)
{
    siglongjmp(back, number);
}

static void interrupt(void *argument)
{
    (void)argument;
    kill(getpid(), SIGUSR1);
}

__attribute__((noinline)) static int call_once(void)
{
    struct timespec pause_time = {.tv_nsec = 1000};
    if (sigsetjmp(back, 1) == 0)
        call_back(interrupt, NULL);
    nanosleep(&pause_time, NULL);
    return 1;
}

int main(void)
{
    int jumps = 0;
    signal(SIGUSR1, on_signal);
    for (int i = 0; i < 300; i++)
        jumps += call_once();
    printf("%d jumps\n", jumps);
    return 0;
}
