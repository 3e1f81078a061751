/* Libraries that come and go, other ones at the same addresses. What is remembered of an unloaded
 * one, rules, symbols and pads, must not outlive it. usage: churn ROUNDS namespace|here LIBRARY...
 */
#define _GNU_SOURCE
#include "hits.h"

#include <dlfcn.h>

static void *open_library(const char *path, int round, int is_apart)
{
    if (is_apart)
        return dlmopen(LM_ID_NEWLM, path, RTLD_NOW);
    return dlopen(path, round & 1 ? RTLD_NOW : RTLD_LAZY | RTLD_DEEPBIND);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 0, sum = 0, is_reused = 0;
    int is_apart = argc > 2 && strcmp(argv[2], "namespace") == 0;
    void *last = NULL;
    begin_hits();
    for (int round = 0; round < rounds; round++) {
        void *library = open_library(argv[3 + round % (argc - 3)], round, is_apart);
        if (library == NULL) {
            puts(dlerror());
            return 2;
        }
        int (*work)(int) = (int (*)(int))dlsym(library, "work");
        is_reused |= (void *)work == last;
        last = (void *)work;
        sum += work(round);
        hits += 3; /* with its constructor's and its destructor's */
        if (dlclose(library) != 0)
            return 3;
        count_hit();
    }
    printf("%d, addresses used again: %d\n", sum, is_reused);
    say_hits();
    return 0;
}
