/*
 * leaves.c - which functions are leaves: what --leaf selects.
 */
#include "leaves/leaves.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/message.h"
#include "hook_record.h"
#include "leaves/fibers.h"
#include "leaves/flags.h"
#include "leaves/table.h"
#include "names/function_spec.h"
#include "watched_functions.h"

/* CHOSEN_WAITS: only calls that have to wait are hits. */
enum choice { NOT_CHOSEN, CHOSEN_WAITS, CHOSEN, ASKED_FOR };

struct selection {
    enum choice *functions; /* one for each of table_functions; malloc'ed */
    bool *fibers;           /* one for each of fiber_functions; malloc'ed */
    char **others;          /* names on the command line that are not in the table; malloc'ed */
    size_t other_count, other_room;
};

static int unknown_group(const char *name, char **problem)
{
    char known[256] = "", *end = known;
    for (const struct leaf_group *group = leaf_groups; group->name; group++)
        end += snprintf(end, (size_t)(known + sizeof known - end), "@%s, ", group->name);
    snprintf(end, (size_t)(known + sizeof known - end), "@%s", FIBERS_GROUP);
    return message_problem(
        problem, -EINVAL, "there is no group '@%s'; the groups are %s", name, known);
}

/* Returns the name of the function that has this name or this twin; NULL: not in the table. */
static const char *plain_name(const char *name)
{
    const struct table_function *function = table_find(name);
    return function ? table_shown_name(function) : NULL;
}

static int check_hookable(const char *name, char **problem)
{
    const char *why = leaves_unhookable_why(name);
    if (why == NULL)
        return 0;
    return message_problem(problem, -EINVAL, "'%s' cannot be a leaf: %s", name, why);
}

/* The group `wait` takes only waits, where these can be told from other calls. */
static enum choice choice_by(const struct leaf_group *group, const struct table_function *function)
{
    bool is_for_waits = strcmp(group->name, TABLE_DEFAULT_GROUP) == 0;
    return is_for_waits && function->hook_flags & HOOK_ONLY_WAITS ? CHOSEN_WAITS : CHOSEN;
}

static int choose_group(
    struct selection *selection, const char *name, bool is_removal, char **problem)
{
    const struct leaf_group *group = table_find_group(name);
    if (strcmp(name, FIBERS_GROUP) == 0) {
        for (size_t i = 0; i < fiber_function_count; i++)
            selection->fibers[i] = !is_removal;
        return 0;
    }
    if (group == NULL)
        return unknown_group(name, problem);
    for (size_t i = 0; i < table_function_count; i++) {
        if (!(table_functions[i].groups & group->bit))
            continue;
        enum choice choice = choice_by(group, &table_functions[i]);
        if (is_removal)
            selection->functions[i] = NOT_CHOSEN;
        else if (selection->functions[i] < choice)
            selection->functions[i] = choice;
    }
    return 0;
}

static size_t find_other(const struct selection *selection, const char *name)
{
    size_t i = 0;
    while (i < selection->other_count && strcmp(selection->others[i], name) != 0)
        i++;
    return i;
}

static int remove_other(struct selection *selection, const char *name, char **problem)
{
    size_t at = find_other(selection, name);
    if (at == selection->other_count)
        return message_problem(
            problem, -EINVAL, "--leaf -%s: it takes away a leaf that is not in the list", name);
    free(selection->others[at]);
    selection->others[at] = selection->others[--selection->other_count];
    return 0;
}

/* Takes the function out of the group @fiber. Returns whether it was selected by that. */
static bool remove_fiber(struct selection *selection, const char *name)
{
    for (size_t i = 0; i < fiber_function_count; i++) {
        if (!selection->fibers[i] || strcmp(fiber_functions[i].name, name) != 0)
            continue;
        selection->fibers[i] = false;
        return true;
    }
    return false;
}

static int add_other(struct selection *selection, const char *name)
{
    if (find_other(selection, name) < selection->other_count)
        return 0;
    if (array_reserve(&selection->others, selection->other_count, 1, &selection->other_room,
            sizeof *selection->others) != 0)
        return -ENOMEM;
    char *copy = strdup(name);
    if (copy == NULL)
        return -ENOMEM;
    selection->others[selection->other_count++] = copy;
    return 0;
}

static int choose_name(
    struct selection *selection, const char *name, bool is_removal, char **problem)
{
    const char *plain = plain_name(name);
    int error = check_hookable(name, problem);
    if (error != 0)
        return error;
    bool is_fiber = is_removal && remove_fiber(selection, name);
    for (size_t i = 0; plain != NULL && i < table_function_count; i++)
        if (strcmp(table_shown_name(&table_functions[i]), plain) == 0)
            selection->functions[i] = is_removal ? NOT_CHOSEN : ASKED_FOR;
    if (plain != NULL || is_fiber)
        return 0;
    if (is_removal)
        return remove_other(selection, name, problem);
    return add_other(selection, name);
}

static int leaves_choose(struct selection *selection, const char *item, char **problem)
{
    bool is_removal = *item == '-';
    item += is_removal;
    if (*item == '@')
        return choose_group(selection, item + 1, is_removal, problem);
    if (*item != '\0')
        return choose_name(selection, item, is_removal, problem);
    return message_problem(
        problem, -EINVAL, "--leaf: a function or a @group must follow the minus");
}

bool leaves_is_implied(const struct leaves *leaves, const char *name)
{
    bool is_there = false;
    for (size_t i = 0; i < leaves->count; i++) {
        if (strcmp(leaves->list[i].shown, name) != 0)
            continue;
        if (leaves->list[i].is_asked_for)
            return false;
        is_there = true;
    }
    return is_there;
}

static struct leaf *add_function(
    struct leaf *to, const struct table_function *function, enum choice choice)
{
    uint32_t dropped = choice == CHOSEN_WAITS ? 0 : HOOK_ONLY_WAITS;
    uint32_t implied = choice == ASKED_FOR ? 0 : HOOK_IMPLIED;
    struct leaf leaf = {.symbol = function->name,
        .shown = table_shown_name(function),
        .hook_flags = (function->hook_flags & ~dropped) | implied,
        .is_c_library = choice != ASKED_FOR};
    *to = leaf;
    to++->is_asked_for = choice == ASKED_FOR && leaf.shown == function->name;
    for (const char *const *twin = function->twins; twin && *twin; twin++) {
        leaf.symbol = *twin;
        leaf.hook_flags = (table_flags(function, *twin) & ~dropped) | implied;
        *to++ = leaf;
    }
    return to;
}

static int parse_spec(struct leaves *leaves, const char *name, char **problem)
{
    struct function_spec *spec = &leaves->specs[leaves->spec_count];
    int error = function_spec_parse(spec, name, problem);
    if (error != 0)
        return error;
    leaves->spec_count++;
    return spec->is_pattern ? 0 : check_hookable(spec->name, problem);
}

/* Those of the group @fiber come first. */
static int parse_specs(struct leaves *leaves, const struct selection *selection, char **problem)
{
    int error = 0;
    leaves->specs = calloc(
        fiber_function_count + selection->other_count + 1, sizeof *leaves->specs);
    if (leaves->specs == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < fiber_function_count && error == 0; i++)
        if (selection->fibers[i])
            error = parse_spec(leaves, fiber_functions[i].name, problem);
    for (size_t i = 0; i < selection->other_count && error == 0; i++)
        error = parse_spec(leaves, selection->others[i], problem);
    return error;
}

/* They are the first leaves: of several leaves that name a function, the first one says how it is
 * hooked. Returns how many they are; leaves->specs has that many for them. */
static size_t leaves_add_fibers(
    struct leaf *to, const struct selection *selection, const struct function_spec *specs)
{
    size_t count = 0;
    for (size_t i = 0; i < fiber_function_count; i++) {
        const struct fiber_function *function = &fiber_functions[i];
        if (!selection->fibers[i])
            continue;
        to[count] = (struct leaf){.symbol = specs[count].name,
            .shown = function->name,
            .hook_flags = function->hook_flags | HOOK_IMPLIED,
            .is_c_library = function->of == NULL,
            .spec = function->of ? &specs[count] : NULL};
        count++;
    }
    return count;
}

static struct leaf *add_other_leaf(struct leaf *to, const struct function_spec *spec)
{
    const char *known = plain_name(spec->name); /* in one library */
    const char *shown = known ? known : spec->name;
    *to = (struct leaf){.symbol = spec->name,
        .shown = shown,
        .hook_flags = leaves_hook_flags(spec->name, true),
        .is_asked_for = true,
        .spec = spec};
    return to + 1;
}

static int list(struct leaves *leaves, const struct selection *selection, char **problem)
{
    int error = parse_specs(leaves, selection, problem);
    if (error != 0)
        return error;
    size_t count = leaves->spec_count;
    for (size_t i = 0; i < table_function_count; i++)
        if (selection->functions[i] != NOT_CHOSEN)
            count += table_symbol_count(&table_functions[i]);
    if (count == 0)
        return message_problem(problem, -EINVAL, "--leaf selects no leaf");
    struct leaf *end = leaves->list = calloc(count, sizeof *leaves->list);
    if (end == NULL)
        return -ENOMEM;
    size_t fibers = leaves_add_fibers(end, selection, leaves->specs);
    end += fibers;
    for (size_t i = 0; i < table_function_count; i++)
        if (selection->functions[i] != NOT_CHOSEN)
            end = add_function(end, &table_functions[i], selection->functions[i]);
    for (size_t i = fibers; i < leaves->spec_count; i++)
        end = add_other_leaf(end, &leaves->specs[i]);
    leaves->count = leaves->room = count;
    return 0;
}

static char *trim(char *item)
{
    item += strspn(item, " ");
    for (size_t length = strlen(item); length > 0 && item[length - 1] == ' '; length--)
        item[length - 1] = '\0';
    return item;
}

/* Chooses what one argument lists; *is_first is true until an item was read. */
static int choose_listed(struct selection *selection, char *rest, bool *is_first, char **problem)
{
    int error = 0;
    while (*rest != '\0' && error == 0) {
        char *item = rest, *end = rest + function_spec_length(rest);
        rest = *end == ',' ? end + 1 : end;
        *end = '\0';
        item = trim(item);
        if (*item == '\0')
            continue;
        if (*is_first && *item == '-')
            error = choose_group(selection, TABLE_DEFAULT_GROUP, false, problem);
        *is_first = false;
        if (error == 0)
            error = leaves_choose(selection, item, problem);
    }
    return error;
}

static int choose_all(
    struct selection *selection, const char *const *arguments, size_t count, char **problem)
{
    bool is_first = true;
    int error = count == 0 ? choose_group(selection, TABLE_DEFAULT_GROUP, false, problem) : 0;
    for (size_t i = 0; i < count && error == 0; i++) {
        char *copy = strdup(arguments[i]);
        if (copy == NULL)
            return -ENOMEM;
        error = choose_listed(selection, copy, &is_first, problem);
        free(copy);
    }
    return error;
}

int leaves_select(struct leaves *leaves, const char *const *arguments, size_t count, char **problem)
{
    struct selection selection = {
        .functions = calloc(table_function_count, sizeof *selection.functions),
        .fibers = calloc(fiber_function_count, sizeof *selection.fibers)};
    struct leaves selected = {.arguments = arguments, .argument_count = count};
    int error = -ENOMEM;
    if (selection.functions && selection.fibers)
        error = choose_all(&selection, arguments, count, problem);
    if (error == 0)
        error = list(&selected, &selection, problem);
    if (error == 0)
        *leaves = selected;
    else
        leaves_finish(&selected);
    for (size_t i = 0; i < selection.other_count; i++)
        free(selection.others[i]);
    free(selection.others);
    free(selection.fibers);
    free(selection.functions);
    return error;
}

int leaves_append(struct leaves *leaves, const struct leaf *leaf)
{
    if (array_reserve(&leaves->list, leaves->count, 1, &leaves->room, sizeof *leaves->list) != 0)
        return -ENOMEM;
    leaves->list[leaves->count++] = *leaf;
    return 0;
}

int leaves_add_root(struct leaves *leaves, const char *root, char **problem)
{
    struct function_spec *spec = calloc(1, sizeof *spec);
    int error = spec ? function_spec_parse(spec, root, problem) : -ENOMEM;
    if (error != 0) {
        free(spec);
        return error;
    }
    spec->is_anywhere = true; /* like name_matches */
    leaves->root = spec;
    return leaves_append(leaves, &(struct leaf){.symbol = spec->name,
                                     .shown = spec->name,
                                     .hook_flags = HOOK_ROOT | HOOK_NOT_A_LEAF,
                                     .is_asked_for = true,
                                     .spec = spec,
                                     .owns_spec = true});
}

/* Functions of the C library that are hooked at their entry for the library's own needs. Within the
 * C library, too, streams and directories are closed by calls of some of them. The last two have
 * version GLIBC_PRIVATE. glibc's nptl/pthread_create.c calls them in start_thread; it exports them
 * because that function was in another library before 2.34. */
static const struct {
    const char *symbol;
    uint32_t hook_flags;
} own_functions[] = {
    {"execve", HOOK_EXECUTES | HOOK_TAIL},
    {"_exit", HOOK_ENDS | HOOK_TAIL},
    {"siglongjmp", WATCHED_JUMP & ~HOOK_LATE},
    {"__longjmp_chk", WATCHED_JUMP & ~HOOK_LATE},
    {"close", HOOK_NUMBERS | HOOK_TAIL},
    {"__close_nocancel", HOOK_NUMBERS | HOOK_TAIL},
    {"mq_close", HOOK_NUMBERS | HOOK_TAIL},
    {"close_range", HOOK_NUMBERS | HOOK_TAIL},
    {"closefrom", HOOK_NUMBERS | HOOK_TAIL},
    {"dup2", HOOK_NUMBERS},
    {"dup3", HOOK_NUMBERS},
    {"connect", HOOK_NUMBERS | HOOK_TAIL},
    {"epoll_ctl", HOOK_NUMBERS | HOOK_TAIL},
    {"__ctype_init", HOOK_THREAD_BEGINS | HOOK_TAIL},
    {"__call_tls_dtors", HOOK_THREAD_ENDS | HOOK_TAIL},
};

static int append_own(struct leaves *leaves, const char *symbol, uint32_t flags)
{
    return leaves_append(leaves, &(struct leaf){.symbol = symbol,
                                     .shown = symbol,
                                     .hook_flags = flags | HOOK_NOT_A_LEAF,
                                     .is_c_library = true});
}

/* Returns whether a leaf waits for what these functions give back. */
static bool has_waiting_leaf(const struct leaves *leaves, uint32_t object)
{
    for (size_t i = 0; i < leaves->count; i++)
        if (!(leaves->list[i].hook_flags & HOOK_OWN) &&
            HOOK_OBJECT(leaves->list[i].hook_flags) == object)
            return true;
    return false;
}

int leaves_add_watched(struct leaves *leaves)
{
    int error = 0;
    for (size_t i = 0; i < sizeof own_functions / sizeof *own_functions && error == 0; i++)
        error = append_own(leaves, own_functions[i].symbol, own_functions[i].hook_flags);
    for (size_t i = 0; i < WATCHED_COUNT && error == 0; i++) {
        const struct watched_function *waker = &watched_functions[i];
        if (waker->flags & HOOK_WAKES && has_waiting_leaf(leaves, HOOK_OBJECT(waker->flags)))
            error = append_own(leaves, waker->symbol, waker->flags & ~HOOK_LATE);
    }
    return error;
}

void leaves_finish(struct leaves *leaves)
{
    for (size_t i = 0; i < leaves->spec_count; i++)
        function_spec_finish(&leaves->specs[i]);
    for (size_t i = 0; i < leaves->count; i++)
        if (leaves->list[i].owns_spec) {
            function_spec_finish((struct function_spec *)leaves->list[i].spec);
            free((struct function_spec *)leaves->list[i].spec);
        }
    free(leaves->specs);
    free(leaves->list);
    *leaves = (struct leaves){.count = 0};
}
