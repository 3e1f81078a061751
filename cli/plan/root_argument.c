/*
 * root_argument.c - by which argument of the root its calls are told apart.
 */
#include "plan/root_argument.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "leaves/leaves.h"
#include "plan/plans.h"
#include "symbols/parameters/parameters.h"

_Static_assert(ROOT_ARGUMENT_MAX == PARAMETER_REGISTERS, "all of them");

struct wish {
    const char *name; /* of the parameter; NULL: `number` is given */
    unsigned number;
};

static bool is_root(const struct leaves *leaves, const struct plan_function *function)
{
    for (size_t i = 0; i < function->leaf_count; i++)
        if (function->leaves[i] == leaves->count - 1)
            return true;
    return false;
}

/* gcc names copies of a function with other parameters so. */
static bool is_copy(const char *symbol)
{
    return strstr(symbol, ".isra.") || strstr(symbol, ".constprop.");
}

/* Says why nothing is known about a function's parameters. */
static int say_unknown(
    const struct plan_function *function, const struct wish *wish, char **problem)
{
    return message_problem(problem, -EINVAL,
        "'--by %s' needs debugging information about '%s'; --by 1 takes its first argument, --by 2 "
        "the second, ...",
        wish->name, function->shown);
}

/* Finds the argument of one function. */
static int find_of(const struct plan_file *file, const struct plan_function *function,
    const struct wish *wish, struct parameter *found, char **problem)
{
    char *why = NULL;
    if (is_copy(function->symbol))
        return message_problem(problem, -EINVAL,
            "the compiler has made a copy of '%s' that may have other parameters ('%s'): its calls "
            "cannot be told apart by --by",
            function->shown, function->symbol);
    int error = parameter_find(
        file->path, function->address, wish->name, wish->number, found, &why);
    if (error == -ENODATA && wish->name)
        return say_unknown(function, wish, problem);
    if (error == -ENODATA) {
        *found = (struct parameter){.number = wish->number, .bytes = 8};
        return 0;
    }
    if (error)
        message_problem(problem, error, "'%s' %s", function->shown, why ? why : "is not known");
    free(why);
    return error;
}

static bool are_equal(const struct parameter *a, const struct parameter *b)
{
    return a->number == b->number && a->bytes == b->bytes && a->is_signed == b->is_signed &&
           a->is_pointer == b->is_pointer;
}

static enum snapshot_value_form form_of(const struct parameter *parameter, bool is_known)
{
    if (!is_known)
        return SNAPSHOT_VALUE_UNKNOWN;
    return parameter->is_pointer  ? SNAPSHOT_VALUE_POINTER
           : parameter->is_signed ? SNAPSHOT_VALUE_SIGNED
                                  : SNAPSHOT_VALUE_UNSIGNED;
}

/* Adds what one function says to what the others have said. */
static int root_argument_add(const struct plan_file *file, const struct plan_function *function,
    const struct wish *wish, struct parameter *all, char **problem)
{
    struct parameter one;
    int error = find_of(file, function, wish, &one, problem);
    if (error)
        return error;
    if (all->number == 0)
        *all = one;
    if (are_equal(all, &one))
        return 0;
    return message_problem(problem, -EINVAL,
        "several functions are named '%s', and this argument is not the same in all of them; try "
        "--root with the parameters of one",
        function->shown);
}

/* A library that is loaded later may have the root: then a name is not enough. */
static int say_no_function(const struct wish *wish, char **problem)
{
    return message_problem(problem, -EINVAL,
        "'--by %s' needs a root in the program, or in a library that is loaded at its start; --by "
        "1 "
        "takes the first argument of any root",
        wish->name);
}

static int find_in_all(const struct plans *plans, const struct leaves *leaves,
    const struct wish *wish, struct parameter *all, char **problem)
{
    const struct plan_file *file;
    int error = 0;
    for (size_t i = 0; error == 0 && (file = plans_file(plans, i)) != NULL; i++)
        for (size_t j = 0; j < file->count && error == 0; j++)
            if (is_root(leaves, &file->list[j]))
                error = root_argument_add(file, &file->list[j], wish, all, problem);
    return error;
}

int root_argument_find(struct root_argument *argument, const struct plans *plans,
    const struct leaves *leaves, const char *wanted, char **problem)
{
    bool is_number = *wanted >= '0' && *wanted <= '9';
    const struct wish wish = {is_number ? NULL : wanted, is_number ? (unsigned)atoi(wanted) : 0};
    struct parameter all = {.number = 0};
    int error = find_in_all(plans, leaves, &wish, &all, problem);
    if (error == 0 && all.number == 0 && wish.name)
        return say_no_function(&wish, problem);
    if (error)
        return error;
    if (all.number == 0)
        all = (struct parameter){.number = wish.number, .bytes = 8};
    bool is_known = all.bytes < 8 || all.is_signed || all.is_pointer;
    *argument = (struct root_argument){all.number, all.bytes, form_of(&all, is_known)};
    return 0;
}
