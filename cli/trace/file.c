/*
 * file.c - reads a trace file, which its process may still be writing.
 *
 * The file is read with pread(2), never mapped: a program that truncates its trace meanwhile can
 * only make the copy shorter, and cannot raise SIGBUS in the tool.
 */
#include "trace/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/nanoseconds.h"
#include "trace/group.h"
#include "trace/open/calls.h"
#include "trace/open/reach.h"
#include "trace/records.h"
#include "trace/snapshot.h"
#include "trace/tasks/records.h"
#include "trace_format.h"

#define RECORDS_MAX (UINT32_C(1) << 23) /* twice as many as the library writes */

/* Checks whether `size` bytes that begin with this header are a trace file. */
static int check_header(const struct trace_header *header, size_t size, const char **why)
{
    if (size == 0) {
        *why = "it is empty";
        return -ENODATA;
    }
    if (size >= sizeof *header && header->magic == 0 && header->ready == 0) {
        *why = "nothing was written into it";
        return -EAGAIN;
    }
    *why = size < TRACE_HEADER_SIZE                   ? "it is shorter than a trace's header"
           : header->magic != TRACE_MAGIC             ? "it is not a trace file"
           : header->version != TRACE_VERSION         ? "it is of another version"
           : header->record_size != TRACE_RECORD_SIZE ? "its records are of another size"
           : header->used < TRACE_FIRST_RECORD     ? "it claims to be shorter than its own header"
           : header->capacity < TRACE_FIRST_RECORD ? "it has no room for its own header"
                                                   : NULL;
    if (*why)
        return -EPROTO;
    if (header->ready == 1)
        return 0;
    *why = "its header was not finished";
    return -EAGAIN;
}

/* Returns how many records can be read; those beyond the limit are counted in *left_out. */
static uint32_t count_records(const struct trace_header *header, size_t size, uint64_t *left_out)
{
    uint64_t count = header->used < header->capacity ? header->used : header->capacity;
    if (count > size / TRACE_RECORD_SIZE)
        count = size / TRACE_RECORD_SIZE;
    *left_out = count > RECORDS_MAX ? count - RECORDS_MAX : 0;
    return (uint32_t)(count - *left_out);
}

/* The header's fields are complete when `ready` is set. So `ready` is taken from a first reading
 * and the fields from a second one. */
static int read_header(const struct records *records, struct trace_header *header, const char **why)
{
    struct trace_header first = {.magic = 0};
    int error = records_read_at(records, &first, sizeof first, 0);
    if (error == 0)
        error = records_read_at(records, header, sizeof *header, 0);
    if (error)
        return error;
    header->ready = first.ready;
    return check_header(header, records->size, why);
}

/* Which records of the file become a snapshot. */
enum taken { TAKEN_ALL, TAKEN_OPEN };

/* What open calls and tasks refer to is published when they are read, so the header is read again.
 */
static int take_records(struct records *records, struct trace_header *header, enum taken taken,
    uint64_t *left_out, const char **why)
{
    int error = open_records_read(records, header->open_calls);
    if (error == 0)
        error = task_records_read(
            records, header->tasks, count_records(header, records->size, left_out));
    if (error == 0)
        error = read_header(records, header, why);
    if (error)
        return error;
    uint32_t count = count_records(header, records->size, left_out);
    return taken == TAKEN_ALL ? records_begin(records, count)
                              : records_reach(records, header, count);
}

static int read_records(
    struct records *records, enum taken taken, struct snapshot **out, const char **why)
{
    struct trace_header header;
    struct snapshot *made = NULL;
    uint64_t left_out = 0, listed_ns = now_ns();
    int error = read_header(records, &header, why);
    if (error)
        return error;
    error = take_records(records, &header, taken, &left_out, why);
    if (error == 0)
        error = snapshot_make(&header, records, &made);
    records_finish(records);
    if (error == 0)
        error = snapshot_group_nodes(made);
    if (error) {
        snapshot_destroy(made);
        return error;
    }
    snapshot_settle_objects(made);
    made->malformed += left_out;
    made->listed_ns = listed_ns;
    *out = made;
    return 0;
}

static int file_read_all(struct records *records, struct snapshot **out, const char **why)
{
    int error = read_records(records, TAKEN_ALL, out, why);
    if (error == 0)
        open_calls_settle(*out);
    return error;
}

/* Counters of leaves are read later than open calls, so they may not fit together. */
static int file_read_open(struct records *records, struct snapshot **out, const char **why)
{
    struct snapshot *made = NULL;
    int error = read_records(records, TAKEN_OPEN, &made, why);
    if (error == 0)
        open_calls_sort(made);
    if (error == 0)
        *out = made;
    return error;
}

int snapshot_parse(const void *bytes, size_t size, struct snapshot **out, const char **why)
{
    struct records records = {.fd = -1, .bytes = bytes, .size = size};
    *why = NULL;
    int error = file_read_all(&records, out, why);
    if (error && *why == NULL)
        *why = "out of memory";
    return error;
}

int snapshot_parse_open(const void *bytes, size_t size, struct snapshot **out, const char **why)
{
    struct records records = {.fd = -1, .bytes = bytes, .size = size};
    *why = NULL;
    int error = file_read_open(&records, out, why);
    if (error && *why == NULL)
        *why = "out of memory";
    return error;
}

/* One of the functions above. */
typedef int reads(struct records *records, struct snapshot **out, const char **why);

static int snapshot_read_file(int fd, reads *read, struct snapshot **out, const char **why)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -errno;
    if (!S_ISREG(status.st_mode)) {
        *why = "it is not a regular file";
        return -EPROTO;
    }
    struct records records = {.fd = fd, .size = (size_t)status.st_size};
    return read(&records, out, why);
}

static int read_path(const char *path, reads *read, struct snapshot **out, const char **why)
{
    *why = NULL;
    /* O_NONBLOCK: a FIFO at that path must not block the tool. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0) {
        *why = errno == ELOOP ? "it is a symbolic link" : "it cannot be opened";
        return -errno;
    }
    int error = snapshot_read_file(fd, read, out, why);
    close(fd);
    if (error && *why == NULL)
        *why = error == -ENOMEM ? "out of memory" : "it cannot be read";
    return error;
}

int snapshot_read(const char *path, struct snapshot **out, const char **why)
{
    return read_path(path, file_read_all, out, why);
}

int snapshot_read_open(const char *path, struct snapshot **out, const char **why)
{
    return read_path(path, file_read_open, out, why);
}
