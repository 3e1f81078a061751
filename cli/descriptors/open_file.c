/*
 * open_file.c - what the kernel says of an open file of another process (proc(5), /proc/PID/fd).
 */
#include "descriptors/open_file.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/optional_text.h"
#include "trace/objects.h"

static bool open_file_begins(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* As preload/object/open_file.c tells them apart. */
static uint32_t open_file_type(const char *link, mode_t mode)
{
    if (open_file_begins(link, "anon_inode:"))
        return TRACE_OBJECT_ANONYMOUS;
    return S_ISFIFO(mode) ? TRACE_OBJECT_PIPE : TRACE_OBJECT_FILE;
}

/* Of what is no socket. */
static bool describe_link(
    struct objects *objects, const char *path, mode_t mode, struct snapshot_object *object)
{
    char link[PATH_MAX + 1];
    ssize_t length = readlink(path, link, sizeof link - 1);
    if (length <= 0)
        return false;
    link[length] = '\0';
    object->type = open_file_type(link, mode);
    if (open_file_begins(link, "pipe:["))
        return true;
    object->text = objects_keep_text(objects, link);
    return object->text != NULL;
}

bool open_file_describe(
    struct objects *objects, int pid, int number, uint64_t inode, struct snapshot_object *object)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, number);
    if (stat(path, &status) != 0 || status.st_ino != inode)
        return false;
    *object = (struct snapshot_object){.type = TRACE_OBJECT_SOCKET, .module = OBJECTS_NONE};
    object->file.device = (uint64_t)major(status.st_dev) << 32 | minor(status.st_dev);
    object->file.inode = inode;
    if (S_ISSOCK(status.st_mode))
        return true;
    bool is_known = describe_link(objects, path, status.st_mode, object);
    if (object->type == TRACE_OBJECT_ANONYMOUS) /* all of them have one inode */
        object->id = (uint64_t)number;
    return is_known;
}

bool open_file_is_same(const struct snapshot_object *a, const struct snapshot_object *b)
{
    if (a->type != b->type || !text_is_equal(a->text, b->text))
        return false;
    switch (a->type) {
    case TRACE_OBJECT_ANONYMOUS:
    case TRACE_OBJECT_UNIX: return true;
    case TRACE_OBJECT_INET:
        return a->id == b->id && memcmp(a->addresses, b->addresses, sizeof a->addresses) == 0;
    case TRACE_OBJECT_SOCKET: return a->id == b->id;
    default: return a->file.device == b->file.device && a->file.inode == b->file.inode;
    }
}
