/*
 * names.c - objects that the program names.
 *
 * The kernel, or the function, checks the program's pointers; here they must not cause a fault. So
 * each page is checked before it is read.
 */
#include "object/names.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/text.h"
#include "object/descriptors.h"
#include "object/objects.h"
#include "object/socket_file.h"
#include "trace/segment.h"
#include "base/forbidden.h"

typedef uint64_t __attribute__((may_alias)) name_word;

/* By words: multiplications that wait for one another are slow. The last word is filled up. */
static uint64_t hash_name(struct object_memory *memory, size_t length)
{
    const name_word *words = (const name_word *)memory->text;
    uint64_t hash = length;
    for (size_t i = length; i % sizeof *words; i++)
        memory->text[i] = '\0';
    for (size_t i = 0; i * sizeof *words < length; i++) {
        hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

trace_index names_find(struct object_memory *memory, struct segment *segment,
    enum trace_object_type type, uint64_t address, uint64_t frame)
{
    if (address == 0 || !descriptors_may_ask())
        return 0;
    size_t length = kernel_copy_text(memory->text, address, NAMES_MAX, frame);
    if (length == 0)
        return 0;
    length -= memory->text[length - 1] == '\0';
    uint64_t key = memory_key(hash_name(memory, length), type);
    trace_index object = memory_find(memory, key);
    if (object)
        return object;
    draft_begin(&memory->draft, type, 0);
    draft_set_text(&memory->draft, memory->text, length);
    object = objects_record(segment, &memory->draft);
    memory_keep(memory, key, object);
    return object;
}

trace_index names_find_at(struct object_memory *memory, struct segment *segment, uint32_t directory,
    uint64_t address, uint64_t frame)
{
    trace_index object = names_find(memory, segment, TRACE_OBJECT_PATH, address, frame);
    bool is_empty = object && segment_record(segment, object)->object.type == TRACE_OBJECT_PATH &&
                    segment_record(segment, object)->object.text.length == 0;
    return is_empty ? descriptors_find(memory, segment, directory) : object;
}

trace_index names_find_target(struct object_memory *memory, struct segment *segment,
    const uint64_t *arguments, uint64_t frame)
{
    int kind = 0, kind_size = sizeof kind;
    uint64_t size = (uint32_t)arguments[2];
    if (arguments[1] == 0 || size == 0 || size > MEMORY_ADDRESS || !descriptors_may_ask() ||
        !kernel_can_read(arguments[1], size, frame))
        return 0;
    memory_copy(memory->address, (const void *)arguments[1], size);
    KERNEL_CALL6(SYS_getsockopt, (int)arguments[0], SOL_SOCKET, SO_TYPE, &kind, &kind_size, 0);
    socket_file_peer(&memory->draft, memory->address, size, kind);
    return objects_record(segment, &memory->draft);
}
