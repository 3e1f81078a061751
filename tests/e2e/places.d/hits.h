/*
 * hits.h - hits that a program counts itself, by paths that it makes.
 *
 * The programs of this directory call the leaf `read` only in count_hit, and say "hits N" at the
 * end of every process, so that tests/e2e/places can compare that with the trees.
 */
#ifndef HITS_H
#define HITS_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int zeroes = -1; /* a descriptor; an error of read is a hit as well */
static _Atomic long hits;

__attribute__((noinline)) static long count_hit(void)
{
    char byte;
    hits++;
    long size = read(zeroes, &byte, 1);
    __asm__ volatile("");
    return size;
}

/* Different paths for different numbers: a call from one of two places for each bit. */
__attribute__((noinline, noclone)) static long hit_by_path(unsigned path, int bits)
{
    long size;
    if (bits == 0)
        size = count_hit();
    else if (path & 1)
        size = hit_by_path(path >> 1, bits - 1);
    else
        size = hit_by_path(path >> 1, bits - 1) + 1;
    __asm__ volatile("" : "+r"(size));
    return size;
}

__attribute__((unused)) static void hit_by_paths(unsigned count)
{
    for (unsigned path = 0; path < count; path++)
        hit_by_path(path, 14);
}

__attribute__((unused)) static void begin_hits(void)
{
    static char buffer[4096]; /* there before system calls are forbidden */
    setvbuf(stdout, buffer, _IOLBF, sizeof buffer);
    zeroes = open("/dev/zero", O_RDONLY);
}

__attribute__((unused)) static void say_hits(void)
{
    printf("hits %ld\n", hits);
    fflush(stdout);
}

/* What a call returned, and why if it failed: to be the same without the tool. */
__attribute__((unused)) static void say(const char *what, long result)
{
    printf("%s: %ld %s\n", what, result, result < 0 ? strerror(errno) : "");
}

__attribute__((unused)) static void *hit_in_thread(void *unused)
{
    hit_by_paths(16);
    return unused;
}

/* Calls work(NULL) here, and then in another thread. */
__attribute__((unused)) static void work_twice(void *(*work)(void *))
{
    pthread_t thread;
    work(NULL);
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
}

/* Hits in a thread and in a forked child, as far as there can be any. */
__attribute__((unused)) static void hit_elsewhere(void)
{
    pthread_t thread;
    int error = pthread_create(&thread, NULL, hit_in_thread, NULL), status = -1;
    printf("thread: %d\n", error);
    if (error == 0)
        pthread_join(thread, NULL);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        hits = 0;
        hit_by_paths(16);
        say_hits();
        _exit(3);
    }
    if (child > 0)
        waitpid(child, &status, 0);
    printf("child: %d, status %x\n", child > 0, (unsigned)status);
}

#endif
