/*
 * libraries.c - which libraries a program will load at its start: asks its dynamic linker.
 */
#include "program/libraries.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"

int libraries_add(struct libraries *libraries, const char *path)
{
    if (array_reserve(&libraries->paths, libraries->count, 1, &libraries->room,
            sizeof *libraries->paths) != 0)
        return -ENOMEM;
    char *copy = strdup(path);
    if (copy == NULL)
        return -ENOMEM;
    libraries->paths[libraries->count++] = copy;
    return 0;
}

void libraries_finish(struct libraries *libraries)
{
    for (size_t i = 0; i < libraries->count; i++)
        free(libraries->paths[i]);
    free(libraries->paths);
    *libraries = (struct libraries){.paths = NULL};
}

/* Lines are "NAME => PATH (ADDRESS)", "PATH (ADDRESS)", or "NAME => not found". A path has a slash
 * in it; the vdso has none. */
static int take_line(struct libraries *libraries, char *line)
{
    char *arrow = strstr(line, " => ");
    char *path = arrow ? arrow + strlen(" => ") : line + strspn(line, "\t ");
    char *address = NULL;
    for (char *at = path; (at = strstr(at, " (0x")) != NULL; at++)
        address = at;
    if (address == NULL || strchr(path, '/') == NULL)
        return 0;
    *address = '\0';
    return libraries_add(libraries, path);
}

static int read_lines(struct libraries *libraries, int fd)
{
    FILE *in = fdopen(fd, "r");
    char *line = NULL;
    size_t size = 0;
    int error = 0;
    if (in == NULL) {
        close(fd);
        return -ENOMEM;
    }
    while (error == 0 && getline(&line, &size, in) >= 0)
        error = take_line(libraries, line);
    free(line);
    fclose(in);
    return error;
}

/* Starts the dynamic linker with its output into *output. */
static int spawn_linker(char *const command[], int *output, pid_t *child)
{
    extern char **environ;
    posix_spawn_file_actions_t actions;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -errno;
    int error = posix_spawn_file_actions_init(&actions);
    if (error == 0) {
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        /* The program will report the same errors when it starts. */
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        error = posix_spawn(child, command[0], &actions, NULL, command, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    if (error != 0)
        close(ends[0]);
    else
        *output = ends[0];
    return -error;
}

/* The dynamic linker gets this environment: LD_LIBRARY_PATH and LD_PRELOAD matter. */
int libraries_ask_by(struct libraries *libraries, const char *image, char *const command[])
{
    struct libraries asked = {.paths = NULL};
    int output = -1;
    pid_t child;
    int error = libraries_add(&asked, image);
    if (error == 0)
        error = spawn_linker(command, &output, &child);
    if (error != 0)
        goto out;
    error = read_lines(&asked, output);
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
out:
    if (error == 0)
        *libraries = asked;
    else
        libraries_finish(&asked);
    return error;
}

/* The dynamic linker gets the real path. When the program runs, $ORIGIN comes from the kernel's
 * link /proc/self/exe, which has the real path; --list takes it from the given path (ld.so(8)). */
int libraries_ask(struct libraries *libraries, const char *image, const char *linker)
{
    char real_path[PATH_MAX];
    if (realpath(image, real_path) == NULL)
        return -errno;
    char *const command[] = {(char *)linker, "--list", real_path, NULL};
    return libraries_ask_by(libraries, image, command);
}

int libraries_find(struct libraries *libraries, const char *image, const char *linker)
{
    int error = libraries_predict(libraries, image, linker);
    return error == -ENOTSUP ? libraries_ask(libraries, image, linker) : error;
}
