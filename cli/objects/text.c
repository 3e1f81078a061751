/*
 * text.c - an object as people say it.
 */
#include "objects/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/path.h"
#include "names/demangle.h"
#include "names/short_name.h"
#include "objects/address.h"
#include "objects/process_name.h"
#include "objects/set_text.h"
#include "trace/objects.h"
#include "trace/snapshot.h"
#include "trace_format.h"

/* What the texts are made of. */
struct subject {
    const struct peers *peers;
    const struct snapshot *snapshot;
    const struct snapshot_object *object;
    enum direction direction;
    const char *directory;
};

static const char *object_kind(const struct snapshot_object *object)
{
    static const char *const kinds[TRACE_OBJECT_TYPES] = {
        [TRACE_OBJECT_REST] = "others",
        [TRACE_OBJECT_DESCRIPTOR] = "descriptor",
        [TRACE_OBJECT_FILE] = "file",
        [TRACE_OBJECT_PIPE] = "pipe",
        [TRACE_OBJECT_ANONYMOUS] = "event",
        [TRACE_OBJECT_INET] = "socket",
        [TRACE_OBJECT_UNIX] = "socket",
        [TRACE_OBJECT_SOCKET] = "socket",
        [TRACE_OBJECT_MUTEX] = "mutex",
        [TRACE_OBJECT_RWLOCK] = "rwlock",
        [TRACE_OBJECT_SPINLOCK] = "spin lock",
        [TRACE_OBJECT_ONCE] = "once",
        [TRACE_OBJECT_CONDITION] = "condition",
        [TRACE_OBJECT_SEMAPHORE] = "semaphore",
        [TRACE_OBJECT_BARRIER] = "barrier",
        [TRACE_OBJECT_FUTEX] = "futex",
        [TRACE_OBJECT_PROCESS] = "process",
        [TRACE_OBJECT_THREAD] = "thread",
        [TRACE_OBJECT_PATH] = "path",
        [TRACE_OBJECT_HOST] = "host",
        [TRACE_OBJECT_QUEUE] = "message queue",
        [TRACE_OBJECT_SEMAPHORES] = "semaphores",
        [TRACE_OBJECT_TIMEOUT] = "timeout",
        [TRACE_OBJECT_SET] = "descriptors",
    };
    return kinds[object->type];
}

/* ---- other processes ---- */

/* Makes "sort[4711]" and "sort", or "sort (3 processes)" and "sort and others". Returns false when
 * out of memory. */
static bool name_processes(const struct peers_found *found, char **text, char **general)
{
    char *name = process_name(found->first);
    int length = -1;
    *text = *general = NULL;
    if (name && found->more == 0)
        length = asprintf(text, "%s[%d]", name, found->first->pid);
    else if (name && found->is_one_program)
        length = asprintf(text, "%s (%zu processes)", name, found->more + 1);
    else if (name)
        length = asprintf(text, "%s[%d] and %zu more", name, found->first->pid, found->more);
    if (length >= 0 && found->more && !found->is_one_program)
        length = asprintf(general, "%s and others", name);
    else if (length >= 0)
        length = (*general = strdup(name)) ? 0 : -1;
    free(name);
    return length >= 0;
}

static bool name_itself(char **text, char **general)
{
    *text = strdup("itself");
    *general = strdup("itself");
    return *text && *general;
}

/* Adds " from sort[4711]" to both texts if the other end is known. Returns false when out of
 * memory. */
static bool add_peers(struct object_text *text, const struct snapshot *snapshot,
    const struct peers_found *found, const char *before, const char *after)
{
    char *names[2], *const own[] = {text->text, text->general};
    if (found->first == NULL)
        return true;
    bool is_whole = found->first == snapshot ? name_itself(&names[0], &names[1])
                                             : name_processes(found, &names[0], &names[1]);
    text->text = text->general = NULL;
    if (is_whole)
        is_whole = asprintf(&text->text, "%s%s%s%s", own[0], before, names[0], after) >= 0 &&
                   asprintf(&text->general, "%s%s%s%s", own[1], before, names[1], after) >= 0;
    free(own[0]);
    free(own[1]);
    free(names[0]);
    free(names[1]);
    return is_whole;
}

static struct peers_found process_of(const struct subject *subject, int pid)
{
    const struct snapshot *process = pid == subject->snapshot->pid
                                         ? NULL
                                         : peers_process(subject->peers, pid);
    return (struct peers_found){.first = process};
}

/* ---- descriptors ---- */

/* Returns the path, relative if it lies below the directory. */
static const char *relative_path(const char *path, const char *directory)
{
    size_t length = directory ? strlen(directory) : 0;
    bool is_below = length > 1 && strncmp(path, directory, length) == 0 && path[length] == '/' &&
                    path[length + 1] != '\0';
    return is_below ? path + length + 1 : path;
}

static int text_write_path(const struct subject *subject, char **text)
{
    const char *path = subject->object->text;
    if (path == NULL)
        return asprintf(text, "a %s", object_kind(subject->object));
    return asprintf(text, "%s%s", strncmp(path, "/dev/pts/", 9) == 0 ? "terminal " : "",
        relative_path(path, subject->directory));
}

static int write_pipe(const struct subject *subject, const struct peers_found *found, char **text)
{
    const struct snapshot_object *object = subject->object;
    if (object->text && object->text[0] == '/')
        return asprintf(text, "FIFO %s", relative_path(object->text, subject->directory));
    if (found->first)
        return asprintf(text, "pipe");
    return asprintf(text, "pipe %" PRIu64, object->file.inode);
}

/* "anon_inode:[eventfd]" or "anon_inode:inotify"; an epoll is "anon_inode:[eventpoll]" */
static int write_anonymous(const struct snapshot_object *object, char **text)
{
    static const char prefix[] = "anon_inode:";
    const char *name = object->text ? object->text : "event";
    if (strncmp(name, prefix, strlen(prefix)) == 0)
        name += strlen(prefix);
    name += *name == '[';
    if (strcmp(name, "eventpoll]") == 0)
        name = "epoll";
    return asprintf(text, "%.*s", (int)strcspn(name, "]"), name);
}

static const char *protocol_of(const struct snapshot_object *object)
{
    return object->id == SOCK_STREAM  ? "TCP"
           : object->id == SOCK_DGRAM ? "UDP"
           : object->id == SOCK_RAW   ? "raw IP"
                                      : "IP";
}

static int write_inet(const struct snapshot_object *object, char **text)
{
    const struct trace_address *local = &object->addresses[0], *peer = &object->addresses[1];
    const char *protocol = protocol_of(object);
    char from[ADDRESS_TEXT], to[ADDRESS_TEXT];
    if (peer->family && peer->port) {
        address_text(peer, true, to);
        return asprintf(text, "%s %s", protocol, to);
    }
    if (local->family == 0 || local->port == 0)
        return asprintf(text, "%s socket", protocol);
    if (peer->family) {
        struct trace_address port = {.family = local->family, .port = local->port};
        address_text(peer, false, from);
        address_text(&port, true, to);
        return asprintf(text, "%s clients of %s from %s", protocol, to, from);
    }
    address_text(local, true, to);
    return asprintf(
        text, "%s %s%s", protocol, object->id == SOCK_STREAM ? "listening on " : "", to);
}

static int write_unix(const struct subject *subject, char **text)
{
    const char *path = subject->object->text;
    if (path && *path)
        return asprintf(text, "unix %s", relative_path(path, subject->directory));
    return asprintf(text, "unix socket");
}

static int write_family(const struct snapshot_object *object, char **text)
{
    const char *name = object->id == AF_NETLINK  ? "netlink"
                       : object->id == AF_PACKET ? "packet"
                       : object->id == AF_VSOCK  ? "vsock"
                                                 : NULL;
    if (object->id == AF_UNSPEC)
        return asprintf(text, "socket");
    return name ? asprintf(text, "%s socket", name)
                : asprintf(text, "socket of family %" PRIu64, object->id);
}

/* ---- locks ---- */

/* Returns how long the name is without the number of a variable within a function: "lock.0". */
static size_t length_of_variable(const char *name)
{
    size_t length = demangle_linkage_length(name);
    const char *dot = memchr(name, '.', length);
    bool is_numbered = dot && dot > name && strspn(dot + 1, "0123456789") == strlen(dot + 1);
    return is_numbered ? (size_t)(dot - name) : length;
}

/* Writes the name of the variable as the source has it. */
static int write_variable(const struct snapshot_object *object, char **text)
{
    char *linkage = strndup(object->variable, length_of_variable(object->variable));
    char *demangled = linkage ? demangle_function(linkage) : NULL;
    char *name = demangled ? short_name(demangled, "...", SHORT_NAME_BRIEF) : NULL;
    const char *shown = name ? name : linkage ? linkage : object->variable;
    int length = asprintf(text, "%s %s", object_kind(object), shown);
    free(linkage);
    free(demangled);
    free(name);
    return length;
}

/* A lock within a variable, such as an array of locks, has its offset. */
static int write_within_variable(const struct snapshot_object *object, char **text)
{
    char *variable = NULL;
    int length = write_variable(object, &variable);
    if (length >= 0 && object->offset == 0) {
        *text = variable;
        return length;
    }
    if (length >= 0)
        length = asprintf(text, "%s+%" PRIu64, variable, object->offset);
    free(variable);
    return length;
}

/* The program's own file is called as the program is: it may have been started by a link of another
 * name. */
static int write_lock_place(const struct subject *subject, char **text)
{
    const struct snapshot_object *object = subject->object;
    const char *path = subject->snapshot->modules[object->module].path;
    bool is_program = strcmp(path, subject->snapshot->program) == 0;
    char *name = is_program ? process_name(subject->snapshot) : NULL;
    int length = asprintf(text, "%s %s+0x%" PRIx64, object_kind(object),
        name ? name : path_base_name(path), object->address);
    free(name);
    return length;
}

static int write_lock(const struct subject *subject, char **text)
{
    const struct snapshot_object *object = subject->object;
    if (object->variable)
        return write_within_variable(object, text);
    if (object->module == OBJECTS_NONE)
        return asprintf(text, "%s 0x%" PRIx64, object_kind(object), object->id);
    return write_lock_place(subject, text);
}

/* ---- others ---- */

static int write_process(const struct snapshot_object *object, bool is_traced, char **text)
{
    if (object->id == 0)
        return asprintf(text, "any child");
    return is_traced ? asprintf(text, "%s", "") : asprintf(text, "process %" PRIu64, object->id);
}

static int write_thread(const struct snapshot_object *object, char **text)
{
    bool has_name = object->text && *object->text;
    if (object->id == 0)
        return asprintf(text, "a thread");
    return has_name ? asprintf(text, "thread %" PRIu64 " \"%s\"", object->id, object->text)
                    : asprintf(text, "thread %" PRIu64, object->id);
}

/* The identifier, and above its 32 bits the key. */
static int write_ipc(const struct snapshot_object *object, char **text)
{
    uint32_t id = (uint32_t)object->id, key = (uint32_t)(object->id >> 32);
    return key ? asprintf(text, "%s %" PRIu32 " (key 0x%" PRIx32 ")", object_kind(object), id, key)
               : asprintf(text, "%s %" PRIu32, object_kind(object), id);
}

static int text_write(const struct subject *subject, const struct peers_found *found, char **text)
{
    const struct snapshot_object *object = subject->object;
    switch (object->type) {
    case TRACE_OBJECT_DESCRIPTOR: return asprintf(text, "descriptor %" PRIu64, object->id);
    case TRACE_OBJECT_FILE:
    case TRACE_OBJECT_PATH:
    case TRACE_OBJECT_HOST: return text_write_path(subject, text);
    case TRACE_OBJECT_PIPE: return write_pipe(subject, found, text);
    case TRACE_OBJECT_ANONYMOUS: return write_anonymous(object, text);
    case TRACE_OBJECT_INET: return write_inet(object, text);
    case TRACE_OBJECT_UNIX: return write_unix(subject, text);
    case TRACE_OBJECT_SOCKET: return write_family(object, text);
    case TRACE_OBJECT_PROCESS: return write_process(object, found->first != NULL, text);
    case TRACE_OBJECT_THREAD: return write_thread(object, text);
    case TRACE_OBJECT_QUEUE:
    case TRACE_OBJECT_SEMAPHORES: return write_ipc(object, text);
    default:
        return objects_is_lock(object->type) ? write_lock(subject, text)
                                             : asprintf(text, "%s", object_kind(object));
    }
}

static bool is_single_of_process(const struct snapshot_object *object)
{
    return object->type == TRACE_OBJECT_DESCRIPTOR || object->type == TRACE_OBJECT_THREAD ||
           (objects_is_lock(object->type) && object->module == OBJECTS_NONE);
}

/* A set is that of several processes if they share all that is known of it. */
static bool is_of_one_process(const struct snapshot *snapshot, const struct snapshot_object *object)
{
    for (size_t i = 0; object->type == TRACE_OBJECT_SET && i < TRACE_SET_MEMBERS; i++) {
        uint32_t member = object->set.members[i];
        if (member != OBJECTS_NONE && is_single_of_process(&snapshot->objects.list[member]))
            return true;
    }
    return is_single_of_process(object);
}

static bool is_unknown(const struct snapshot_object *object)
{
    switch (object->type) {
    case TRACE_OBJECT_REST: return true;
    case TRACE_OBJECT_FILE:
    case TRACE_OBJECT_PATH:
    case TRACE_OBJECT_HOST: return object->text == NULL;
    case TRACE_OBJECT_THREAD: return object->id == 0;
    case TRACE_OBJECT_SET: return object->set.count == 0;
    default: return false;
    }
}

static struct peers_found find_other_end(const struct subject *subject)
{
    const struct snapshot_object *object = subject->object;
    if (object->type == TRACE_OBJECT_PROCESS && object->id <= INT32_MAX)
        return process_of(subject, (int)object->id);
    if (object->type == TRACE_OBJECT_UNIX)
        return process_of(subject, object->file.pid);
    return peers_find(subject->peers, subject->snapshot, object, subject->direction);
}

/* Makes both texts of what is no set. They are NULL when out of memory. */
static void make_texts(struct object_text *text, const struct subject *subject)
{
    const struct snapshot_object *object = subject->object;
    enum direction direction = subject->direction;
    struct peers_found found = find_other_end(subject);
    bool is_pipe = object->type == TRACE_OBJECT_PIPE;
    bool is_bare = is_pipe || object->type == TRACE_OBJECT_PROCESS;
    const char *word = direction == DIRECTION_READS    ? " from "
                       : direction == DIRECTION_WRITES ? " to "
                                                       : " with ";
    if (text_write(subject, &found, &text->text) < 0)
        text->text = NULL;
    text->general = text->text ? strdup(text->text) : NULL;
    const char *before = is_pipe ? word : is_bare ? "" : " (";
    if (text->general && !add_peers(text, subject->snapshot, &found, before, is_bare ? "" : ")"))
        object_text_finish(text);
}

/* Makes the texts of the members of which something is known. Returns false when out of memory. */
static bool make_members(
    const struct subject *subject, struct object_text members[TRACE_SET_MEMBERS], size_t *known)
{
    const struct snapshot_object *set = subject->object;
    for (uint32_t i = 0; i < TRACE_SET_MEMBERS && i < set->set.count; i++) {
        struct object_text *text = &members[*known];
        if (set->set.members[i] == OBJECTS_NONE)
            continue;
        if (object_text_make(text, subject->peers, subject->snapshot,
                &subject->snapshot->objects.list[set->set.members[i]], subject->direction,
                subject->directory) != 0)
            return false;
        if (text->says_nothing)
            object_text_finish(text);
        else
            (*known)++;
    }
    return true;
}

/* The same for a set. */
static void make_set_texts(struct object_text *text, const struct subject *subject)
{
    struct object_text members[TRACE_SET_MEMBERS];
    const char *texts[TRACE_SET_MEMBERS], *generals[TRACE_SET_MEMBERS];
    uint32_t count = subject->object->set.count;
    size_t known = 0;
    bool is_whole = make_members(subject, members, &known);
    for (size_t i = 0; i < known; i++) {
        texts[i] = members[i].text;
        generals[i] = members[i].general;
    }
    text->text = is_whole ? set_text_join(texts, known, count) : NULL;
    text->general = is_whole ? set_text_join(generals, known, count) : NULL;
    for (size_t i = 0; i < known; i++)
        object_text_finish(&members[i]);
}

int object_text_make(struct object_text *text, const struct peers *peers,
    const struct snapshot *snapshot, const struct snapshot_object *object, enum direction direction,
    const char *directory)
{
    const struct subject subject = {peers, snapshot, object, direction, directory};
    *text = (struct object_text){.kind = object_kind(object), .says_nothing = is_unknown(object)};
    text->space = is_of_one_process(snapshot, object) ? (uint32_t)snapshot->pid : 0;
    if (object->type == TRACE_OBJECT_SET)
        make_set_texts(text, &subject);
    else
        make_texts(text, &subject);
    if (text->text && text->general)
        return 0;
    object_text_finish(text);
    return -ENOMEM;
}

void object_text_finish(struct object_text *text)
{
    free(text->text);
    free(text->general);
    *text = (struct object_text){.kind = NULL};
}
