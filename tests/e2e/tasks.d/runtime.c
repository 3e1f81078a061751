/* runtime.c - a small runtime of tasks, whose functions --task names. It ends with six tasks that
 * wait for a lock, three for a message, two that nobody can wake, four that are finished, and one
 * that is ready. */
#include <stdlib.h>
#include <unistd.h>

#define KEPT __attribute__((noinline, noipa))

struct task {
    int kind, step, wakers;
};

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
    task->step++;
}

KEPT void rt_end(struct task *task)
{
    task->step = -1;
}

KEPT void lock(struct task *task)
{
    rt_clone(task);
}

KEPT void receive(struct task *task)
{
    rt_clone(task);
}

KEPT void handle(struct task *task)
{
    lock(task);
    task->step++;
}

KEPT void listen_for(struct task *task)
{
    receive(task);
    task->step++;
}

KEPT void forget(struct task *task)
{
    receive(task);
    rt_drop(task);
}

KEPT void rt_turn(struct task *task)
{
    switch (task->kind) {
    case 0: handle(task); break;
    case 1: listen_for(task); break;
    case 2: forget(task); break;
    default: rt_end(task); break;
    }
}

int main(void)
{
    static const int kinds[] = {0, 0, 1, 2, 0, 3, 1, 0, 3, 3, 2, 0, 1, 3, 0, 1};
    struct task tasks[16];
    for (int i = 0; i < 16; i++) {
        tasks[i] = (struct task){kinds[i], 0, 0};
        rt_turn(&tasks[i]);
    }
    rt_wake(&tasks[15]);
    usleep(1000);
    return 0;
}
