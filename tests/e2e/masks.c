// options: --leaf nanosleep,waitpid
/* What /proc says of the program's signals (blocked, ignored, caught, pending), and the next
 * descriptor are the same in each kind of child, before hits and after them: whoever starts the
 * program, and whatever a hit does, leaves no signal blocked or ignored, and no descriptor open. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int zero;

static void hit(void)
{
    struct timespec shortly = {.tv_nsec = 1};
    char byte;
    if (read(zero, &byte, 1) == 1)
        nanosleep(&shortly, NULL);
}

/* The size of the table of descriptors depends on what whoever started the program had open
 * (fork copies that much), so only its growth since the first look is told. */
static void show_growth(const char *when, long slots)
{
    static long before;
    static pid_t process;
    if (process != getpid()) {
        process = getpid();
        before = slots;
    }
    if (slots > before)
        printf("%s: the table of descriptors grew to %ld\n", when, slots);
}

static void show(const char *when)
{
    static const char *const fields[] = {
        "ShdPnd", "SigPnd", "SigBlk", "SigIgn", "SigCgt", "NoNewPrivs", "Seccomp:", "Threads"};
    char line[256];
    FILE *status = fopen("/proc/thread-self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
            if (strncmp(line, fields[i], strlen(fields[i])) == 0)
                printf("%s: %s", when, line);
        if (strncmp(line, "FDSize:", 7) == 0)
            show_growth(when, atol(line + 7));
    }
    if (status)
        fclose(status);
    printf("%s: next descriptor %d\n", when, dup(zero));
    fflush(stdout);
}

static void show_around_hit(const char *when)
{
    show(when);
    hit();
    show(when);
}

static void *in_thread(void *argument)
{
    sigset_t some;
    sigemptyset(&some);
    sigaddset(&some, SIGHUP);
    sigaddset(&some, SIGRTMAX);
    pthread_sigmask(SIG_BLOCK, &some, NULL);
    show_around_hit("thread");
    return argument;
}

static void on_signal(int number)
{
    (void)number;
    show_around_hit("handler");
}

static int ends[2];

static void on_timer(union sigval value)
{
    (void)value;
    show("timer");
    if (write(ends[1], "x", 1) != 1)
        _exit(2);
}

/* A timer that is to make a thread (SIGEV_THREAD): glibc waits for it in another one. */
static void in_timer(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = on_timer};
    struct itimerspec soon = {.it_value.tv_nsec = 1000000};
    timer_t timer;
    char byte;
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &soon, NULL);
    while (read(ends[0], &byte, 1) != 1)
        ;
    timer_delete(timer);
}

static void in_fork(void)
{
    if (fork() == 0) {
        show_around_hit("fork");
        _exit(0);
    }
    waitpid(-1, NULL, 0);
}

static void in_spawned(char **argv)
{
    posix_spawnattr_t attributes;
    sigset_t some;
    char *const arguments[] = {argv[0], "spawned", NULL};
    sigemptyset(&some);
    sigaddset(&some, SIGWINCH);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigmask(&attributes, &some);
    posix_spawnattr_setsigdefault(&attributes, &some);
    posix_spawn(NULL, argv[0], NULL, &attributes, arguments, environ);
    waitpid(-1, NULL, 0);
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_signal};
    pthread_t thread;
    zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    show_around_hit(argc > 1 ? argv[1] : "start");
    if (argc > 1)
        return 0;
    sigfillset(&action.sa_mask);
    sigaction(SIGUSR1, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    kill(getpid(), SIGUSR1);
    show_around_hit("main");
    pthread_create(&thread, NULL, in_thread, NULL);
    pthread_join(thread, NULL);
    in_fork();
    in_spawned(argv);
    if (pipe(ends) != 0)
        return 2;
    in_timer();
    return 0;
}
