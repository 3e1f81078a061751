/*
 * locks.c - locks and what threads wait at.
 */
#include "object/locks.h"

#include "object/descriptors.h"
#include "object/objects.h"
#include "trace/modules.h"
#include "trace/segment.h"
#include "base/forbidden.h"

/* How far behind its address a word of a lock lies of which lock_state_holder takes the holder. */
#define FURTHEST_WORD 24

/* A word of memory that the function is about to use. A wrong address must fault in the function,
 * not here. */
static bool locks_can_read(uint64_t address)
{
    return descriptors_may_ask() && kernel_is_readable(address & ~UINT64_C(7)) &&
           (kernel_page_down(address) == kernel_page_down(address + FURTHEST_WORD) ||
               kernel_is_readable((address + FURTHEST_WORD) & ~UINT64_C(7)));
}

static void set_place(struct object_memory *memory, struct segment *segment, uint64_t address)
{
    struct trace_object *object = &memory->draft.object;
    const struct module *module = modules_find(segment, address, &memory->vectors);
    if (module == NULL || module->trace == 0)
        return;
    object->lock.module = module->trace;
    object->lock.address = address - module->bias;
}

trace_index locks_search(struct object_memory *memory, struct segment *segment,
    enum trace_object_type type, uint64_t address)
{
    if (!locks_can_read(address))
        return 0;
    draft_begin(&memory->draft, type, address);
    trace_index object = objects_find(segment, &memory->draft);
    if (object == 0) {
        set_place(memory, segment, address);
        object = objects_record(segment, &memory->draft);
    }
    memory_keep(memory, memory_key(address, type), object);
    return object;
}
