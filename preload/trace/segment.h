/*
 * segment.h - the trace file as it is mapped into the program, and how records in it are claimed.
 *
 * The file's whole capacity is reserved as unreadable address space; pages become real, and are
 * known to exist on the disk, before a record in them is handed out. So a full disk never raises
 * SIGBUS; it only means that there are no more records. All functions are async-signal-safe and may
 * be called by any thread, except segment_create, which one thread calls before the others see the
 * segment.
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

struct segment {
    struct trace_header *header; /* also the base of the mapping */
    _Atomic size_t reserved;     /* bytes of address space */
    _Atomic size_t writable;     /* bytes that may be written, after they are made real */
    _Atomic uint32_t committed;  /* records that lie on real pages */
    _Atomic uint32_t is_full;    /* 1: it could not grow; don't try again */
    _Atomic uint32_t is_refused; /* 1: a claim failed */
    _Atomic uint32_t threads;    /* number of THREAD records */
    uint32_t epoch;              /* a number that no other trace file of this process has */
    void *main_thread; /* the thread pointer of the thread that loaded the program, or forked it */
    char path[256];
};

/* Makes the file "<directory>/<pid>.<n>.trace" with the first free n and maps it at `place` if that
 * is free (0: anywhere). The header is zero except for its sizes. In a forked child it replaces the
 * parent's mapping, `former` (NULL: none), and sets former->header to NULL. Returns 0 or -errno. On
 * failure the file is empty, if it could be made at all. */
int segment_create(struct segment *segment, const char *directory, int pid, uint64_t place,
    struct segment *former);

/* Empties the file that segment_create has made, as if that had failed. Returns -errno. */
int segment_give_up(struct segment *segment);

/* Unmaps the file; the file stays. */
void segment_forget(struct segment *segment);

/* Claims `count` consecutive records, all zero. Returns the first one's index, or 0 if there is no
 * room. */
trace_index segment_claim(struct segment *segment, uint32_t count);

static inline union trace_record *segment_record(const struct segment *segment, trace_index index)
{
    return (union trace_record *)segment->header + index;
}

/* The index of a record in the file. */
static inline trace_index segment_index(const struct segment *segment, const void *record)
{
    return (trace_index)((const union trace_record *)record -
                         (const union trace_record *)segment->header);
}

/* Whether this process can read the record `index`, which another one may have claimed. */
bool segment_can_read(struct segment *segment, trace_index index);

/* Whether a record could not be claimed because there was no room. */
static inline bool segment_is_full(const struct segment *segment)
{
    return atomic_load_explicit(&segment->is_refused, memory_order_relaxed);
}

/* Makes `count` more records real now, or as many as there is room for. */
void segment_reserve(struct segment *segment, uint32_t count);

/* The program is about to limit its address space to `address_space` bytes, and will need it
 * itself: gives back what is reserved beyond a small part of that. Only one thread at a time may
 * call it. */
void segment_limit(struct segment *segment, uint64_t address_space);

/* Makes a claimed and filled record visible to the reader. */
static inline void segment_publish(union trace_record *record, enum trace_kind kind)
{
    /* Pairs with the acquire load of `kind` in the reader. */
    atomic_store_explicit(&record->kind, kind, memory_order_release);
}

/* Writes `length` bytes of text. Returns {0, 0} if there is no room. */
struct trace_string segment_text(struct segment *segment, const char *text, size_t length);

/* Counts a hit that is in no tree. */
static inline void segment_lose(struct segment *segment, enum trace_loss kind)
{
    atomic_fetch_add_explicit(&segment->header->losses[kind], 1, memory_order_relaxed);
}

#endif
