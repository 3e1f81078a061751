/*
 * task_check.c - whether the functions by which tasks are followed exist, and can be hooked.
 */
#include "plan/task_check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "elf/function_tables.h"
#include "hook_record.h"
#include "leaves/leaves.h"
#include "leaves/task_table.h"
#include "leaves/tasks.h"
#include "names/function_spec.h"
#include "plan/plans.h"
#include "program/program.h"

/* Returns a function of the leaf that is hooked, else one that is not, else NULL. */
static const struct plan_function *find_task_function(const struct plans *plans, size_t leaf)
{
    const struct plan_function *found = NULL;
    const struct plan_file *file;
    for (size_t i = 0; (file = plans_file(plans, i)) != NULL; i++)
        for (size_t j = 0; j < file->count; j++) {
            if (!plan_function_is_of(&file->list[j], leaf))
                continue;
            found = &file->list[j];
            if (plan_function_hook(file, found) == PLAN_AT_ENTRY)
                return found;
        }
    return found;
}

static bool is_of_runtime(const struct leaf *leaf, const char *runtime)
{
    return leaf->task && leaf->runtime && (runtime == NULL || strcmp(leaf->runtime, runtime) == 0);
}

/* Returns whether the program has any function of the runtime; NULL: of any runtime. */
static bool has_any(const struct plans *plans, const struct leaves *leaves, const char *runtime)
{
    for (size_t i = 0; i < leaves->count; i++)
        if (is_of_runtime(&leaves->list[i], runtime) && find_task_function(plans, i))
            return true;
    return false;
}

static bool is_stripped(const char *path)
{
    struct function_tables tables = {0};
    if (function_tables_open(&tables, path) != 0)
        return false;
    function_tables_open_all(&tables);
    bool has_symbols = function_tables_open_debug(&tables, path) == 0 && tables.count > 1;
    function_tables_finish(&tables);
    return !has_symbols;
}

static const char *reason(const struct program *program)
{
    return is_stripped(program->image) ? ": it is stripped" : "";
}

static int explain_missing_task(const struct plans *plans, const struct leaves *leaves,
    const struct program *program, const struct leaf *leaf, char **problem)
{
    const char *name = leaf->spec->written;
    if (leaf->runtime == NULL)
        return message_problem(problem, -ENOENT,
            "--task: neither '%s' nor its libraries have a function '%s'%s", program->image, name,
            reason(program));
    if (has_any(plans, leaves, leaf->runtime))
        return message_problem(problem, -ENOENT,
            "--tasks=%s: '%s' has no function '%s', but others of %s: another version?; name its "
            "functions by --task",
            leaf->runtime, program->image, name, leaf->runtime);
    return message_problem(problem, -ENOENT, "--tasks=%s: '%s' has no function of %s%s",
        leaf->runtime, program->image, leaf->runtime, reason(program));
}

static bool asks_for_all(const struct leaves *leaves)
{
    return leaves->tasks && strstr(leaves->tasks, TASKS_AUTO) == leaves->tasks;
}

int task_check_before(const struct plans *plans, const struct leaves *leaves,
    const struct program *program, void (*warn)(const char *line), char **problem)
{
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = &leaves->list[i];
        const struct plan_function *function = leaf->is_needed ? find_task_function(plans, i)
                                                               : NULL;
        if (!leaf->is_needed)
            continue;
        if (function == NULL)
            return explain_missing_task(plans, leaves, program, leaf, problem);
        if (function->why)
            return message_problem(problem, -EOPNOTSUPP, "tasks cannot be followed by '%s': %s",
                function->symbol, function->why);
    }
    if (!asks_for_all(leaves) || has_any(plans, leaves, NULL))
        return 0;
    char known[128], *line = NULL;
    task_table_names(known, sizeof known);
    message_problem(&line, 0, "no tasks: '%s' and its libraries have no functions of %s%s",
        program->image, known, reason(program));
    if (line)
        warn(line);
    free(line);
    return 0;
}
