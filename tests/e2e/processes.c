// options: --leaf usleep
/* Every way to make a process: each child hits, and has a tree of its own, which says whose child
 * it is; or, as with vfork, is in its parent's, whose memory it has. What a child hits is never in
 * the tree of a parent with other memory: its file is mapped there as well, and must not be written
 * to. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char *self;
static int output; /* of the children, in order */

__attribute__((noinline)) static void hit(int times)
{
    for (int i = 0; i < times; i++)
        usleep(1);
}

static void reap(const char *what)
{
    int status = 0;
    waitpid(-1, &status, __WALL);
    dprintf(output, "%s: %x\n", what, (unsigned)status);
}

/* Not by libc's own functions, whose names depend on the debug packages that are installed. */
static void *hit_in_thread(void *argument)
{
    hit(1);
    return argument;
}

static void handler(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, hit_in_thread, NULL);
    pthread_join(thread, NULL);
}

static void forked(void)
{
    if (fork() == 0) {
        hit(2);
        _exit(1);
    }
    reap("fork");
}

static void *fork_in_thread(void *argument)
{
    forked();
    return argument;
}

/* fork() whose handlers are not called. */
static void forked_alone(void)
{
    if (_Fork() == 0) {
        hit(3);
        _exit(2);
    }
    reap("_Fork");
}

static void vforked(void)
{
    if (vfork() == 0) {
        hit(1);
        _exit(3);
    }
    reap("vfork");
    if (vfork() == 0) {
        execl("/nowhere/at/all", "all", (char *)NULL);
        hit(1);
        execl(self, self, "4", (char *)NULL);
        _exit(99);
    }
    reap("vfork and exec");
}

/* The thread itself has not hit before: its child's hits are neither its own nor lost. */
static void *vfork_in_thread(void *argument)
{
    if (vfork() == 0) {
        hit(9);
        _exit(9);
    }
    reap("vfork in a thread");
    return argument;
}

static void in_thread(void *(*function)(void *))
{
    pthread_t thread;
    pthread_create(&thread, NULL, function, NULL);
    pthread_join(thread, NULL);
}

static void spawned(void)
{
    posix_spawn_file_actions_t actions;
    char *const arguments[] = {self, "5", NULL};
    char *const nothing[] = {"nothing", NULL};
    pid_t child;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/zero", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, 0, 9);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    posix_spawn(&child, self, &actions, NULL, arguments, environ);
    reap("posix_spawn");
    dprintf(output, "posix_spawn: %s\n",
        strerrorname_np(posix_spawn(&child, "/nowhere", NULL, NULL, nothing, environ)));
    posix_spawn_file_actions_destroy(&actions);
}

static void by_shell(void)
{
    char command[4096], line[16] = "";
    snprintf(command, sizeof command, "exec %s 6", self);
    dprintf(output, "system: %x\n", (unsigned)system(command));
    snprintf(command, sizeof command, "exec %s 7 said", self);
    FILE *pipe = popen(command, "r");
    if (pipe && fgets(line, sizeof line, pipe))
        dprintf(output, "popen: %s", line);
    dprintf(output, "pclose: %x\n", (unsigned)pclose(pipe));
}

static int in_clone(void *argument)
{
    hit((int)(long)argument);
    return (int)(long)argument;
}

static void cloned(void)
{
    static char stack[1 << 16];
    struct clone_args args = {.flags = CLONE_FS, .exit_signal = SIGCHLD};
    clone(in_clone, stack + sizeof stack, SIGCHLD, (void *)4L);
    reap("clone");
    clone(in_clone, stack + sizeof stack, CLONE_FILES | CLONE_FS | SIGCHLD, (void *)5L);
    reap("clone with files");
    clone(in_clone, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, (void *)6L);
    reap("clone as vfork");
    if (syscall(SYS_clone3, &args, sizeof args) == 0) {
        hit(7);
        _exit(7);
    }
    reap("clone3");
}

/* A grandchild without a terminal, whose parent has ended. */
static void in_background(void)
{
    int ends[2];
    char byte;
    if (pipe(ends) == 0 && fork() == 0) {
        if (daemon(1, 1) != 0)
            _exit(8);
        hit(8);
        close(ends[0]);
        byte = getpid() != getpgrp() ? 'n' : 'y'; /* setsid, but no leader */
        if (write(ends[1], &byte, 1) != 1)
            _exit(8);
        _exit(0);
    }
    reap("daemon's parent");
    close(ends[1]);
    ssize_t size = read(ends[0], &byte, 1);
    dprintf(output, "daemon: %zd %c\n", size, byte);
    while (read(ends[0], &byte, 1) == 1)
        ;
}

/* An image that was executed: hits as often as it is told. */
static int executed(char **argv)
{
    hit(atoi(argv[1]));
    if (argv[2])
        puts(argv[2]);
    return atoi(argv[1]);
}

int main(int argc, char **argv)
{
    self = realpath(argv[0], NULL);
    output = 1;
    if (argc > 1)
        return executed(argv);
    forked();
    forked_alone();
    vforked();
    in_thread(vfork_in_thread);
    spawned();
    by_shell();
    cloned();
    in_background();
    pthread_atfork(handler, handler, handler);
    forked();
    in_thread(fork_in_thread);
    return 0;
}
