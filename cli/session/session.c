/*
 * session.c - the directory in which the processes of a run find the tool's files, and leave their
 * own files.
 */
#include "session/session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/array.h"
#include "base/nanoseconds.h"
#include "base/message.h"
#include "base/own_file.h"
#include "session_names.h"
#include "trace_format.h"

#define ROOM_MIN ((uint64_t)1 << 20) /* bytes that must be free for a session */

/* ld.so(8): entries of LD_PRELOAD end at spaces and colons, and $ORIGIN is expanded. */
bool session_can_preload(const char *path)
{
    return path[0] == '/' && strpbrk(path, " :$") == NULL;
}

static bool has_room(const struct statvfs *mount)
{
    bool is_bounded = mount->f_blocks > 0; /* 0 blocks: a tmpfs without a limit */
    return !is_bounded || mount->f_bavail >= ROOM_MIN / mount->f_frsize;
}

/* Users who can change everything anyway. In a user namespace, root may have another number. */
static bool is_trusted(uid_t user)
{
    struct stat root;
    return user == 0 || user == geteuid() || (stat("/", &root) == 0 && user == root.st_uid);
}

/* Returns whether nobody else can rename what this user creates there. */
static bool is_safe(const char *directory)
{
    struct stat status;
    return stat(directory, &status) == 0 && S_ISDIR(status.st_mode) && is_trusted(status.st_uid) &&
           ((status.st_mode & (S_IWGRP | S_IWOTH)) == 0 || status.st_mode & S_ISVTX);
}

/* `path` has no symbolic links. */
static bool is_safe_with_all_above(const char *path)
{
    char above[PATH_MAX];
    bool safe = is_safe("/");
    for (const char *end = path; safe && *end;) {
        end += strcspn(end + 1, "/") + 1;
        memcpy(above, path, (size_t)(end - path));
        above[end - path] = '\0';
        safe = is_safe(above);
    }
    return safe;
}

static bool can_be_reached_by_others(const char *directory)
{
    struct stat status;
    return stat(directory, &status) == 0 && status.st_mode & S_IXOTH;
}

/* The dynamic linker must be able to map the interposer as code. */
static bool takes_sessions(const char *directory)
{
    struct statvfs mount;
    return session_can_preload(directory) && is_safe_with_all_above(directory) &&
           statvfs(directory, &mount) == 0 && !(mount.f_flag & ST_NOEXEC) && has_room(&mount);
}

/* Sets all strings, or none. `name` is the directory within `place`, or NULL. */
static int set_paths(struct session *session, const char *place, const char *name)
{
    struct session made = {.place = strdup(place), .is_shared = name != NULL};
    if (asprintf(&made.directory, "%s%s%s", place, name ? "/" : "", name ? name : "") < 0)
        made.directory = NULL;
    if (made.directory == NULL ||
        asprintf(&made.interposer, "%s/" SESSION_INTERPOSER, made.directory) < 0)
        made.interposer = NULL;
    if (made.place && made.interposer) {
        *session = made;
        return 0;
    }
    session_finish(&made, true);
    return -ENOMEM;
}

#define SECRET_LENGTH 22 /* characters of 6 bits */

static int choose_secret(char secret[SECRET_LENGTH + 1])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char bytes[SECRET_LENGTH];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return -EIO;
    for (size_t i = 0; i < SECRET_LENGTH; i++)
        secret[i] = digits[bytes[i] % 64];
    secret[SECRET_LENGTH] = '\0';
    return 0;
}

/* Sets the modes whatever the umask is. */
static int make_shared(const struct session *session)
{
    if (mkdir(session->directory, 0700) != 0 || chmod(session->directory, 01733) != 0 ||
        chmod(session->place, 0711) != 0)
        return -errno;
    return 0;
}

static int make_session(struct session *session, const char *parent)
{
    char place[PATH_MAX], secret[SECRET_LENGTH + 1];
    bool is_shared = geteuid() == 0;
    if (snprintf(place, sizeof place, "%s/" SESSION_PREFIX "XXXXXX", parent) >= PATH_MAX)
        return -ENAMETOOLONG;
    int error = is_shared ? choose_secret(secret) : 0;
    if (error != 0)
        return error;
    if (mkdtemp(place) == NULL)
        return -errno;
    error = set_paths(session, place, is_shared ? secret : NULL);
    if (error != 0) {
        rmdir(place);
        return error;
    }
    error = is_shared ? make_shared(session) : 0;
    if (error != 0)
        session_finish(session, false);
    return error;
}

int session_share(const struct session *session, const char *path)
{
    return session->is_shared && chmod(path, 0644) != 0 ? -errno : 0;
}

#define PLACES 4

/* Lists the places where sessions are made. */
static void list_places(const char *places[PLACES])
{
    places[0] = getenv("XDG_RUNTIME_DIR");
    places[1] = "/dev/shm";
    places[2] = getenv("TMPDIR");
    places[3] = "/tmp";
}

bool session_can_be_reached(const char *path)
{
    struct stat status;
    char above[PATH_MAX];
    for (const char *slash = path + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        snprintf(above, sizeof above, "%.*s", (int)(slash - path), path);
        if (!can_be_reached_by_others(above))
            return false;
    }
    return stat(path, &status) == 0 && status.st_mode & S_IROTH;
}

enum session_state session_look(const struct session *session)
{
    if (access(session->interposer, F_OK) == 0 || errno != ENOENT)
        return SESSION_WHOLE;
    return access(session->directory, F_OK) == 0 ? SESSION_WITHOUT_FILES : SESSION_GONE;
}

static int put_copy(const char *path, const char *to)
{
    int from = open(path, O_RDONLY | O_CLOEXEC);
    if (from < 0)
        return -errno;
    int error = own_file_copy(from, to, 0644);
    close(from);
    return error;
}

static int put_link(const char *path, const char *to)
{
    return symlink(path, to) == 0 ? 0 : -errno;
}

int session_put(const struct session *session, const char *path, const char *name, char **to)
{
    char *there = NULL;
    if (asprintf(&there, "%s/%s", session->directory, name) < 0)
        return -ENOMEM;
    int error = session->is_shared ? put_copy(path, there) : put_link(path, there);
    if (error == 0 || error == -EEXIST) {
        *to = there;
        return 0;
    }
    free(there);
    return error;
}

static int try_place(struct session *session, const char *place, bool must_be_reached)
{
    char *real = place ? realpath(place, NULL) : NULL;
    int error = -EACCES;
    if (real && takes_sessions(real) && (!must_be_reached || can_be_reached_by_others(real)))
        error = make_session(session, real);
    free(real);
    return error;
}

int session_create(struct session *session, char **problem)
{
    const char *places[PLACES];
    int error = -EACCES;
    list_places(places);
    for (int is_root = geteuid() == 0; is_root >= 0; is_root--)
        for (size_t i = 0; i < PLACES; i++)
            if ((error = try_place(session, places[i], is_root)) == 0) {
                session->begun_ns = boottime_ns();
                return 0;
            }
    return message_problem(problem, error,
        "no place for the traces in $XDG_RUNTIME_DIR, /dev/shm, $TMPDIR or /tmp: one of them "
        "must be writable (but not by others, unless it is sticky), have 1 MiB free, not be "
        "mounted noexec, and have a path without spaces, ':' and '$'");
}

static int check_owner(const char *path, char **problem)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return message_problem(
            problem, -errno, "cannot read the trace in '%s': %s", path, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return message_problem(
            problem, -ENOTDIR, "cannot read the trace in '%s': it is no directory", path);
    if (status.st_uid != geteuid())
        return message_problem(problem, -EPERM,
            "cannot read the trace in '%s': it belongs to another user; try as user %u", path,
            status.st_uid);
    if (status.st_mode & (S_IWGRP | S_IWOTH))
        return message_problem(problem, -EPERM,
            "cannot read the trace in '%s': others can write there; try chmod go-w", path);
    return 0;
}

/* Returns the name of the directory within `place` that has the files, malloc'ed; NULL: there is
 * none. */
static char *find_secret(const char *place)
{
    char *secret = NULL;
    DIR *entries = opendir(place);
    if (entries == NULL)
        return NULL;
    for (struct dirent *entry; secret == NULL && (entry = readdir(entries)) != NULL;) {
        struct stat status;
        if (strlen(entry->d_name) == SECRET_LENGTH &&
            fstatat(dirfd(entries), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISDIR(status.st_mode) && status.st_uid == geteuid())
            secret = strdup(entry->d_name);
    }
    closedir(entries);
    return secret;
}

int session_open(struct session *session, const char *path, char **problem)
{
    char *real = realpath(path, NULL);
    if (real == NULL)
        return message_problem(
            problem, -errno, "cannot read the trace in '%s': %s", path, strerror(errno));
    char *secret = NULL;
    int error = check_owner(real, problem);
    if (error == 0) {
        secret = find_secret(real);
        error = set_paths(session, real, secret);
    }
    if (error == -ENOMEM)
        message_problem(problem, error, "out of memory");
    free(secret);
    free(real);
    return error;
}

static void visit_in(
    const char *place, void (*visit)(void *argument, const struct session *session), void *argument)
{
    DIR *entries = opendir(place);
    if (entries == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        char path[PATH_MAX], *problem = NULL;
        struct session session = {0};
        if (strncmp(entry->d_name, SESSION_PREFIX, strlen(SESSION_PREFIX)) != 0 ||
            snprintf(path, sizeof path, "%s/%s", place, entry->d_name) >= PATH_MAX)
            continue;
        if (session_open(&session, path, &problem) == 0)
            visit(argument, &session);
        session_finish(&session, true);
        free(problem);
    }
    closedir(entries);
}

void session_each(void (*visit)(void *argument, const struct session *session), void *argument)
{
    const char *places[PLACES];
    list_places(places);
    for (size_t i = 0; i < PLACES; i++) {
        bool is_new = places[i] != NULL && places[i][0] == '/';
        for (size_t j = 0; j < i && is_new; j++)
            is_new = places[j] == NULL || strcmp(places[i], places[j]) != 0;
        if (is_new)
            visit_in(places[i], visit, argument);
    }
}

static bool session_read_header(int directory, const char *name, struct trace_header *header)
{
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t size = pread(fd, header, sizeof *header, 0);
    close(fd);
    return size == sizeof *header && header->magic == TRACE_MAGIC;
}

static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);
    return length > end && strcmp(name + length - end, suffix) == 0;
}

bool session_is_trace(const char *name)
{
    return has_suffix(name, SESSION_TRACE_SUFFIX);
}

static int by_start(const void *left, const void *right)
{
    const struct session_trace *a = left, *b = right;
    if (a->start_ns != b->start_ns)
        return a->start_ns < b->start_ns ? -1 : 1;
    return strcmp(a->path, b->path);
}

/* A forked child opens its trace at its first hit, perhaps after its own children have done so. */
static uint64_t begin_of(const struct trace_header *header)
{
    uint64_t begun_ns = header->begun.ns, opened_ns = header->start_realtime_ns;
    bool is_known = begun_ns != 0 && begun_ns <= header->start_ns && !header->begun_in_ticks;
    uint64_t late_ns = is_known ? header->start_ns - begun_ns : 0;
    return late_ns < opened_ns ? opened_ns - late_ns : opened_ns;
}

/* A trace without a header yet is sorted last. */
static int add_trace(
    struct session_traces *traces, int directory, const char *place, const char *name)
{
    struct trace_header header;
    struct session_trace trace = {
        .pid = atoi(name) /* "<pid>.<n>.trace" */, .start_ns = UINT64_MAX};
    if (array_reserve(&traces->list, traces->count, 1, &traces->room, sizeof *traces->list) != 0)
        return -ENOMEM;
    if (asprintf(&trace.path, "%s/%s", place, name) < 0)
        return -ENOMEM;
    if (session_read_header(directory, name, &header)) {
        trace.start_ns = begin_of(&header);
        trace.has_forked = header.forks > 0;
    }
    traces->list[traces->count++] = trace;
    return 0;
}

int session_traces(const struct session *session, struct session_traces *traces)
{
    struct session_traces found = {0};
    int error = 0;
    DIR *entries = opendir(session->directory);
    if (entries == NULL)
        return -errno;
    for (struct dirent *entry; error == 0 && (entry = readdir(entries)) != NULL;)
        if (session_is_trace(entry->d_name))
            error = add_trace(&found, dirfd(entries), session->directory, entry->d_name);
    closedir(entries);
    if (error != 0) {
        session_traces_finish(&found);
        return error;
    }
    if (found.count > 1)
        qsort(found.list, found.count, sizeof *found.list, by_start);
    *traces = found;
    return 0;
}

void session_traces_finish(struct session_traces *traces)
{
    for (size_t i = 0; i < traces->count; i++)
        free(traces->list[i].path);
    free(traces->list);
    *traces = (struct session_traces){0};
}

/* Removes the files, except traces and notes with `keeps_traces`. Removes symbolic links and does
 * not follow them. Leaves subdirectories: they were not made by scoped-trace. */
static void remove_files(const char *directory, bool keeps_traces)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    if (entries == NULL) {
        if (fd >= 0)
            close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        bool is_kept = keeps_traces && (session_is_trace(entry->d_name) ||
                                           strcmp(entry->d_name, SESSION_NOTES) == 0);
        if (!is_kept)
            unlinkat(fd, entry->d_name, 0); /* fails for "." and ".." */
    }
    closedir(entries);
}

void session_thin(const struct session *session)
{
    remove_files(session->directory, true);
}

int session_remove(const struct session *session)
{
    if (session->place == NULL)
        return 0;
    remove_files(session->directory, false);
    if (session->is_shared)
        rmdir(session->directory);
    return rmdir(session->place) == 0 || errno == ENOENT ? 0 : -errno;
}

void session_finish(struct session *session, bool keep)
{
    if (!keep)
        session_remove(session);
    free(session->place);
    free(session->directory);
    free(session->interposer);
    *session = (struct session){0};
}
