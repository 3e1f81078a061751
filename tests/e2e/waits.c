// options: --leaf @wait,pthread_kill,kill
/* What signals do to waiting is as it was: what is interrupted, what goes on, in which order queued
 * ones come, who gets them, and which can be waited for. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int ends[2];
static pthread_t waiter;
static volatile sig_atomic_t got;

static void on_signal(int number)
{
    (void)number;
    got++;
}

static void handle(int number, int flags)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
    sigaction(number, &action, NULL);
}

/* Signals the main thread, and then lets its read have something. */
static void *disturb(void *argument)
{
    struct timespec shortly = {.tv_nsec = 30000000};
    nanosleep(&shortly, NULL);
    pthread_kill(waiter, SIGUSR1);
    nanosleep(&shortly, NULL);
    if (write(ends[1], "x", 1) != 1)
        return NULL;
    return argument;
}

static void read_disturbed(int flags)
{
    char byte;
    pthread_t thread;
    got = 0;
    handle(SIGUSR1, flags);
    pthread_create(&thread, NULL, disturb, NULL);
    ssize_t size = read(ends[0], &byte, 1);
    printf("read %zd %s, %d handled\n", size, size < 0 ? strerrorname_np(errno) : "", (int)got);
    pthread_join(thread, NULL);
    if (size < 0 && read(ends[0], &byte, 1) != 1)
        puts("lost");
}

static void sleep_disturbed(void)
{
    struct timespec long_time = {.tv_sec = 5}, left = {0};
    struct pollfd none = {.fd = -1};
    char byte;
    pthread_t thread;
    handle(SIGUSR1, SA_RESTART);
    pthread_create(&thread, NULL, disturb, NULL);
    int result = nanosleep(&long_time, &left);
    printf("nanosleep %d %s, left %ld\n", result, strerrorname_np(errno), (long)left.tv_sec);
    pthread_join(thread, NULL);
    pthread_create(&thread, NULL, disturb, NULL);
    result = poll(&none, 1, 5000);
    printf("poll %d %s\n", result, strerrorname_np(errno));
    pthread_join(thread, NULL);
    if (read(ends[0], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
        puts("lost");
}

static void queue(void)
{
    struct timespec shortly = {.tv_nsec = 1000000};
    siginfo_t info;
    sigset_t set, old;
    sigemptyset(&set);
    for (int i = 0; i < 3; i++)
        sigaddset(&set, SIGRTMIN + i);
    sigprocmask(SIG_BLOCK, &set, &old);
    for (int i = 0; i < 6; i++)
        sigqueue(getpid(), SIGRTMIN + 2 - i % 3, (union sigval){.sival_int = i});
    for (int i = 0; i < 3 && sigwaitinfo(&set, &info) > 0; i++)
        printf("waited for %d: %d\n", info.si_signo - SIGRTMIN, info.si_value.sival_int);
    int fd = signalfd(-1, &set, 0);
    struct signalfd_siginfo read_info;
    for (int i = 0; i < 3 && read(fd, &read_info, sizeof read_info) > 0; i++)
        printf("read %d: %d\n", (int)read_info.ssi_signo - SIGRTMIN, read_info.ssi_int);
    int result = sigtimedwait(&set, NULL, &shortly);
    printf("sigtimedwait %d %s\n", result, strerrorname_np(errno));
    sigqueue(getpid(), SIGRTMIN, (union sigval){0});
    sigwait(&set, &result);
    printf("sigwait %d\n", result - SIGRTMIN);
    handle(SIGRTMIN + 1, 0);
    got = 0;
    sigqueue(getpid(), SIGRTMIN + 1, (union sigval){0});
    result = sigsuspend(&old);
    printf("sigsuspend %d %s, %d handled\n", result, strerrorname_np(errno), (int)got);
    sigprocmask(SIG_SETMASK, &old, NULL);
    close(fd);
}

/* A child is stopped within a leaf, goes on, and ends. */
static void stop_child(void)
{
    int status, ended;
    handle(SIGCHLD, SA_RESTART);
    got = 0;
    pid_t child = fork();
    if (child == 0) {
        char byte;
        _exit(read(ends[0], &byte, 1) == 1 ? byte : 1);
    }
    kill(child, SIGSTOP);
    waitpid(child, &status, WUNTRACED);
    printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
    kill(child, SIGCONT);
    waitpid(child, &status, WCONTINUED);
    printf("goes on %d\n", WIFCONTINUED(status));
    if (write(ends[1], "c", 1) == 1)
        waitpid(child, &ended, 0);
    printf("ended with %c, %d handled\n", WEXITSTATUS(ended), (int)got);
}

int main(void)
{
    waiter = pthread_self();
    if (pipe(ends) != 0)
        return 2;
    read_disturbed(0);
    read_disturbed(SA_RESTART);
    sleep_disturbed();
    queue();
    stop_child();
    return 0;
}
