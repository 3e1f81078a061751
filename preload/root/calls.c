/*
 * calls.c - the calls of the root that are open in a thread.
 */
#include "root/calls.h"

#include "base/clock.h"
#include "base/kernel.h"
#include "base/pool.h"
#include "trace/segment.h"
#include "base/forbidden.h"

/* Two frames that are not on the thread's own stack, and further apart than this, are on different
 * stacks. */
#define OTHER_STACK_MAX (UINT64_C(64) << 10)

struct open_root_call {
    const struct call_frame *root;
    uint64_t base;    /* as in struct calls_place */
    uint64_t entered; /* the clock */
    uint64_t nested;  /* the ticks of the calls within it that have ended */
    /* Another thread says that it has ended: the address of its root, and after how many ticks. */
    _Atomic uint64_t left;
    uint64_t left_ticks;
    struct call_list list; /* without --by */
    trace_index value;     /* with it: the VALUE record that counts the call */
};

struct root_settings root_settings;

static uint32_t depth_max(void)
{
    return root_settings.is_innermost ? CALLS_DEPTH_MAX : 1;
}

static size_t open_size(void)
{
    return depth_max() * sizeof(struct open_root_call);
}

/* ---- how a call is recorded: as a list, or by a value ---- */

static bool is_by_value(void)
{
    return root_settings.argument != 0;
}

static bool begin_recording(struct calls *calls, const struct calls_place *place,
    struct open_root_call *one, const struct call_frame *root)
{
    if (!is_by_value())
        return call_list_begin(
            &one->list, &calls->kept, place->segment, place->thread, one->entered);
    one->value = values_begin(&calls->values, place->segment, place->thread, values_of(root));
    return one->value != 0;
}

static void end_recording(struct calls *calls, const struct calls_place *place,
    struct open_root_call *one, uint64_t ticks, bool is_jumped)
{
    if (is_by_value())
        values_end(place->segment, one->value, ticks, is_jumped);
    else
        call_list_end(&one->list, &calls->kept, place->segment, ticks, is_jumped);
}

static void record_hit(struct calls *calls, const struct calls_place *place,
    struct open_root_call *one, trace_index node)
{
    if (is_by_value())
        values_hit(&calls->values, place->segment, one->value, node);
    else
        call_list_hit(&one->list, place->segment, node);
}

static void record_miss(const struct calls_place *place, const struct open_root_call *one)
{
    if (is_by_value())
        values_miss(place->segment, one->value);
    else
        call_list_miss(&one->list, place->segment);
}

static void record_time(const struct calls *calls, const struct calls_place *place,
    const struct open_root_call *one, trace_index node, uint64_t ticks)
{
    if (is_by_value())
        values_time(&calls->values, place->segment, one->value, node, ticks);
    else
        call_list_time(&one->list, place->segment, node, ticks);
}

/* ---- stacks ---- */

/* Whether two frames are on the same stack, as far as their addresses tell. */
static bool are_near(uint64_t a, uint64_t b, uint64_t stack_end)
{
    if (stack_end - a < CLAIM_OWN_STACK_MAX && stack_end - b < CLAIM_OWN_STACK_MAX)
        return true;
    return (a > b ? a - b : b - a) < OTHER_STACK_MAX;
}

/* Whether the call is on the stack of the frame `at`, which has the stack base `base`. */
static bool is_on_stack(
    const struct open_root_call *one, uint64_t at, uint64_t base, uint64_t stack_end)
{
    if (one->base && base)
        return one->base == base;
    return are_near((uint64_t)one->root, at, stack_end);
}

/* Returns 1 + the number of the innermost one of the calls before `end` that are on that stack, or
 * 0. */
static uint32_t innermost_before(
    const struct calls *calls, uint32_t end, uint64_t at, uint64_t base, uint64_t stack_end)
{
    while (end > 0 && !is_on_stack(&calls->row[end - 1], at, base, stack_end))
        end--;
    return end;
}

/* ---- the end of a call ---- */

/* Takes a call out of the row. Its list can be used again. */
static void take_out(struct calls *calls, uint32_t number)
{
    uint32_t last = calls->depth - 1;
    if (number < last) {
        struct open_root_call ended = calls->row[number];
        calls->is_moving = true;
        COMPILER_BARRIER(); /* see recover */
        for (; number < last; number++)
            calls->row[number] = calls->row[number + 1];
        calls->row[last] = ended;
        COMPILER_BARRIER();
        calls->is_moving = false;
    }
    calls->depth = last;
}

/* Ends a call that has lasted `ticks` with all that is nested in it; `is_jumped`: it was left by a
 * jump, and its time is not wanted. */
static void finish(struct calls *calls, const struct calls_place *place, uint32_t number,
    uint64_t ticks, bool is_jumped)
{
    struct open_root_call *one = &calls->row[number];
    uint64_t own = ticks > one->nested && !is_jumped ? ticks - one->nested : 0;
    uint32_t outer = innermost_before(
        calls, number, (uint64_t)one->root, one->base, place->stack_end);
    if (outer)
        calls->row[outer - 1].nested += ticks;
    end_recording(calls, place, one, own, is_jumped);
    take_out(calls, number);
}

/* Ends the calls that have ended in other threads. */
static void finish_elsewhere(struct calls *calls, const struct calls_place *place)
{
    atomic_store_explicit(&calls->elsewhere, 0, memory_order_relaxed);
    for (uint32_t i = calls->depth; i-- > 0;) {
        struct open_root_call *one = &calls->row[i];
        /* Pairs with the release store in calls_end_elsewhere. */
        if (atomic_load_explicit(&one->left, memory_order_acquire) == (uint64_t)one->root)
            finish(calls, place, i, one->left_ticks, false);
    }
}

/* Ends the calls that were left by a jump, which shows by the frame `now`: it lies further out on
 * their stack. */
static void finish_left(
    struct calls *calls, const struct calls_place *place, const struct call_frame *now)
{
    uint64_t at = (uint64_t)now;
    if (__builtin_expect(atomic_load_explicit(&calls->elsewhere, memory_order_relaxed), 0))
        finish_elsewhere(calls, place);
    uint32_t end = calls->depth;
    while ((end = innermost_before(calls, end, at, place->base, place->stack_end)) > 0) {
        if (at < (uint64_t)calls->row[end - 1].root || claim_is_on_alternate_stack())
            return;
        finish(calls, place, --end, 0, true);
    }
}

/* ---- who may change the data ---- */

/* Repairs the data after a signal handler has jumped away in the middle of a change: lists may be
 * wrong. */
static void recover(struct calls *calls, struct segment *segment)
{
    for (uint32_t i = 0; is_by_value() && !calls->is_moving && i < calls->depth; i++)
        values_end(segment, calls->row[i].value, 0, true);
    uint32_t count = calls->row ? depth_max() : 0;
    if (calls->is_moving)
        memory_zero(calls->row, open_size());
    for (uint32_t i = 0; i < count && calls->row[i].list.current; i++)
        call_list_recover(&calls->row[i].list, &calls->kept, segment, i < calls->depth);
    calls->is_moving = false;
    calls->depth = 0;
}

/* Whether the caller may change the data. If so, it must call end_work afterwards. */
static bool begin_work(
    struct calls *calls, const struct calls_place *place, struct call_frame *call)
{
    enum claim_result result = claim_take(&calls->claim, call);
    if (__builtin_expect(result == CLAIM_REFUSED, 0))
        result = claim_inherit_left(&calls->claim, call, place->stack_end);
    if (__builtin_expect(result == CLAIM_INHERITED, 0))
        recover(calls, place->segment);
    return result != CLAIM_REFUSED;
}

static void end_work(struct calls *calls, struct call_frame *call)
{
    COMPILER_BARRIER();
    claim_release(&calls->claim, call);
}

/* ---- a call of the root ---- */

static void calls_open(
    struct calls *calls, const struct calls_place *place, const struct call_frame *root)
{
    if (calls->row == NULL)
        calls->row = pool_take(open_size());
    if (calls->row == NULL)
        return;
    struct open_root_call *one = &calls->row[calls->depth];
    one->root = root;
    one->base = place->base;
    one->entered = clock_ticks();
    one->nested = 0;
    atomic_store_explicit(&one->left, 0, memory_order_relaxed);
    if (!begin_recording(calls, place, one, root))
        return;
    COMPILER_BARRIER(); /* see recover */
    calls->depth++;
}

void calls_begin(struct calls *calls, const struct calls_place *place, struct call_frame *root)
{
    if (!begin_work(calls, place, root))
        return;
    if (calls->depth)
        finish_left(calls, place, root);
    if (calls->depth < depth_max())
        calls_open(calls, place, root);
    else if (root_settings.is_innermost)
        atomic_fetch_add_explicit(&place->segment->header->deep_calls, 1, memory_order_relaxed);
    end_work(calls, root);
}

bool calls_are_within(struct calls *calls, const struct calls_place *place, struct call_frame *call)
{
    if (calls->depth == 0)
        return false;
    if (!begin_work(calls, place, call))
        return true; /* made by a handler, within what that has interrupted */
    finish_left(calls, place, call);
    bool are_within = calls->depth > 0;
    end_work(calls, call);
    return are_within;
}

void calls_end(
    struct calls *calls, const struct calls_place *place, struct call_frame *root, uint64_t ticks)
{
    uint32_t number = calls->depth;
    while (number > 0 && calls->row[number - 1].root != root)
        number--;
    if (number == 0 || !begin_work(calls, place, root))
        return;
    const uint64_t at = (uint64_t)root, base = calls->row[number - 1].base;
    uint32_t inner;
    while ((inner = innermost_before(calls, calls->depth, at, base, place->stack_end)) > number)
        finish(calls, place, inner - 1, 0, true);
    if (calls->depth >= number && calls->row[number - 1].root == root)
        finish(calls, place, number - 1, ticks, false);
    end_work(calls, root);
}

/* The thread may be using its calls, so they are only told. */
void calls_end_elsewhere(struct calls *calls, const struct call_frame *root, uint64_t ticks)
{
    for (uint32_t i = 0; calls->row && i < depth_max(); i++) {
        struct open_root_call *one = &calls->row[i];
        if (one->root != root)
            continue;
        one->left_ticks = ticks;
        atomic_store_explicit(&one->left, (uint64_t)root, memory_order_release);
        atomic_store_explicit(&calls->elsewhere, 1, memory_order_release);
    }
}

void calls_jump(struct calls *calls, const struct calls_place *place, struct call_frame *jumper,
    uint64_t sp, uint64_t now)
{
    if (calls->depth == 0 || !begin_work(calls, place, jumper))
        return;
    uint32_t inner = calls->depth;
    while ((inner = innermost_before(calls, inner, sp, place->base, place->stack_end)) > 0) {
        const struct open_root_call *one = &calls->row[inner - 1];
        if ((uint64_t)one->root >= sp)
            break;
        finish(calls, place, --inner, now > one->entered ? now - one->entered : 0, true);
    }
    end_work(calls, jumper);
}

/* ---- hits ---- */

/* The call to which what happens at `at` belongs. */
static struct open_root_call *find_open(
    const struct calls *calls, const struct calls_place *place, uint64_t at)
{
    uint32_t number = innermost_before(calls, calls->depth, at, place->base, place->stack_end);
    return &calls->row[(number ? number : calls->depth) - 1];
}

void calls_hit(
    struct calls *calls, const struct calls_place *place, trace_index node, struct call_frame *call)
{
    if (calls->depth == 0)
        return;
    if (!begin_work(calls, place, call)) {
        record_miss(place, &calls->row[calls->depth - 1]);
        return;
    }
    finish_left(calls, place, call);
    if (calls->depth)
        record_hit(calls, place, find_open(calls, place, (uint64_t)call), node);
    end_work(calls, call);
}

/* The base of the stack is not known any more. Each stack has addresses of its own, so the next
 * call further out is on this stack, if there is one. */
static const struct open_root_call *find_enclosing(
    const struct calls *calls, const struct calls_place *place, uint64_t at)
{
    const struct open_root_call *found = NULL;
    for (uint32_t i = 0; i < calls->depth; i++) {
        const struct open_root_call *one = &calls->row[i];
        if ((uint64_t)one->root > at && (found == NULL || one->root < found->root))
            found = one;
    }
    bool is_near = found && are_near((uint64_t)found->root, at, place->stack_end);
    return is_near ? found : &calls->row[calls->depth - 1];
}

void calls_time(struct calls *calls, const struct calls_place *place, trace_index node,
    const struct call_frame *call, uint64_t ticks)
{
    if (calls->depth == 0 || calls->claim.owner)
        return;
    const struct open_root_call *one = find_enclosing(calls, place, (uint64_t)call);
    record_time(calls, place, one, node, ticks);
}

/* ---- the owner ---- */

void calls_continue(struct calls *calls)
{
    if (calls->depth || calls->claim.owner)
        calls_reset(calls);
}

void calls_reset(struct calls *calls)
{
    struct open_root_call *row = calls->row;
    for (uint32_t i = 0; row && i < depth_max(); i++)
        call_list_reset(&row[i].list);
    kept_calls_reset(&calls->kept);
    values_reset(&calls->values);
    if (row)
        memory_zero(row, open_size());
    memory_zero(calls, sizeof *calls);
    calls->row = row;
}
