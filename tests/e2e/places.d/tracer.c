/* A program that traces its own child (ptrace(2)), step by step through a leaf: it counts the
 * child's system calls, of which a hit by a known path makes none. */
#include "hits.h"

#include <signal.h>
#include <sys/ptrace.h>

static void be_traced(void)
{
    for (int i = 0; i < 3; i++)
        count_hit();
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    for (int i = 0; i < 20; i++)
        count_hit();
    raise(SIGSTOP);
    hit_by_paths(4);
    say_hits();
    _exit(3);
}

int main(void)
{
    int status, stops = 0;
    begin_hits();
    pid_t child = fork();
    if (child == 0)
        be_traced();
    waitpid(child, &status, 0);
    while (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) == 0 && waitpid(child, &status, 0) > 0) {
        if (WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP)
            break;
        stops++;
    }
    printf("stepped: %d\n", stops > 100);
    ptrace(PTRACE_CONT, child, NULL, NULL);
    waitpid(child, &status, 0);
    printf("child: %x\n", (unsigned)status);
    count_hit();
    say_hits();
    return 0;
}
