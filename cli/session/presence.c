/*
 * presence.c - whether a process is one of a run.
 */
#include "session/presence.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "session/session.h"

char *presence_mark(const struct session *session)
{
    const char *base = strrchr(session->place, '/');
    bool has_own_name = strncmp(base, "/" SESSION_PREFIX, strlen("/" SESSION_PREFIX)) == 0;
    char *mark = NULL;
    return asprintf(&mark, "%s/", has_own_name ? base : session->place) < 0 ? NULL : mark;
}

FILE *presence_open(int pid, const char *what)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, what);
    return fopen(path, "re");
}

/* Returns whether the mark occurs in one of the texts in the file, each of which ends in `end`. */
static bool is_in(FILE *file, int end, const char *mark)
{
    char *line = NULL;
    size_t size = 0;
    bool is_found = false;
    while (!is_found && getdelim(&line, &size, end, file) > 0)
        is_found = strstr(line, mark) != NULL;
    free(line);
    return is_found;
}

static bool has_mark(int pid, const char *what, int end, const char *mark)
{
    FILE *file = presence_open(pid, what);
    bool is_found = file && is_in(file, end, mark);
    if (file)
        fclose(file);
    return is_found;
}

/* While the kernel sets up the memory of a new program, that program has no arguments yet. Kernel
 * threads have none either, but they have no program (proc(5)). */
static bool is_in_execve(int pid)
{
    char path[64], program[2];
    FILE *arguments = presence_open(pid, "cmdline");
    bool has_any = arguments && getc(arguments) != EOF;
    if (arguments)
        fclose(arguments);
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    return !has_any && readlink(path, program, sizeof program) > 0;
}

/* The pid may belong to another process by now, so its mappings are examined. A process that
 * executes a program goes through three states: its old mappings are gone; it has the new arguments
 * and environment; the dynamic linker has mapped the library. It is seen in each of them, because
 * they are checked in this order. */
enum presence presence_of(const char *mark, int pid)
{
    FILE *maps = presence_open(pid, "maps");
    if (maps == NULL)
        return PRESENCE_NONE;
    bool is_present = is_in(maps, '\n', mark);
    fclose(maps);
    if (is_present)
        return PRESENCE_CERTAIN;
    return is_in_execve(pid) || has_mark(pid, "environ", '\0', mark) ? PRESENCE_STARTING
                                                                     : PRESENCE_NONE;
}
