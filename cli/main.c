/*
 * main.c - scoped-trace: runs a program and prints by which call paths it waited.
 *
 *   options     what the user wants
 *   leaves      which functions that means
 *   program     what will be executed, and whether it can be traced
 *   interposer  the object that stands before these functions
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "interposer.h"
#include "launch.h"
#include "leaves.h"
#include "message.h"
#include "options.h"
#include "program.h"
#include "report_text.h"
#include "scope.h"
#include "snapshot.h"
#include "symbols.h"

#define EXIT_TOOL_FAILED 125
#define EXIT_NOT_RUN     126
#define EXIT_NOT_FOUND   127

#define LIBRARY_NAME "libscoped-trace.so"

/* Beside the executable, as in a build tree, or where `make install` puts it. */
static char *find_library(void)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - sizeof LIBRARY_NAME - 1);
    if (length > 0) {
        path[length] = '\0';
        strcpy(strrchr(path, '/') + 1, LIBRARY_NAME);
        if (access(path, R_OK) == 0)
            return strdup(path);
    }
    if (access(LIBRARY_DIR "/" LIBRARY_NAME, R_OK) == 0)
        return strdup(LIBRARY_DIR "/" LIBRARY_NAME);
    message("cannot find " LIBRARY_NAME " beside the executable or in " LIBRARY_DIR
            "; try 'make' or 'make install'");
    return NULL;
}

static struct report_style choose_style(const struct options *options, FILE *out)
{
    const char *no_color = getenv("NO_COLOR"); /* https://no-color.org: set and not empty */
    struct report_style style = {.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0};
    if (options->color == COLOR_AUTO)
        style.color = isatty(fileno(out)) && !(no_color && *no_color);
    else
        style.color = options->color == COLOR_ALWAYS;
    return style;
}

/* Reads one trace file and prints its tree. */
static int report_trace(FILE *out, const char *path, struct symbols *symbols,
    const struct options *options, struct report_style style)
{
    struct scope_options scope_options = {options->root, options->root_is_default};
    struct snapshot *snapshot;
    const char *why;
    int error = snapshot_read(path, &snapshot, &why);
    if (error) {
        message("cannot read the trace '%s': %s", path, why);
        return error;
    }
    struct scope_process *process = scope_create(snapshot, symbols, &scope_options);
    if (process)
        report_text(out, process, options->root, options->root_is_default, style);
    else
        message("cannot print the trace '%s': out of memory", path);
    scope_destroy(process);
    snapshot_destroy(snapshot);
    return process ? 0 : -ENOMEM;
}

/* Prints the trees of all processes of the session. Returns 0, or the first -errno; then the
 * session's files should be kept. */
static int report_session(FILE *out, const struct session *session, const struct options *options)
{
    struct symbols *symbols = symbols_create();
    struct report_style style = choose_style(options, out);
    char **paths = NULL;
    size_t count = 0;
    int error = symbols ? session_traces(session, &paths, &count) : -ENOMEM;
    if (error == 0 && count == 0) {
        message("the program left no trace in '%s': its dynamic linker did not load " LIBRARY_NAME,
            session->directory);
        error = -ENOENT;
    }
    for (size_t i = 0; i < count; i++) {
        int failed = report_trace(out, paths[i], symbols, options, style);
        error = error ? error : failed;
        free(paths[i]);
    }
    free(paths);
    symbols_destroy(symbols);
    if (fflush(out) != 0 && error == 0)
        error = -errno;
    return error;
}

/* Runs the program within the session and reports. Returns the tool's exit status, or does
 * not return but leaves with the program's. */
static int trace(FILE *out, const struct options *options, const struct program *program,
    const struct session *session)
{
    struct launch_result result;
    char *library = find_library();
    if (library == NULL)
        return EXIT_TOOL_FAILED;
    int error = launch(&result, session, library, program->path, options->program);
    free(library);
    if (error) {
        message("cannot start a process: %s", strerror(-error));
        return EXIT_TOOL_FAILED;
    }
    if (!result.is_started) {
        message("cannot run '%s': %s", options->program[0], strerror(result.error));
        return result.error == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;
    }
    /* The tool asks no server for debug information; the program's environment had this. */
    unsetenv("DEBUGINFOD_URLS");
    error = report_session(out, session, options);
    session_finish((struct session *)session, error != 0);
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
static int run(const struct options *options)
{
    struct leaves leaves;
    struct program program;
    struct session session;
    char *problem = NULL;
    size_t hooked;
    FILE *out = options->output ? fopen(options->output, "we") : stderr;
    if (out == NULL) {
        message("cannot write to '%s': %s", options->output, strerror(errno));
        return EXIT_TOOL_FAILED;
    }
    if (leaves_select(&leaves, options->leaves, options->leaf_count, &problem) != 0)
        return fail(EXIT_TOOL_FAILED, problem);
    int status = program_find(&program, options->program[0], &problem);
    if (status) {
        leaves_finish(&leaves);
        return fail(status, problem);
    }
    status = EXIT_TOOL_FAILED;
    if (session_create(&session, &problem) != 0) {
        status = fail(status, problem);
    } else if (interposer_write(session.interposer, &leaves, &program, &hooked, &problem) != 0) {
        session_finish(&session, false);
        status = fail(status, problem);
    } else {
        status = trace(out, options, &program, &session);
        session_finish(&session, false);
    }
    program_finish(&program);
    leaves_finish(&leaves);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    char *problem = NULL;
    int status = 0;
    setlocale(LC_CTYPE, "");
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
