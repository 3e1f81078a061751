/*
 * open_file.c - what the kernel says about an open file.
 */
#include "object/open_file.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>

#include "base/text.h"
#include "object/memory.h"
#include "object/objects.h"
#include "object/socket_file.h"
#include "base/forbidden.h"

#define LINKS "/proc/thread-self/fd/" /* Linux 3.17; a thread can have descriptors of its own */

static const char anonymous[] = "anon_inode:";
static const char pipe_name[] = "pipe:[", socket_name[] = "socket:[";

/* Writes the text of the descriptor's link into memory->text. Returns its length, 0 if it cannot
 * be read: there may be no /proc. */
static size_t read_link(struct object_memory *memory, int number)
{
    const char *limit = memory->path + sizeof memory->path - 1;
    char *end = text_append(memory->path, limit, LINKS);
    text_append_number(end, limit, (uint32_t)number, 10);
    long length = arch_readlink(memory->path, memory->text, sizeof memory->text - 1);
    memory->text[kernel_failed(length) ? 0 : length] = '\0';
    return kernel_failed(length) ? 0 : (size_t)length;
}

/* The type of the file, as in stat(2), or 0. memory->status is zero if nothing is known. */
static unsigned read_status(struct object_memory *memory, int number)
{
    struct statx *status = &memory->status;
    memory_zero(status, sizeof *status);
    long error = KERNEL_CALL6(SYS_statx, number, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
        STATX_TYPE | STATX_INO, status, 0);
    if (error)
        memory_zero(status, sizeof *status);
    return status->stx_mode & S_IFMT;
}

static void set_file(struct object_memory *memory)
{
    const struct statx *status = &memory->status;
    struct trace_object *object = &memory->draft.object;
    object->file.device = (uint64_t)status->stx_dev_major << 32 | status->stx_dev_minor;
    object->file.inode = status->stx_ino;
}

/* Of what the text of the link says. A kernel without statx(2) gives no inode. */
static enum trace_object_type type_of(const struct object_memory *memory, unsigned mode)
{
    if (mode == S_IFSOCK || text_begins_with(memory->text, socket_name))
        return TRACE_OBJECT_SOCKET;
    if (text_begins_with(memory->text, anonymous))
        return TRACE_OBJECT_ANONYMOUS;
    if (mode == S_IFIFO || text_begins_with(memory->text, pipe_name))
        return TRACE_OBJECT_PIPE;
    return TRACE_OBJECT_FILE;
}

bool open_file_describe(struct object_memory *memory, int number, bool may_ask)
{
    struct object_draft *draft = &memory->draft;
    draft_begin(draft, TRACE_OBJECT_DESCRIPTOR, (uint32_t)number);
    if (!may_ask)
        return false;
    unsigned mode = read_status(memory, number);
    if (mode == S_IFREG && !objects_have_room(TRACE_OBJECT_FILE)) {
        draft_begin(draft, TRACE_OBJECT_REST, 0);
        return true;
    }
    size_t length = read_link(memory, number);
    if (length == 0 && mode == 0)
        return false; /* it is not open, or nothing can be known */
    enum trace_object_type type = type_of(memory, mode);
    /* All eventfds, and so on, have one inode: the number tells them apart. */
    draft_begin(draft, type, type == TRACE_OBJECT_ANONYMOUS ? (uint32_t)number : 0);
    if (type == TRACE_OBJECT_SOCKET)
        return socket_file_describe(memory, number);
    if (type != TRACE_OBJECT_ANONYMOUS)
        set_file(memory);
    if (type != TRACE_OBJECT_PIPE || !text_begins_with(memory->text, pipe_name))
        draft_set_text(draft, memory->text, length);
    return true;
}
