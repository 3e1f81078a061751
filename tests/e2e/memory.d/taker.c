/*
 * taker.c - a program that takes the place of the trace, which it finds in its own maps.
 * usage: taker unmap|map|file: unmaps what is reserved there, or maps private memory, or a file,
 * over it. What it maps has to stay as it is.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

__attribute__((noinline)) static int hit_deep(int depth, unsigned path)
{
    if (depth == 0)
        return (int)getppid() & 0;
    return path & 1 ? hit_deep(depth - 1, path >> 1) + 1 : hit_deep(depth - 1, path >> 1);
}

static void hit_by_paths(unsigned from, unsigned to)
{
    for (unsigned path = from; path < to; path++)
        hit_deep(14, path);
}

/* The part that nothing can read yet. */
static uintptr_t find_reserved(uintptr_t *end)
{
    char line[512];
    uintptr_t start = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && start == 0 && fgets(line, sizeof line, maps))
        if (strstr(line, ".trace") && strstr(line, "---s"))
            sscanf(line, "%lx-%lx", &start, end);
    fclose(maps);
    return start;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "unmap";
    char *memory = NULL;
    uintptr_t end = 0, start;
    size_t size = 1 << 20;
    hit_by_paths(0, 3);
    start = find_reserved(&end);
    if (start && strcmp(way, "unmap") == 0)
        munmap((void *)start, end - start);
    if (start && strcmp(way, "map") == 0)
        memory = mmap((void *)start, size, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (start && strcmp(way, "file") == 0) {
        int file = open("taken", O_RDWR | O_CREAT | O_TRUNC, 0600);
        if (ftruncate(file, (off_t)size) != 0)
            return 1;
        memory = mmap((void *)start, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0);
    }
    if (memory)
        memset(memory, 0x5a, size);
    hit_by_paths(0, 4000);
    for (size_t i = 0; memory && i < size; i++)
        if (memory[i] != 0x5a)
            return 2;
    puts("fine");
    return 0;
}
