/*
 * nop.c - the library's do-nothing twin: linked in the place of record.o.
 *
 * Stubs, pads, trampoline and call-through are the real ones, but nothing is recorded and no clock
 * is read: what a run under it costs is the price of standing before a function at all.
 */
#include "record/record.h"

#include "base/clock.h"
#include "record/settings.h"

void record_begin(const struct record_origin *origin)
{
    settings_take_variables(origin->variables);
    settings_read();
    clock_kind = TRACE_CLOCK_NONE;
}

static bool has_no_room(const struct call_frame *call, uint64_t base, uint64_t size)
{
    (void)call, (void)base, (void)size;
    return false;
}

/* A caller's frame is of usual size. */
bool record_enter(struct call_frame *call)
{
    const struct call_bounds bounds = {(uint64_t)&call->stack[8], 0};
    return call_choose_way(call, bounds, has_no_room) != CALL_RETURNS;
}

bool record_enter_root(struct call_frame *call)
{
    return record_enter(call);
}

void record_leave(struct call_frame *call, uint64_t now)
{
    (void)call, (void)now;
}

void record_leave_root(struct call_frame *call, uint64_t now)
{
    (void)call, (void)now;
}

void record_wake(struct call_frame *call)
{
    (void)call;
}

void record_jump(struct call_frame *jumper, uint64_t sp)
{
    (void)jumper, (void)sp;
}

void record_fiber_end(uint64_t sp)
{
    (void)sp;
}

void record_expect(enum record_expected what, uint64_t value)
{
    (void)what, (void)value;
}
