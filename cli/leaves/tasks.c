/*
 * tasks.c - the functions by which tasks of asynchronous runtimes are followed.
 */
#include "leaves/tasks.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/message.h"
#include "hook_record.h"
#include "leaves/leaves.h"
#include "leaves/task_table.h"
#include "names/function_spec.h"

#define KEY_MAX 6 /* arguments in registers: psABI, 3.2.3 */

static const struct {
    const char *word;
    uint32_t told;
} roles[] = {
    {"turn", HOOK_TASK_TURN},
    {"leaf", HOOK_TASK_LEAF},
    {"taken", HOOK_TASK_TAKEN},
    {"given", HOOK_TASK_GIVEN},
    {"woken", HOOK_TASK_WOKEN},
    {"end", HOOK_TASK_END},
};

/* A function of the table has no arguments on the stack. Of a function that is entered by a jump,
 * these need not be copied. */
static uint32_t hook_flags_of(const struct task_function *function)
{
    uint32_t way = !hook_task_has_end(function->told) ? HOOK_TAIL
                   : function->runtime                ? 0
                                                      : HOOK_STACK_ARGS;
    return HOOK_ROOT | HOOK_NOT_A_LEAF | way;
}

static int add_task_function(
    struct leaves *leaves, const struct task_function *function, char **problem)
{
    struct function_spec *spec = calloc(1, sizeof *spec);
    int error = spec ? function_spec_parse(spec, function->function, problem) : -ENOMEM;
    if (error == 0)
        error = leaves_append(leaves, &(struct leaf){.symbol = spec->name,
                                          .shown = spec->name,
                                          .hook_flags = hook_flags_of(function),
                                          .spec = spec,
                                          .owns_spec = true,
                                          .task = function->told,
                                          .runtime = function->runtime,
                                          .is_needed = function->is_needed});
    if (error) {
        if (spec)
            function_spec_finish(spec);
        free(spec);
    }
    return error;
}

/* ---- by name of the runtime ---- */

/* Whether there is a line "exact". */
static bool wants_exact(const char *wishes)
{
    const size_t length = strlen(TASKS_EXACT);
    for (const char *line = wishes; *line != '\0';) {
        size_t end = strcspn(line, "\n");
        if (end == length && strncmp(line, TASKS_EXACT, length) == 0)
            return true;
        line += end + (line[end] == '\n');
    }
    return false;
}

static int add_runtime(struct leaves *leaves, const char *runtime, bool is_exact, char **problem)
{
    bool is_any = strcmp(runtime, TASKS_AUTO) == 0;
    int error = 0;
    char known[128];
    if (!is_any && !task_table_has(runtime)) {
        task_table_names(known, sizeof known);
        return message_problem(problem, -EINVAL,
            "--tasks: no runtime '%s' is known; those that are: %s; for others there is --task",
            runtime, known);
    }
    for (size_t i = 0; i < task_function_count && error == 0; i++) {
        struct task_function function = task_functions[i];
        function.is_needed &= !is_any;
        if (is_exact && function.told & HOOK_TASK_LEAF)
            function.told |= HOOK_TASK_EXACT;
        if (is_any || strcmp(function.runtime, runtime) == 0)
            error = add_task_function(leaves, &function, problem);
    }
    return error;
}

/* ---- by hand ---- */

/* Splits "role=function" at the first "="; returns NULL if there is none. */
static char *split_value(char *item)
{
    char *equals = strchr(item, '=');
    if (equals == NULL || equals[1] == '\0')
        return NULL;
    *equals = '\0';
    return equals + 1;
}

static uint32_t role_of(const char *word)
{
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (strcmp(roles[i].word, word) == 0)
            return roles[i].told;
    return 0;
}

static char *next_item(char **rest)
{
    char *item = *rest, *end = item + function_spec_length(item);
    *rest = *end == ',' ? end + 1 : end;
    *end = '\0';
    return item;
}

static int read_key(const char *value, uint32_t *key, char **problem)
{
    if (value[0] < '1' || value[0] > '0' + (char)HOOK_TASK_RESULT || value[1] != '\0')
        return message_problem(problem, -EINVAL,
            "--task: key=%s: it is the number of an argument, 1 to %d, or 7 for what the function "
            "returns",
            value, KEY_MAX);
    *key = (uint32_t)(value[0] - '0');
    return 0;
}

/* What is said in one --task about all of its functions. */
struct by_hand {
    uint32_t key, told; /* `told`: all roles that occur */
};

static int survey_roles(struct by_hand *all, char *text, char **problem)
{
    *all = (struct by_hand){.key = 1};
    int error = 0;
    while (*text != '\0' && error == 0) {
        char *item = next_item(&text), *value = split_value(item);
        if (value && strcmp(item, "key") == 0)
            error = read_key(value, &all->key, problem);
        else if (value == NULL || role_of(item) == 0)
            error = message_problem(problem, -EINVAL,
                "--task takes turn=, leaf=, taken=, given=, woken=, end= with a function, and "
                "key=; not '%s'",
                item);
        else
            all->told |= role_of(item);
    }
    if (error == 0 && !(all->told & HOOK_TASK_LEAF))
        error = message_problem(
            problem, -EINVAL, "--task needs leaf=FUNCTION, which a task calls before it waits");
    if (error == 0 && all->key == HOOK_TASK_RESULT && all->told & HOOK_TASK_TURN)
        error = message_problem(problem, -EINVAL,
            "--task: what the function of turn= returns is not known when the turn begins");
    return error;
}

/* Where wakers are given back, each call of the leaf takes one. */
static uint32_t told_by(const struct by_hand *all, const char *role)
{
    uint32_t told = role_of(role);
    if (told & HOOK_TASK_LEAF && all->told & HOOK_TASK_GIVEN)
        told |= HOOK_TASK_TAKEN;
    if (told & HOOK_TASK_LEAF && !(all->told & HOOK_TASK_TURN))
        told |= HOOK_TASK_TURNLESS;
    return told | HOOK_TASK_KEY_OF(all->key);
}

static int add_by_hand(struct leaves *leaves, const char *wish, char **problem)
{
    char *copy = strdup(wish), *again = strdup(wish), *rest = again;
    struct by_hand all;
    int error = copy && again ? survey_roles(&all, copy, problem) : -ENOMEM;
    while (error == 0 && *rest != '\0') {
        char *role = next_item(&rest);
        const char *function = split_value(role);
        if (strcmp(role, "key") == 0)
            continue;
        error = add_task_function(leaves,
            &(struct task_function){
                .function = function, .told = told_by(&all, role), .is_needed = true},
            problem);
    }
    free(copy);
    free(again);
    return error;
}

int leaves_add_tasks(struct leaves *leaves, const char *wishes, char **problem)
{
    char *copy = strdup(wishes), *rest = copy;
    int error = copy ? 0 : -ENOMEM;
    bool is_exact = wants_exact(wishes);
    leaves->tasks = wishes;
    while (error == 0 && *rest != '\0') {
        char *line = rest, *end = strchrnul(line, '\n');
        rest = *end ? end + 1 : end;
        *end = '\0';
        if (strcmp(line, TASKS_EXACT) != 0)
            error = strchr(line, '=') ? add_by_hand(leaves, line, problem)
                                      : add_runtime(leaves, line, is_exact, problem);
    }
    free(copy);
    return error;
}
