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

#include "trace/group.h"
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

static int read_records(struct records *records, struct snapshot **out, const char **why)
{
    struct trace_header header;
    struct snapshot *made = NULL;
    uint64_t left_out;
    int error = read_header(records, &header, why);
    if (error)
        return error;
    uint32_t count = count_records(&header, records->size, &left_out);
    error = task_records_read(records, header.tasks, count);
    if (error == 0)
        error = read_header(records, &header, why); /* what tasks refer to may be newer */
    if (error == 0)
        error = records_begin(records, count_records(&header, records->size, &left_out));
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
    *out = made;
    return 0;
}

int snapshot_parse(const void *bytes, size_t size, struct snapshot **out, const char **why)
{
    struct records records = {.fd = -1, .bytes = bytes, .size = size};
    *why = NULL;
    int error = read_records(&records, out, why);
    if (error && *why == NULL)
        *why = "out of memory";
    return error;
}

static int snapshot_read_file(int fd, struct snapshot **out, const char **why)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -errno;
    if (!S_ISREG(status.st_mode)) {
        *why = "it is not a regular file";
        return -EPROTO;
    }
    struct records records = {.fd = fd, .size = (size_t)status.st_size};
    return read_records(&records, out, why);
}

int snapshot_read(const char *path, struct snapshot **out, const char **why)
{
    *why = NULL;
    /* O_NONBLOCK: a FIFO at that path must not block the tool. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0) {
        *why = errno == ELOOP ? "it is a symbolic link" : "it cannot be opened";
        return -errno;
    }
    int error = snapshot_read_file(fd, out, why);
    close(fd);
    if (error && *why == NULL)
        *why = error == -ENOMEM ? "out of memory" : "it cannot be read";
    return error;
}
