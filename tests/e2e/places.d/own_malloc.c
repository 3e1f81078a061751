/* The program's own malloc, which calls a leaf, as does its free; calloc is asked for by dlsym,
 * which allocates. It is a leaf as well where the test asks for that. A library that allocates in a
 * hit would come back here without end. */
#define _GNU_SOURCE
#include "hits.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define HEADER 16

static _Alignas(16) char arena[32 << 20];
static _Atomic size_t used;
static _Thread_local int is_inside;

static void touch(void)
{
    if (zeroes < 0 || is_inside)
        return;
    is_inside = 1;
    count_hit();
    is_inside = 0;
}

__attribute__((noinline)) void *malloc(size_t size)
{
    touch();
    size_t at = atomic_fetch_add(&used, (size + HEADER + 15) / 16 * 16);
    if (at + size + HEADER > sizeof arena)
        return NULL;
    *(size_t *)(arena + at) = size;
    return arena + at + HEADER;
}

__attribute__((noinline)) void free(void *memory)
{
    if (memory)
        touch();
}

void *calloc(size_t count, size_t size)
{
    static void *(*next)(size_t, size_t);
    if (next == NULL) {
        next = (void *(*)(size_t, size_t))1; /* not again from within dlsym */
        next = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
    }
    void *memory = malloc(count * size);
    return memory ? memset(memory, 0, count * size) : NULL;
}

void *realloc(void *former, size_t size)
{
    void *memory = malloc(size);
    if (former && memory) {
        size_t former_size = *(size_t *)((char *)former - HEADER);
        memcpy(memory, former, former_size < size ? former_size : size);
        free(former);
    }
    return memory;
}

static void *work(void *unused)
{
    for (size_t i = 1; i < 100; i++) {
        char *memory = malloc(i);
        memory = realloc(memory, 2 * i);
        memory[0] = 1;
        free(memory);
    }
    return unused;
}

int main(void)
{
    begin_hits();
    work_twice(work);
    void *library = dlopen("libz.so.1", RTLD_NOW);
    if (library)
        dlclose(library);
    is_inside = 1;
    say_hits();
    return 0;
}
