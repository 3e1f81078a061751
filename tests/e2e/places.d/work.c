/* Hits under the limits that were there before the program began. usage: work [PATHS] */
#include "hits.h"

int main(int argc, char **argv)
{
    begin_hits();
    say("open", zeroes);
    count_hit();
    hit_by_paths(argc > 1 ? (unsigned)atoi(argv[1]) : 300);
    hit_elsewhere();
    say("open", open("/dev/null", O_WRONLY));
    void *memory = malloc(1 << 20);
    printf("malloc: %d\n", memory != NULL);
    free(memory);
    say_hits();
    return 4;
}
