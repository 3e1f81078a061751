/*
 * nop.c - the library's do-nothing twin: linked in the place of preload.o.
 *
 * Stubs, pads, trampoline and call-through are the real ones, but nothing is recorded and no clock
 * is read: what a run under it costs is the price of standing before a function at all.
 */
#include "record/preload.h"

#include <stdlib.h>

#include "base/clock.h"
#include "hook/entry.h"

__attribute__((constructor)) static void at_start(void)
{
    const char *session = getenv(TRACE_SESSION_ENV);
    clock_kind = TRACE_CLOCK_NONE;
    entry_start(session ? session : "");
    hook_resolve_all();
    hook_mind_entries();
}

bool preload_is_current(uint32_t epoch)
{
    (void)epoch;
    return false;
}

struct stack_bounds preload_hit(struct hook_call *call, const char *name)
{
    (void)name;
    return preload_find_bounds(call);
}

void preload_restrict(bool forbids, uint64_t sp)
{
    (void)forbids, (void)sp;
}

/* A caller's frame of usual size. */
struct stack_bounds preload_find_bounds(struct hook_call *call)
{
    return (struct stack_bounds){(uint64_t)&call->stack[8], 0};
}

bool preload_has_room(const struct hook_call *call, uint64_t base, uint64_t size)
{
    (void)call, (void)base, (void)size;
    return false;
}

void preload_note_untimed(const struct hook_call *call)
{
    (void)call;
}

void preload_begin_call(struct hook_call *call, bool is_jump)
{
    (void)call, (void)is_jump;
}

void preload_leave_elsewhere(struct trace_node *node, uint64_t ticks)
{
    (void)node, (void)ticks;
}

void preload_end_call(struct hook_call *call, uint64_t ticks)
{
    (void)call, (void)ticks;
}

void preload_name_thread(uint64_t pointer, const char *name)
{
    (void)pointer, (void)name;
}

void preload_note_entries(void)
{
}

void preload_time(const struct hook_call *call, uint64_t ticks)
{
    (void)call, (void)ticks;
}

void preload_limit(uint64_t address_space)
{
    (void)address_space;
}

const char *preload_directory(void)
{
    return "";
}

const char *preload_library(void)
{
    return "";
}

const char *preload_interposer(void)
{
    return NULL;
}

void preload_stop_clock(void)
{
}

bool preload_is_own_trace(void)
{
    return false;
}

void preload_note_executing(bool by_child)
{
    (void)by_child;
}

_Atomic uint64_t *preload_note_untraced(const char *path, size_t length, uint32_t reason)
{
    (void)path, (void)length, (void)reason;
    return NULL;
}
