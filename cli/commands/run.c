/*
 * run.c - runs a program; --explain does everything but the run itself.
 *
 *   options     what the user wants
 *   leaves      which functions that means
 *   program     what will be executed, and whether it can be traced
 *   plans       how the leaves are hooked at their entry (--explain prints that); a process of its
 * own makes them, see planner/main.c leaf_check  whether the leaves that the user named exist
 *   session     the directory in which each process of the run leaves a trace file
 *   interposer  the object with stubs for leaves that cannot be hooked at their entry
 *   notes       what `scoped-trace report` needs to know about the run
 *   launch      the run
 *   run_end     what remains of it:
 *   processes       those that still run
 *   session_report  the trees: reads and checks a snapshot of each trace file; turns addresses into
 *                   symbols (functions, lines, inlined chains); tree cuts at the root, and report
 *                   writes the trees
 *   report      the same for a run that is over, or whose tool was killed
 */
#include "commands/run.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/installation.h"
#include "base/message.h"
#include "commands/exit_status.h"
#include "commands/explain.h"
#include "options/options.h"
#include "commands/output.h"
#include "commands/report.h"
#include "commands/run_end.h"
#include "launch/front.h"
#include "launch/launch.h"
#include "launch/signals.h"
#include "leaves/leaves.h"
#include "leaves/tasks.h"
#include "session_names.h"
#include "plan/interposer.h"
#include "plan/leaf_check.h"
#include "plan/planner.h"
#include "plan/plans.h"
#include "plan/root_argument.h"
#include "plan/task_check.h"
#include "program/program.h"
#include "saved/store.h"
#include "session/notes.h"
#include "session/session.h"

/* The parts of a run. */
struct run {
    int argc;
    char **argv;
    const struct options *options;
    struct leaves leaves;
    struct program program;
    struct session session;
    struct plans *plans;
    char *library, *planner; /* paths */
    struct front front;      /* with --for, unless that ends the program */
    bool has_stderr;
    FILE *out; /* NULL: the report cannot be written anywhere */
    struct root_argument by;
    char *problem; /* why there is no run, malloc'ed */
};

/* A process of the run asks for the plan of a file that has none yet. */
static void run_serve(void *plans)
{
    run_end_serve(plans);
}

/* ---- --for: the program goes on when its report so far is printed ---- */

static bool run_leaves_program(const struct run *run)
{
    return run->options->for_ns > 0 && run->options->then != THEN_TERM;
}

/* In the front. */
static int run_print_so_far(const struct front *front, void *argument)
{
    const struct run *run = argument;
    struct kept_place kept = {.number = 0};
    int status = run->out ? report_so_far(run->options, &run->session, run->out, &kept) : 0;
    front_hand(front, &kept, sizeof kept);
    return status;
}

/* In the tool. */
static void run_leave(void *argument)
{
    front_leave(argument);
}

/* The whole run is printed to nowhere: the names that a report shows are kept with the run. */
static void go_on_alone(struct run *run, struct run_end *end)
{
    if (front_take(&run->front, &end->kept, sizeof end->kept) != sizeof end->kept)
        end->kept.number = 0;
    if (run->out)
        fclose(run->out);
    end->out = fopen("/dev/null", "we");
}

/* Waits for the processes that have not ended with the program. The time of --for goes on. */
static void wait_for_all(struct run *run, struct run_end *end)
{
    const struct options *options = run->options;
    if (!run_end_wait(end, options->for_ns ? end->life->begun_ns + options->for_ns : 0))
        return;
    if (run_leaves_program(run)) {
        front_leave(&run->front);
        launch_leave_terminal();
        go_on_alone(run, end);
    } else {
        run_end_terminate(end);
    }
    run_end_wait(end, 0);
}

/* ---- the run ---- */

/* Runs the program within the session and prints the report. Returns the exit status for a problem,
 * as all of these functions do, or does not return but exits with the program's status. */
static int trace(struct run *run)
{
    const struct options *options = run->options;
    struct launch_result result;
    const struct launch_wish wish = {.library = run->library,
        .first = program_library(&run->program, PROGRAM_FIRST_LIBRARY),
        .path = run->program.path,
        .argv = options->program,
        .has_no_times = options->has_no_times,
        .has_no_objects = options->wish.has_no_objects,
        .each = options->calls.each,
        .is_innermost = options->calls.is_innermost,
        .by = {run->by.number, run->by.bytes, (uint32_t)run->by.form},
        .requests = plans_descriptor(run->plans),
        .on_request = run_serve,
        .argument = run->plans,
        .passed_on = run_leaves_program(run) ? run->front.signals : -1,
        .for_ns = options->for_ns,
        .on_leave = run_leaves_program(run) ? run_leave : NULL,
        .leave_argument = &run->front};
    int error = launch(&result, &run->session, &wish);
    if (error)
        return message_problem(&run->problem, EXIT_TOOL_FAILED,
            "cannot run the program under " LIBRARY_NAME ": %s", strerror(-error));
    if (result.error)
        return message_problem(&run->problem,
            result.error == -ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN, "cannot run '%s': %s",
            options->program[0], strerror(-result.error));
    struct run_end end = {.session = &run->session,
        .options = options,
        .leaves = &run->leaves,
        .plans = run->plans,
        .out = run->out,
        .life = &result.life,
        .ends = result.ends,
        .told = result.told,
        .told_ns = result.told_ns};
    notes_add_end(run->session.directory, &result.life);
    if (result.is_left) {
        go_on_alone(run, &end);
        run_end_wait(&end, 0);
    } else if (options->waits_for_all) {
        wait_for_all(run, &end);
    }
    run_end(&end);
    launch_leave_as(result.status);
}

static void warn(const char *line)
{
    message(0, "%s", line);
}

/* Finds everything that can be known to go wrong before the program starts. */
static int make_plans(struct run *run)
{
    char **problem = &run->problem;
    const struct options *options = run->options;
    const struct program *program = &run->program;
    int error = plans_create(
        &run->plans, run->planner, run->session.directory, &run->leaves, options->policy);
    for (size_t i = 0; i < program->library_count && error == 0; i++) {
        const char *path = program->libraries[i];
        error = plans_add(run->plans, path, strcmp(path, program->image) == 0);
        if (error == -ECHILD)
            return message_problem(problem, error,
                "'%s' cannot be run, or has died while it read '%s'; try 'make' or 'make install'",
                run->planner, path);
        if (error)
            return message_problem(problem, error, "cannot read '%s': %s", path, strerror(-error));
    }
    if (error == 0)
        error = leaf_check_before(
            run->plans, &run->leaves, program, options->yes_many, warn, problem);
    if (error == 0)
        error = task_check_before(run->plans, &run->leaves, program, warn, problem);
    if (error == 0 && !options->root_is_default && !options->calls.each)
        error = leaf_check_root(program, options->root, warn, problem);
    if (error == 0 && options->calls.by)
        error = root_argument_find(&run->by, run->plans, &run->leaves, options->calls.by, problem);
    return error;
}

static int hook_and_trace(struct run *run)
{
    struct session *session = &run->session;
    if (make_plans(run) != 0)
        return EXIT_TOOL_FAILED;
    if (run->options->explains) {
        explain(stdout, run->plans, &run->leaves);
        return 0;
    }
    if (interposer_write(
            session->interposer, run->plans, &run->leaves, &run->program, &run->problem) != 0)
        return EXIT_TOOL_FAILED;
    int error = session_share(session, session->interposer);
    if (error)
        message(error, "processes that become other users are not traced");
    error = run_leaves_program(run) ? front_make(&run->front, run_print_so_far, run) : 0;
    if (error)
        return message_problem(&run->problem, EXIT_TOOL_FAILED,
            "cannot go on beside the program: %s", strerror(-error));
    error = notes_begin(session->directory, run->argc, run->argv, &run->program);
    if (error)
        message(error, "'scoped-trace report' will not be able to read this run");
    error = plans_listen(run->plans);
    if (error)
        run_end_say_unserved(error);
    return trace(run);
}

/* Prepares the session, and runs the program in it. */
static int run_in_session(struct run *run)
{
    struct session *session = &run->session;
    signals_hold();
    int status = EXIT_TOOL_FAILED;
    if (session_create(session, &run->problem) == 0)
        status = hook_and_trace(run);
    plans_destroy(run->plans);
    run_end_session(session, false);
    signals_release();
    return status;
}

static int find_parts(struct run *run)
{
    int error = installation_find(&run->library, LIBRARY_NAME, &run->problem);
    if (error == 0)
        error = installation_find(&run->planner, PLANNER_NAME, &run->problem);
    return error;
}

/* What certainly cannot be saved is said before the program runs. */
static int check_save(const char *path, char **problem)
{
    int error = path ? store_check(path) : 0;
    return error ? message_problem(
                       problem, error, "cannot save the run in '%s': %s", path, strerror(-error))
                 : 0;
}

static int run_with_leaves(struct run *run)
{
    const struct options *options = run->options;
    char **problem = &run->problem;
    if (options->tasks && leaves_add_tasks(&run->leaves, options->tasks, problem) != 0)
        return EXIT_TOOL_FAILED;
    if (options->calls.each && leaves_add_root(&run->leaves, options->root, problem) != 0)
        return EXIT_TOOL_FAILED;
    int error = program_find(&run->program, options->program, problem);
    if (error)
        return error == -ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;
    error = find_parts(run);
    if (error == 0)
        error = check_save(options->save, problem);
    if (error == 0)
        error = output_open(&run->out, options->output, STDERR_FILENO, run->has_stderr, problem);
    int status = error ? EXIT_TOOL_FAILED : run_in_session(run);
    free(run->library);
    free(run->planner);
    program_finish(&run->program);
    return status;
}

static int run_selected(struct run *run)
{
    const struct options *options = run->options;
    if (leaves_select(&run->leaves, options->leaves, options->leaf_count, &run->problem) != 0)
        return EXIT_TOOL_FAILED;
    int status = run_with_leaves(run);
    leaves_finish(&run->leaves);
    return status;
}

int command_run(const struct options *options, int argc, char **argv, bool has_stderr)
{
    struct run run = {.argc = argc, .argv = argv, .options = options, .has_stderr = has_stderr};
    int status = run_selected(&run);
    return status ? message_fail(status, run.problem) : 0;
}
