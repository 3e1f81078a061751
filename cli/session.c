/*
 * session.c - the directory in which the processes of a run find the tool's files, and leave
 * theirs.
 */
#include "session.h"

#include <ctype.h>
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
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "trace_format.h"

#define TRACE_SUFFIX ".trace"

/* ld.so(8): entries of LD_PRELOAD end at spaces and colons, and $ORIGIN is expanded. */
bool session_can_preload(const char *path)
{
    return path[0] == '/' && strpbrk(path, " :$") == NULL;
}

/* The dynamic linker has to map the interposer as code. */
static bool takes_sessions(const char *directory, bool must_be_ours)
{
    struct stat status;
    struct statvfs mount;
    return directory != NULL && session_can_preload(directory) && stat(directory, &status) == 0 &&
           S_ISDIR(status.st_mode) && (!must_be_ours || status.st_uid == geteuid()) &&
           statvfs(directory, &mount) == 0 && !(mount.f_flag & ST_NOEXEC);
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
    if (asprintf(&made.interposer, "%s/" SESSION_INTERPOSER, made.directory) < 0) {
        made.interposer = NULL;
        session_finish(&made, false);
        return -ENOMEM;
    }
    *session = made;
    return 0;
}

int session_create(struct session *session, char **problem)
{
    const char *places[] = {getenv("XDG_RUNTIME_DIR"), "/dev/shm", getenv("TMPDIR"), "/tmp"};
    int error = -EACCES;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!takes_sessions(places[i], i == 0))
            continue;
        error = make_session(session, places[i]);
        if (error == 0)
            return 0;
    }
    return message_problem(problem, error,
        "no place for the traces in $XDG_RUNTIME_DIR, /dev/shm, $TMPDIR or /tmp: one of them "
        "must be writable, not mounted noexec, and its path without spaces, ':' and '$'");
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
}
