/* signals.c - tasks whose turns are interrupted by a handler at any instruction. The handler calls
 * a leaf, wakes tasks, and takes a waker of the task that runs, which it gives back the next time.
 * At the end each task has one more turn: 32 of 64 wait, 16 are finished, and nobody can wake 16.
 * The program says how often its handler ran. */
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

#define KEPT  __attribute__((noinline, noipa))
#define TASKS 64
#define TURNS 300000

enum kind { WAITS, IS_LOST, ENDS };

static struct task {
    enum kind kind;
    int wakers, wakes, keeps;
} tasks[TASKS];
static struct task *volatile held, *volatile current = tasks;
static volatile sig_atomic_t signals;

KEPT void rt_clone(struct task *task)
{
    task->wakers++;
}

KEPT void rt_drop(struct task *task)
{
    task->wakers--;
}

KEPT void rt_wake(struct task *task)
{
    task->wakes++;
}

KEPT void rt_end(struct task *task)
{
    task->keeps = 0;
}

KEPT void rt_turn(struct task *task)
{
    rt_clone(task);
    if (task->kind != WAITS)
        rt_drop(task);
    if (task->kind == ENDS)
        rt_end(task);
    __asm__ volatile("");
}

static void handle(int number)
{
    char byte;
    (void)number;
    if (read(-1, &byte, 1) < 0)
        rt_wake(&tasks[signals++ % TASKS]);
    if (held)
        rt_drop(held);
    else
        rt_clone(current);
    held = held ? NULL : current;
}

/* Like a runtime, it gives the waker back by which it has got the turn. */
static void turn(struct task *task, enum kind kind)
{
    if (task->keeps)
        rt_drop(task);
    current = task;
    task->kind = kind;
    task->keeps = kind == WAITS;
    rt_turn(task);
}

int main(void)
{
    const struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
    signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < TURNS; i++)
        turn(&tasks[i * 7 % TASKS], i % 11 ? WAITS : IS_LOST);
    setitimer(ITIMER_REAL, &never, NULL);
    signal(SIGALRM, SIG_IGN);
    if (held)
        rt_drop(held);
    for (int i = 0; i < TASKS; i++)
        turn(&tasks[i], i % 2 ? WAITS : i % 4 ? IS_LOST : ENDS);
    printf("%d signals\n", (int)signals);
    return 0;
}
