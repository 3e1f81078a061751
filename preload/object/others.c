/*
 * others.c - processes, threads, and what System V has for them to meet.
 */
#include "object/others.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/syscall.h>

#include "object/descriptors.h"
#include "object/objects.h"
#include "trace/segment.h"
#include "base/forbidden.h"

static trace_index others_find(
    struct object_memory *memory, struct segment *segment, enum trace_object_type type, uint32_t id)
{
    uint64_t key = memory_key(id, type);
    trace_index object = memory_find(memory, key);
    if (object)
        return object;
    draft_begin(&memory->draft, type, id);
    object = objects_record(segment, &memory->draft);
    memory_keep(memory, key, object);
    return object;
}

trace_index others_find_child(struct object_memory *memory, struct segment *segment, int32_t pid)
{
    return others_find(memory, segment, TRACE_OBJECT_PROCESS, (uint32_t)pid);
}

trace_index others_find_timeout(struct object_memory *memory, struct segment *segment)
{
    return others_find(memory, segment, TRACE_OBJECT_TIMEOUT, 0);
}

trace_index others_find_thread(
    struct object_memory *memory, struct segment *segment, int32_t tid, const char *name)
{
    draft_begin(&memory->draft, TRACE_OBJECT_THREAD, (uint32_t)tid);
    draft_set_text(&memory->draft, name, text_length(name));
    return objects_record(segment, &memory->draft);
}

/* The first member of struct msqid_ds and of struct semid_ds. */
union ipc {
    struct ipc_perm permissions;
    struct msqid_ds queue;
    struct semid_ds semaphores;
};

_Static_assert(sizeof(union ipc) <= MEMORY_TEXT, "it has room in a level's memory");

/* The key is above the identifier; it is 0 if the kernel does not tell it. An identifier that is
 * given again has another number in its upper bits (ipc/util.c). */
static trace_index find_ipc(
    struct object_memory *memory, struct segment *segment, enum trace_object_type type, int32_t id)
{
    uint64_t key = memory_key((uint32_t)id, type);
    trace_index object = memory_find(memory, key);
    if (object)
        return object;
    union ipc *ipc = (union ipc *)memory->text;
    long error = -1;
    if (descriptors_may_ask())
        error = type == TRACE_OBJECT_QUEUE ? KERNEL_CALL3(SYS_msgctl, id, IPC_STAT, ipc)
                                           : KERNEL_CALL4(SYS_semctl, id, 0, IPC_STAT, ipc);
    uint64_t name = error ? 0 : (uint32_t)ipc->permissions.__key;
    draft_begin(&memory->draft, type, name << 32 | (uint32_t)id);
    object = objects_record(segment, &memory->draft);
    memory_keep(memory, key, object);
    return object;
}

trace_index others_find_queue(struct object_memory *memory, struct segment *segment, int32_t id)
{
    return find_ipc(memory, segment, TRACE_OBJECT_QUEUE, id);
}

trace_index others_find_semaphores(
    struct object_memory *memory, struct segment *segment, int32_t id)
{
    return find_ipc(memory, segment, TRACE_OBJECT_SEMAPHORES, id);
}
