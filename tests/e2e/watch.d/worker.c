/*
 * worker.c - does what it is told by lines of its standard input: "work N" calls getppid N times,
 * "child N" lets a child do that and waits for it, "again N" does it in another image of itself,
 * "end" ends. Says on standard output when something is done. Two threads wait all the time.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define APART __attribute__((noinline, noipa))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static volatile int done;

APART static void call_often(int count)
{
    for (int i = 0; i < count; i++)
        getppid();
    done++;
}

APART static void work(int count)
{
    call_often(count);
    printf("worked %d\n", count);
    fflush(stdout);
    done++;
}

APART static void wait_for_ever(void)
{
    pthread_mutex_lock(&lock);
    for (;;)
        pthread_cond_wait(&never, &lock);
}

static void *begin_waiting(void *unused)
{
    pthread_setname_np(pthread_self(), "waiter");
    wait_for_ever();
    return unused;
}

static void let_child_work(int count)
{
    pid_t child = fork();
    if (child == 0) {
        work(count);
        _exit(0);
    }
    waitpid(child, NULL, 0);
}

static void work_again(const char *self, const char *count)
{
    execl(self, self, count, NULL);
    perror(self);
    exit(1);
}

/* A byte after the other, so that another image finds the rest. */
APART static int next_line(char *line, size_t size)
{
    size_t length = 0;
    while (length + 1 < size && read(STDIN_FILENO, line + length, 1) == 1) {
        if (line[length] == '\n') {
            line[length] = '\0';
            return 1;
        }
        length++;
    }
    return 0;
}

int main(int argc, char **argv)
{
    char line[80];
    pthread_t thread;
    alarm(120);
    if (argc > 1)
        work(atoi(argv[1]));
    for (int i = 0; i < 2; i++)
        pthread_create(&thread, NULL, begin_waiting, NULL);
    while (next_line(line, sizeof line)) {
        const char *count = strchr(line, ' ') ? strchr(line, ' ') + 1 : "0";
        if (strncmp(line, "work", 4) == 0)
            work(atoi(count));
        else if (strncmp(line, "child", 5) == 0)
            let_child_work(atoi(count));
        else if (strncmp(line, "again", 5) == 0)
            work_again(argv[0], count);
        else
            break;
    }
    return 7;
}
