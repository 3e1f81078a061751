/*
 * epolls.c - which descriptors the epolls watch in which threads of a running process wait.
 *
 * The program adds descriptors to an epoll long before it waits, and in other calls, so the trace
 * does not have them. The kernel says which they are: /proc/PID/fdinfo of the epoll has a line for
 * each (proc(5)), "tfd: 5 events: 19 data: 0 pos:0 ino:61af sdev:9", the inode in hexadecimal.
 */
#include "descriptors/epolls.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "descriptors/open_file.h"
#include "descriptors/sockets.h"
#include "trace/snapshot.h"

/* Of an epoll with more descriptors, the others are only counted. */
#define DESCRIBED_MAX 64

struct watched {
    int number;
    uint64_t inode;
};

struct watched_list {
    struct watched *list; /* malloc'ed */
    size_t count, room;
};

struct epoll {
    uint32_t object;     /* index in objects.list[] */
    size_t total;        /* how many descriptors it watches */
    size_t first, count; /* those that are described, in members[] */
};

struct epolls {
    struct snapshot *snapshot;
    struct epoll *list; /* malloc'ed */
    size_t count, room;
    struct snapshot_object *members; /* malloc'ed */
    size_t member_count, member_room;
};

/* ---- what an epoll watches ---- */

static int epolls_compare(const void *left, const void *right)
{
    const struct watched *a = left, *b = right;
    return (a->number > b->number) - (a->number < b->number);
}

/* An epoll may watch a hundred thousand: no sscanf. */
static bool parse_watched(struct watched *watched, const char *line)
{
    static const char number[] = "tfd:", inode[] = " ino:";
    const char *found = strstr(line, inode);
    if (strncmp(line, number, sizeof number - 1) != 0 || found == NULL)
        return false;
    watched->number = (int)strtol(line + sizeof number - 1, NULL, 10);
    watched->inode = strtoull(found + sizeof inode - 1, NULL, 16);
    return true;
}

static int read_watched(struct watched_list *watched, FILE *in)
{
    char *line = NULL;
    size_t size = 0;
    int error = 0;
    while (error == 0 && getline(&line, &size, in) >= 0) {
        struct watched one;
        if (!parse_watched(&one, line))
            continue;
        error = array_reserve(
            &watched->list, watched->count, 1, &watched->room, sizeof *watched->list);
        if (error == 0)
            watched->list[watched->count++] = one;
    }
    free(line);
    return error;
}

/* In the order of their numbers: workers that watch the same say the same then. */
static int find_watched(struct watched_list *watched, int pid, uint64_t epoll)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fdinfo/%" PRIu64, pid, epoll);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return 0;
    int error = read_watched(watched, in);
    fclose(in);
    if (watched->count > 1)
        qsort(watched->list, watched->count, sizeof *watched->list, epolls_compare);
    return error;
}

static int describe_watched(
    struct epolls *epolls, struct epoll *epoll, const struct watched_list *watched)
{
    size_t most = watched->count < DESCRIBED_MAX ? watched->count : DESCRIBED_MAX;
    struct snapshot *snapshot = epolls->snapshot;
    if (array_reserve(&epolls->members, epolls->member_count, most, &epolls->member_room,
            sizeof *epolls->members) != 0)
        return -ENOMEM;
    epoll->total = watched->count;
    epoll->first = epolls->member_count;
    for (size_t i = 0; i < most; i++) {
        const struct watched *one = &watched->list[i];
        epolls->member_count += open_file_describe(&snapshot->objects, snapshot->pid, one->number,
            one->inode, &epolls->members[epolls->member_count]);
    }
    epoll->count = epolls->member_count - epoll->first;
    return 0;
}

static int epolls_add(struct epolls *epolls, uint32_t object)
{
    struct epoll epoll = {.object = object};
    struct watched_list watched = {.count = 0};
    const struct snapshot *snapshot = epolls->snapshot;
    int error = array_reserve(&epolls->list, epolls->count, 1, &epolls->room, sizeof *epolls->list);
    if (error == 0)
        error = find_watched(&watched, snapshot->pid, snapshot->objects.list[object].id);
    if (error == 0 && watched.count)
        error = describe_watched(epolls, &epoll, &watched);
    if (error == 0)
        epolls->list[epolls->count++] = epoll;
    free(watched.list);
    return error;
}

static bool has_epoll(const struct epolls *epolls, uint32_t object)
{
    for (size_t i = 0; i < epolls->count; i++)
        if (epolls->list[i].object == object)
            return true;
    return false;
}

static bool is_epoll(const struct snapshot_object *object)
{
    return object->type == TRACE_OBJECT_ANONYMOUS && object->text &&
           strcmp(object->text, "anon_inode:[eventpoll]") == 0;
}

static int find_epolls(struct epolls *epolls)
{
    const struct snapshot *snapshot = epolls->snapshot;
    int error = 0;
    for (size_t i = 0; i < snapshot->open_call_count && error == 0; i++) {
        uint32_t object = snapshot->open_calls[i].object;
        if (object != OBJECTS_NONE && is_epoll(&snapshot->objects.list[object]) &&
            !has_epoll(epolls, object))
            error = epolls_add(epolls, object);
    }
    return error;
}

/* ---- the sets ---- */

static bool has_equal(
    const struct snapshot_object *list, size_t count, const struct snapshot_object *object)
{
    for (size_t i = 0; i < count; i++)
        if (open_file_is_same(&list[i], object))
            return true;
    return false;
}

/* Different ones say more than many clients of one port: they become the first ones. */
static void put_different_first(struct snapshot_object *list, size_t count)
{
    size_t different = 0;
    for (size_t i = 0; i < count && different < TRACE_SET_MEMBERS; i++) {
        struct snapshot_object object = list[i];
        if (has_equal(list, different, &object))
            continue;
        memmove(&list[different + 1], &list[different], (i - different) * sizeof *list);
        list[different++] = object;
    }
}

static int make_set(struct epolls *epolls, const struct epoll *epoll)
{
    struct objects *objects = &epolls->snapshot->objects;
    struct snapshot_object set = {.type = TRACE_OBJECT_SET, .module = OBJECTS_NONE};
    set.set.count = (uint32_t)epoll->total;
    put_different_first(&epolls->members[epoll->first], epoll->count);
    for (size_t i = 0; i < TRACE_SET_MEMBERS; i++) {
        set.set.members[i] = OBJECTS_NONE;
        if (i < epoll->count &&
            objects_add(objects, &epolls->members[epoll->first + i], &set.set.members[i]) != 0)
            return -ENOMEM;
    }
    objects->list[epoll->object] = set;
    return 0;
}

void epolls_find_members(struct snapshot *snapshot)
{
    struct epolls epolls = {.snapshot = snapshot};
    int error = find_epolls(&epolls);
    if (error == 0)
        error = sockets_describe(
            &snapshot->objects, snapshot->pid, epolls.members, epolls.member_count);
    for (size_t i = 0; i < epolls.count && error == 0; i++)
        if (epolls.list[i].total)
            error = make_set(&epolls, &epolls.list[i]);
    free(epolls.list);
    free(epolls.members);
}
