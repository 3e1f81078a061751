/*
 * view_wish.c - the options that say what a report shows of a run.
 */
#include "options/view_wish.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/message.h"
#include "options/duration.h"
#include "view/build.h"

void view_wish_begin(struct view_wish *wish)
{
    *wish = (struct view_wish){.view = view_options_default};
}

void view_wish_finish(struct view_wish *wish)
{
    for (size_t i = 0; i < sizeof wish->lists / sizeof *wish->lists; i++)
        free(wish->lists[i].list);
    memset(wish->lists, 0, sizeof wish->lists);
}

/* Returns 0, or -EINVAL with *problem: the pattern is no name of a function. */
static int check_function(int option, const char *value, char **problem)
{
    static const char *const names[] = {[WISH_UNDER - WISH_FIRST] = "--under",
        [WISH_THROUGH - WISH_FIRST] = "--through",
        [WISH_WITHOUT - WISH_FIRST] = "--without",
        [WISH_THREAD - WISH_FIRST] = "--thread",
        [WISH_PROCESS - WISH_FIRST] = "--process",
        [WISH_HIDE - WISH_FIRST] = "--hide",
        [WISH_MERGE - WISH_FIRST] = "--merge",
        [WISH_IDLE - WISH_FIRST] = "--idle"};
    bool is_function = option != WISH_THREAD && option != WISH_PROCESS;
    const struct view_options one = {.under = {&value, 1}};
    if (*value == '\0')
        return message_problem(problem, -EINVAL, "%s needs %s", names[option - WISH_FIRST],
            is_function ? "the name of a function, or a pattern" : "a name, a pattern or a number");
    return is_function ? view_check(&one, problem) : 0;
}

static int set_idle(struct view_wish *wish, bool is_none, char **problem)
{
    wish->is_idle_none |= is_none;
    wish->has_idle_function |= !is_none;
    wish->view.no_idle = is_none;
    if (wish->is_idle_none && wish->has_idle_function)
        return message_problem(problem, -EINVAL,
            "--idle=none and --idle=FUNCTION contradict each other; give one of them");
    return 0;
}

static int add_pattern(struct view_wish *wish, int option, const char *value, char **problem)
{
    struct wish_list *list = &wish->lists[option - WISH_FIRST];
    bool is_none = option == WISH_IDLE && strcmp(value, "none") == 0;
    int error = is_none ? 0 : check_function(option, value, problem);
    if (error == 0 && option == WISH_IDLE)
        error = set_idle(wish, is_none, problem);
    if (error || is_none)
        return error;
    if (array_reserve(&list->list, list->count, 1, &list->room, sizeof *list->list) != 0)
        return -ENOMEM;
    list->list[list->count++] = value;
    return 0;
}

static int set_sort(struct view_wish *wish, const char *value, char **problem)
{
    static const char *const words[] = {
        [VIEW_BY_TIME] = "time", [VIEW_BY_ORDER] = "order", [VIEW_BY_HITS] = "hits"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(value, words[i]) == 0) {
            wish->view.sort = (enum view_sort)i;
            return 0;
        }
    return message_problem(problem, -EINVAL, "--sort takes time, order or hits, not '%s'", value);
}

static int set_lines(struct view_wish *wish, const char *value, char **problem)
{
    char *end;
    unsigned long lines = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end || lines == 0)
        return message_problem(
            problem, -EINVAL, "--lines takes a number from 1 on, not '%s'", value);
    wish->view.lines = lines;
    return 0;
}

static int set_min(struct view_wish *wish, const char *value, char **problem)
{
    if (!duration_read(value, &wish->view.min_ns))
        return message_problem(problem, -EINVAL, "--min takes a time such as 1ms, not '%s'", value);
    if (!wish->has_share)
        wish->view.min_percent = 0;
    return 0;
}

static int set_min_share(struct view_wish *wish, const char *value, char **problem)
{
    char *end;
    double percent = strtod(value, &end);
    bool is_number = end != value && (*end == '\0' || strcmp(end, "%") == 0);
    if (!is_number || !(percent >= 0 && percent <= 100))
        return message_problem(
            problem, -EINVAL, "--min-share takes a percentage from 0 to 100, not '%s'", value);
    wish->view.min_percent = percent;
    wish->has_share = true;
    return 0;
}

/* `is_all`: --all; else an option that limits what is shown. */
static int note_limit(struct view_wish *wish, bool is_all, char **problem)
{
    wish->is_all |= is_all;
    wish->has_limit |= !is_all;
    if (wish->is_all && wish->has_limit)
        return message_problem(problem, -EINVAL,
            "--all shows everything, and contradicts --lines, --min and --min-share");
    return 0;
}

static int show_all(struct view_wish *wish, char **problem)
{
    wish->view.lines = SIZE_MAX;
    wish->view.min_ns = 0;
    wish->view.min_percent = 0;
    return note_limit(wish, true, problem);
}

static int set_limit(struct view_wish *wish, int option, const char *value, char **problem)
{
    int error = option == WISH_LINES ? set_lines(wish, value, problem)
                : option == WISH_MIN ? set_min(wish, value, problem)
                                     : set_min_share(wish, value, problem);
    return error ? error : note_limit(wish, false, problem);
}

/* The last one counts. */
static void set_what(struct view_wish *wish, bool shows_objects)
{
    wish->shows_objects = shows_objects;
    wish->has_no_objects = !shows_objects;
}

int view_wish_take(struct view_wish *wish, int option, const char *value, char **problem)
{
    struct view_options *view = &wish->view;
    wish->is_given |= option != WISH_FULL && option != WISH_NO_WHAT;
    if (option <= WISH_IDLE)
        return add_pattern(wish, option, value, problem);
    switch (option) {
    case WISH_INTERNALS: view->internals = true; return 0;
    case WISH_SITES: view->sites = true; return 0;
    case WISH_PLACES: wish->places = view->places = view->sites = true; return 0;
    case WISH_FULL_NAMES: view->full_names = true; return 0;
    case WISH_HISTOGRAM: wish->histograms = true; return 0;
    case WISH_WHAT:
    case WISH_NO_WHAT: set_what(wish, option == WISH_WHAT); return 0;
    case WISH_INVERT: view->inverts = true; return 0;
    case WISH_THREADS: view->apart_threads = true; return 0;
    case WISH_PROCESSES: view->apart_processes = true; return 0;
    case WISH_SORT: return set_sort(wish, value, problem);
    case WISH_LINES:
    case WISH_MIN:
    case WISH_MIN_SHARE: return set_limit(wish, option, value, problem);
    case WISH_ALL: return show_all(wish, problem);
    default: wish->is_full = true; return 0;
    }
}

void view_wish_set_defaults(struct view_wish *wish)
{
    wish->is_full_by_default = wish->is_full;
    wish->is_full = wish->is_given = false;
    wish->is_all = wish->has_limit = wish->has_share = false;
    wish->is_idle_none = wish->has_idle_function = false;
}

int view_wish_check(struct view_wish *wish, char **problem)
{
    struct view_options *view = &wish->view;
    struct view_patterns *const patterns[] = {&view->under, &view->through, &view->without,
        &view->threads, &view->processes, &view->hide, &view->merge, &view->idle};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        *patterns[i] = (struct view_patterns){wish->lists[i].list, wish->lists[i].count};
    if (wish->is_full && wish->is_given)
        return message_problem(problem, -EINVAL,
            "--full shows everything and takes no other option of the view; try --all");
    wish->is_full |= wish->is_full_by_default && !wish->is_given;
    if (view->no_idle)
        view->idle.count = 0;
    return 0;
}
