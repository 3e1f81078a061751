/*
 * own_trace.h - lets a target of the tests say which objects are in its own trace.
 */
#ifndef OWN_TRACE_H
#define OWN_TRACE_H

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "trace_format.h"

static const char *const own_trace_types[] = {"nothing", "rest", "descriptor", "file", "pipe",
    "anonymous", "inet", "unix", "socket", "mutex", "rwlock", "spinlock", "once", "condition",
    "semaphore", "barrier", "futex", "process", "thread", "path", "host", "queue", "semaphores",
    "timeout", "set"};

static union trace_record *own_trace;
static size_t own_trace_size;

/* Maps the trace of this process; its leaves are read and write only while it is mapped. */
static inline void own_trace_map(void)
{
    char path[4096];
    struct stat status;
    snprintf(path, sizeof path, "%s/%d.0.trace", getenv("SCOPED_TRACE_SESSION"), getpid());
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &status) != 0) {
        perror(path);
        exit(1);
    }
    own_trace_size = (size_t)status.st_size;
    own_trace = mmap(NULL, own_trace_size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
}

static inline void own_trace_text(char *to, struct trace_string text)
{
    size_t piece = sizeof own_trace->text.bytes;
    for (size_t i = 0; i < text.length; i++)
        to[i] = own_trace[text.first + i / piece].text.bytes[i % piece];
    to[text.length] = '\0';
}

static inline void own_trace_address(char *to, size_t size, const struct trace_address *address)
{
    char bytes[INET6_ADDRSTRLEN] = "-";
    if (address->family)
        inet_ntop(address->family, address->bytes, bytes, sizeof bytes);
    snprintf(to, size, "%s:%u", bytes, address->port);
}

/* The inodes of a set's members, as " count=3 INODE INODE". */
static inline void own_trace_set(char *to, const struct trace_object_set *set)
{
    to += sprintf(to, " count=%u", set->check == trace_set_check(set) ? set->count : 0);
    for (int i = 0; i < TRACE_SET_MEMBERS; i++)
        if (set->members[i])
            to += sprintf(to, " %lu", (unsigned long)own_trace[set->members[i]].object.file.inode);
}

/* What the record says, as "TYPE ID DETAILS TEXT". */
static inline void own_trace_object(char *to, size_t size, const struct trace_object *object)
{
    char text[4096], local[80], peer[80], details[200] = "";
    own_trace_text(text, object->text);
    own_trace_address(local, sizeof local, &object->inet.local);
    own_trace_address(peer, sizeof peer, &object->inet.peer);
    if (object->type == TRACE_OBJECT_INET)
        snprintf(details, sizeof details, " %s %s", local, peer);
    else if (object->type >= TRACE_OBJECT_FILE && object->type <= TRACE_OBJECT_SOCKET)
        snprintf(details, sizeof details, " inode=%lu pid=%d", (unsigned long)object->file.inode,
            object->file.pid);
    else if (object->type >= TRACE_OBJECT_MUTEX && object->type <= TRACE_OBJECT_FUTEX)
        snprintf(details, sizeof details, " module=%d address=%lx", object->lock.module != 0,
            (unsigned long)object->lock.address);
    else if (object->type == TRACE_OBJECT_SET)
        own_trace_set(details, &object->set);
    snprintf(to, size, "%s %lu%s %s", own_trace_types[object->type], (unsigned long)object->id,
        details, text);
}

/* Calls `see` for each record of the list of open calls, also for those that are free. */
static inline void own_trace_each_open(
    void (*see)(const struct trace_open_call *record, void *argument), void *argument)
{
    trace_index first = ((struct trace_header *)own_trace)->open_calls;
    for (; first; first = own_trace[first].open_call.next)
        for (uint32_t i = 0; i < own_trace[first].open_call.count; i++)
            see(&own_trace[first + i].open_call, argument);
}

/* Prints a line for each object of each leaf: "LEAF: HITS RETURNS HOLDER OBJECT", and fails if the
 * objects of a leaf have more calls than the leaf. */
static inline void own_trace_print(FILE *to)
{
    own_trace_map();
    uint32_t used = atomic_load(&((struct trace_header *)own_trace)->used);
    for (uint32_t i = TRACE_FIRST_RECORD; i < used; i++) {
        const struct trace_object_calls *calls = &own_trace[i].object_calls;
        char object[8192], name[256];
        if (calls->kind != TRACE_OBJECT_CALLS)
            continue;
        const struct trace_node *leaf = &own_trace[calls->node].node;
        own_trace_text(name, own_trace[leaf->leaf_name].leaf_name.name);
        own_trace_object(object, sizeof object, &own_trace[calls->object].object);
        fprintf(to, "%s: %lu %lu %d %s\n", name, (unsigned long)calls->hits,
            (unsigned long)calls->returns,
            calls->longest_holder ? calls->longest_holder : calls->holder, object);
    }
    fflush(to);
}

/* Prints a line for each object of each leaf whose longest call was ended by a known one: "LEAF
 * ended by WAKER at ADDRESS", where the waker was called from that address of the program's file.
 */
static inline void own_trace_print_wakers(FILE *to)
{
    own_trace_map();
    uint32_t used = atomic_load(&((struct trace_header *)own_trace)->used);
    for (uint32_t i = TRACE_FIRST_RECORD; i < used; i++) {
        const struct trace_object_calls *calls = &own_trace[i].object_calls;
        char name[256], waker_name[256];
        if (calls->kind != TRACE_OBJECT_CALLS || calls->longest_ended_by == 0)
            continue;
        const struct trace_node *leaf = &own_trace[calls->node].node;
        const struct trace_node *waker = &own_trace[calls->longest_ended_by].node;
        own_trace_text(name, own_trace[leaf->leaf_name].leaf_name.name);
        own_trace_text(waker_name, own_trace[waker->leaf_name].leaf_name.name);
        fprintf(to, "%s ended by %s at %lx\n", name, waker_name,
            (unsigned long)own_trace[waker->caller].node.address - 1);
    }
    fflush(to);
}

#endif
