/*
 * locks.c - locks and what threads wait at.
 *
 * Who holds a lock is read from glibc's own words: __owner of a mutex, since glibc 2.3.4, and
 * __cur_writer of a rwlock, since 2.25; before that, the same place has __writer
 * (sysdeps/nptl/bits/struct_mutex.h, sysdeps/x86/nptl/bits/struct_rwlock.h). C11's mutexes are the
 * same.
 */
#include "object/locks.h"

#include "object/descriptors.h"
#include "object/objects.h"
#include "trace/modules.h"
#include "trace/segment.h"
#include "base/forbidden.h"

#define MUTEX_OWNER   8
#define RWLOCK_WRITER 24

/* A word of memory that the function is about to use. A wrong address must fault in the function,
 * not here. */
static bool locks_can_read(uint64_t address)
{
    return descriptors_may_ask() && kernel_is_readable(address & ~UINT64_C(7)) &&
           (kernel_page_down(address) == kernel_page_down(address + RWLOCK_WRITER) ||
               kernel_is_readable((address + RWLOCK_WRITER) & ~UINT64_C(7)));
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

trace_index locks_find(struct object_memory *memory, struct segment *segment,
    enum trace_object_type type, uint64_t address)
{
    uint64_t key = memory_key(address, type);
    trace_index object = memory_find(memory, key);
    if (__builtin_expect(object != 0, 1))
        return object;
    if (!locks_can_read(address))
        return 0;
    draft_begin(&memory->draft, type, address);
    object = objects_find(segment, &memory->draft);
    if (object == 0) {
        set_place(memory, segment, address);
        object = objects_record(segment, &memory->draft);
    }
    memory_keep(memory, key, object);
    return object;
}

int32_t locks_holder(enum trace_object_type type, uint64_t address)
{
    uint64_t offset = type == TRACE_OBJECT_MUTEX ? MUTEX_OWNER : RWLOCK_WRITER;
    if (type != TRACE_OBJECT_MUTEX && type != TRACE_OBJECT_RWLOCK)
        return 0;
    return __atomic_load_n((const int32_t *)(address + offset), __ATOMIC_RELAXED);
}
