/*
 * executes.c - executes a program by the function that its first argument names, in a forked child
 * but for vfork and what has a child of its own; prints how it ended.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

extern char **environ;
static char *path;
static char *words[3];

static int is(const char *way, const char *name)
{
    return strcmp(way, name) == 0;
}

static int end_of(pid_t child)
{
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* Pointers that lead nowhere: each call fails. */
static void execute_nothing(int fd)
{
    char **volatile low = (char **)24, **volatile high = (char **)-8, *volatile bad = (char *)8;
    execve(bad, words, environ);
    execve(path, low, environ);
    execve(path, words, low);
    execve(path, words, high);
    execveat(-1, "", words, environ, AT_EMPTY_PATH);
    execveat(fd, bad, words, environ, 0);
    fexecve(-1, words, environ);
    syscall(SYS_execve, bad, low, high);
}

static void execute(const char *way)
{
    char *const cleared[] = {"A=1", NULL};
    int fd = open(path, O_RDONLY);
    if (is(way, "execve"))
        execve(path, words, environ);
    if (is(way, "execv"))
        execv(path, words);
    if (is(way, "execvp"))
        execvp(path, words);
    if (is(way, "execvpe"))
        execvpe(path, words, environ);
    if (is(way, "execl"))
        execl(path, path, "two", NULL);
    if (is(way, "execlp"))
        execlp(path, path, "two", NULL);
    if (is(way, "execle"))
        execle(path, path, "two", NULL, environ);
    if (is(way, "cleared"))
        execle(path, path, "two", NULL, cleared);
    if (is(way, "fexecve"))
        fexecve(fd, words, environ);
    if (is(way, "execveat"))
        execveat(AT_FDCWD, path, words, environ, 0);
    if (is(way, "syscall"))
        syscall(SYS_execve, path, words, environ);
    if (is(way, "syscallat"))
        syscall(SYS_execveat, fd, "", words, environ, AT_EMPTY_PATH);
    if (is(way, "bad_pointers"))
        execute_nothing(fd);
    _exit(9);
}

static int spawn(const char *way)
{
    pid_t child = -1;
    int error = is(way, "posix_spawn") ? posix_spawn(&child, path, NULL, NULL, words, environ)
                                       : posix_spawnp(&child, path, NULL, NULL, words, environ);
    return error ? -error : end_of(child);
}

static int read_all(const char *command)
{
    char line[4096];
    FILE *output = popen(command, "r");
    while (output && fgets(line, sizeof line, output))
        fputs(line, stdout);
    return output ? WEXITSTATUS(pclose(output)) : -1;
}

static int expand(const char *command)
{
    wordexp_t expanded;
    char text[256];
    snprintf(text, sizeof text, "$(%s)", command);
    if (wordexp(text, &expanded, 0) != 0)
        return -1;
    for (size_t i = 0; i < expanded.we_wordc; i++)
        puts(expanded.we_wordv[i]);
    wordfree(&expanded);
    return 0;
}

static int in_vfork_child(void)
{
    pid_t child = vfork();
    if (child == 0) {
        execve(path, words, environ);
        _exit(9);
    }
    return end_of(child);
}

static void *run_spawn(void *result)
{
    *(int *)result = spawn("posix_spawn");
    return NULL;
}

static int in_thread(void)
{
    int result = -1;
    pthread_t thread;
    pthread_create(&thread, NULL, run_spawn, &result);
    pthread_join(thread, NULL);
    return result;
}

static int run(const char *way)
{
    if (is(way, "posix_spawn") || is(way, "posix_spawnp"))
        return spawn(way);
    if (is(way, "cleared_system"))
        return clearenv(), system("true");
    if (is(way, "system"))
        return WEXITSTATUS(system(path));
    if (is(way, "popen"))
        return read_all(path);
    if (is(way, "wordexp"))
        return expand(path);
    if (is(way, "vfork"))
        return in_vfork_child();
    if (is(way, "thread"))
        return in_thread();
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        execute(way);
    return end_of(child);
}

int main(int count, char **arguments)
{
    if (count < 3)
        return 2;
    path = words[0] = arguments[2];
    words[1] = "two";
    printf("%s: %d\n", arguments[1], run(arguments[1]));
    return 0;
}
