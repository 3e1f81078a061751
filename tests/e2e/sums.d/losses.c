/*
 * losses.c - hits of which some, or all, cannot be recorded as they should be.
 *
 * usage: losses KIND
 *
 * paths      a new path all the time, until there is no more room for nodes
 * limit      the same, as a program whose files may have 2 MiB
 * nested     signal handlers interrupt the recording of one another, more deeply than is allowed
 * deep       a stack that is deeper than a walk goes
 * untabled   from code that has no unwind tables and no frame pointer
 * rights     in children that have given up their rights: none is lost
 * root       in children that do not reach the session, as they have another root directory
 * memory     in threads that come when there is no more memory but for the first of them
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static int zero;
static atomic_long hits;

__attribute__((noinline)) static void hit(void)
{
    char byte;
    if (read(zero, &byte, 1) == 1)
        atomic_fetch_add(&hits, 1);
    __asm__ volatile("");
}

/* `way` says at each depth from which of two places the next call is made. */
__attribute__((noinline)) static void go_path(int depth, unsigned way)
{
    if (depth == 0) {
        hit();
    } else if (way >> (depth & 31) & 1) {
        go_path(depth - 1, way);
        __asm__ volatile("nop");
    } else {
        go_path(depth - 1, way);
        __asm__ volatile("");
    }
}

static void hit_by_paths(void)
{
    for (unsigned i = 0; i < 40000; i++)
        go_path(17, i);
}

static void hit_within_limit(void)
{
    struct rlimit limit = {2 << 20, 2 << 20};
    setrlimit(RLIMIT_FSIZE, &limit);
    execl("/proc/self/exe", "losses", "paths", (char *)NULL);
}

/* ---- nested */

#define DEPTH_MAX 14
#define HANDLED   1000

static volatile int handled, depth_now;

static void expect_signal(void)
{
    struct itimerval soon = {{0, 0}, {0, 30}};
    setitimer(ITIMER_REAL, &soon, NULL);
}

/* A path whose frames lie elsewhere on the stack than the last one's: to walk it anew takes long,
 * and meanwhile comes the next signal. */
__attribute__((noinline)) static void go_shifted(int shift)
{
    if (shift > 0)
        go_shifted(shift - 1);
    else
        go_path(400, 0);
    __asm__ volatile("");
}

static void on_signal(int number)
{
    (void)number;
    if (++depth_now < DEPTH_MAX)
        expect_signal();
    go_shifted(handled % 7);
    handled++;
    depth_now--;
}

static void hit_nested(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_NODEFER};
    sigaction(SIGALRM, &action, NULL);
    while (handled < HANDLED) {
        int before = handled;
        expect_signal();
        while (handled == before)
            hit();
    }
    signal(SIGALRM, SIG_IGN);
}

/* ---- walks that end early */

static void hit_deep(void)
{
    for (int i = 0; i < 20; i++)
        go_path(12000 + i, 0);
}

/* Calls the function with a frame pointer that leads nowhere, and says nothing of its frame. */
void call_untabled(void (*function)(void));
__asm__(".text\n"
        ".globl call_untabled\n"
        ".type call_untabled, @function\n"
        "call_untabled:\n"
        "    push %rbp\n"
        "    push %rbx\n"
        "    push %rbx\n"
        "    xor  %ebp, %ebp\n"
        "    call *%rdi\n"
        "    pop  %rbx\n"
        "    pop  %rbx\n"
        "    pop  %rbp\n"
        "    ret\n"
        ".size call_untabled, . - call_untabled\n");

static void hit_untabled(void)
{
    for (int i = 0; i < 100; i++)
        call_untabled(hit);
}

/* ---- rights, root, memory */

static void hit_in_child(void)
{
    pid_t child = fork();
    if (child == 0) {
        hits = 0;
        for (int i = 0; i < 10; i++)
            hit();
        _exit((int)hits);
    }
    int status = 0;
    waitpid(child, &status, 0);
    atomic_fetch_add(&hits, WEXITSTATUS(status));
}

static void hit_without_rights(void)
{
    hit();
    if (syscall(SYS_setresgid, 65534, 65534, 65534) != 0 ||
        syscall(SYS_setresuid, 65534, 65534, 65534) != 0)
        return;
    for (int i = 0; i < 5; i++)
        hit_in_child();
}

/* By a system call of its own, so that nobody can prepare for it. */
static void hit_in_other_root(void)
{
    hit();
    if (syscall(SYS_chroot, "/proc") != 0)
        return;
    for (int i = 0; i < 5; i++)
        hit_in_child();
}

static pthread_barrier_t is_filled;

static void *hit_later(void *argument)
{
    pthread_barrier_wait(&is_filled);
    for (int i = 0; i < 100; i++)
        hit();
    pthread_barrier_wait(&is_filled); /* an ended thread's memory is used by the next one */
    return argument;
}

/* Threads that exist already hit for the first time when there is no memory. */
static void hit_without_memory(void)
{
    pthread_t threads[16];
    struct rlimit none = {0, RLIM_INFINITY}, before;
    pthread_barrier_init(&is_filled, NULL, 17);
    for (int i = 0; i < 16; i++)
        pthread_create(&threads[i], NULL, hit_later, NULL);
    getrlimit(RLIMIT_AS, &before);
    setrlimit(RLIMIT_AS, &none);
    pthread_barrier_wait(&is_filled);
    pthread_barrier_wait(&is_filled);
    for (int i = 0; i < 16; i++)
        pthread_join(threads[i], NULL);
    setrlimit(RLIMIT_AS, &before);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } kinds[] = {{"paths", hit_by_paths}, {"limit", hit_within_limit}, {"nested", hit_nested},
        {"deep", hit_deep}, {"untabled", hit_untabled}, {"rights", hit_without_rights},
        {"root", hit_in_other_root}, {"memory", hit_without_memory}};
    zero = open("/dev/zero", O_RDONLY);
    for (size_t i = 0; argc > 1 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, argv[1]) == 0)
            kinds[i].run();
    printf("hits %ld\n", (long)hits);
    return 0;
}
