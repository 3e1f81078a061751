/*
 * run_end.c - after the program has ended: prints the trees, and removes the session or says where
 * it stays.
 *
 * The files are removed after the trees have been printed: a report can be interrupted, its disk
 * may be full, or its reader slow.
 */
#include "commands/run_end.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "base/message.h"
#include "base/process_time.h"
#include "options/options.h"
#include "commands/record.h"
#include "commands/session_report.h"
#include "launch/late_signals.h"
#include "launch/signals.h"
#include "plan/plans.h"
#include "session/ends.h"
#include "session/notes.h"
#include "session/processes.h"
#include "session/session.h"

#define NAMES_MAX 5

void run_end_say_unserved(int error)
{
    message(error, "libraries that are loaded later are not hooked");
}

void run_end_serve(struct plans *plans)
{
    int error = plans_serve(plans);
    if (error)
        run_end_say_unserved(error);
}

void run_end_session(struct session *session, bool keep)
{
    int error = keep ? 0 : session_remove(session);
    if (error)
        message(error, "cannot remove '%s'", session->place);
    session_finish(session, true);
}

/* Ctrl-C ends the waiting, not the tool. The processes may ask for plans meanwhile. */
bool run_end_wait(struct run_end *end, uint64_t due_ns)
{
    run_end_serve(end->plans);
    int result = processes_wait(end->session, end->ends, due_ns);
    if (result > 0)
        end->told_ns = now_ns();
    if (result < 0 && result != -ETIME)
        message(result, "cannot wait for the processes of the run");
    return result == -ETIME;
}

void run_end_terminate(const struct run_end *end)
{
    struct processes running = {0};
    if (processes_list(&running, end->session) != 0)
        return;
    for (size_t i = 0; i < running.count; i++)
        kill(running.list[i].pid, SIGTERM);
    processes_finish(&running);
}

/* Returns whether the output still has a reader: a pipe without one fails. */
static bool is_read(FILE *out)
{
    struct pollfd polled = {.fd = out ? fileno(out) : -1};
    return out && (poll(&polled, 1, 0) <= 0 || (polled.revents & (POLLERR | POLLNVAL)) == 0);
}

/* Other processes that have ended. */
struct others {
    struct process_life *list;
    size_t count;
};

/* A reader that closes its pipe early has seen what it wanted. */
static int run_end_print(const struct run_end *end, struct record *record)
{
    if (!is_read(end->out))
        return -ENOTCONN;
    int error = session_report(record, end->options, &end->options->wish, end->out);
    if (fclose(end->out) == 0 || error != 0)
        return error == -EPIPE ? 0 : error;
    message(-errno, "cannot write the report");
    return -EIO;
}

/* Keeps the run if its report has been printed: else the session stays, with more in it. */
static int run_end_save(const struct run_end *end, struct record *record, bool is_printed)
{
    const struct options *options = end->options;
    struct kept_place kept = end->kept;
    bool is_kept = is_printed && !options->keeps_not && record_keep(record, &kept);
    int error = options->save ? record_save(record, options->save, options->redacts) : 0;
    return is_kept ? 0 : error;
}

/* If files of the session were removed during the run, a leaf without hits may have had some, so it
 * is not reported as not hit. Returns 0, or -errno if the session is still needed. */
static int run_end_report(const struct run_end *end, const struct processes *running,
    const struct others *others, enum session_state state)
{
    const struct session_view view = {.session = end->session,
        .options = end->options,
        .leaves = end->leaves,
        .plans = state == SESSION_WHOLE ? end->plans : NULL,
        .running = running,
        .tool = getpid(),
        .life = end->life,
        .others = others->list,
        .other_count = others->count};
    struct record record;
    int unread = record_read(&record, &view);
    int error = run_end_print(end, &record);
    int unsaved = run_end_save(end, &record, error == 0);
    record_finish(&record);
    return error ? error : unread ? unread : unsaved;
}

/* "a[1], b[2] and 3 more" */
static char *name_all(const struct processes *running)
{
    char *text = NULL;
    size_t size = 0, named = running->count <= NAMES_MAX ? running->count : NAMES_MAX - 1;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return NULL;
    for (size_t i = 0; i < named; i++)
        fprintf(out, "%s%s[%d]", i ? ", " : "", running->list[i].name, running->list[i].pid);
    if (named < running->count)
        fprintf(out, " and %zu more", running->count - named);
    return fclose(out) == 0 ? text : NULL;
}

static void say_kept(const struct session *session, const struct processes *running)
{
    if (!processes_is_any(running)) {
        message(0, "the trace stays in '%s'; to print it: scoped-trace report %s", session->place,
            session->place);
        return;
    }
    if (running->count == 0) {
        message(0,
            "processes of this run are still running, but cannot be named (they belong to "
            "another user, or each runs only briefly); what they record stays in '%s'; to "
            "print it: scoped-trace report %s",
            session->place, session->place);
        return;
    }
    char *names = name_all(running);
    message(0,
        "processes of this run are still running: %s; what they record stays in '%s'; to print "
        "it: scoped-trace report %s",
        names ? names : "?", session->place, session->place);
    free(names);
}

static void say_removed(const struct session *session, enum session_state state)
{
    if (state == SESSION_GONE)
        message(0,
            "the run's directory '%s' was removed during the run: what its processes "
            "recorded is lost; XDG_RUNTIME_DIR can name another place for it",
            session->directory);
    if (state == SESSION_WITHOUT_FILES)
        message(0,
            "files in the run's directory '%s' were removed during the run: processes may be "
            "missing from the report; XDG_RUNTIME_DIR can name another place for it",
            session->directory);
}

void run_end(const struct run_end *end)
{
    struct processes running = {0};
    struct others others = {0};
    enum session_state state = session_look(end->session);
    struct late_signals late = {.place = end->session->place,
        .told = end->told,
        .told_ns = end->told_ns,
        .end_ns = end->life->ended_ns};
    signal(SIGPIPE, SIG_IGN); /* the tool must not die if the report's reader closes the pipe */
    late_signals_set(&late);
    signals_release();
    signal(SIGXFSZ, SIG_IGN); /* nor if the report reaches the limit of file size */
    int unknown = processes_settle(&running, end->session, end->ends);
    others.count = ends_finish(end->ends, &others.list);
    notes_add_others(end->session->directory, others.list, others.count);
    plans_stop(end->plans);
    say_removed(end->session, state);
    int error = state == SESSION_GONE ? 0 : run_end_report(end, &running, &others, state);
    bool is_any = processes_is_any(&running);
    bool is_kept = state != SESSION_GONE && (error != 0 || unknown != 0 || is_any);
    if (is_kept && !is_any && unknown == 0)
        session_thin(end->session);
    if (is_kept)
        say_kept(end->session, &running);
    late_signals_hold();
    run_end_session(end->session, is_kept);
    late_signals_clear();
    processes_finish(&running);
    free(others.list);
}
