/*
 * launch.c - runs the program within a session.
 *
 * A process that starts scoped-trace in place of the program (a shell, a supervisor, a test) should
 * see no difference: signals reach the program, job control works, and the exit status is the
 * program's.
 */
#include "launch/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "launch/attend.h"
#include "launch/core_flag.h"
#include "launch/signals.h"
#include "session_names.h"
#include "session/ends.h"
#include "session/session.h"
#include "trace_format.h"

static bool is_interposer_of(const char *session, const char *entry, size_t length)
{
    size_t prefix = strlen(session);
    return length == prefix + 1 + strlen(SESSION_INTERPOSER) &&
           strncmp(entry, session, prefix) == 0 &&
           strncmp(entry + prefix, "/" SESSION_INTERPOSER, length - prefix) == 0;
}

/* Copies the entries of LD_PRELOAD, each after a colon. Omits those of an outer run: the interposer
 * in its session directory, and the library right before it. */
static void copy_preload(char *to, const char *preload)
{
    const char *outer = getenv(SESSION_ENV);
    char *last = to; /* where the last copied entry begins */
    for (const char *at = preload; *(at += strspn(at, " :")) != '\0';) {
        size_t length = strcspn(at, " :");
        if (outer != NULL && is_interposer_of(outer, at, length)) {
            to = last;
        } else {
            last = to;
            *to++ = ':';
            to = mempcpy(to, at, length);
        }
        at += length;
    }
    *to = '\0';
}

/* Sets *path to the library's own path or, if that cannot be preloaded, to a link or copy in the
 * session. Returns 0 or -errno. */
static int find_library(const struct session *session, const char *library, char **path)
{
    char *real = realpath(library, NULL);
    if (real == NULL)
        return -errno;
    if (session_can_preload(real) && (!session->is_shared || session_can_be_reached(real))) {
        *path = real;
        return 0;
    }
    int error = session_put(session, real, LIBRARY_NAME, path);
    free(real);
    return error;
}

/* Makes the value of LD_PRELOAD for the program. */
static int make_preload(const struct session *session, const struct launch_wish *wish, char **value)
{
    const char *inherited = getenv("LD_PRELOAD");
    char *path = NULL, *rest = NULL;
    int error = find_library(session, wish->library, &path);
    if (error != 0)
        return error;
    rest = malloc(strlen(inherited ? inherited : "") + 2);
    if (rest != NULL)
        copy_preload(rest, inherited ? inherited : "");
    const char *first = wish->first ? wish->first : "";
    if (rest == NULL || asprintf(value, "%s%s%s:%s%s", first, *first ? ":" : "", path,
                            session->interposer, rest) < 0)
        error = -ENOMEM;
    free(rest);
    free(path);
    return error;
}

/* Sets the program's environment, in this process: the tool executes nothing else afterwards. */
static int set_environment(
    const struct session *session, const struct launch_wish *wish, const char *preload)
{
    if (setenv("LD_PRELOAD", preload, 1) != 0 || setenv(SESSION_ENV, session->directory, 1) != 0)
        return -errno;
    if (wish->has_no_times ? setenv(SESSION_CLOCK_ENV, "none", 1) : unsetenv(SESSION_CLOCK_ENV))
        return -errno;
    if (wish->has_no_objects ? setenv(SESSION_WHAT_ENV, "none", 1) : unsetenv(SESSION_WHAT_ENV))
        return -errno;
    char number[16];
    snprintf(number, sizeof number, wish->is_innermost ? "%u%c" : "%u", wish->each,
        SESSION_EACH_INNERMOST);
    if (wish->each ? setenv(SESSION_EACH_ENV, number, 1) : unsetenv(SESSION_EACH_ENV))
        return -errno;
    snprintf(number, sizeof number, "%u%u%u", wish->by.number, wish->by.bytes, wish->by.form);
    return (wish->by.number ? setenv(SESSION_BY_ENV, number, 1) : unsetenv(SESSION_BY_ENV)) ? -errno
                                                                                            : 0;
}

/* Runs in the vfork child, which shares the parent's memory (vfork(2)) but not its signal settings.
 * An error is written to the pipe, which a successful exec closes. */
_Noreturn static void become_program(
    const char *path, char *const argv[], int pipe, volatile uint64_t *begun_ns)
{
    signals_restore();
    *begun_ns = now_ns();
    execvp(path, argv);
    int error = -errno;
    while (write(pipe, &error, sizeof error) < 0 && errno == EINTR)
        continue;
    _exit(127);
}

/* Returns -errno of the child's exec, or 0 if it succeeded. */
static int read_error(int pipe)
{
    int error = 0;
    ssize_t size;
    do
        size = read(pipe, &error, sizeof error);
    while (size < 0 && errno == EINTR);
    return size == sizeof error ? error : 0;
}

static uint64_t microseconds_of(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
}

/* Waits for the program, which has ended. The kernel divides the processor time only together with
 * that of children that were waited for (getrusage(2)). */
static void reap(struct launch_result *result)
{
    struct rusage used = {0};
    uint64_t sum = process_time_sum(result->pid);
    while (wait4(result->pid, &result->status, 0, &used) < 0 && errno == EINTR)
        continue;
    process_time_divide(
        &result->life, sum, microseconds_of(&used.ru_utime), microseconds_of(&used.ru_stime));
    result->life.pid = result->pid;
    result->life.is_whole = result->life.has_status = true;
    result->life.status = result->status;
}

/* The program while it runs. */
struct running {
    struct attend attend;
    const struct launch_wish *wish;
};

static bool end_time(void *argument)
{
    struct running *program = argument;
    if (program->wish->on_leave == NULL) {
        attend_tell(&program->attend, SIGTERM);
        return true;
    }
    program->wish->on_leave(program->wish->leave_argument);
    return false;
}

static bool announce_request(void *argument)
{
    const struct launch_wish *wish = argument;
    wish->on_request(wish->argument);
    return true;
}

/* A session of its own has no terminal, and nobody who ends the program's process group means this
 * process. Whoever waits until a pipe is closed waits for the program alone. */
void launch_leave_terminal(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    setsid();
    for (int stream = STDIN_FILENO; null >= 0 && stream <= STDERR_FILENO; stream++)
        dup2(null, stream);
    if (null > STDERR_FILENO)
        close(null);
}

static void attend_program(struct launch_result *result, struct running *program)
{
    struct attend *events = &program->attend;
    const struct launch_wish *wish = program->wish;
    events->on_readable = wish->on_request ? announce_request : NULL;
    events->descriptor = wish->requests;
    events->readable_argument = (void *)wish;
    events->on_due = wish->for_ns ? end_time : NULL;
    events->due_ns = result->life.begun_ns + wish->for_ns;
    events->due_argument = program;
    result->is_left = !attend(events);
    if (result->is_left) {
        launch_leave_terminal();
        attend_alone(events);
    }
}

static void follow(
    struct launch_result *result, const struct session *session, int pipe, struct running *program)
{
    struct attend *attended = &program->attend;
    attended->pid = result->pid;
    result->error = read_error(pipe);
    if (result->error == 0) {
        result->ends = attended->ends = ends_begin(session, result->pid);
        attend_program(result, program);
    }
    result->life.ended_ns = attended->ended_ns;
    reap(result);
    /* A process that ends the processes of a service one by one may begin with the program. */
    if (WIFSIGNALED(result->status))
        attend_note_told(attended, WTERMSIG(result->status));
    result->told = attended->told;
    result->told_ns = attended->told_ns;
}

int launch(
    struct launch_result *result, const struct session *session, const struct launch_wish *wish)
{
    char *preload = NULL;
    struct running program = {
        .wish = wish, .attend = {.pass_to = -1, .pass_from = wish->passed_on}};
    int ends[2];
    int error = make_preload(session, wish, &preload);
    if (error == 0)
        error = set_environment(session, wish, preload);
    if (error == 0 && pipe2(ends, O_CLOEXEC) != 0)
        error = -errno;
    if (error != 0)
        goto out;
    attend_take_early(&program.attend);
    /* vfork takes half as long as fork, which copies the page tables. */
    volatile uint64_t begun_ns = 0;
    pid_t pid = vfork();
    if (pid == 0)
        become_program(wish->path, wish->argv, ends[1], &begun_ns);
    error = pid < 0 ? -errno : 0;
    close(ends[1]);
    if (error == 0) {
        *result = (struct launch_result){.pid = pid, .life = {.begun_ns = begun_ns}};
        follow(result, session, ends[0], &program);
    }
    close(ends[0]);
out:
    free(preload);
    return error;
}

void launch_leave_as(int status)
{
    if (WIFSIGNALED(status)) {
        int signal = WTERMSIG(status);
        struct sigaction plain = {.sa_handler = SIG_DFL};
        sigset_t only;
        fflush(NULL);
        core_flag_choose(WCOREDUMP(status)); /* the program has dumped its own core */
        sigaction(signal, &plain, NULL);
        sigemptyset(&only);
        sigaddset(&only, signal);
        sigprocmask(SIG_UNBLOCK, &only, NULL);
        raise(signal);
        _exit(128 + signal); /* the status that a shell reports */
    }
    exit(WEXITSTATUS(status));
}
