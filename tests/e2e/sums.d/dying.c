/*
 * dying.c - hits in several threads until it dies at some moment, and counts its hits in a file.
 *
 * usage: dying COUNTERS END WORK MICROSECONDS [PLUGIN]
 *
 * COUNTERS is made; it holds for each leaf two numbers: calls begun, and calls returned. So of a
 * call that was cut off it is known that it may be in the tree, and of all others that they are.
 *
 * END   kill, segv, segv-main, abort, _exit, quick_exit, exit (from a thread), memory, child, group
 *       cgroup (killed by the kernel: no memory in the group whose processes $CGROUP_PROCS lists)
 * WORK  plain, paths (new ones all the time), fork (children come and go), load (of PLUGIN, again
 *       and again), round (the same as plain, for --root do_round --each)
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 3

enum leaf { READV, PWRITE, OWN_LEAF, OWN_APPLY, LEAVES };

static struct {
    atomic_long begun, returned;
} * counters;

static int zero, sink;
static const char *end, *work, *plugin;
static useconds_t when;
static atomic_int main_child;

/* ---- leaves */

static void begin(enum leaf leaf)
{
    atomic_fetch_add(&counters[leaf].begun, 1);
}

static void finish(enum leaf leaf)
{
    atomic_fetch_add(&counters[leaf].returned, 1);
}

__attribute__((noinline)) int own_leaf(int value)
{
    __asm__ volatile("" : "+r"(value));
    return value + 1;
}

__attribute__((noinline)) void own_apply(void (*function)(int), int value)
{
    function(value);
    __asm__ volatile("");
}

__attribute__((noinline)) static void hit_one(int value)
{
    char byte;
    struct iovec vector = {&byte, 1};
    switch (value % 3) {
    case 0:
        begin(READV);
        if (readv(zero, &vector, 1) == 1)
            finish(READV);
        break;
    case 1:
        begin(PWRITE);
        if (pwrite(sink, "x", 1, 0) == 1)
            finish(PWRITE);
        break;
    default:
        begin(OWN_LEAF);
        own_leaf(value);
        finish(OWN_LEAF);
    }
}

__attribute__((noinline)) void do_round(int value)
{
    hit_one(value);
    begin(OWN_APPLY);
    own_apply(hit_one, value + 1);
    finish(OWN_APPLY);
}

/* `way` says at each depth from which of two places the next call is made. */
__attribute__((noinline)) static void go_path(int depth, unsigned way)
{
    if (depth == 0) {
        do_round((int)way);
    } else if (way >> depth & 1) {
        go_path(depth - 1, way);
        __asm__ volatile("nop");
    } else {
        go_path(depth - 1, way);
        __asm__ volatile("");
    }
}

/* ---- work */

static void fork_one(int value)
{
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < value % 5; i++)
            do_round(i);
        _exit(0);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
}

static void load_one(int value)
{
    void *library = dlopen(plugin, RTLD_NOW);
    if (library == NULL) /* no memory */
        return;
    void (*call_back)(void (*)(int), int) = (void (*)(void (*)(int), int))dlsym(library, "call_it");
    if (call_back)
        call_back(do_round, value);
    dlclose(library);
}

static void *run(void *argument)
{
    int number = (int)(long)argument;
    for (unsigned i = 0;; i++) {
        if (strcmp(work, "paths") == 0)
            go_path(14, i * 2654435761u >> 7);
        else if (strcmp(work, "fork") == 0 && number == 0)
            fork_one((int)i);
        else if (strcmp(work, "load") == 0 && number == 0)
            load_one((int)i);
        else
            do_round((int)i + number);
    }
    return NULL;
}

/* ---- ends */

static void fill_cgroup(void)
{
    int file = open(getenv("CGROUP_PROCS"), O_WRONLY);
    if (write(file, "0", 1) != 1)
        abort();
    for (;;)
        memset(malloc(1 << 20), 1, 1 << 20);
}

static void fill_memory(void)
{
    struct rlimit limit = {1 << 20, 1 << 20};
    setrlimit(RLIMIT_AS, &limit);
    void **latest = NULL; /* each block names the one before */
    for (size_t size = 1 << 16; size > 16;) {
        void **block = malloc(size);
        if (block == NULL) {
            size /= 2;
            continue;
        }
        *block = latest;
        latest = block;
    }
    usleep(latest ? when : 0);
    abort();
}

static void *die(void *argument)
{
    usleep(when);
    if (strcmp(end, "kill") == 0)
        kill(getpid(), SIGKILL);
    else if (strcmp(end, "segv") == 0)
        *(volatile int *)argument = 1;
    else if (strcmp(end, "segv-main") == 0)
        kill(getpid(), SIGSEGV);
    else if (strcmp(end, "abort") == 0)
        abort();
    else if (strcmp(end, "_exit") == 0)
        _exit(3);
    else if (strcmp(end, "quick_exit") == 0)
        quick_exit(3);
    else if (strcmp(end, "exit") == 0)
        exit(3);
    else if (strcmp(end, "memory") == 0)
        fill_memory();
    else if (strcmp(end, "cgroup") == 0)
        fill_cgroup();
    else if (strcmp(end, "group") == 0)
        kill(0, SIGKILL);
    else if (strcmp(end, "child") == 0)
        kill(main_child, SIGKILL);
    return NULL;
}

/* What hits is a child, which `die` kills. */
static int run_child(void)
{
    pthread_t threads[THREADS + 1];
    main_child = fork();
    if (main_child == 0) {
        for (long i = 0; i < THREADS; i++)
            pthread_create(&threads[i], NULL, run, (void *)i);
        pause();
    }
    pthread_create(&threads[THREADS], NULL, die, NULL);
    waitpid(main_child, NULL, 0);
    pthread_join(threads[THREADS], NULL);
    return 4;
}

int main(int argc, char **argv)
{
    pthread_t thread;
    int file = argc > 4 ? open(argv[1], O_RDWR | O_CREAT | O_EXCL, 0600) : -1;
    if (file < 0 || ftruncate(file, LEAVES * sizeof *counters) != 0)
        return 9;
    counters = mmap(NULL, LEAVES * sizeof *counters, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    end = argv[2], work = argv[3], when = (useconds_t)atoi(argv[4]);
    plugin = argc > 5 ? argv[5] : NULL;
    zero = open("/dev/zero", O_RDONLY);
    sink = open("/dev/null", O_WRONLY);
    if (strcmp(end, "group") == 0)
        setpgid(0, 0);
    if (strcmp(end, "child") == 0)
        return run_child();
    for (long i = 1; i < THREADS; i++)
        pthread_create(&thread, NULL, run, (void *)i);
    pthread_create(&thread, NULL, die, NULL);
    run(NULL);
    return 0;
}
