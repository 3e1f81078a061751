/* A stack in pieces (-fsplit-stack): a call may come to lie in another one. */
#include "hits.h"

__attribute__((noinline)) static int dive(int depth)
{
    volatile char room[1000];
    room[depth] = 1;
    if (depth % 10 == 0)
        count_hit();
    return (depth ? dive(depth - 1) : 0) + room[depth];
}

static void *work(void *unused)
{
    for (int i = 0; i < 5; i++)
        printf("%d\n", dive(900));
    return unused;
}

int main(void)
{
    begin_hits();
    work_twice(work);
    say_hits();
    return 0;
}
