/*
 * forks.c - descriptors in children and threads. A vfork child closes and replaces numbers, and
 * reads, without changing what its parent's numbers stand for.
 */
#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

#include "own_trace.h"

static int one, two;
static char byte;

static void use(int fd)
{
    if (read(fd, &byte, 1) < 0)
        exit(1);
}

static int make(const char *name)
{
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, "0123456789", 10) != 10 || lseek(fd, 0, SEEK_SET) != 0)
        exit(1);
    return fd;
}

static void *in_thread(void *unused)
{
    use(one);
    use(two);
    return unused;
}

/* It has descriptors of its own. */
static void *alone(void *unused)
{
    unshare(CLONE_FILES);
    use(one);
    return unused;
}

__attribute__((noinline)) static void by_vfork(void)
{
    pid_t pid = vfork();
    if (pid == 0) {
        dup2(two, one);
        use(one); /* `two` */
        close(two);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}

static void run(void *(*function)(void *))
{
    pthread_t thread;
    pthread_create(&thread, NULL, function, NULL);
    pthread_join(thread, NULL);
}

int main(void)
{
    one = make("file-one");
    two = make("file-two");
    use(one);
    by_vfork();
    use(one);
    use(two);
    run(in_thread);
    run(alone);
    pid_t pid = fork();
    if (pid == 0) {
        close(one);
        if (make("file-child") != one)
            exit(1);
        use(one);
        use(two);
        freopen("child.out", "w", stdout);
        own_trace_print(stdout);
        exit(0);
    }
    waitpid(pid, NULL, 0);
    use(one);
    own_trace_print(stdout);
    return 0;
}
