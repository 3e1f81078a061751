/* A hit at every depth of a recursion, twice: the main stack grows under it. usage: deep DEPTH */
#include "hits.h"

__attribute__((noinline)) static int dive(int depth)
{
    volatile char room[160];
    room[0] = 1;
    count_hit();
    return (depth ? dive(depth - 1) : 0) + room[0];
}

int main(int argc, char **argv)
{
    begin_hits();
    for (int i = 0; i < 2; i++)
        printf("%d\n", dive(argc > 1 ? atoi(argv[1]) : 1000));
    say_hits();
    return 0;
}
