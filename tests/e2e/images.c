// options: --leaf usleep,pause
/* One process, ten images: each is executed by the one before, in another way, and has a tree of
 * its own, whichever thread executed it, and whatever others were doing meanwhile. Where exec
 * fails, the image goes on. An image finds the file of the one before under the same process id. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *arguments[3];

static void hit(int times)
{
    for (int i = 0; i < times; i++)
        usleep(1);
}

static void by_path(void)
{
    execv(arguments[0], arguments);
}

static void by_name(void)
{
    execvp(arguments[0], arguments);
}

static void by_descriptor(void)
{
    fexecve(open(arguments[0], O_RDONLY | O_CLOEXEC), arguments, environ);
}

static void by_descriptor_at(void)
{
    int fd = open(arguments[0], O_PATH | O_CLOEXEC);
    execveat(fd, "", arguments, environ, AT_EMPTY_PATH);
}

static void after_failures(void)
{
    char *const none[] = {"none", NULL};
    execv("/nowhere", none);
    printf("%s ", strerrorname_np(errno));
    execv("/dev/null", none);
    printf("%s\n", strerrorname_np(errno));
    fflush(stdout);
    hit(1);
    by_path();
}

static void *run_by_path(void *argument)
{
    hit(1);
    by_path();
    return argument;
}

static void in_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, run_by_path, NULL);
    pthread_join(thread, NULL);
}

static void *hit_and_stay(void *argument)
{
    hit(20);
    pthread_barrier_wait(argument);
    pause();
    return NULL;
}

/* Others are within a leaf when the image ends. */
static void among_threads(void)
{
    pthread_t thread;
    pthread_barrier_t barrier;
    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 3; i++)
        pthread_create(&thread, NULL, hit_and_stay, &barrier);
    pthread_barrier_wait(&barrier);
    usleep(50000);
    in_thread();
}

static void in_vfork(void)
{
    if (vfork() == 0)
        _exit(0);
    by_path();
}

static void by_shell(void)
{
    char *const shell[] = {"sh", "-c", "exec \"$0\" 9", arguments[0], NULL};
    execv("/bin/sh", shell);
}

static void (*const ways[])(void) = {by_path, by_name, by_descriptor, by_descriptor_at,
    after_failures, in_thread, among_threads, in_vfork, by_shell};

int main(int argc, char **argv)
{
    int image = argc > 1 ? atoi(argv[1]) : 0;
    char next[12];
    printf("image %d\n", image);
    fflush(stdout);
    hit(image + 1);
    snprintf(next, sizeof next, "%d", image + 1);
    arguments[0] = argv[0];
    arguments[1] = next;
    if (image < (int)(sizeof ways / sizeof *ways))
        ways[image]();
    return 5;
}
