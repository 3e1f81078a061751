/*
 * descriptors.c - which object a descriptor stands for.
 *
 * A number may be closed and opened again while the kernel is being asked about it. Then its slot
 * was cleared meanwhile, and counts that: so the compare and swap, which stores the answer, fails.
 */
#include "object/descriptors.h"

#include <sys/syscall.h>

#include "base/pool.h"
#include "object/objects.h"
#include "object/open_file.h"
#include "trace/segment.h"
#include "base/forbidden.h"

#define PREPARED    64u
#define SLOTS_MAX   4096u
#define NUMBER_MAX  (UINT32_C(1) << 24)
#define CLEARED_MAX ((UINT64_C(1) << DESCRIPTORS_CLEARED_BITS) - 1)

_Static_assert(POOL_TRACE_MAX / TRACE_RECORD_SIZE <= UINT64_C(1) << 22, "an object has 22 bits");

_Atomic uint64_t *descriptors_slots;
uint32_t descriptors_mask;
_Atomic uint32_t descriptors_era;
_Atomic bool descriptors_are_quiet;

static _Atomic uint64_t *slot_of(uint32_t number)
{
    return &descriptors_slots[number & descriptors_mask];
}

void descriptors_begin(void)
{
    if (descriptors_slots)
        return;
    uint32_t count = objects_table_size(SLOTS_MAX, DESCRIPTORS_SLOTS_MIN);
    descriptors_slots = pool_take(count * sizeof *descriptors_slots);
    descriptors_mask = count - 1;
}

void descriptors_forget_memory(void)
{
    descriptors_slots = NULL;
}

/* Whether the process's table of descriptors is the caller's: a vfork child has another one. */
static bool has_own_numbers(const struct segment *segment)
{
    return (int32_t)KERNEL_CALL0(SYS_getpid) == segment->header->pid;
}

static void keep(uint32_t number, uint64_t before, uint32_t key, trace_index object)
{
    if (number > NUMBER_MAX)
        return;
    uint64_t slot = (uint64_t)object << DESCRIPTORS_OBJECT_SHIFT |
                    (uint64_t)key << DESCRIPTORS_CLEARED_BITS | (before & CLEARED_MAX);
    atomic_compare_exchange_strong_explicit(
        slot_of(number), &before, slot, memory_order_relaxed, memory_order_relaxed);
}

trace_index descriptors_find(struct object_memory *memory, struct segment *segment, uint32_t number)
{
    trace_index object = descriptors_known(number);
    if (__builtin_expect(object != 0, 1))
        return object;
    if (descriptors_slots == NULL)
        return objects_rest(segment);
    /* Read before the kernel is asked: what is cleared later is not kept. */
    uint64_t before = atomic_load_explicit(slot_of(number), memory_order_seq_cst);
    uint32_t key = descriptors_key(number);
    bool is_lasting = open_file_describe(memory, (int)number, descriptors_may_ask());
    object = objects_record(segment, &memory->draft);
    if (object && is_lasting && has_own_numbers(segment))
        keep(number, before, key, object);
    return object;
}

void descriptors_forget(uint32_t number)
{
    if (descriptors_slots == NULL)
        return;
    _Atomic uint64_t *slot = slot_of(number);
    uint64_t before = atomic_load_explicit(slot, memory_order_relaxed);
    while (!atomic_compare_exchange_weak_explicit(
        slot, &before, (before + 1) & CLEARED_MAX, memory_order_seq_cst, memory_order_relaxed))
        continue;
}

void descriptors_forget_all(void)
{
    atomic_fetch_add_explicit(&descriptors_era, 1, memory_order_seq_cst);
}

void descriptors_prepare(struct object_memory *memory, struct segment *segment)
{
    if (descriptors_slots == NULL || !descriptors_may_ask() || !has_own_numbers(segment))
        return;
    for (uint32_t number = 0; number < PREPARED; number++) {
        uint64_t before = atomic_load_explicit(slot_of(number), memory_order_seq_cst);
        uint32_t key = descriptors_key(number);
        if (open_file_describe(memory, (int)number, true))
            keep(number, before, key, objects_record(segment, &memory->draft));
    }
}
