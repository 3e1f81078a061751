/*
 * installation.c - finds the other parts of scoped-trace.
 */
#include "base/installation.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"

static int found(char **path, const char *place)
{
    *path = strdup(place);
    return *path ? 0 : -ENOMEM;
}

int installation_find(char **path, const char *name, char **problem)
{
    char place[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", place, sizeof place - NAME_MAX);
    if (length > 0) {
        place[length] = '\0';
        strcpy(strrchr(place, '/') + 1, name);
        if (access(place, R_OK) == 0)
            return found(path, place);
    }
    snprintf(place, sizeof place, LIBRARY_DIR "/%s", name);
    if (access(place, R_OK) == 0)
        return found(path, place);
    return message_problem(problem, -ENOENT,
        "cannot find %s beside the executable or in " LIBRARY_DIR "; try 'make' or 'make install'",
        name);
}
