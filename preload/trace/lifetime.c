/*
 * lifetime.c - when this process began and ended, and the processor time that it took.
 */
#include "trace/lifetime.h"

#include <stddef.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/kernel.h"
#include "base/text.h"
#include "session_names.h"
#include "base/forbidden.h"

#define TICK_NS UINT64_C(10000000) /* of starttime: USER_HZ is 100 (Linux, asm/param.h) */

static uint64_t forked_ns;      /* when this process was forked; 0: not known, or noted */
static uint64_t next_forked_ns; /* when it forks another one */
static bool has_traced_parent;

void lifetime_expect_fork(void)
{
    if (!kernel_is_forbidden)
        next_forked_ns = clock_nanoseconds(CLOCK_MONOTONIC);
}

void lifetime_take_fork(void)
{
    forked_ns = next_forked_ns;
}

static uint64_t nanoseconds_of(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * UINT64_C(1000000000) + (uint64_t)time->tv_usec * 1000;
}

static void note_now(struct trace_moment *moment)
{
    struct rusage used = {0};
    KERNEL_CALL2(SYS_getrusage, RUSAGE_SELF, &used);
    atomic_store_explicit(&moment->ns, clock_nanoseconds(CLOCK_MONOTONIC), memory_order_relaxed);
    atomic_store_explicit(&moment->user_ns, nanoseconds_of(&used.ru_utime), memory_order_relaxed);
    atomic_store_explicit(&moment->system_ns, nanoseconds_of(&used.ru_stime), memory_order_relaxed);
}

/* For a child that was forked in a way that we have not seen, up to a tick too early. */
static uint64_t forked_by_ticks(uint64_t ticks)
{
    uint64_t age = clock_nanoseconds(CLOCK_BOOTTIME) - ticks * TICK_NS;
    uint64_t now = clock_nanoseconds(CLOCK_MONOTONIC);
    return ticks && now > age ? now - age : 0;
}

void lifetime_note_begin(struct trace_header *header, bool is_forked, uint64_t (*start_ticks)(void))
{
    if (!is_forked) {
        note_now(&header->begun);
        return;
    }
    uint64_t ns = forked_ns ? forked_ns : forked_by_ticks(start_ticks());
    header->begun_in_ticks = forked_ns == 0;
    forked_ns = 0; /* a child of this child has another time */
    atomic_store_explicit(&header->begun.ns, ns, memory_order_relaxed);
}

void lifetime_note_parent(const char *path, int32_t parent)
{
    char name[256];
    const char *limit = name + sizeof name - 1;
    size_t length = text_length(path);
    while (length > 0 && path[length - 1] != '/')
        length--;
    if (length >= sizeof name - 32)
        return;
    memory_copy(name, path, length);
    char *end = text_append_number(name + length, limit, (uint64_t)parent, 10);
    text_append(end, limit, ".0" SESSION_TRACE_SUFFIX);
    has_traced_parent = arch_access(name, F_OK) == 0;
}

bool lifetime_may_ask(const struct trace_header *header)
{
    return header->forked || has_traced_parent;
}

void lifetime_note_end(struct trace_header *header, enum trace_end end, int status)
{
    note_now(&header->ended);
    atomic_store_explicit(&header->status, status, memory_order_relaxed);
    atomic_store_explicit(&header->end, end, memory_order_release);
}
