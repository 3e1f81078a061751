/*
 * tasks_wish.c - which tasks the user wants to be followed.
 */
#include "options/tasks_wish.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "leaves/tasks.h"

static int add_wish(char **tasks, const char *wish, size_t length)
{
    const char *former = *tasks ? *tasks : "";
    char *joined = NULL;
    if (asprintf(&joined, "%s%.*s\n", former, (int)length, wish) < 0)
        return -ENOMEM;
    free(*tasks);
    *tasks = joined;
    return 0;
}

int tasks_wish_runtimes(char **tasks, const char *names, char **problem)
{
    int error = 0;
    for (const char *rest = names ? names : TASKS_AUTO; error == 0;) {
        size_t length = strcspn(rest, ",");
        bool is_exact = length == strlen(TASKS_EXACT) && strncmp(rest, TASKS_EXACT, length) == 0;
        if (length == 0 || is_exact || memchr(rest, '=', length) || memchr(rest, '\n', length))
            return message_problem(
                problem, -EINVAL, "--tasks takes names of runtimes, or auto, not '%s'", names);
        error = add_wish(tasks, rest, length);
        if (rest[length] == '\0')
            break;
        rest += length + 1;
    }
    return error;
}

int tasks_wish_roles(char **tasks, const char *roles, char **problem)
{
    if (strchr(roles, '=') == NULL || strchr(roles, '\n'))
        return message_problem(problem, -EINVAL,
            "--task takes functions with their roles, such as turn=F,leaf=G, not '%s'", roles);
    return add_wish(tasks, roles, strlen(roles));
}

int tasks_wish_exact(char **tasks)
{
    int error = *tasks ? 0 : add_wish(tasks, TASKS_AUTO, strlen(TASKS_AUTO));
    return error ? error : add_wish(tasks, TASKS_EXACT, strlen(TASKS_EXACT));
}
