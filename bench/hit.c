/*
 * hit.c - the benchmarks' workload: calls a leaf at the bottom of a recursion, many times.
 *
 *   usage: hit VARIANT LEAF DEPTH HITS [THREADS]
 *
 * Prints "hit: WALL CPU PEAK": nanoseconds of real time and of the process's own for each hit
 * of the loop, and the largest resident set in KiB. With THREADS, so many of them make HITS
 * each, and the times are for each hit of all.
 *
 * A path is a number, two bits for each turn that it takes: there it goes by one of four
 * functions. All of them make the same frames, so whoever remembers a stack finds no more than
 * a few return addresses in it changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define DEPTH_MAX   1024
#define THREADS_MAX 64
#define NO_TURN     63 /* a shift that leaves nothing of a path */

enum leaf { LEAF_READ, LEAF_MALLOC, LEAF_RDTSC };

static const char *const leaf_names[] = {
    [LEAF_READ] = "read", [LEAF_MALLOC] = "malloc", [LEAF_RDTSC] = "rdtsc"};

/* In which order the paths come. The first turn is in the call next to main. */
struct variant {
    const char *name;
    uint32_t paths;
    uint32_t step;  /* from one path to the next; odd, so that all of them come */
    uint32_t turns; /* spread over the depth as far apart as they can be */
    bool is_loop;   /* at the bottom, where the others come from main for each hit */
    bool is_far;    /* all turns are next to main: paths have little in common */
};

#define SCATTER 2654435761u

static const struct variant variants[] = {
    {.name = "same", .paths = 1, .step = 1, .is_loop = true},
    {.name = "alt", .paths = 2, .step = 1, .turns = 1},
    {.name = "mix", .paths = 16, .step = 1, .turns = 2},
    {.name = "many", .paths = 4096, .step = SCATTER, .turns = 6},
    {.name = "far", .paths = 4096, .step = SCATTER, .turns = 6, .is_far = true},
    {.name = "new", .paths = 1u << 30, .step = SCATTER, .turns = 15},
};

struct run {
    const struct variant *variant;
    enum leaf leaf;
    uint32_t depth;
    uint64_t hits;
    int zero;                  /* /dev/zero */
    uint64_t path;             /* the one taken now */
    uint8_t shifts[DEPTH_MAX]; /* by level: where the path's number has the turn */
    uint64_t at_bottom;        /* hits to be made there */
    struct timespec wall;      /* when the loop began */
    struct timespec cpu;
};

static inline __attribute__((always_inline)) void hit(const struct run *run)
{
    char byte;
    void *memory;
    switch (run->leaf) {
    case LEAF_READ:
        if (read(run->zero, &byte, 1) != 1)
            abort();
        break;
    case LEAF_MALLOC:
        memory = malloc(24);
        __asm__ volatile("" : : "r"(memory) : "memory");
        free(memory);
        break;
    case LEAF_RDTSC: __builtin_ia32_rdtsc(); break;
    }
}

static void north(const struct run *run, uint32_t level);
static void east(const struct run *run, uint32_t level);
static void south(const struct run *run, uint32_t level);
static void west(const struct run *run, uint32_t level);

static inline __attribute__((always_inline)) void descend(const struct run *run, uint32_t level)
{
    if (level == run->depth) {
        for (uint64_t i = 0; i < run->at_bottom; i++)
            hit(run);
        return;
    }
    switch (run->path >> run->shifts[level] & 3) {
    case 0: north(run, level + 1); break;
    case 1: east(run, level + 1); break;
    case 2: south(run, level + 1); break;
    default: west(run, level + 1); break;
    }
}

/* The differing comments keep the compiler from making one function of the four, and from
 * jumping where they should call. */
#define DIRECTION(name)                                                                            \
    static __attribute__((noinline)) void name(const struct run *run, uint32_t level)              \
    {                                                                                              \
        descend(run, level);                                                                       \
        __asm__ volatile("# " #name);                                                              \
    }

DIRECTION(north)
DIRECTION(east)
DIRECTION(south)
DIRECTION(west)

static __attribute__((noinline)) void make_hits(struct run *run, uint64_t hits)
{
    run->at_bottom = run->variant->is_loop ? hits : 1;
    for (uint64_t i = 0; i < hits; i += run->at_bottom) {
        run->path = (uint32_t)i * run->variant->step & (run->variant->paths - 1);
        descend(run, 0);
    }
}

static void start_clocks(struct run *run)
{
    clock_gettime(CLOCK_MONOTONIC, &run->wall);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &run->cpu);
}

static double nanoseconds_since(clockid_t clock, const struct timespec *then)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)(now.tv_sec - then->tv_sec) * 1e9 + (double)(now.tv_nsec - then->tv_nsec);
}

/* Not getrusage: its maximum counts what this process was before it called exec. */
static long peak_kilobytes(void)
{
    char line[128];
    long peak = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld", &peak) == 1)
            break;
    if (status)
        fclose(status);
    return peak;
}

static void print_times(const struct run *run, uint64_t hits)
{
    double cpu = nanoseconds_since(CLOCK_PROCESS_CPUTIME_ID, &run->cpu);
    double wall = nanoseconds_since(CLOCK_MONOTONIC, &run->wall);
    printf("hit: %.2f %.2f %ld\n", wall / (double)hits, cpu / (double)hits, peak_kilobytes());
}

/* What a path costs for the first time is not of interest, except where each is new. Both passes go
 * by the same call, as it is a part of their paths. */
static void make_timed_hits(struct run *run, void (*start)(struct run *))
{
    uint64_t hits[] = {run->variant->paths <= 4096 ? run->variant->paths : 0, run->hits};
    unsigned passes = 2;
    __asm__("" : "+r"(passes)); /* else the compiler makes two calls of the loop */
    for (unsigned i = 0; i < passes; i++) {
        if (i > 0)
            start(run);
        make_hits(run, hits[i]);
    }
}

static pthread_barrier_t ready;

static void wait_for_others(struct run *run)
{
    (void)run;
    pthread_barrier_wait(&ready);
    pthread_barrier_wait(&ready);
}

/* Each thread reads from a file of its own, so that they do not meet in the kernel. */
static void *thread_main(void *argument)
{
    struct run run = *(const struct run *)argument;
    run.zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    make_timed_hits(&run, wait_for_others);
    return NULL;
}

static void run_threads(struct run *run, unsigned count)
{
    pthread_t threads[THREADS_MAX];
    pthread_barrier_init(&ready, NULL, count + 1);
    for (unsigned i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, thread_main, run) != 0)
            abort();
    /* When all are warm, the clocks, and then the others: not a hit may come before. */
    pthread_barrier_wait(&ready);
    start_clocks(run);
    pthread_barrier_wait(&ready);
    for (unsigned i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    print_times(run, run->hits * count);
}

static void place_turns(struct run *run)
{
    uint32_t turns = run->variant->turns;
    uint32_t distance = run->variant->is_far || run->depth < turns ? 1
                                                                   : run->depth / (turns + !turns);
    memset(run->shifts, NO_TURN, sizeof run->shifts);
    for (uint32_t i = 0; i < turns && i * distance < run->depth; i++)
        run->shifts[i * distance] = (uint8_t)(2 * i);
}

static const struct variant *find_variant(const char *name)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        if (strcmp(variants[i].name, name) == 0)
            return &variants[i];
    return NULL;
}

static int find_leaf(const char *name)
{
    for (int i = LEAF_READ; i <= LEAF_RDTSC; i++)
        if (strcmp(leaf_names[i], name) == 0)
            return i;
    return -1;
}

int main(int argc, char **argv)
{
    struct run run = {.variant = argc > 4 ? find_variant(argv[1]) : NULL};
    int leaf = run.variant ? find_leaf(argv[2]) : -1;
    unsigned long threads = argc > 5 ? strtoul(argv[5], NULL, 10) : 0;
    if (run.variant)
        run.depth = (uint32_t)strtoul(argv[3], NULL, 10);
    if (leaf < 0 || threads > THREADS_MAX || run.depth >= DEPTH_MAX) {
        fputs("usage: hit same|alt|mix|many|far|new read|malloc|rdtsc DEPTH HITS [THREADS]\n",
            stderr);
        return 2;
    }
    run.leaf = (enum leaf)leaf;
    place_turns(&run);
    run.hits = strtoull(argv[4], NULL, 10);
    if (threads) {
        run_threads(&run, (unsigned)threads);
        return 0;
    }
    run.zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    make_timed_hits(&run, start_clocks);
    print_times(&run, run.hits);
    return 0;
}
