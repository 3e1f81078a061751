/*
 * planner.c - runs the planner, scoped-trace-plan, in a process of its own.
 *
 * The planner inherits that all signals are blocked during a run (launch.h): a signal that the
 * terminal sends to the whole job does not end it before the program has ended.
 */
#include "plan/planner.h"

#include <errno.h>
#include <spawn.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook_plan.h"
#include "leaves/leaves.h"
#include "names/function_spec.h"

/* Environment variables for the dynamic linker are meant for the program, except the one that says
 * where libraries are: the decoder may be there, too. */
static bool is_for_program(const char *variable)
{
    return strncmp(variable, "LD_", 3) == 0 && strncmp(variable, "LD_LIBRARY_PATH=", 16) != 0;
}

/* The strings belong to the environment of this process. NULL when out of memory. */
static char **make_environment(void)
{
    size_t count = 0;
    while (environ[count])
        count++;
    char **variables = calloc(count + 1, sizeof *variables), **end = variables;
    for (size_t i = 0; variables && i < count; i++)
        if (!is_for_program(environ[i]))
            *end++ = environ[i];
    return variables;
}

/* The strings belong to their owners. NULL when out of memory. `policy` is one digit. */
static char **make_arguments(const struct planner *planner, const char *policy)
{
    const struct leaves *leaves = planner->leaves;
    char **arguments = calloc(PLANNER_LEAVES + leaves->argument_count + 1, sizeof *arguments);
    if (arguments == NULL)
        return NULL;
    arguments[0] = (char *)PLANNER_NAME;
    arguments[PLANNER_DIRECTORY] = (char *)planner->directory;
    arguments[PLANNER_POLICY] = (char *)policy;
    arguments[PLANNER_ROOT] = leaves->root ? leaves->root->written : (char *)"";
    arguments[PLANNER_TASKS] = (char *)(leaves->tasks ? leaves->tasks : "");
    for (size_t i = 0; i < leaves->argument_count; i++)
        arguments[PLANNER_LEAVES + i] = (char *)leaves->arguments[i];
    return arguments;
}

/* Runs the planner with `end` as its standard input. Returns 0 or -errno. */
static int spawn(struct planner *planner, int end)
{
    const char policy[] = {(char)('0' + planner->policy), '\0'};
    char **arguments = make_arguments(planner, policy), **variables = make_environment();
    posix_spawn_file_actions_t actions;
    int error = -posix_spawn_file_actions_init(&actions);
    if (error)
        goto out;
    error = arguments && variables ? 0 : -ENOMEM;
    if (error == 0)
        error = -posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
    if (error == 0)
        error = -posix_spawn(&planner->pid, planner->program, &actions, NULL, arguments, variables);
    posix_spawn_file_actions_destroy(&actions);
out:
    free(arguments);
    free(variables);
    return error;
}

static int planner_start(struct planner *planner)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return -errno;
    int error = spawn(planner, ends[1]);
    close(ends[1]);
    if (error)
        close(ends[0]);
    else
        planner->connection = ends[0];
    return error;
}

void planner_stop(struct planner *planner)
{
    if (planner->connection < 0)
        return;
    close(planner->connection);
    planner->connection = -1;
    while (waitpid(planner->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
}

static bool converse(int connection, const struct hook_plan_request *request, int32_t *answer)
{
    size_t size = offsetof(struct hook_plan_request, path) + strlen(request->path) + 1;
    ssize_t done;
    do
        done = send(connection, request, size, MSG_NOSIGNAL);
    while (done < 0 && errno == EINTR);
    if (done != (ssize_t)size)
        return false;
    do
        done = recv(connection, answer, sizeof *answer, 0);
    while (done < 0 && errno == EINTR);
    return done == sizeof *answer;
}

int planner_ask(struct planner *planner, const struct hook_plan_request *request)
{
    int32_t answer;
    if (planner->connection < 0 && planner_start(planner) != 0)
        return -ECHILD;
    if (converse(planner->connection, request, &answer))
        return answer;
    planner_stop(planner);
    return -ECHILD;
}
