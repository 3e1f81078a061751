/*
 * ranges.c - what a program has unmapped is free, and stays so.
 *
 * usage: ranges WAY. In children that have not hit yet, in threads that have not, and with new
 * paths, so that the library takes memory in each of them: a range is unmapped, leaves are hit, and
 * then
 *   twice    it is unmapped again
 *   stray    a byte is written there: SIGSEGV
 *   segment  a System V segment is attached there
 *   fixed    other memory is mapped over it, which has to keep what is in it
 *   moved    a mapping is moved there (mremap)
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *way;

__attribute__((noinline)) static int hit(void)
{
    return (int)getppid() & 0;
}

/* New paths, deep enough to need room for walks. */
__attribute__((noinline)) static int hit_deep(int depth, unsigned path)
{
    volatile char room[48] = {(char)depth};
    if (depth == 0)
        return hit();
    int sum = path & 1 ? hit_deep(depth - 1, path >> 1) : hit_deep(depth - 1, path >> 1) + 1;
    return sum + room[1];
}

static void hit_often(void)
{
    for (unsigned path = 0; path < 30; path++)
        hit_deep(70, path * 2654435761u);
}

static char *map(void *wanted, size_t size, int flags)
{
    char *memory = mmap(
        wanted, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (memory == MAP_FAILED) {
        perror("mmap");
        exit(9);
    }
    return memory;
}

static int use_segment(char *at, size_t size)
{
    int id = shmget(IPC_PRIVATE, size, IPC_CREAT | 0600);
    char *got = shmat(id, at, 0);
    shmctl(id, IPC_RMID, NULL);
    hit_often();
    return got == at ? shmdt(got) : 1;
}

static int keep_pattern(char *memory, size_t size)
{
    memset(memory, 0x5a, size);
    hit_often();
    for (size_t i = 0; i < size; i++)
        if (memory[i] != 0x5a)
            return 1;
    return munmap(memory, size);
}

static int use(char *freed, size_t size)
{
    if (strcmp(way, "twice") == 0)
        return munmap(freed, size);
    if (strcmp(way, "stray") == 0)
        *(volatile char *)freed = 1;
    if (strcmp(way, "segment") == 0)
        return use_segment(freed, size);
    if (strcmp(way, "fixed") == 0)
        return keep_pattern(map(freed, size, MAP_FIXED), size);
    char *moved = map(NULL, size, 0);
    return keep_pattern(mremap(moved, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, freed), size);
}

static void *hit_in_thread(void *argument)
{
    hit_often();
    return argument;
}

/* Threads have a stack of their own, which the C library maps; theirs is there before. */
static pthread_barrier_t is_unmapped;

static void *wait_and_hit(void *argument)
{
    pthread_barrier_wait(&is_unmapped);
    return hit_in_thread(argument);
}

static int try_size(size_t size, int is_thread)
{
    pthread_t thread;
    if (is_thread) {
        pthread_barrier_init(&is_unmapped, NULL, 2);
        pthread_create(&thread, NULL, wait_and_hit, NULL);
    }
    char *memory = map(NULL, size, 0);
    munmap(memory, size);
    if (is_thread) {
        pthread_barrier_wait(&is_unmapped);
        pthread_join(thread, NULL);
    } else {
        hit_often();
    }
    int result = use(memory, size);
    hit_often();
    return result;
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {8192, 16384, 81920, 1 << 20, 16 << 20, 300 << 20};
    way = argc > 1 ? argv[1] : "twice";
    for (unsigned i = 0; i < 2 * sizeof sizes / sizeof *sizes; i++) {
        pid_t child = fork();
        if (child == 0)
            _exit(try_size(sizes[i / 2], i & 1));
        int status = 0;
        waitpid(child, &status, 0);
        printf("%zu bytes: status %x\n", sizes[i / 2], (unsigned)status);
    }
    return 0;
}
