/*
 * records.h - the records of a trace file, of which only a few are in memory.
 *
 * The program may be writing the file meanwhile. Which records are taken, and of which kind they
 * are, is decided once, by records_begin. Their fields are read when they are asked for; counters,
 * and all that a hostile program writes, may be different each time.
 */
#ifndef TRACE_RECORDS_H
#define TRACE_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace/tasks/task.h"
#include "trace_format.h"

#define RECORDS_WINDOW 256

/* An OPEN_CALL record as it was at one moment. */
struct open_record {
    trace_index node;
    trace_index calls, object; /* OBJECT_CALLS, OBJECT; 0: none */
    uint64_t since;            /* ticks */
    uint64_t key, base;
    int32_t tid;
    bool is_own_stack;
};

struct open_records {
    struct open_record *list; /* malloc'ed */
    size_t count, room;
    uint64_t malformed; /* number of inconsistent blocks */
};

struct records {
    int fd;            /* the file; -1: `bytes` is its contents, for tests */
    const char *bytes; /* and their number */
    size_t size;
    uint32_t count;
    uint8_t *kinds; /* enum trace_kind of each record; TRACE_FREE: it is not taken; malloc'ed */
    struct task_records tasks; /* see task_records_read */
    struct open_records open;  /* calls that have not returned: see open/calls.h */
    int error;                 /* the first one of records_look */
    trace_index first;         /* of the records in window[]; 0: none */
    union trace_record window[RECORDS_WINDOW];
};

/* Reads `size` bytes from `offset`; bytes past the end of the file become zero. Uses fd, bytes and
 * size only. Returns 0 or -errno. */
int records_read_at(const struct records *records, void *to, size_t size, size_t offset);

/* Returns whether records of this kind (enum trace_kind) are nodes. */
bool records_is_node(uint32_t kind);

/* Decides for the first `count` records which are taken. Returns 0 or -errno. */
int records_begin(struct records *records, uint32_t count);
void records_finish(struct records *records);

/* Returns places[index] if the record was taken as one of that kind; else UINT32_MAX. */
static inline uint32_t records_place(
    const struct records *records, const uint32_t *places, trace_index index, uint32_t kind)
{
    bool is_taken = index >= TRACE_FIRST_RECORD && index < records->count &&
                    records->kinds[index] == kind;
    return is_taken ? places[index] : UINT32_MAX;
}

/* Copies a record with the kind that it has now. If it cannot be read, sets records->error, and the
 * copy is all zero. */
void records_look(struct records *records, trace_index index, union trace_record *record);

#endif
