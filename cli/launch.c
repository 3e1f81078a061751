/*
 * launch.c - the session directory, and the program's run within it.
 *
 * Whoever starts scoped-trace in a program's place (a shell, a supervisor, a test)
 * should not notice it: signals arrive at the program, job control works, and the
 * end is the program's own.
 */
#include "launch.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "trace_format.h"

#define INTERPOSER_NAME   "scoped-trace-interposer.so"
#define LIBRARY_LINK_NAME "libscoped-trace.so"
#define TRACE_SUFFIX      ".trace"
#define ROOM_MIN          ((uint64_t)1 << 20) /* bytes that must be free for a session */

/* Passed on are all but those that cannot be caught, those that report a fault of the receiver's
 * own, those that the launcher needs itself, and the two of glibc's threads (nptl(7)). */
static bool is_passed_on(int signal)
{
    static const int others[] = {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS,
        SIGABRT, SIGPIPE, SIGCHLD, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (signal == others[i])
            return false;
    return signal < __SIGRTMIN || signal >= SIGRTMIN;
}

/* What the launcher has changed of itself, and gives back to the program. */
static struct {
    bool is_in_force;
    struct sigaction child_ended; /* of SIGCHLD */
    struct sigaction file_grows;  /* of SIGXFSZ */
    sigset_t mask;
} before;

/* A limit of file size is an error to us, which has its message. */
static void ignore_file_size(struct sigaction *former)
{
    const struct sigaction ignoring = {.sa_handler = SIG_IGN};
    sigaction(SIGXFSZ, &ignoring, former);
}

/* Blocks the signals, for good: none may be lost before there is a program, nor end this process
 * while there is a session to be removed. While the program runs they are waited for, which a
 * handler for each would do as well, at three system calls a signal. */
static void take_over(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    sigset_t all;
    before.is_in_force = true;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before.mask);
    /* If it was ignored, there would be no status to wait for (wait(2), notes). */
    sigaction(SIGCHLD, &plain, &before.child_ended);
    ignore_file_size(&before.file_grows);
}

static void restore_signals(void)
{
    sigaction(SIGCHLD, &before.child_ended, NULL);
    ignore_file_size(NULL); /* as it was blocked, one may be pending: that goes by this */
    sigaction(SIGXFSZ, &before.file_grows, NULL);
    sigprocmask(SIG_SETMASK, &before.mask, NULL);
}

static void give_back(void)
{
    if (!before.is_in_force)
        return;
    before.is_in_force = false;
    restore_signals();
}

/* The signals that are passed on, as far as this process gets them. */
static void choose_passed_on(sigset_t *set)
{
    sigemptyset(set);
    for (int i = 1; i < _NSIG; i++)
        if (is_passed_on(i) && sigismember(&before.mask, i) == 0)
            sigaddset(set, i);
}

/* What the terminal or its driver sends, it sends to all of the foreground processes. */
static bool is_sent_by_terminal(const siginfo_t *info)
{
    int signal = info->si_signo;
    return info->si_code > 0 && (signal == SIGINT || signal == SIGQUIT || signal == SIGTSTP ||
                                    signal == SIGHUP || signal == SIGCONT || signal == SIGWINCH);
}

/* A kill(2) of a whole process group reaches the program twice; but what the program sends
 * to its own group does not come back to it. */
static void pass_on(pid_t program, const siginfo_t *info)
{
    bool is_its_own = info->si_code <= 0 && info->si_pid == program;
    if (is_its_own || is_sent_by_terminal(info))
        return;
    if (info->si_code == SI_QUEUE)
        sigqueue(program, info->si_signo, info->si_value);
    else
        kill(program, info->si_signo);
}

/* ld.so(8): entries of LD_PRELOAD end at spaces and colons, and $ORIGIN is expanded. */
static bool can_be_preloaded(const char *path)
{
    return path[0] == '/' && strpbrk(path, " :$") == NULL;
}

static bool is_root(void)
{
    return geteuid() == 0;
}

static bool has_room(const struct statvfs *mount)
{
    bool is_bounded = mount->f_blocks > 0; /* tmpfs: none without a bound */
    return !is_bounded || mount->f_bavail >= ROOM_MIN / mount->f_frsize;
}

/* The dynamic linker has to map the interposer as code; that of another user, too, if it is
 * `for_all`. */
static bool takes_sessions(const char *directory, bool must_be_ours, bool for_all)
{
    struct stat status;
    struct statvfs mount;
    return directory != NULL && can_be_preloaded(directory) && stat(directory, &status) == 0 &&
           S_ISDIR(status.st_mode) && (!for_all || status.st_mode & S_IXOTH) &&
           (!must_be_ours || status.st_uid == geteuid()) && statvfs(directory, &mount) == 0 &&
           !(mount.f_flag & ST_NOEXEC) && has_room(&mount);
}

static int make_session(struct session *session, const char *parent)
{
    struct session made = {0};
    if (asprintf(&made.directory, "%s/scoped-trace-XXXXXX", parent) < 0)
        return -ENOMEM;
    if (mkdtemp(made.directory) == NULL) {
        int error = -errno;
        free(made.directory);
        return error;
    }
    /* What root's program executes after it has become another user still looks for the interposer
     * there, and the dynamic linker would complain; traces are private all the same. */
    if (is_root())
        chmod(made.directory, 0711);
    if (asprintf(&made.interposer, "%s/" INTERPOSER_NAME, made.directory) < 0) {
        made.interposer = NULL;
        session_finish(&made, false);
        return -ENOMEM;
    }
    *session = made;
    return 0;
}

/* In the first place that will do. */
static int make_somewhere(struct session *session, bool for_all)
{
    const char *places[] = {getenv("XDG_RUNTIME_DIR"), "/dev/shm", getenv("TMPDIR"), "/tmp"};
    int error = -EACCES;
    for (size_t i = 0; i < sizeof places / sizeof *places && error != 0; i++)
        if (takes_sessions(places[i], i == 0, for_all))
            error = make_session(session, places[i]);
    return error;
}

int session_create(struct session *session, char **problem)
{
    take_over();
    int error = make_somewhere(session, is_root());
    if (error != 0 && is_root())
        error = make_somewhere(session, false);
    if (error == 0)
        return 0;
    give_back();
    return message_problem(problem, error,
        "no place for the traces in $XDG_RUNTIME_DIR, /dev/shm, $TMPDIR or /tmp: one of them "
        "must be writable, with 1 MiB free, not mounted noexec, and its path without spaces, ':' "
        "and '$'");
}

struct trace_file {
    char *path;
    uint64_t start_ns;
};

static bool read_header(int directory, const char *name, struct trace_header *header)
{
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t size = pread(fd, header, sizeof *header, 0);
    close(fd);
    return size == sizeof *header && header->magic == TRACE_MAGIC;
}

/* When the process began; what has no header yet comes last. */
static uint64_t read_start(int directory, const char *name)
{
    struct trace_header header;
    return read_header(directory, name, &header) ? header.start_realtime_ns : UINT64_MAX;
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);
    return length > end && strcmp(name + length - end, suffix) == 0;
}

static int by_start(const void *left, const void *right)
{
    const struct trace_file *a = left, *b = right;
    if (a->start_ns != b->start_ns)
        return a->start_ns < b->start_ns ? -1 : 1;
    return strcmp(a->path, b->path);
}

static int add_trace(struct trace_file **files, size_t *count, const char *path, uint64_t start_ns)
{
    struct trace_file *list = reallocarray(*files, *count + 1, sizeof *list);
    if (list == NULL)
        return -ENOMEM;
    *files = list;
    list[*count] = (struct trace_file){strdup(path), start_ns};
    if (list[*count].path == NULL)
        return -ENOMEM;
    ++*count;
    return 0;
}

static int collect_traces(const char *directory, struct trace_file **files, size_t *count)
{
    int error = 0;
    DIR *entries = opendir(directory);
    if (entries == NULL)
        return -errno;
    for (struct dirent *entry; error == 0 && (entry = readdir(entries)) != NULL;) {
        char path[PATH_MAX];
        if (!has_suffix(entry->d_name, TRACE_SUFFIX) ||
            snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= (int)sizeof path)
            continue;
        error = add_trace(files, count, path, read_start(dirfd(entries), entry->d_name));
    }
    closedir(entries);
    return error;
}

int session_traces(const struct session *session, char ***paths, size_t *count)
{
    struct trace_file *files = NULL;
    char **list = NULL;
    size_t found = 0;
    int error = collect_traces(session->directory, &files, &found);
    if (error != 0)
        goto out;
    list = calloc(found + 1, sizeof *list);
    if (list == NULL) {
        error = -ENOMEM;
        goto out;
    }
    if (found > 0)
        qsort(files, found, sizeof *files, by_start);
    for (size_t i = 0; i < found; i++) {
        list[i] = files[i].path;
        files[i].path = NULL;
    }
    *paths = list;
    *count = found;
out:
    for (size_t i = 0; i < found; i++)
        free(files[i].path);
    free(files);
    return error;
}

/* Symbolic links are removed, not followed; what is in a directory is none of our making. */
static void remove_session(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (entries == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        unlinkat(fd, entry->d_name, 0); /* fails for "." and ".." */
    closedir(entries);
    rmdir(directory);
}

/* Whether the process has something of the session mapped: its id may be another's by now. */
static bool is_running(const char *directory, int pid)
{
    char path[64], *line = NULL;
    size_t size = 0;
    bool is_found = false;
    snprintf(path, sizeof path, "/proc/%d/maps", pid);
    FILE *maps = fopen(path, "re");
    if (maps == NULL)
        return false;
    while (!is_found && getline(&line, &size, maps) > 0)
        is_found = strstr(line, directory) != NULL;
    free(line);
    fclose(maps);
    return is_found;
}

/* Whether any process has something of the session mapped; a forked child that hit no leaf left
 * no trace, but may still execute programs, which then look for the session's interposer. */
static bool is_any_running(const char *directory)
{
    DIR *entries = opendir("/proc");
    bool is_found = false;
    if (entries == NULL)
        return false;
    for (struct dirent *entry; !is_found && (entry = readdir(entries)) != NULL;)
        if (isdigit((unsigned char)entry->d_name[0]))
            is_found = is_running(directory, atoi(entry->d_name));
    closedir(entries);
    return is_found;
}

static bool is_in_use(const struct session *session)
{
    DIR *entries = opendir(session->directory);
    bool is_found = false, has_forked = false;
    if (entries == NULL)
        return false;
    for (struct dirent *entry; !is_found && (entry = readdir(entries)) != NULL;) {
        struct trace_header header;
        if (!has_suffix(entry->d_name, ".trace"))
            continue;
        is_found = is_running(session->directory, atoi(entry->d_name)); /* "<pid>.<n>.trace" */
        has_forked |= read_header(dirfd(entries), entry->d_name, &header) && header.forks > 0;
    }
    closedir(entries);
    return is_found || (has_forked && is_any_running(session->directory));
}

bool session_is_in_use(const struct session *session)
{
    const struct timespec pause = {.tv_nsec = 10000000};
    for (int tries = 0; tries < 5; tries++) {
        if (!is_in_use(session))
            return false;
        nanosleep(&pause, NULL);
    }
    return is_in_use(session);
}

void session_finish(struct session *session, bool keep)
{
    if (!keep && session->directory != NULL)
        remove_session(session->directory);
    free(session->directory);
    free(session->interposer);
    *session = (struct session){0};
    give_back();
}

static bool is_interposer_of(const char *session, const char *entry, size_t length)
{
    size_t prefix = strlen(session);
    return length == prefix + 1 + strlen(INTERPOSER_NAME) && strncmp(entry, session, prefix) == 0 &&
           strncmp(entry + prefix, "/" INTERPOSER_NAME, length - prefix) == 0;
}

/* Copies the entries of LD_PRELOAD, each after a colon. Those of an outer run are left out:
 * the interposer in its session directory, and the library right before it. */
static void copy_preload(char *to, const char *preload)
{
    const char *outer = getenv(TRACE_SESSION_ENV);
    char *last = to; /* where the last entry begins */
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

/* The library's own path, or where that cannot be preloaded, a link in the session. */
static int find_library(const struct session *session, const char *library, char **path)
{
    char *link = NULL, *real = realpath(library, NULL);
    int error = 0;
    if (real == NULL)
        return -errno;
    if (!can_be_preloaded(real)) {
        if (asprintf(&link, "%s/" LIBRARY_LINK_NAME, session->directory) < 0) {
            link = NULL;
            error = -ENOMEM;
        } else if (symlink(real, link) != 0 && errno != EEXIST) {
            error = -errno;
        }
    }
    if (error == 0) {
        *path = link != NULL ? link : real;
        real = link != NULL ? real : NULL;
        link = NULL;
    }
    free(link);
    free(real);
    return error;
}

/* The value of LD_PRELOAD for the program. */
static int make_preload(const struct session *session, const char *library, char **value)
{
    const char *inherited = getenv("LD_PRELOAD");
    char *path = NULL, *rest = NULL;
    int error = find_library(session, library, &path);
    if (error != 0)
        return error;
    rest = malloc(strlen(inherited ? inherited : "") + 2);
    if (rest != NULL)
        copy_preload(rest, inherited ? inherited : "");
    const char *first = session->first ? session->first : "";
    if (rest == NULL || asprintf(value, "%s%s%s:%s%s", first, *first ? ":" : "", path,
                            session->interposer, rest) < 0)
        error = -ENOMEM;
    free(rest);
    free(path);
    return error;
}

/* What the program finds in its environment. The tool executes nothing else afterwards. */
static int set_environment(const struct session *session, const char *preload)
{
    if (setenv("LD_PRELOAD", preload, 1) != 0 ||
        setenv(TRACE_SESSION_ENV, session->directory, 1) != 0)
        return -errno;
    if (session->has_no_times ? setenv(TRACE_CLOCK_ENV, "none", 1) : unsetenv(TRACE_CLOCK_ENV))
        return -errno;
    char number[16];
    snprintf(number, sizeof number, "%u", session->each);
    return (session->each ? setenv(TRACE_EACH_ENV, number, 1) : unsetenv(TRACE_EACH_ENV)) ? -errno
                                                                                          : 0;
}

/* In the vfork child, whose memory is the parent's (vfork(2)): signals are its own. What goes
 * wrong goes through the pipe, which exec closes. */
_Noreturn static void become_program(const char *path, char *const argv[], int pipe)
{
    restore_signals();
    execvp(path, argv);
    int error = errno;
    while (write(pipe, &error, sizeof error) < 0 && errno == EINTR)
        continue;
    _exit(127);
}

/* errno of the child's exec, or 0 when it succeeded. */
static int read_error(int pipe)
{
    int error = 0;
    ssize_t size;
    do
        size = read(pipe, &error, sizeof error);
    while (size < 0 && errno == EINTR);
    return size == sizeof error ? error : 0;
}

/* Whether a shell is waiting for this job at a terminal. */
static bool is_foreground_job(void)
{
    int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0)
        return false;
    bool is_foreground = tcgetpgrp(terminal) == getpgrp();
    close(terminal);
    return is_foreground;
}

/* The shell is to see its job stop. SIGCONT, when it comes, is passed on like the others. */
static void stop_as(int signal)
{
    struct sigaction plain = {.sa_handler = SIG_DFL}, ours = plain;
    sigset_t only, blocked;
    if (!is_foreground_job())
        return;
    sigaction(signal, &plain, &ours);
    raise(signal);
    sigemptyset(&only);
    sigaddset(&only, signal);
    sigprocmask(SIG_UNBLOCK, &only, &blocked); /* here it stops */
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    sigaction(signal, &ours, NULL);
}

/* Whether the program has ended; it is not collected: until then its pid is its own. When it has
 * stopped, so does this process. */
static bool has_ended(pid_t pid)
{
    for (;;) {
        siginfo_t info = {.si_pid = 0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WSTOPPED | WNOWAIT | WNOHANG) != 0) {
            if (errno == EINTR)
                continue;
            return true;
        }
        if (info.si_pid == 0)
            return false;
        if (info.si_code != CLD_STOPPED)
            return true;
        waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOHANG);
        stop_as(info.si_status);
    }
}

/* Takes the signals of the set that are there by now. */
static void take_pending(const sigset_t *set, sigset_t *taken)
{
    const struct timespec now = {0, 0};
    int signal;
    sigemptyset(taken);
    while ((signal = sigtimedwait(set, NULL, &now)) > 0)
        sigaddset(taken, signal);
}

/* Waits until the program has ended. */
static void wait_for_end(pid_t pid, const sigset_t *passed_on)
{
    sigset_t awaited = *passed_on, late;
    sigaddset(&awaited, SIGCHLD);
    while (!has_ended(pid)) {
        siginfo_t info;
        int signal = sigwaitinfo(&awaited, &info);
        if (signal > 0 && signal != SIGCHLD)
            pass_on(pid, &info);
    }
    /* What came with its end, an interrupt from the terminal above all, was meant for it. */
    take_pending(passed_on, &late);
}

static void attend(struct launch_result *result, int pipe, const sigset_t *early)
{
    sigset_t passed_on, blocked;
    choose_passed_on(&passed_on);
    for (int i = 1; i < _NSIG; i++)
        if (sigismember(early, i) == 1)
            kill(result->pid, i);
    sigorset(&blocked, &passed_on, &before.mask);
    sigaddset(&blocked, SIGCHLD);
    sigprocmask(SIG_SETMASK, &blocked, NULL);
    result->error = read_error(pipe);
    result->is_started = result->error == 0;
    wait_for_end(result->pid, &passed_on);
    while (waitpid(result->pid, &result->status, 0) < 0 && errno == EINTR)
        continue;
}

/* All signals that came before there is a program, the terminal's among them. */
static void take_early(sigset_t *early)
{
    sigset_t all;
    sigfillset(&all);
    sigdelset(&all, SIGCHLD);
    take_pending(&all, early);
}

int launch(struct launch_result *result, const struct session *session, const char *library,
    const char *path, char *const argv[])
{
    char *preload = NULL;
    sigset_t early;
    int ends[2];
    int error = make_preload(session, library, &preload);
    if (error == 0)
        error = set_environment(session, preload);
    if (error == 0 && pipe2(ends, O_CLOEXEC) != 0)
        error = -errno;
    if (error != 0)
        goto out;
    take_early(&early);
    /* Half as long as fork, which copies the page tables. */
    pid_t pid = vfork();
    if (pid == 0)
        become_program(path, argv, ends[1]);
    error = pid < 0 ? -errno : 0;
    close(ends[1]);
    if (error == 0) {
        *result = (struct launch_result){.pid = pid};
        attend(result, ends[0], &early);
    }
    close(ends[0]);
    give_back();
out:
    free(preload);
    return error;
}

void launch_leave_as(int status)
{
    if (WIFSIGNALED(status)) {
        const struct rlimit no_core = {0, 0};
        int signal = WTERMSIG(status);
        struct sigaction plain = {.sa_handler = SIG_DFL};
        sigset_t only;
        fflush(NULL);
        setrlimit(RLIMIT_CORE, &no_core); /* the program has dumped its own */
        sigaction(signal, &plain, NULL);
        sigemptyset(&only);
        sigaddset(&only, signal);
        sigprocmask(SIG_UNBLOCK, &only, NULL);
        raise(signal);
        _exit(128 + signal); /* as a shell would say it */
    }
    exit(WEXITSTATUS(status));
}
