/*
 * nop.c - the library's do-nothing twin: linked in the place of preload.o.
 *
 * Stubs, trampoline and call-through are the real ones, but nothing is recorded and no clock is
 * read: what a run under it costs is the price of standing before a function at all.
 */
#include "preload.h"

#include "clock.h"

__attribute__((constructor)) static void at_start(void)
{
    clock_kind = TRACE_CLOCK_NONE;
    hook_resolve_all();
}

bool preload_is_current(uint32_t epoch)
{
    (void)epoch;
    return false;
}

uint64_t preload_hit(struct hook_call *call, const char *name)
{
    (void)call, (void)name;
    return 0;
}

void preload_restrict(bool forbids, uint64_t sp)
{
    (void)forbids, (void)sp;
}
