/*
 * session.c - the directory in which the processes of a run find the tool's files, and leave
 * theirs.
 */
#include "session.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "message.h"
#include "trace_format.h"

#define TRACE_SUFFIX ".trace"
#define ROOM_MIN     ((uint64_t)1 << 20) /* bytes that must be free for a session */

/* ld.so(8): entries of LD_PRELOAD end at spaces and colons, and $ORIGIN is expanded. */
bool session_can_preload(const char *path)
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
    return directory != NULL && session_can_preload(directory) && stat(directory, &status) == 0 &&
           S_ISDIR(status.st_mode) && (!for_all || status.st_mode & S_IXOTH) &&
           (!must_be_ours || status.st_uid == geteuid()) && statvfs(directory, &mount) == 0 &&
           !(mount.f_flag & ST_NOEXEC) && has_room(&mount);
}

/* All strings, or none. */
static int set_paths(struct session *session, const char *place)
{
    struct session made = {.place = strdup(place), .directory = strdup(place)};
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

static int make_session(struct session *session, const char *parent)
{
    char place[PATH_MAX];
    if (snprintf(place, sizeof place, "%s/" SESSION_PREFIX "XXXXXX", parent) >= PATH_MAX)
        return -ENAMETOOLONG;
    if (mkdtemp(place) == NULL)
        return -errno;
    /* What root's program executes after it has become another user still looks for the interposer
     * there, and the dynamic linker would complain; traces are private all the same. */
    if (is_root())
        chmod(place, 0711);
    int error = set_paths(session, place);
    if (error != 0)
        rmdir(place);
    return error;
}

#define PLACES 4

/* Where sessions are made. */
static void list_places(const char *places[PLACES])
{
    places[0] = getenv("XDG_RUNTIME_DIR");
    places[1] = "/dev/shm";
    places[2] = getenv("TMPDIR");
    places[3] = "/tmp";
}

/* In the first place that will do. */
static int make_somewhere(struct session *session, bool for_all)
{
    const char *places[PLACES];
    int error = -EACCES;
    list_places(places);
    for (size_t i = 0; i < PLACES && error != 0; i++)
        if (takes_sessions(places[i], i == 0, for_all))
            error = make_session(session, places[i]);
    return error;
}

int session_create(struct session *session, char **problem)
{
    int error = make_somewhere(session, is_root());
    if (error != 0 && is_root())
        error = make_somewhere(session, false);
    if (error == 0)
        return 0;
    return message_problem(problem, error,
        "no place for the traces in $XDG_RUNTIME_DIR, /dev/shm, $TMPDIR or /tmp: one of them "
        "must be writable, with 1 MiB free, not mounted noexec, and its path without spaces, ':' "
        "and '$'");
}

/* What is wrong with it, or NULL. */
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
            "cannot read the trace in '%s': it is of another user; ask as user %u", path,
            status.st_uid);
    if (status.st_mode & (S_IWGRP | S_IWOTH))
        return message_problem(problem, -EPERM,
            "cannot read the trace in '%s': others can write there; try chmod go-w", path);
    return 0;
}

int session_open(struct session *session, const char *path, char **problem)
{
    char *real = realpath(path, NULL);
    if (real == NULL)
        return message_problem(
            problem, -errno, "cannot read the trace in '%s': %s", path, strerror(errno));
    int error = check_owner(real, problem);
    if (error == 0 && set_paths(session, real) != 0)
        error = message_problem(problem, -ENOMEM, "out of memory");
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

/* Removes its files, but for traces and notes where they are to stay. Symbolic links are removed,
 * not followed; what is in a directory is none of our making. */
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
        bool is_kept = keeps_traces && (has_suffix(entry->d_name, TRACE_SUFFIX) ||
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

static int add_mention(
    struct session_mention **list, size_t *count, int directory, const char *name)
{
    struct trace_header header;
    struct session_mention *grown = reallocarray(*list, *count + 1, sizeof *grown);
    if (grown == NULL)
        return -ENOMEM;
    *list = grown;
    grown[(*count)++] = (struct session_mention){
        atoi(name) /* "<pid>.<n>.trace" */, read_header(directory, name, &header) && header.forks};
    return 0;
}

int session_mentions(const struct session *session, struct session_mention **list, size_t *count)
{
    struct session_mention *found = NULL;
    size_t found_count = 0;
    int error = 0;
    DIR *entries = opendir(session->directory);
    if (entries == NULL)
        return -errno;
    for (struct dirent *entry; error == 0 && (entry = readdir(entries)) != NULL;)
        if (has_suffix(entry->d_name, TRACE_SUFFIX))
            error = add_mention(&found, &found_count, dirfd(entries), entry->d_name);
    closedir(entries);
    if (error != 0) {
        free(found);
        return error;
    }
    *list = found;
    *count = found_count;
    return 0;
}

void session_finish(struct session *session, bool keep)
{
    if (!keep && session->place != NULL) {
        remove_files(session->directory, false);
        rmdir(session->place);
    }
    free(session->place);
    free(session->directory);
    free(session->interposer);
    *session = (struct session){0};
}
