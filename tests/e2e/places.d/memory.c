/* A program that does with its address space what it likes. usage: memory locked|huge|fixed|maps|
 * forks. Without care the trace file would be locked and filled (segment_limit), the hooks' memory
 * lie where the program wants its own, and hits be lost in silence when no mapping can be had. */
#define _GNU_SOURCE
#include "hits.h"

#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>

static char *map(void *wanted, size_t size, int flags)
{
    char *memory = mmap(
        wanted, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

/* For an ordinary user all that is mapped counts against a limit. */
static void locked(void)
{
    say("mlockall", mlockall(MCL_CURRENT | MCL_FUTURE));
    hit_by_paths(200);
    printf("mmap: %d\n", map(NULL, 16 << 10, 0) != NULL);
}

static void huge(void)
{
    char *memory = map(NULL, 32 << 20, 0);
    say("madvise", madvise(memory, 32 << 20, MADV_HUGEPAGE));
    memset(memory, 1, 32 << 20);
    hit_by_paths(300);
    say("prctl", prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
    hit_by_paths(600);
}

/* Wherever something can be mapped in the lower 4 GiB, and between that. */
static void fixed(void)
{
    unsigned taken = 0;
    for (uintptr_t at = 0x10000000; at < 0x7f000000; at += 0x400000) {
        char *memory = map((void *)at, 4096, MAP_FIXED_NOREPLACE);
        if (memory) {
            taken++;
            memory[0] = 1;
        }
    }
    printf("most can be had: %d\n", taken > 400);
    hit_by_paths(300);
}

/* Until there are as many mappings as there may be (vm.max_map_count). */
static void maps(void)
{
    long count = 0;
    while (mmap(NULL, 4096, count++ & 1 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
               0) != MAP_FAILED)
        continue;
    printf("many mappings: %d\n", count > 10000);
    hit_by_paths(2000);
}

/* Ranges that a child does not get, or gets empty. */
static void forks(void)
{
    char *memory = map(NULL, 1 << 20, 0);
    memory[0] = memory[4096] = 1;
    say("madvise", madvise(memory, 4096, MADV_DONTFORK));
    say("madvise", madvise(memory + 4096, 4096, MADV_WIPEONFORK));
    for (int i = 0; i < 5; i++)
        hit_elsewhere();
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*function)(void);
    } ways[] = {
        {"locked", locked}, {"huge", huge}, {"fixed", fixed}, {"maps", maps}, {"forks", forks}};
    begin_hits();
    count_hit();
    for (unsigned i = 0; argc > 1 && i < sizeof ways / sizeof *ways; i++)
        if (strcmp(ways[i].name, argv[1]) == 0)
            ways[i].function();
    hit_elsewhere();
    say_hits();
    return 0;
}
