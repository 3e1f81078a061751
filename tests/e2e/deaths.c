// options: --leaf write_it,usleep,pause,abort,die,waitpid
/* Ways in which a process ends, each in a child that has hit and is within a leaf, or in none: what
 * its parent learns of it is what it would without the tool, a core dump's flag included, and its
 * tree is there. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ends[2];

/* Of the program, so that what dprintf does is none. */
__attribute__((noipa)) static void write_it(void)
{
    if (write(ends[1], "x", 1) != 1)
        _exit(9);
}

static void write_to_nobody(void)
{
    if (pipe(ends) == 0 && close(ends[0]) == 0)
        write_it();
    _exit(8);
}

/* Until the other one is in its leaf. */
static void wait_a_little(void)
{
    struct timespec shortly = {.tv_nsec = 50000000};
    nanosleep(&shortly, NULL);
}

static void be_rung(void)
{
    alarm(1);
    pause();
}

/* A leaf of the program's own. */
__attribute__((noipa)) static void die(volatile int *nowhere)
{
    *nowhere = 1;
}

static void touch_nothing(void)
{
    die((volatile int *)16);
}

static void *trap(void *argument)
{
    wait_a_little();
    __builtin_trap();
    return argument;
}

static void trap_in_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, trap, NULL);
    pause();
}

static void use_up_time(void)
{
    struct rlimit second = {1, 2};
    setrlimit(RLIMIT_CPU, &second);
    for (;;)
        ;
}

static void queue_one(void)
{
    sigqueue(getpid(), SIGRTMIN + 4, (union sigval){0});
}

static void leave(void)
{
    exit(77);
}

static void leave_quickly(void)
{
    quick_exit(78);
}

static void *leave_from_thread(void *argument)
{
    wait_a_little();
    exit(79);
    return argument;
}

static void leave_in_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, leave_from_thread, NULL);
    pause();
}

static void last_one_leaves(void)
{
    pthread_exit(NULL);
}

static const struct way {
    const char *name;
    void (*go)(void);
} ways[] = {
    {"SIGPIPE", write_to_nobody},
    {"alarm", be_rung},
    {"abort", abort},
    {"no memory there", touch_nothing},
    {"SIGILL in a thread", trap_in_thread},
    {"CPU time", use_up_time},
    {"real-time signal", queue_one},
    {"exit", leave},
    {"quick_exit", leave_quickly},
    {"exit in a thread", leave_in_thread},
    {"pthread_exit in main", last_one_leaves},
};

int main(int argc, char **argv)
{
    struct rlimit none = {0, 0};
    (void)argv;
    setrlimit(RLIMIT_CORE, &none);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            usleep(1);
            ways[i].go();
            _exit(argc);
        }
        waitpid(child, &status, 0);
        dprintf(1, "%s: %x\n", ways[i].name, (unsigned)status);
    }
    return 0;
}
