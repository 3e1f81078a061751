/*
 * system_calls.c - leaves that are called by their number, with syscall(2).
 *
 * Such a call has a stub of its own: the library watches syscall(2) anyway. The stub enters it by a
 * jump, because it can be vfork; but the calls in this table return once, so they are called, and
 * their time is seen.
 */
#include "hook/system_calls.h"

#include <stddef.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/linkmap.h"
#include "object/lock_state.h"
#include "base/forbidden.h"

/* Calls above it do not exist. */
#define NUMBER_MAX 1024

static uint32_t count_calls(void)
{
    const struct hook_system_call *calls = scoped_trace_system_calls;
    uint32_t count = 0;
    while (calls && calls[count].record.name)
        count++;
    return count;
}

static struct hook_record *find_call(uint64_t number)
{
    static _Atomic uint32_t known; /* their number + 1 */
    uint32_t count = atomic_load_explicit(&known, memory_order_relaxed);
    if (count == 0) {
        count = count_calls() + 1;
        atomic_store_explicit(&known, count, memory_order_relaxed);
    }
    struct hook_system_call *calls = scoped_trace_system_calls;
    uint32_t low = 0, high = count - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (calls[middle].number == number)
            return &calls[middle].record;
        if (calls[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct hook_record *system_calls_leaf(const struct call_frame *call)
{
    const uint64_t *arguments = call->registers.arguments;
    const char *name = (const char *)call->record + call->record->name;
    struct hook_record *record = NULL;
    if (arguments[0] >= NUMBER_MAX || !text_equal(name, "syscall"))
        return NULL;
    if (arguments[0] == SYS_futex && !lock_state_futex_waits(arguments[2]))
        record = find_call(SYS_futex | HOOK_CALL_WAKES);
    return record ? record : find_call(arguments[0]);
}
