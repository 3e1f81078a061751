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

trace_index names_find(struct object_memory *memory, struct segment *segment,
    enum trace_object_type type, uint64_t address)
{
    if (address == 0 || !descriptors_may_ask())
        return 0;
    memory->text[NAMES_MAX] = '\0';
    if (kernel_copy(memory->text, address, NAMES_MAX, true) == 0)
        return 0;
    size_t length = text_length(memory->text);
    uint64_t key = memory_key(text_hash(TEXT_HASH, memory->text, length), type);
    trace_index object = memory_find(memory, key);
    if (object)
        return object;
    draft_begin(&memory->draft, type, 0);
    draft_set_text(&memory->draft, memory->text, length);
    object = objects_record(segment, &memory->draft);
    memory_keep(memory, key, object);
    return object;
}

trace_index names_find_at(
    struct object_memory *memory, struct segment *segment, uint32_t directory, uint64_t address)
{
    trace_index object = names_find(memory, segment, TRACE_OBJECT_PATH, address);
    bool is_empty = object && segment_record(segment, object)->object.type == TRACE_OBJECT_PATH &&
                    segment_record(segment, object)->object.text.length == 0;
    return is_empty ? descriptors_find(memory, segment, directory) : object;
}

trace_index names_find_target(
    struct object_memory *memory, struct segment *segment, const uint64_t *arguments)
{
    int kind = 0, kind_size = sizeof kind;
    uint64_t size = (uint32_t)arguments[2];
    if (arguments[1] == 0 || size > MEMORY_ADDRESS || !descriptors_may_ask() ||
        kernel_copy(memory->address, arguments[1], size, false) != size)
        return 0;
    KERNEL_CALL6(SYS_getsockopt, (int)arguments[0], SOL_SOCKET, SO_TYPE, &kind, &kind_size, 0);
    socket_file_peer(&memory->draft, memory->address, size, kind);
    return objects_record(segment, &memory->draft);
}
