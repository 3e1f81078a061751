/*
 * main.c - scoped-trace: runs a program and prints by which call paths it waited.
 *
 *   options     what the user wants
 *   leaves      which functions that means
 *   program     what will be executed, and whether it can be traced
 *   plans       how they are hooked where they begin (--explain prints that); a process of its own
 *               finds out, see plan_main.c
 *   leaf_check  whether those that were asked for are there
 *   interposer  the object that stands before those that cannot be
 *   launch      the run: the program writes a trace file for each of its processes
 *   snapshot    a trace file, read and checked
 *   symbols     addresses become functions, lines, inlined chains
 *   scope       the tree below the root
 *   report      the tree as text
 *
 * Exit status: the program's own, or 125 (the tool failed), 126 (the program cannot be run
 * or traced), 127 (it was not found), as env(1) has them.
 */
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"
#include "interposer.h"
#include "launch.h"
#include "leaf_check.h"
#include "leaves.h"
#include "message.h"
#include "options.h"
#include "planner.h"
#include "plans.h"
#include "program.h"
#include "report_text.h"
#include "scope.h"
#include "scope_calls.h"
#include "snapshot.h"
#include "symbols.h"

#define EXIT_TOOL_FAILED 125
#define EXIT_NOT_RUN     126
#define EXIT_NOT_FOUND   127

#define LIBRARY_NAME "libscoped-trace.so"

/* Beside the executable, as in a build tree, or where `make install` puts it. */
static char *find_installed(const char *name)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - NAME_MAX);
    if (length > 0) {
        path[length] = '\0';
        strcpy(strrchr(path, '/') + 1, name);
        if (access(path, R_OK) == 0)
            return strdup(path);
    }
    snprintf(path, sizeof path, LIBRARY_DIR "/%s", name);
    if (access(path, R_OK) == 0)
        return strdup(path);
    message("cannot find %s beside the executable or in " LIBRARY_DIR
            "; try 'make' or 'make install'",
        name);
    return NULL;
}

/* To load a locale takes a good part of the time of a run in which nothing is hit. */
static bool can_print_unicode(void)
{
    setlocale(LC_CTYPE, "");
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static struct report_style choose_style(const struct options *options, FILE *out, bool has_trees)
{
    const char *no_color = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    struct report_style style = {.unicode = has_trees && can_print_unicode()};
    if (options->color == COLOR_AUTO)
        style.color = isatty(fileno(out)) && !(no_color && *no_color);
    else
        style.color = options->color == COLOR_ALWAYS;
    return style;
}

/* What the processes of the session have recorded. */
struct record {
    struct snapshot **snapshots; /* in the order in which the processes began */
    size_t count;
};

/* Reads all trace files. Returns 0, or the first -errno of a file that could not be read, whose
 * reason is printed; the others are there all the same. */
static int record_read(struct record *record, const struct session *session)
{
    char **paths;
    size_t count;
    *record = (struct record){0};
    int error = session_traces(session, &paths, &count);
    if (error)
        return error;
    record->snapshots = calloc(count + 1, sizeof *record->snapshots);
    for (size_t i = 0; i < count; i++) {
        const char *why = "out of memory";
        int failed = -ENOMEM;
        if (record->snapshots)
            failed = snapshot_read(paths[i], &record->snapshots[record->count], &why);
        if (failed == 0)
            record->count++;
        else if (failed == -EAGAIN)
            failed = 0; /* the process died before its first hit, while it opened the file */
        else
            message("cannot read the trace '%s': %s", paths[i], why);
        error = error ? error : failed;
        free(paths[i]);
    }
    free(paths);
    return error;
}

/* Only of the program itself is it known when it ended: just now. Of a process that was still
 * running it is known that it has not; the others, and images that were replaced by exec, ended
 * at some time before. */
static void forget_ends(struct record *record, int program)
{
    for (size_t i = 0; i < record->count; i++) {
        int pid = record->snapshots[i]->pid;
        bool is_last = true;
        for (size_t j = i + 1; j < record->count; j++)
            is_last &= record->snapshots[j]->pid != pid;
        if (!is_last || (pid != program && kill(pid, 0) != 0))
            record->snapshots[i]->taken_ns = 0;
    }
}

static void record_finish(struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        snapshot_destroy(record->snapshots[i]);
    free(record->snapshots);
}

/* What a run is made of. */
struct run {
    const struct options *options;
    struct leaves leaves;
    struct program program;
    struct session session;
    struct plans *plans;
    char *library, *planner; /* paths */
    FILE *out;
};

static bool is_implied(const void *leaves, const char *leaf)
{
    return leaves_is_implied(leaves, leaf);
}

/* Prints the tree of a process, or those of its calls of the root. False when out of memory. */
static bool report_process(const struct run *run, const struct snapshot *snapshot,
    struct symbols *symbols, struct report_style style)
{
    const struct options *options = run->options;
    FILE *out = run->out;
    struct scope_options scope_options = {
        options->root, options->root_is_default, is_implied, &run->leaves};
    struct scope_process *process = scope_create(snapshot, symbols, &scope_options);
    struct scope_calls *calls = NULL;
    if (process && snapshot->call_count > 0)
        calls = scope_calls_create(snapshot, process, symbols, &scope_options);
    bool is_complete = process && (calls || snapshot->call_count == 0);
    if (calls)
        report_text_calls(out, process, calls, options->root, style);
    else if (is_complete)
        report_text(out, process, options->root, options->root_is_default, style);
    scope_calls_destroy(calls);
    scope_destroy(process);
    return is_complete;
}

static bool has_trees(const struct record *record)
{
    for (size_t i = 0; i < record->count; i++)
        if (record->snapshots[i]->node_count > 0)
            return true;
    return false;
}

/* Prints the tree of every process. */
static int report(const struct run *run, const struct record *record)
{
    const struct options *options = run->options;
    FILE *out = run->out;
    struct report_style style = choose_style(options, out, has_trees(record));
    struct symbols *symbols = symbols_create();
    bool is_complete = symbols != NULL;
    for (size_t i = 0; i < record->count && is_complete; i++)
        is_complete = report_process(run, record->snapshots[i], symbols, style);
    symbols_destroy(symbols);
    if (!is_complete) {
        message("cannot print the tree: out of memory");
        return -ENOMEM;
    }
    leaf_check_after(out, run->plans, &run->leaves, record->snapshots, record->count);
    if (fflush(out) == 0)
        return 0;
    message("cannot write the report: %s", strerror(errno));
    return -errno;
}

/* The session's files go as soon as they have been read, so that an interrupted report leaves
 * nothing behind, unless something still needs them. */
static void report_session(struct run *run, int pid)
{
    struct session *session = &run->session;
    struct record record;
    /* A reader of the report that goes away must not change how the tool ends. */
    signal(SIGPIPE, SIG_IGN);
    bool is_in_use = session_is_in_use(session);
    int error = record_read(&record, session);
    forget_ends(&record, pid);
    if (is_in_use)
        message("processes of this run are still running; what they record stays in '%s'",
            session->directory);
    else if (error)
        message("the trace stays in '%s'", session->directory);
    else if (record.count == 0)
        message("the program left no trace: its dynamic linker did not load " LIBRARY_NAME);
    plans_stop(run->plans);
    session_finish(session, error || is_in_use);
    report(run, &record);
    record_finish(&record);
}

/* Runs the program within the session and reports. Returns the tool's exit status, or does
 * not return but leaves with the program's. */
static int trace(struct run *run)
{
    const struct options *options = run->options;
    struct launch_result result;
    int error = launch(&result, &run->session, run->library, run->program.path, options->program);
    if (error) {
        message("cannot run the program under " LIBRARY_NAME ": %s", strerror(-error));
        return EXIT_TOOL_FAILED;
    }
    if (!result.is_started) {
        message("cannot run '%s': %s", options->program[0], strerror(result.error));
        return result.error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;
    }
    report_session(run, result.pid);
    launch_leave_as(result.status);
}

/* Prints *problem and frees it. */
static int fail(int status, char *problem)
{
    message("%s", problem ? problem : "out of memory");
    free(problem);
    return status;
}

/* Everything that can be known to go wrong is found before the program starts. */
static int make_plans(struct run *run, char **problem)
{
    const struct options *options = run->options;
    const struct program *program = &run->program;
    int error = plans_create(
        &run->plans, run->planner, run->session.directory, &run->leaves, options->policy);
    for (size_t i = 0; i < program->library_count && error == 0; i++) {
        const char *path = program->libraries[i];
        error = plans_add(run->plans, path, strcmp(path, program->image) == 0);
        if (error == -ECHILD)
            return message_problem(problem, error,
                "'%s' cannot be run, or has died at '%s'; try 'make' or 'make install'",
                run->planner, path);
        if (error)
            return message_problem(problem, error, "cannot read '%s': %s", path, strerror(-error));
    }
    if (error == 0)
        error = leaf_check_before(run->plans, &run->leaves, program, options->yes_many, problem);
    return error;
}

static int hook_and_trace(struct run *run)
{
    struct session *session = &run->session;
    char *problem = NULL;
    if (make_plans(run, &problem) != 0)
        return fail(EXIT_TOOL_FAILED, problem);
    if (run->options->explains) {
        explain(stdout, run->plans, &run->leaves);
        return 0;
    }
    if (interposer_write(session->interposer, run->plans, &run->program, &problem) != 0)
        return fail(EXIT_TOOL_FAILED, problem);
    int error = plans_serve(run->plans);
    if (error)
        message("libraries that are loaded later are not hooked: %s", strerror(-error));
    return trace(run);
}

/* Prepares the session, and traces in it. */
static int run_in_session(struct run *run)
{
    struct session *session = &run->session;
    char *problem = NULL;
    if (session_create(session, &problem) != 0)
        return fail(EXIT_TOOL_FAILED, problem);
    session->has_no_times = run->options->has_no_times;
    session->each = run->options->each;
    /* AddressSanitizer's runtime ends a program in which it is not the first library. */
    session->first = program_library(&run->program, "libasan.so");
    int status = hook_and_trace(run);
    plans_destroy(run->plans);
    session_finish(session, false);
    return status;
}

static int open_output(struct run *run)
{
    const char *path = run->options->output;
    run->out = path ? fopen(path, "we") : stderr;
    if (run->out)
        return 0;
    message("cannot write to '%s': %s", path, strerror(errno));
    return EXIT_TOOL_FAILED;
}

static int find_parts(struct run *run)
{
    run->library = find_installed(LIBRARY_NAME);
    if (run->library)
        run->planner = find_installed(PLANNER_NAME);
    return run->planner ? 0 : EXIT_TOOL_FAILED;
}

static int run_with_leaves(struct run *run)
{
    const struct options *options = run->options;
    char *problem = NULL;
    if (options->each && leaves_add_root(&run->leaves, options->root, &problem) != 0)
        return fail(EXIT_TOOL_FAILED, problem);
    int status = program_find(&run->program, options->program[0], &problem);
    if (status)
        return fail(status, problem);
    status = find_parts(run);
    if (status == 0)
        status = open_output(run);
    if (status == 0)
        status = run_in_session(run);
    free(run->library);
    free(run->planner);
    program_finish(&run->program);
    return status;
}

static int run(const struct options *options)
{
    struct run run = {.options = options};
    char *problem = NULL;
    if (leaves_select(&run.leaves, options->leaves, options->leaf_count, &problem) != 0)
        return fail(EXIT_TOOL_FAILED, problem);
    int status = run_with_leaves(&run);
    leaves_finish(&run.leaves);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    char *problem = NULL;
    int status = 0;
    if (options_parse(&options, argc, argv, &problem) != 0)
        return fail(EXIT_TOOL_FAILED, problem);
    switch (options.action) {
    case ACTION_HELP: fputs(options_help, stdout); break;
    case ACTION_VERSION: puts("scoped-trace " VERSION); break;
    case ACTION_LIST_LEAVES: leaves_print(stdout); break;
    case ACTION_RUN: status = run(&options); break;
    }
    options_finish(&options);
    return status;
}
