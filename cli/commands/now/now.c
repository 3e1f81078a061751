/*
 * now.c - `scoped-trace now`: what the threads of a run that goes on wait for; and what those of an
 * ended run did last.
 */
#include "commands/now/now.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"
#include "commands/exit_status.h"
#include "commands/now/find.h"
#include "commands/now/live.h"
#include "commands/now/print.h"
#include "commands/output.h"
#include "commands/record.h"
#include "options/options.h"
#include "session/session.h"
#include "trace/open/keep.h"
#include "trace/snapshot.h"

static int look_and_print(struct live_run *run, const struct options *options, FILE *out)
{
    int error = live_run_print(run, options, out);
    if (error == -ESRCH)
        message(0,
            "all processes of the run in '%s' have ended; scoped-trace report --now '%s' shows "
            "what they did last",
            run->session.place, run->session.place);
    return error;
}

static int print_run_at(const struct options *options, const char *path, FILE *out)
{
    struct live_run run = {.record = {.leaves = NULL}};
    char *problem = NULL;
    int error = live_run_open(&run, path, &problem);
    if (error)
        message_fail(error, problem);
    else
        error = look_and_print(&run, options, out);
    live_run_close(&run);
    return error;
}

int command_now(const struct options *options, bool has_stdout)
{
    FILE *out;
    char *problem = NULL, *path = NULL;
    if (output_open(&out, options->output, STDOUT_FILENO, has_stdout, &problem) != 0)
        return message_fail(EXIT_TOOL_FAILED, problem);
    if (out == NULL)
        return EXIT_TOOL_FAILED;
    signal(SIGXFSZ, SIG_IGN); /* a file that is too large is an error like others */
    int error = now_find_run(&path, options->which, &problem);
    if (error)
        message_fail(error, problem);
    else
        error = print_run_at(options, path, out);
    free(path);
    fclose(out);
    return error ? EXIT_TOOL_FAILED : 0;
}

/* ---- what was done last ---- */

static uint64_t end_for_ages(const struct snapshot *snapshot)
{
    return snapshot_is_end_guessed(snapshot) ? 0 : snapshot_end_ns(snapshot);
}

static int keep_all(const struct saved *saved)
{
    int error = 0;
    for (size_t i = 0; i < saved->snapshot_count && error == 0; i++)
        error = snapshot_keep_open(saved->snapshots[i], end_for_ages(saved->snapshots[i]));
    return error;
}

int now_print_last(struct record *record, const struct options *options, FILE *out)
{
    const struct saved *saved = &record->saved;
    bool is_known = saved->run.has_duration || saved_is_program_running(&saved->run);
    const struct now now = {.name = saved_program(&saved->run),
        .pid = saved->run.program,
        .wall_ns = is_known ? saved_wall_ns(saved) : 0,
        .is_running = saved_is_program_running(&saved->run),
        .processes = saved->snapshot_count};
    int error = keep_all(saved);
    if (error)
        message(error, "cannot print the calls");
    return error ? error : now_print(record, &now, NULL, options, out);
}
