/*
 * socket_file.c - what the kernel says about a socket.
 */
#include "object/socket_file.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "object/memory.h"
#include "base/forbidden.h"

/* The kernel chooses ports from here on (ip(7), ip_local_port_range). */
#define CHOSEN_PORTS 32768

/* Ports at which the process has listened: the latest of those that are equal modulo PORTS. The
 * connections that it accepts have the same port. */
#define PORTS 64
static _Atomic uint16_t listened[PORTS];

static int option(int number, int name)
{
    int value = 0, size = sizeof value;
    long error = KERNEL_CALL6(SYS_getsockopt, number, SOL_SOCKET, name, &value, &size, 0);
    return error ? 0 : value;
}

/* Returns the size of the address, 0 if there is none. */
static size_t socket_name(long call, int number, char address[MEMORY_ADDRESS])
{
    uint32_t size = MEMORY_ADDRESS;
    long error = KERNEL_CALL3(call, number, address, &size);
    if (error || size < sizeof(sa_family_t))
        return 0;
    return size < MEMORY_ADDRESS ? size : MEMORY_ADDRESS;
}

static int family_of(const char *address)
{
    return ((const struct sockaddr *)address)->sa_family;
}

static uint16_t host_order(uint16_t port)
{
    return (uint16_t)(port >> 8 | port << 8);
}

static void copy_inet(struct trace_address *to, const char *address, size_t size)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)address;
    int family = size ? family_of(address) : 0;
    if (family == AF_INET && size >= sizeof *four) {
        to->family = AF_INET;
        to->port = host_order(four->sin_port);
        memory_copy(to->bytes, &four->sin_addr, sizeof four->sin_addr);
    }
    if (family == AF_INET6 && size >= offsetof(struct sockaddr_in6, sin6_scope_id)) {
        to->family = AF_INET6;
        to->port = host_order(six->sin6_port);
        memory_copy(to->bytes, &six->sin6_addr, sizeof six->sin6_addr);
    }
}

static void note_listening(uint16_t port)
{
    atomic_store_explicit(&listened[port % PORTS], port, memory_order_relaxed);
}

static bool has_listened(uint16_t port)
{
    return atomic_load_explicit(&listened[port % PORTS], memory_order_relaxed) == port;
}

/* A client's port that the kernel has chosen says nothing, and would make an object of each
 * connection. */
static void leave_chosen_port(struct trace_object *object)
{
    struct trace_address *local = &object->inet.local, *peer = &object->inet.peer;
    bool is_server = has_listened(local->port) || local->port < CHOSEN_PORTS;
    if (is_server && peer->port >= CHOSEN_PORTS)
        peer->port = 0;
    else if (!is_server)
        local->port = 0;
}

static bool describe_inet(struct object_memory *memory, int number, int kind)
{
    struct trace_object *object = &memory->draft.object;
    size_t own = socket_name(SYS_getsockname, number, memory->address);
    size_t other = socket_name(SYS_getpeername, number, memory->peer);
    object->type = TRACE_OBJECT_INET;
    object->id = (uint32_t)kind;
    copy_inet(&object->inet.local, memory->address, own);
    copy_inet(&object->inet.peer, memory->peer, other);
    if (object->inet.peer.family) {
        leave_chosen_port(object);
        return true;
    }
    if (kind == SOCK_STREAM && option(number, SO_ACCEPTCONN)) {
        note_listening(object->inet.local.port);
        return true;
    }
    return kind != SOCK_STREAM && kind != SOCK_SEQPACKET; /* SCTP */
}

/* The path, of which an abstract one begins with a NUL (unix(7)), which becomes "@". */
static void set_path(struct object_draft *draft, char *address, size_t size)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path);
    char *path = address + head;
    size_t length = 0, room = size > head ? size - head : 0;
    if (room && path[0] == '\0') {
        path[0] = '@';
        length = room;
    }
    while (length < room && path[length])
        length++;
    draft_set_text(draft, path, length > 1 || path[0] != '@' ? length : 0);
}

static int32_t peer_process(int number)
{
    struct ucred peer = {0, 0, 0};
    int size = sizeof peer;
    long error = KERNEL_CALL6(SYS_getsockopt, number, SOL_SOCKET, SO_PEERCRED, &peer, &size, 0);
    return error ? 0 : peer.pid;
}

static bool describe_unix(struct object_memory *memory, int number, int kind)
{
    struct object_draft *draft = &memory->draft;
    size_t own = socket_name(SYS_getsockname, number, memory->address);
    size_t other = socket_name(SYS_getpeername, number, memory->peer);
    draft->object.type = TRACE_OBJECT_UNIX;
    draft->object.file.pid = other ? peer_process(number) : 0;
    set_path(draft, memory->peer, other);
    if (draft->length == 0)
        set_path(draft, memory->address, own);
    /* All connections between two processes by one path are one object. */
    if (other == 0 || draft->length == 0)
        draft->object.file.inode = memory->status.stx_ino;
    return other || kind == SOCK_DGRAM || option(number, SO_ACCEPTCONN);
}

bool socket_file_describe(struct object_memory *memory, int number)
{
    int family = option(number, SO_DOMAIN), kind = option(number, SO_TYPE);
    if (family == AF_INET || family == AF_INET6)
        return describe_inet(memory, number, kind);
    if (family == AF_UNIX)
        return describe_unix(memory, number, kind);
    memory->draft.object.type = TRACE_OBJECT_SOCKET;
    memory->draft.object.id = (uint32_t)family;
    return true;
}

void socket_file_peer(struct object_draft *draft, char *address, size_t size, int kind)
{
    int family = size >= sizeof(sa_family_t) ? family_of(address) : AF_UNSPEC;
    if (family == AF_INET || family == AF_INET6) {
        draft_begin(draft, TRACE_OBJECT_INET, (uint32_t)kind);
        copy_inet(&draft->object.inet.peer, address, size);
    } else if (family == AF_UNIX) {
        draft_begin(draft, TRACE_OBJECT_UNIX, 0);
        set_path(draft, address, size);
    } else {
        draft_begin(draft, TRACE_OBJECT_SOCKET, (uint32_t)family);
    }
}
