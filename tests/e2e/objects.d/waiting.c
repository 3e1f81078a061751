/*
 * waiting.c - locks, children, threads, queues, and calls that wait for several descriptors.
 */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <threads.h>

#include "own_trace.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_barrier_t barrier;
static sem_t semaphore;
static mtx_t plain;
static int go[2];

static void nothing(void)
{
}

/* Takes both locks, and waits until it is told to let go. */
static void *hold(void *unused)
{
    char byte;
    pthread_setname_np(pthread_self(), "holder");
    pthread_mutex_lock(&mutex);
    pthread_rwlock_wrlock(&rwlock);
    printf("holder is %ld\n", syscall(SYS_gettid));
    fflush(stdout);
    sem_post(&semaphore);
    if (read(go[0], &byte, 1) != 1)
        exit(1);
    pthread_rwlock_unlock(&rwlock);
    pthread_mutex_unlock(&mutex);
    if (read(go[0], &byte, 1) != 1)
        exit(1);
    return unused;
}

static void locks(void)
{
    pthread_t thread;
    struct timespec soon;
    pthread_spin_init(&spin, 0);
    pthread_barrier_init(&barrier, NULL, 1);
    sem_init(&semaphore, 0, 0);
    mtx_init(&plain, mtx_plain);
    pthread_create(&thread, NULL, hold, NULL);
    sem_wait(&semaphore);
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec = (soon.tv_nsec + 1000) % 1000000000;
    pthread_mutex_timedlock(&mutex, &soon);
    pthread_rwlock_timedrdlock(&rwlock, &soon);
    if (write(go[1], "x", 1) != 1)
        exit(1);
    pthread_mutex_lock(&mutex);
    pthread_cond_timedwait(&condition, &mutex, &soon);
    pthread_mutex_unlock(&mutex);
    pthread_spin_lock(&spin);
    pthread_once(&once, nothing);
    pthread_barrier_wait(&barrier);
    mtx_lock(&plain);
    pthread_mutex_t *heap = malloc(sizeof *heap);
    pthread_mutex_init(heap, NULL);
    pthread_mutex_lock(heap);
    printf("heap lock is %lu\n", (unsigned long)heap);
    printf("static lock is %lu\n", (unsigned long)&mutex);
    pthread_timedjoin_np(thread, NULL, &soon); /* it waits for the next byte */
    if (write(go[1], "x", 1) != 1)
        exit(1);
    pthread_join(thread, NULL);
}

static pid_t child(int status)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(status);
    return pid;
}

static void children(void)
{
    siginfo_t info;
    pid_t pid = child(0);
    printf("child 1 is %d\n", pid);
    waitpid(pid, NULL, 0);
    printf("child 2 is %d\n", pid = child(0));
    wait(NULL);
    printf("child 3 is %d\n", pid = child(0));
    waitpid(-1, NULL, 0);
    printf("child 4 is %d\n", pid = child(0));
    waitid(P_ALL, 0, &info, WEXITED);
    waitpid(-1, NULL, WNOHANG); /* none is there */
    fflush(stdout);
}

static void queues(void)
{
    struct {
        long type;
        char text[8];
    } message = {1, "text"};
    struct sembuf one = {0, 1, 0};
    int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    int set = semget(IPC_PRIVATE, 1, IPC_CREAT | 0600);
    msgsnd(queue, &message, sizeof message.text, 0);
    msgrcv(queue, &message, sizeof message.text, 0, 0);
    semop(set, &one, 1);
    printf("queue is %d and %d\n", queue, set);
    msgctl(queue, IPC_RMID, NULL);
    semctl(set, 0, IPC_RMID);
}

/* Pipe 1 is ready in poll and select, pipe 2 in epoll. */
static void ready(void)
{
    int a[2], b[2];
    struct epoll_event *volatile invalid = (struct epoll_event *)8;
    char buffer[16];
    if (pipe(a) != 0 || pipe(b) != 0 || write(b[1], "x", 1) != 1)
        exit(1);
    struct stat status;
    fstat(a[0], &status);
    printf("empty pipe is inode=%lu\n", (unsigned long)status.st_ino);
    fstat(b[0], &status);
    printf("full pipe is inode=%lu\n", (unsigned long)status.st_ino);
    struct pollfd polled[2] = {{a[0], POLLIN, 0}, {b[0], POLLIN, 0}};
    poll(polled, 2, 1000);
    poll(polled, 1, 0);
    ppoll(polled + 1, 1, NULL, NULL);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(a[0], &set);
    FD_SET(b[0], &set);
    select(b[0] + 1, &set, NULL, NULL, NULL);
    int epoll = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {.ptr = buffer}}, other = {EPOLLIN, {.fd = a[0]}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, a[0], &other);
    epoll_wait(epoll, &event, 1, 0);
    event = (struct epoll_event){EPOLLIN, {.ptr = buffer}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, b[0], &event);
    memset(&event, 0, sizeof event);
    epoll_wait(epoll, &event, 1, 1000);
    epoll_wait(epoll, invalid, 1, 1000);
    printf("epoll is %d\n", epoll);
}

static void *poll_both(void *pipes)
{
    int *ends = pipes;
    struct pollfd polled[2] = {{ends[0], POLLIN, 0}, {ends[2], POLLIN, 0}};
    sem_post(&semaphore);
    poll(polled, 2, -1);
    return NULL;
}

/* The thread is cancelled in poll, whenever it comes there. */
static void cancelled(void)
{
    int ends[4];
    pthread_t thread;
    if (pipe(ends) != 0 || pipe(ends + 2) != 0)
        exit(1);
    pthread_create(&thread, NULL, poll_both, ends);
    sem_wait(&semaphore);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
}

/* Waits until the thread does. */
static void await_sleep(pid_t tid)
{
    char path[64], text[256], state = 0;
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    while (state != 'S') {
        FILE *file = fopen(path, "r");
        if (file == NULL || fgets(text, sizeof text, file) == NULL)
            exit(1);
        fclose(file);
        state = strrchr(text, ')')[2];
    }
}

#define MANY 10

static int ends[MANY][2];
static _Atomic pid_t waiting;

static void *poll_many(void *unused)
{
    struct pollfd polled[MANY + 1] = {{.fd = -1}};
    for (int i = 0; i < MANY; i++)
        polled[i + 1] = (struct pollfd){ends[i][0], POLLIN, 0};
    poll(polled, 4, 1);
    waiting = (pid_t)syscall(SYS_gettid);
    poll(polled, MANY + 1, -1);
    return unused;
}

static void *select_many(void *unused)
{
    fd_set set;
    FD_ZERO(&set);
    for (int i = 0; i < 3; i++)
        FD_SET(ends[i][0], &set);
    waiting = (pid_t)syscall(SYS_gettid);
    select(ends[2][0] + 1, NULL, NULL, &set, NULL);
    return unused;
}

static void start_waiting(void *(*wait)(void *))
{
    pthread_t thread;
    waiting = 0;
    pthread_create(&thread, NULL, wait, NULL);
    while (waiting == 0)
        sched_yield();
    await_sleep(waiting);
}

/* Calls that wait for several descriptors until the program ends. */
static void several(void)
{
    struct stat status;
    printf("pipes are");
    for (int i = 0; i < MANY; i++) {
        if (pipe(ends[i]) != 0 || fstat(ends[i][0], &status) != 0)
            exit(1);
        printf(" %lu", (unsigned long)status.st_ino);
    }
    printf("\n");
    start_waiting(poll_many);
    start_waiting(select_many);
}

int main(void)
{
    if (pipe(go) != 0)
        return 1;
    locks();
    children();
    queues();
    ready();
    cancelled();
    several();
    own_trace_print(stdout);
    return 0;
}
