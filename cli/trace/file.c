/*
 * file.c - reads a trace file, which its process may still be writing.
 *
 * The file is read with pread(2), never mapped: a program that truncates its trace meanwhile can
 * only make the copy shorter, and cannot raise SIGBUS in the tool.
 *
 * A running program continues to publish records while it is read, and the bytes within one pread
 * are read in no particular order. So every record is read twice. A record that the first reading
 * saw as published had all its fields before the second reading began, and so had all records that
 * it points at, and these fields never change again. So the kinds are taken from the first reading
 * and the fields from the second. Counters do change. Each is an aligned word; if several do not
 * belong to the same moment (a return is counted, its hit is not yet), they are clamped.
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

#include "trace/snapshot.h"
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

int snapshot_parse(const void *bytes, size_t size, struct snapshot **out, const char **why)
{
    struct trace_header header = {.magic = 0};
    uint64_t left_out;
    memcpy(&header, bytes, size < sizeof header ? size : sizeof header);
    int error = check_header(&header, size, why);
    if (error)
        return error;
    uint32_t count = count_records(&header, size, &left_out);
    union trace_record *records = malloc(count * sizeof *records);
    *why = "out of memory";
    if (records == NULL)
        return -ENOMEM;
    memcpy(records, bytes, count * sizeof *records);
    error = snapshot_make(&header, records, count, out);
    if (error == 0)
        (*out)->malformed += left_out;
    return error;
}

/* Reads all `size` bytes from `offset`; bytes past the end of the file become zero. */
static int read_at(int fd, void *bytes, size_t size, off_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = pread(fd, (char *)bytes + done, size - done, offset + (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    memset((char *)bytes + done, 0, size - done);
    return 0;
}

static void mark_seen(bool *seen, uint32_t count, trace_index index)
{
    if (index < count)
        seen[index] = true;
}

/* The list of an open call may have grown since the first reading; only what that reading saw is
 * taken. Each leaf belongs to one call, so no more than `room` leaves are marked in all. */
static void mark_call(bool *seen, uint32_t count, const struct trace_call *call, uint32_t *room)
{
    mark_seen(seen, count, call->thread);
    if (call->flags & TRACE_CALL_OPEN)
        return;
    for (uint32_t i = 0; i<call->leaves && * room> 0; i++, --*room)
        mark_seen(seen, count, call->first + i);
}

/* Unpublishes records that the first reading did not see, except those that a seen record points
 * at, which were published earlier. (Strings are only reached through the records that own
 * them.) */
static void forget_unseen(union trace_record *records, uint32_t count, bool *seen)
{
    uint32_t room = count;
    for (uint32_t i = count; i-- > TRACE_FIRST_RECORD;) {
        union trace_record *record = &records[i];
        if (!seen[i] && record->kind != TRACE_TEXT)
            record->kind = TRACE_FREE;
        if (record->kind == TRACE_CALL)
            mark_call(seen, i, &record->call, &room);
        if (record->kind == TRACE_CALL_LEAF)
            mark_seen(seen, i, record->call_leaf.node);
        if (record->kind == TRACE_LEFT_ELSEWHERE)
            mark_seen(seen, i, record->elsewhere.node);
        if (!snapshot_is_node(record->kind))
            continue;
        mark_seen(seen, i, record->node.caller);
        mark_seen(seen, i, record->node.module);
        mark_seen(seen, i, record->node.thread);
    }
}

static int read_records(int fd, union trace_record *records, uint32_t count)
{
    bool *seen = malloc(count * sizeof *seen);
    if (seen == NULL)
        return -ENOMEM;
    const off_t first = TRACE_HEADER_SIZE;
    size_t size = (count - TRACE_FIRST_RECORD) * sizeof *records;
    int error = read_at(fd, records + TRACE_FIRST_RECORD, size, first);
    for (uint32_t i = TRACE_FIRST_RECORD; i < count && error == 0; i++)
        seen[i] = records[i].kind != TRACE_FREE;
    if (error == 0)
        error = read_at(fd, records + TRACE_FIRST_RECORD, size, first);
    if (error == 0)
        forget_unseen(records, count, seen);
    free(seen);
    return error;
}

/* The header's fields are complete when `ready` is set. As with records, `ready` is taken from the
 * first reading and the fields from the second. */
static int snapshot_read_header(int fd, struct trace_header *header, size_t size, const char **why)
{
    struct trace_header first = {.magic = 0};
    int error = read_at(fd, &first, sizeof first, 0);
    if (error == 0)
        error = read_at(fd, header, sizeof *header, 0);
    if (error)
        return error;
    header->ready = first.ready;
    return check_header(header, size, why);
}

static int snapshot_read_file(int fd, struct snapshot **out, const char **why)
{
    struct stat status;
    struct trace_header header;
    uint64_t left_out;
    if (fstat(fd, &status) != 0)
        return -errno;
    if (!S_ISREG(status.st_mode)) {
        *why = "it is not a regular file";
        return -EPROTO;
    }
    size_t size = (size_t)status.st_size;
    int error = snapshot_read_header(fd, &header, size, why);
    if (error)
        return error;
    uint32_t count = count_records(&header, size, &left_out);
    union trace_record *records = malloc(count * sizeof *records);
    error = records ? read_records(fd, records, count) : -ENOMEM;
    if (error) {
        free(records);
        return error;
    }
    error = snapshot_make(&header, records, count, out);
    if (error == 0)
        (*out)->malformed += left_out;
    return error;
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
