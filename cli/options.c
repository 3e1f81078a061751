/*
 * options.c - the command line.
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"

const char options_help[] =
    "Usage: scoped-trace [OPTIONS] [--] PROG [ARGS]\n"
    "\n"
    "Runs PROG and prints at its end, on stderr, the tree of all call paths by which\n"
    "it came from the root function to the leaves: the calls in which it waits, or\n"
    "any that you name. PROG needs to be dynamically linked, and nothing else.\n"
    "\n"
    "  --root NAME         where the tree begins (default: main)\n"
    "  --each[=NUMBER]     a tree for each call of the root, equal ones together;\n"
    "                      NUMBER different ones of a thread are kept (default: 100)\n"
    "  --leaf LIST         the leaves: functions and @groups, separated by commas;\n"
    "                      a minus takes one away again; may be repeated\n"
    "                      (default: @wait)\n"
    "  --hook WHERE        entry: where functions begin; plt: where calls are bound\n"
    "                      by the dynamic linker; auto: entry if it can be (default)\n"
    "  --explain           run nothing, but say of each leaf how it would be hooked\n"
    "  --yes-many          take patterns that match more than 1,000 functions\n"
    "  --list-leaves       show the groups and what is in them\n"
    "  --no-time           take no times, which makes a call some 30 ns cheaper\n"
    "  -o, --output FILE   write the tree to FILE\n"
    "  --color WHEN        auto (the default: on a terminal), always or never\n"
    "  --help, --version\n"
    "\n"
    "Examples:\n"
    "  scoped-trace ./server --port 80               where does it wait?\n"
    "  scoped-trace --root handle_request ./server   ... in requests only\n"
    "  scoped-trace --leaf -poll,-@sleep ./server    ... other than in these\n"
    "  scoped-trace --leaf @net,@file curl -sI URL   its network and file calls\n"
    "  scoped-trace --leaf sqlite3_step ./app        who calls this library function?\n"
    "\n"
    "Exits as PROG does. 125: scoped-trace failed; 126: PROG cannot be run or traced;\n"
    "127: PROG was not found.\n";

#define EACH_DEFAULT 100
#define EACH_MAX     10000

/* Above every character, so that optopt tells a long option from a short one. */
enum {
    OPTION_ROOT = 256,
    OPTION_EACH,
    OPTION_LEAF,
    OPTION_OUTPUT,
    OPTION_COLOR,
    OPTION_NO_TIME,
    OPTION_HOOK,
    OPTION_EXPLAIN,
    OPTION_YES_MANY,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_LIST_LEAVES
};

static const struct option long_options[] = {
    {"root", required_argument, NULL, OPTION_ROOT},
    {"each", optional_argument, NULL, OPTION_EACH},
    {"leaf", required_argument, NULL, OPTION_LEAF},
    {"output", required_argument, NULL, OPTION_OUTPUT},
    {"color", required_argument, NULL, OPTION_COLOR},
    {"hook", required_argument, NULL, OPTION_HOOK},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"yes-many", no_argument, NULL, OPTION_YES_MANY},
    {"no-time", no_argument, NULL, OPTION_NO_TIME},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {"list-leaves", no_argument, NULL, OPTION_LIST_LEAVES},
    {NULL, 0, NULL, 0},
};

static int parse_color(struct options *options, const char *when, char **problem)
{
    static const char *const names[] = {
        [COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(when, names[i]) == 0) {
            options->color = (enum color_mode)i;
            return 0;
        }
    }
    return message_problem(problem, -EINVAL, "--color takes auto, always or never, not '%s'", when);
}

static int parse_policy(struct options *options, const char *where, char **problem)
{
    static const char *const names[] = {
        [PLAN_AUTO] = "auto", [PLAN_ENTRY_ONLY] = "entry", [PLAN_LINKER_ONLY] = "plt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(where, names[i]) == 0) {
            options->policy = (enum plan_policy)i;
            return 0;
        }
    }
    return message_problem(problem, -EINVAL, "--hook takes auto, entry or plt, not '%s'", where);
}

static int set_root(struct options *options, const char *name, char **problem)
{
    if (*name == '\0')
        return message_problem(problem, -EINVAL, "--root needs the name of a function");
    options->root = name;
    options->root_is_default = false;
    return 0;
}

static int set_each(struct options *options, const char *number, char **problem)
{
    char *end = NULL;
    unsigned long value = EACH_DEFAULT;
    if (number && *number >= '0' && *number <= '9')
        value = strtoul(number, &end, 10);
    if (number && (end == NULL || *end != '\0' || value < 1 || value > EACH_MAX))
        return message_problem(
            problem, -EINVAL, "--each takes a number from 1 to %d, not '%s'", EACH_MAX, number);
    options->each = (unsigned)value;
    return 0;
}

static int set_output(struct options *options, const char *path, char **problem)
{
    if (*path == '\0')
        return message_problem(problem, -EINVAL, "--output needs the name of a file");
    options->output = path;
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

static int take(struct options *options, int option, char **argv, char **problem)
{
    switch (option) {
    case OPTION_ROOT: return set_root(options, optarg, problem);
    case OPTION_EACH: return set_each(options, optarg, problem);
    case OPTION_LEAF: options->leaves[options->leaf_count++] = optarg; return 0;
    case 'o':
    case OPTION_OUTPUT: return set_output(options, optarg, problem);
    case OPTION_COLOR: return parse_color(options, optarg, problem);
    case OPTION_HOOK: return parse_policy(options, optarg, problem);
    case OPTION_EXPLAIN: options->explains = true; return 0;
    case OPTION_YES_MANY: options->yes_many = true; return 0;
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

int options_parse(struct options *options, int argc, char **argv, char **problem)
{
    struct options parsed = {.root = "main", .root_is_default = true};
    int error = 0, option;
    parsed.leaves = calloc((size_t)argc + 1, sizeof *parsed.leaves);
    if (parsed.leaves == NULL)
        return -ENOMEM;

    /* "+": stop at the first argument that is no option, it is PROG; ":": no messages of
     * getopt's own (getopt(3)). Like --help elsewhere, the first action ends the reading. */
    optind = 0;
    while (error == 0 && parsed.action == ACTION_RUN &&
           (option = getopt_long(argc, argv, "+:o:", long_options, NULL)) != -1)
        error = take(&parsed, option, argv, problem);
    if (error == 0 && parsed.action == ACTION_RUN && optind >= argc)
        error = message_problem(problem, -EINVAL, "no program to run; see --help");
    if (error != 0) {
        options_finish(&parsed);
        return error;
    }
    parsed.program = argv + (optind < argc ? optind : argc);
    *options = parsed;
    return 0;
}

void options_finish(struct options *options)
{
    free(options->leaves);
    options->leaves = NULL;
    options->leaf_count = 0;
}
