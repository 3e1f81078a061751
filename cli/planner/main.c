/*
 * main.c - scoped-trace-plan: makes plans for a run of scoped-trace.
 *
 *   planner.h   its arguments, the requests and the answers
 *   leaves      which functions are leaves, as in the tool
 *   functions   the functions of one file
 *   plan_make   decides about each function, with displace
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/message.h"
#include "base/stack.h"
#include "hook_plan.h"
#include "leaves/leaves.h"
#include "leaves/tasks.h"
#include "plan/planner.h"
#include "planner/plan_maker.h"

/* Serves requests until the tool closes its end. */
static int planner_serve(
    const char *directory, const struct leaves *leaves, enum plan_policy policy)
{
    struct hook_plan_request request;
    const ssize_t head = offsetof(struct hook_plan_request, path);
    ssize_t size;
    while ((size = recv(STDIN_FILENO, &request, sizeof request, 0)) > 0) {
        if (size <= head || memchr(request.path, '\0', (size_t)(size - head)) == NULL)
            return EXIT_FAILURE;
        int32_t answer = plan_make(&request, directory, leaves, policy);
        if (send(STDIN_FILENO, &answer, sizeof answer, MSG_NOSIGNAL) != sizeof answer)
            return EXIT_FAILURE;
    }
    return size == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int planner_run(char **argv, size_t argc)
{
    struct leaves leaves;
    char *problem = NULL;
    if (leaves_select(&leaves, (const char *const *)argv + PLANNER_LEAVES, argc - PLANNER_LEAVES,
            &problem) != 0)
        return message_fail(EXIT_FAILURE, problem);
    int status = EXIT_FAILURE;
    if (leaves_add_tasks(&leaves, argv[PLANNER_TASKS], &problem) != 0)
        message_fail(EXIT_FAILURE, problem);
    else if (*argv[PLANNER_ROOT] && leaves_add_root(&leaves, argv[PLANNER_ROOT], &problem) != 0)
        message_fail(EXIT_FAILURE, problem);
    else if (leaves_add_watched(&leaves) != 0)
        message_fail(EXIT_FAILURE, NULL);
    else
        status = planner_serve(
            argv[PLANNER_DIRECTORY], &leaves, (enum plan_policy)(argv[PLANNER_POLICY][0] - '0'));
    leaves_finish(&leaves);
    return status;
}

struct arguments {
    char **list;
    size_t count;
    int status;
};

static void run_with_stack(void *argument)
{
    struct arguments *arguments = argument;
    arguments->status = planner_run(arguments->list, arguments->count);
}

int main(int argc, char **argv)
{
    struct arguments arguments = {argv, (size_t)argc, EXIT_FAILURE};
    if (argc < PLANNER_LEAVES) {
        message(0, PLANNER_NAME " is started by scoped-trace and not by users");
        return EXIT_FAILURE;
    }
    if (stack_call(run_with_stack, &arguments) != 0)
        message(0, PLANNER_NAME " cannot have a stack of the usual size");
    return arguments.status;
}
