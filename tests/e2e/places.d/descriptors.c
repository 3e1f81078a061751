/* A program that closes every descriptor and expects the first ones next, again and again. One of
 * ours among them would be closed or change the numbers. usage: descriptors loop|closefrom|range */
#define _GNU_SOURCE
#include "hits.h"

#define KEPT 100

static void close_all(const char *how)
{
    if (strcmp(how, "closefrom") == 0) {
        closefrom(KEPT + 1);
        close_range(0, KEPT - 1, 0);
    } else if (strcmp(how, "range") == 0) {
        close_range(0, KEPT - 1, 0);
        close_range(KEPT + 1, ~0U, 0);
    } else {
        for (int i = 0; i < 1000; i++)
            if (i != KEPT)
                close(i);
    }
}

int main(int argc, char **argv)
{
    const char *how = argc > 1 ? argv[1] : "loop";
    begin_hits();
    dup2(1, KEPT);
    say("first", zeroes);
    hit_by_paths(200);
    say("next", open("/dev/null", O_WRONLY));
    for (int round = 0; round < 3; round++) {
        count_hit();
        close_all(how);
        hit_by_paths(100);
        int null = open("/dev/zero", O_RDONLY), next = open("/dev/zero", O_RDONLY);
        zeroes = dup(next);
        dprintf(KEPT, "%d %d %d\n", null, next, zeroes);
        hit_by_paths(200);
    }
    close(1);
    dup2(KEPT, 1);
    hit_elsewhere();
    say_hits();
    return 0;
}
