/* forks.c - a task that forks in its turn. The child returns from that turn, and gives turns to
 * three tasks of the parent and to a new one, which all wait; of the parent's tasks, eight wait. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT __attribute__((noinline, noipa))

static struct task {
    int turns, wakers;
} tasks[9];
static pid_t child;

KEPT void rt_clone(struct task *task)
{
    task->wakers++;
}

KEPT void rt_turn(struct task *task, int forks)
{
    if (forks)
        child = fork();
    rt_clone(task);
    __asm__ volatile("");
}

int main(void)
{
    int status = 0;
    for (int i = 0; i < 8; i++)
        rt_turn(&tasks[i], i == 4);
    if (child == 0) {
        rt_turn(&tasks[8], 0);
        _exit(0);
    }
    return waitpid(child, &status, 0) == child ? status : 1;
}
