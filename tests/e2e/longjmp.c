/* A handler jumps out of a read that waits, many times: nothing is left behind. */
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static sigjmp_buf back;
static int pipe_ends[2];

static void on_alarm(int number)
{
    siglongjmp(back, number);
}

__attribute__((noinline)) static int wait_once(void)
{
    char byte;
    struct itimerval soon = {.it_value.tv_usec = 500};
    if (sigsetjmp(back, 1))
        return 1;
    setitimer(ITIMER_REAL, &soon, NULL);
    return (int)read(pipe_ends[0], &byte, 1);
}

int main(void)
{
    int jumps = 0;
    if (pipe(pipe_ends) != 0)
        return 2;
    signal(SIGALRM, on_alarm);
    for (int i = 0; i < 100; i++)
        jumps += wait_once();
    printf("%d jumps\n", jumps);
    return 0;
}
