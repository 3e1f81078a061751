/*
 * memory.h - the memory in which one level of a thread finds objects: a hit has little stack.
 *
 * Only the hit that has the level uses it. A signal handler may jump away in the middle, so a cache
 * is either right or says nothing at any moment.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdint.h>
#include <sys/stat.h>

#include "arch.h"
#include "base/kernel.h"
#include "object/draft.h"
#include "trace_format.h"

#define MEMORY_KNOWN   64
#define MEMORY_CALLS   128
#define MEMORY_TEXT    1024
#define MEMORY_ADDRESS 128 /* of a socket: struct sockaddr_storage */

struct object_memory {
    struct {
        uint64_t key; /* 0: none */
        trace_index object;
    } known[MEMORY_KNOWN];           /* objects by what the call's arguments say */
    trace_index calls[MEMORY_CALLS]; /* OBJECT_CALLS records, by their leaf and their object */
    struct object_draft draft;
    struct statx status;
    char path[64];
    char text[MEMORY_TEXT] __attribute__((aligned(8)));
    char address[MEMORY_ADDRESS] __attribute__((aligned(8)));
    char peer[MEMORY_ADDRESS] __attribute__((aligned(8)));
    struct arch_vectors vectors;
};

/* A key of the value of an argument, of 56 bits, which means an object of the type. Not 0. */
static inline uint64_t memory_key(uint64_t value, uint32_t type)
{
    return value << 8 | type;
}

static inline uint32_t memory_place(uint64_t key)
{
    return (uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

_Static_assert(MEMORY_KNOWN == 64, "memory_place has 6 bits");

/* The object with this key, or 0. */
static inline trace_index memory_find(const struct object_memory *memory, uint64_t key)
{
    uint32_t at = memory_place(key);
    return memory->known[at].key == key ? memory->known[at].object : 0;
}

static inline void memory_keep(struct object_memory *memory, uint64_t key, trace_index object)
{
    uint32_t at = memory_place(key);
    memory->known[at].key = 0;
    COMPILER_BARRIER();
    memory->known[at].object = object;
    COMPILER_BARRIER();
    memory->known[at].key = key;
}

/* The caches are of another trace file. */
static inline void memory_forget(struct object_memory *memory)
{
    memory_zero(memory->known, sizeof memory->known);
    memory_zero(memory->calls, sizeof memory->calls);
}

#endif
