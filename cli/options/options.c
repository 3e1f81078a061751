/*
 * options.c - the command line.
 */
#include "options/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "options/calls_wish.h"
#include "options/duration.h"
#include "options/tasks_wish.h"

#define EVERY_DEFAULT_NS UINT64_C(1000000000)
#define PERIOD_LEAST_NS  UINT64_C(10000000)
#define COUNT_MAX        1000000000000

/* Greater than every character, so that optopt tells a long option from a short one. */
enum {
    OPTION_ROOT = 256,
    OPTION_EACH,
    OPTION_BY,
    OPTION_LEAF,
    OPTION_FIBERS,
    OPTION_TASKS,
    OPTION_TASK,
    OPTION_EXACT_TASKS,
    OPTION_OUTPUT,
    OPTION_COLOR,
    OPTION_NO_TIME,
    OPTION_HOOK,
    OPTION_EXPLAIN,
    OPTION_YES_MANY,
    OPTION_WAIT,
    OPTION_FOR,
    OPTION_THEN,
    OPTION_REMOVE,
    OPTION_INTERACTIVE,
    OPTION_NOW,
    OPTION_JSON,
    OPTION_SINCE,
    OPTION_EVERY,
    OPTION_COUNT,
    OPTION_SAVE,
    OPTION_REDACT,
    OPTION_NO_KEEP,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_LIST_LEAVES
};

static const struct option long_options[] = {
    {"root", required_argument, NULL, OPTION_ROOT},
    {"each", optional_argument, NULL, OPTION_EACH},
    {"by", required_argument, NULL, OPTION_BY},
    {"leaf", required_argument, NULL, OPTION_LEAF},
    {"fibers", no_argument, NULL, OPTION_FIBERS},
    {"tasks", optional_argument, NULL, OPTION_TASKS},
    {"task", required_argument, NULL, OPTION_TASK},
    {"exact-tasks", no_argument, NULL, OPTION_EXACT_TASKS},
    {"output", required_argument, NULL, OPTION_OUTPUT},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"hook", required_argument, NULL, OPTION_HOOK},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"yes-many", no_argument, NULL, OPTION_YES_MANY},
    {"wait", required_argument, NULL, OPTION_WAIT},
    {"for", required_argument, NULL, OPTION_FOR},
    {"then", required_argument, NULL, OPTION_THEN},
    {"no-time", no_argument, NULL, OPTION_NO_TIME},
    {"save", required_argument, NULL, OPTION_SAVE},
    {"redact", no_argument, NULL, OPTION_REDACT},
    {"no-keep", no_argument, NULL, OPTION_NO_KEEP},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"list-leaves", no_argument, NULL, OPTION_LIST_LEAVES},
    WISH_LONG_OPTIONS,
    {NULL, 0, NULL, 0},
};

/* Options that a report has as well, and most of them `now` and `watch`. */
static const struct option report_options[] = {
    {"root", required_argument, NULL, OPTION_ROOT},
    {"leaf", required_argument, NULL, OPTION_LEAF},
    {"output", required_argument, NULL, OPTION_OUTPUT},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"save", required_argument, NULL, OPTION_SAVE},
    {"redact", no_argument, NULL, OPTION_REDACT},
    {"remove", no_argument, NULL, OPTION_REMOVE},
    {"interactive", no_argument, NULL, OPTION_INTERACTIVE},
    {"now", no_argument, NULL, OPTION_NOW},
    {"json", no_argument, NULL, OPTION_JSON},
    {"since", required_argument, NULL, OPTION_SINCE},
    {"every", required_argument, NULL, OPTION_EVERY},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"help", no_argument, NULL, OPTION_HELP},
    WISH_LONG_OPTIONS,
    {NULL, 0, NULL, 0},
};

/* Options that can stand in the configuration. */
static const struct option configuration_options[] = {
    {"color", required_argument, NULL, OPTION_COLOR},
    {"no-keep", no_argument, NULL, OPTION_NO_KEEP},
    WISH_LONG_OPTIONS,
    {NULL, 0, NULL, 0},
};

/* Returns the index of the word in a list that ends in NULL, or -1. */
static int find_word(const char *word, const char *const *list)
{
    for (int i = 0; list[i]; i++)
        if (strcmp(word, list[i]) == 0)
            return i;
    return -1;
}

static int parse_color(struct options *options, const char *when, char **problem)
{
    static const char *const words[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never", NULL};
    int found = find_word(when, words);
    if (found < 0)
        return message_problem(
            problem, -EINVAL, "--color takes auto, always or never, not '%s'", when);
    options->color = (enum color_mode)found;
    return 0;
}

static int parse_policy(struct options *options, const char *where, char **problem)
{
    static const char *const words[] = {
        [PLAN_AUTO] = "auto", [PLAN_ENTRY_ONLY] = "entry", [PLAN_LINKER_ONLY] = "plt", NULL};
    int found = find_word(where, words);
    if (found < 0)
        return message_problem(
            problem, -EINVAL, "--hook takes auto, entry or plt, not '%s'", where);
    options->policy = (enum plan_policy)found;
    return 0;
}

static int parse_wait(struct options *options, const char *whom, char **problem)
{
    static const char *const words[] = {"program", "all", NULL};
    int found = find_word(whom, words);
    if (found < 0)
        return message_problem(problem, -EINVAL, "--wait takes program or all, not '%s'", whom);
    options->waits_for_all = found;
    return 0;
}

static int set_for(struct options *options, const char *value, char **problem)
{
    if (duration_read(value, &options->for_ns) && options->for_ns > 0)
        return 0;
    return message_problem(problem, -EINVAL, "--for takes a time such as 10s, not '%s'", value);
}

/* A look takes some milliseconds. */
static int set_period(uint64_t *period_ns, const char *option, const char *value, char **problem)
{
    uint64_t ns;
    if (duration_read(value, &ns) && ns >= PERIOD_LEAST_NS) {
        *period_ns = ns;
        return 0;
    }
    return message_problem(
        problem, -EINVAL, "%s takes a time of at least 10ms, such as 1s, not '%s'", option, value);
}

static int set_count(struct options *options, const char *number, char **problem)
{
    char *end = NULL;
    unsigned long long value = 0;
    if (*number >= '0' && *number <= '9')
        value = strtoull(number, &end, 10);
    if (end == NULL || *end != '\0' || value < 1 || value > COUNT_MAX)
        return message_problem(
            problem, -EINVAL, "--count takes a number from 1 on, not '%s'", number);
    options->count = value;
    return 0;
}

static int parse_then(struct options *options, const char *what, char **problem)
{
    static const char *const words[] = {"leave", "term", NULL};
    int found = find_word(what, words);
    if (found < 0)
        return message_problem(problem, -EINVAL, "--then takes leave or term, not '%s'", what);
    options->then = found ? THEN_TERM : THEN_LEAVE;
    return 0;
}

static int set_root(struct options *options, const char *name, char **problem)
{
    if (*name == '\0')
        return message_problem(problem, -EINVAL, "--root needs the name of a function");
    options->root = name;
    options->root_is_default = false;
    return 0;
}

static int set_output(struct options *options, const char *path, char **problem)
{
    if (*path == '\0')
        return message_problem(problem, -EINVAL, "--output needs the name of a file");
    options->output = path;
    return 0;
}

static int set_save(struct options *options, const char *path, char **problem)
{
    if (*path == '\0')
        return message_problem(problem, -EINVAL, "--save needs the name of a file");
    options->save = path;
    return 0;
}

static int refuse(char **argv, char **problem)
{
    if (optopt >= OPTION_ROOT)
        return message_problem(
            problem, -EINVAL, "option '%s' takes no value; see --help", argv[optind - 1]);
    if (optopt != 0)
        return message_problem(problem, -EINVAL, "unknown option '-%c'; see --help", optopt);
    return message_problem(problem, -EINVAL, "unknown option '%s'; see --help", argv[optind - 1]);
}

/* Returns the name of an option that does not go with --now; NULL: it does. */
static const char *name_not_now(int option)
{
    switch (option) {
    case WISH_INVERT: return "--invert";
    case WISH_HISTOGRAM: return "--histogram";
    case WISH_SORT: return "--sort";
    case WISH_MIN_SHARE: return "--min-share";
    case WISH_WHAT: return "--what";
    case WISH_FULL: return "--full";
    case OPTION_SAVE: return "--save";
    case OPTION_REDACT: return "--redact";
    case OPTION_REMOVE: return "--remove";
    case OPTION_SINCE: return "--since";
    case 'i':
    case OPTION_INTERACTIVE: return "--interactive";
    default: return NULL;
    }
}

/* The same for watch. */
static const char *name_not_watch(int option)
{
    switch (option) {
    case WISH_WHAT: return "--what";
    case WISH_FULL: return "--full";
    case OPTION_SAVE: return "--save";
    case OPTION_REDACT: return "--redact";
    case OPTION_REMOVE: return "--remove";
    case OPTION_NOW: return "--now";
    case OPTION_JSON: return "--json";
    case OPTION_SINCE: return "--since";
    case 'i':
    case OPTION_INTERACTIVE: return "--interactive";
    default: return NULL;
    }
}

static const char *name_only_watch(int option)
{
    return option == OPTION_EVERY ? "--every" : option == OPTION_COUNT ? "--count" : NULL;
}

static void note_company(struct options *options, int option)
{
    if (name_not_now(option))
        options->not_now = name_not_now(option);
    if (name_not_watch(option))
        options->not_watch = name_not_watch(option);
    if (name_only_watch(option))
        options->only_watch = name_only_watch(option);
}

static int options_take(struct options *options, int option, char **argv, char **problem)
{
    note_company(options, option);
    if (option >= WISH_FIRST && option < WISH_END)
        return view_wish_take(&options->wish, option, optarg, problem);
    switch (option) {
    case OPTION_ROOT: return set_root(options, optarg, problem);
    case OPTION_EACH: return calls_wish_each(&options->calls, optarg, problem);
    case OPTION_BY: return calls_wish_by(&options->calls, optarg, problem);
    case OPTION_LEAF: options->leaves[options->leaf_count++] = optarg; return 0;
    case OPTION_FIBERS: options->fibers = true; return 0;
    case OPTION_TASKS: return tasks_wish_runtimes(&options->tasks, optarg, problem);
    case OPTION_TASK: return tasks_wish_roles(&options->tasks, optarg, problem);
    case OPTION_EXACT_TASKS: options->has_exact_tasks = true; return 0;
    case 'o':
    case OPTION_OUTPUT: return set_output(options, optarg, problem);
    case OPTION_COLOR: return parse_color(options, optarg, problem);
    case OPTION_HOOK: return parse_policy(options, optarg, problem);
    case OPTION_EXPLAIN: options->explains = true; return 0;
    case OPTION_YES_MANY: options->yes_many = true; return 0;
    case OPTION_WAIT: return parse_wait(options, optarg, problem);
    case OPTION_FOR: return set_for(options, optarg, problem);
    case OPTION_THEN: return parse_then(options, optarg, problem);
    case OPTION_REMOVE: options->removes = true; return 0;
    case 'i':
    case OPTION_INTERACTIVE: options->is_interactive = true; return 0;
    case OPTION_NOW: options->is_now = true; return 0;
    case OPTION_JSON: options->is_json = true; return 0;
    case OPTION_SINCE: return set_period(&options->since_ns, "--since", optarg, problem);
    case OPTION_EVERY: return set_period(&options->every_ns, "--every", optarg, problem);
    case OPTION_COUNT: return set_count(options, optarg, problem);
    case OPTION_SAVE: return set_save(options, optarg, problem);
    case OPTION_REDACT: options->redacts = true; return 0;
    case OPTION_NO_KEEP: options->keeps_not = true; return 0;
    case OPTION_NO_TIME: options->has_no_times = true; return 0;
    case OPTION_HELP: options->action = ACTION_HELP; return 0;
    case OPTION_VERSION: options->action = ACTION_VERSION; return 0;
    case OPTION_LIST_LEAVES: options->action = ACTION_LIST_LEAVES; return 0;
    case ':':
        return message_problem(
            problem, -EINVAL, "option '%s' needs a value; see --help", argv[optind - 1]);
    default: return refuse(argv, problem);
    }
}

/* "+": stop at the first argument that is no option, which is PROG; ":": getopt prints no messages
 * (getopt(3)). The first action, such as --help, ends the parsing. */
static int parse_run(struct options *options, int argc, char **argv, char **problem)
{
    int error = 0, option;
    while (error == 0 && options->action == ACTION_RUN &&
           (option = getopt_long(argc, argv, "+:o:", long_options, NULL)) != -1)
        error = options_take(options, option, argv, problem);
    if (error == 0 && options->action == ACTION_RUN && optind >= argc)
        error = message_problem(problem, -EINVAL, "no program to run; see --help");
    options->program = argv + (optind < argc ? optind : argc);
    return error;
}

/* The browser shows the last run if none is named. */
static int check_interactive(struct options *options, char **problem)
{
    const char *other = options->output    ? "--output"
                        : options->save    ? "--save"
                        : options->removes ? "--remove"
                                           : NULL;
    if (other)
        return message_problem(
            problem, -EINVAL, "--interactive prints nothing and does not go with %s", other);
    if (options->wish.is_full)
        return message_problem(problem, -EINVAL,
            "--interactive shows a view and does not go with --full; try --places or --all");
    options->which = options->which ? options->which : "last";
    return 0;
}

/* `word`: how the user has asked for it. */
static int check_now(const struct options *options, const char *word, char **problem)
{
    if (options->not_now)
        return message_problem(problem, -EINVAL, "%s does not go with %s", word, options->not_now);
    return 0;
}

/* A period is measured, so it is not of a run that has ended. */
static int check_since(const struct options *options, char **problem)
{
    const char *other = options->removes          ? "--remove"
                        : options->is_interactive ? "--interactive"
                                                  : NULL;
    if (other)
        return message_problem(problem, -EINVAL, "--since does not go with %s", other);
    return 0;
}

static int check_report(struct options *options, char **problem)
{
    if (options->is_now)
        options->which = options->which ? options->which : "last";
    if (options->is_json && !options->is_now)
        return message_problem(problem, -EINVAL, "--json needs --now, or the command now");
    if (options->is_now)
        return check_now(options, "--now", problem);
    if (options->since_ns)
        return check_since(options, problem);
    if (options->is_interactive)
        return check_interactive(options, problem);
    if (options->which == NULL && (options->removes || options->save))
        return message_problem(problem, -EINVAL, "%s needs a run: last, its number, or a file",
            options->removes ? "--remove" : "--save");
    return 0;
}

static int check_past(struct options *options, char **problem)
{
    if (options->action != ACTION_WATCH && options->only_watch)
        return message_problem(problem, -EINVAL, "%s needs the command watch", options->only_watch);
    if (options->action == ACTION_NOW)
        return check_now(options, "now", problem);
    if (options->action == ACTION_REPORT)
        return check_report(options, problem);
    if (options->not_watch)
        return message_problem(problem, -EINVAL, "watch does not go with %s", options->not_watch);
    return 0;
}

/* Reads the arguments of `report`, `now` or `watch`. Options may follow the run. */
static int parse_past(struct options *options, int argc, char **argv, char **problem)
{
    int error = 0, option;
    enum options_action action = options->action;
    while (error == 0 && options->action == action &&
           (option = getopt_long(argc, argv, ":io:", report_options, NULL)) != -1)
        error = options_take(options, option, argv, problem);
    if (error != 0 || options->action != action)
        return error;
    if (argc - optind > 1)
        return message_problem(problem, -EINVAL,
            "%s takes one run; to run a program '%s', put -- before it", argv[0], argv[0]);
    options->which = argv[optind];
    return check_past(options, problem);
}

/* A problem is said with the line that has it. */
static int blame(const struct configuration *configuration, int error, char **problem)
{
    char *what = *problem;
    int line = configuration->lines[optind - 1];
    error = message_problem(
        problem, error, "%s:%d: %s", configuration->path, line, what ? what : strerror(-error));
    free(what);
    return error;
}

static int parse_configuration(struct options *options, char **problem)
{
    struct configuration *configuration = &options->configuration;
    int error = configuration_read(configuration, problem), option;
    if (error != 0 || configuration->count == 0)
        return error;
    optind = 0;
    while (error == 0 && (option = getopt_long(configuration->count, configuration->arguments,
                              "+:", configuration_options, NULL)) != -1)
        error = options_take(options, option, configuration->arguments, problem);
    view_wish_set_defaults(&options->wish);
    options->not_now = options->not_watch = NULL;
    return error ? blame(configuration, error, problem) : 0;
}

/* --fibers is one group more; `leaves` has room for it. */
static void options_add_fibers(struct options *options)
{
    if (!options->fibers)
        return;
    if (options->leaf_count == 0)
        options->leaves[options->leaf_count++] = "@wait";
    options->leaves[options->leaf_count++] = "@fiber";
}

static enum options_action find_action(int argc, char **argv)
{
    static const char *const words[] = {"report", "now", "watch", NULL};
    static const enum options_action actions[] = {ACTION_REPORT, ACTION_NOW, ACTION_WATCH};
    int found = argc > 1 ? find_word(argv[1], words) : -1;
    return found < 0 ? ACTION_RUN : actions[found];
}

int options_parse(struct options *options, int argc, char **argv, char **problem)
{
    struct options parsed = {.root = "main", .root_is_default = true, .every_ns = EVERY_DEFAULT_NS};
    view_wish_begin(&parsed.wish);
    parsed.action = find_action(argc, argv);
    parsed.is_now = parsed.action == ACTION_NOW;
    bool is_past = parsed.action != ACTION_RUN;
    parsed.leaves = calloc((size_t)argc + 1, sizeof *parsed.leaves);
    if (parsed.leaves == NULL)
        return -ENOMEM;
    int error = parse_configuration(&parsed, problem);
    optind = 0;
    if (error == 0)
        error = is_past ? parse_past(&parsed, argc - 1, argv + 1, problem)
                        : parse_run(&parsed, argc, argv, problem);
    options_add_fibers(&parsed);
    if (error == 0 && parsed.has_exact_tasks)
        error = tasks_wish_exact(&parsed.tasks);
    if (error == 0 && parsed.then != THEN_NOT_GIVEN && parsed.for_ns == 0)
        error = message_problem(problem, -EINVAL, "--then needs --for DURATION");
    if (error == 0 && parsed.calls.by)
        error = calls_wish_check(&parsed.calls, parsed.root_is_default, problem);
    if (error == 0 && parsed.redacts && parsed.save == NULL)
        error = message_problem(problem, -EINVAL, "--redact needs --save FILE");
    if (is_past && parsed.leaf_count > 0)
        parsed.wish.is_given = true;
    if (parsed.since_ns || parsed.action == ACTION_WATCH)
        parsed.wish.is_given |= !parsed.wish.is_full; /* whatever the configuration says */
    if (error == 0)
        error = view_wish_check(&parsed.wish, problem);
    if (error != 0)
        options_finish(&parsed);
    else
        *options = parsed;
    return error;
}

bool options_want_color(const struct options *options, bool is_terminal)
{
    const char *no_color = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    if (options->color == COLOR_AUTO)
        return is_terminal && !(no_color && *no_color);
    return options->color == COLOR_ALWAYS;
}

void options_finish(struct options *options)
{
    free(options->leaves);
    free(options->tasks);
    view_wish_finish(&options->wish);
    configuration_finish(&options->configuration);
    options->leaves = NULL;
    options->tasks = NULL;
    options->leaf_count = 0;
}
