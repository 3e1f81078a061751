/* libraries.c - libraries that come and go, among mappings that come and go, so that they lie
 * elsewhere each time. usage: libraries ROUNDS LIBRARY... */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "size.h"

#define HELD 32

static void *held[HELD];

static size_t size_of(int i)
{
    return (size_t)(i % 7 + 1) * 36864;
}

static void map_or_unmap(int i)
{
    if (held[i]) {
        munmap(held[i], size_of(i));
        held[i] = NULL;
    } else {
        held[i] = mmap(NULL, size_of(i), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    }
}

static void unmap_all(void)
{
    for (int i = 0; i < HELD; i++)
        if (held[i])
            map_or_unmap(i);
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 1;
    struct size early = {0};
    for (int i = 0; i < rounds; i++) {
        void *library = dlopen(argv[2 + rand() % (argc - 2)], RTLD_NOW);
        if (library == NULL)
            return 1;
        ((void (*)(void))dlsym(library, "hit"))();
        dlclose(library);
        map_or_unmap(rand() % HELD);
        if (i == rounds / 4) {
            unmap_all();
            early = size_now();
        }
    }
    unmap_all();
    say_growth(early, size_now());
    return 0;
}
