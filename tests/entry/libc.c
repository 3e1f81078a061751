/*
 * libc.c - functions of libc that are hooked at their entry: read, which fgets calls within libc;
 * a thread cancelled in it; vfork.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int ends[2];

static void *wait_for_ever(void *unused)
{
    char byte;
    (void)unused;
    return read(ends[0], &byte, 1) == 1 ? ends : NULL;
}

int main(void)
{
    char line[16], byte;
    void *result;
    pthread_t thread;
    if (pipe(ends) != 0 || write(ends[1], "ab\ncd\n", 6) != 6)
        return 2;
    FILE *file = fdopen(ends[0], "r");
    fgets(line, sizeof line, file); /* reads all there is */
    fgets(line, sizeof line, file);
    printf("%s", line);
    if (write(ends[1], "x", 1) != 1 || read(ends[0], &byte, 1) != 1)
        return 2;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    usleep(20000);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    puts(result == PTHREAD_CANCELED ? "cancelled" : "not cancelled");
    int status = 0;
    pid_t child = vfork();
    if (child == 0)
        _exit(7);
    waitpid(child, &status, 0);
    printf("the child said %d\n", WEXITSTATUS(status));
    return 0;
}
