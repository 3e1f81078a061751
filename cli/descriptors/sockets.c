/*
 * sockets.c - addresses of another process's sockets (proc(5), /proc/PID/net).
 *
 * Lines of tcp, tcp6, udp and udp6, with addresses as hexadecimal words in the processor's order:
 *   0: 0100007F:1B9E 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0  0 13397733 1 ..
 * and of unix:
 *   ffff8881: 00000002 00000000 00010000 0001 01 13397744 /run/server
 */
#include "descriptors/sockets.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "trace/objects.h"

/* The kernel chooses ports from here on (ip(7), ip_local_port_range). */
#define CHOSEN_PORTS 32768

/* A machine may have a million connections, and the kernel takes a microsecond for each: what
 * stands behind so many is not looked for. Sockets that listen come first. */
#define LINES_MAX 16384

#define PATH_BYTES 112 /* of a unix socket, with its NUL (unix(7)) */

#define LISTENS 0x0A /* TCP_LISTEN of the kernel */

/* A socket that is looked for. Two epolls may watch one. */
struct socket {
    uint64_t inode;
    struct snapshot_object *object;
};

struct sockets {
    struct objects *objects;
    struct socket *list; /* malloc'ed; sorted by inode */
    size_t count;
    bool listened[65536]; /* ports at which somebody listens */
};

static int compare_sockets(const void *left, const void *right)
{
    const struct socket *a = left, *b = right;
    return (a->inode > b->inode) - (a->inode < b->inode);
}

/* Gives all sockets of this inode what is known of it. */
static void set_socket(
    const struct sockets *sockets, uint64_t inode, const struct snapshot_object *known)
{
    const struct socket key = {.inode = inode};
    size_t count, first = array_find_run(sockets->list, sockets->count, sizeof *sockets->list,
                      compare_sockets, &key, &count);
    for (size_t i = first; i < first + count; i++)
        *sockets->list[i].object = *known;
}

static bool sockets_has(const struct sockets *sockets, uint64_t inode)
{
    const struct socket key = {.inode = inode};
    return sockets->count &&
           bsearch(&key, sockets->list, sockets->count, sizeof key, compare_sockets);
}

/* ---- IPv4 and IPv6 ---- */

/* Four bytes for each word of eight digits. */
static void parse_address(struct trace_address *address, const char *digits, unsigned port)
{
    size_t length = strlen(digits);
    address->family = length == 8 ? AF_INET : AF_INET6;
    address->port = (uint16_t)port;
    for (size_t word = 0; word < length / 8 && word < sizeof address->bytes / 4; word++) {
        char text[9] = "";
        memcpy(text, digits + 8 * word, 8);
        uint32_t value = (uint32_t)strtoul(text, NULL, 16);
        memcpy(address->bytes + 4 * word, &value, sizeof value);
    }
}

/* Returns the n-th word of the line, from 0 on. */
static const char *sockets_word(const char *line, unsigned n)
{
    line += strspn(line, " ");
    for (; n > 0; n--) {
        line += strcspn(line, " ");
        line += strspn(line, " ");
    }
    return line;
}

#define WORD_STATE 3
#define WORD_INODE 9

/* Most lines are of sockets that nobody looks for: they are not taken apart. */
static void add_inet(struct sockets *sockets, const char *line, uint64_t kind)
{
    char local[33], peer[33];
    unsigned local_port, peer_port;
    bool listens = strtoul(sockets_word(line, WORD_STATE), NULL, 16) == LISTENS;
    uint64_t inode = strtoull(sockets_word(line, WORD_INODE), NULL, 10);
    if ((!listens && !sockets_has(sockets, inode)) ||
        sscanf(line, " %*[0-9]: %32[0-9A-Fa-f]:%x %32[0-9A-Fa-f]:%x", local, &local_port, peer,
            &peer_port) != 4)
        return;
    if (listens)
        sockets->listened[local_port & 0xffff] = true;
    struct snapshot_object object = {.type = TRACE_OBJECT_INET, .module = OBJECTS_NONE, .id = kind};
    parse_address(&object.addresses[0], local, local_port);
    if (peer_port)
        parse_address(&object.addresses[1], peer, peer_port);
    set_socket(sockets, inode, &object);
}

/* As in preload/object/socket_file.c. */
static void leave_chosen_ports(const struct sockets *sockets, struct snapshot_object *object)
{
    struct trace_address *local = &object->addresses[0], *peer = &object->addresses[1];
    if (object->type != TRACE_OBJECT_INET || peer->family == 0)
        return;
    bool is_server = sockets->listened[local->port] || local->port < CHOSEN_PORTS;
    if (is_server && peer->port >= CHOSEN_PORTS)
        peer->port = 0;
    else if (!is_server)
        local->port = 0;
}

/* ---- unix ---- */

static void add_unix(struct sockets *sockets, const char *line, uint64_t kind)
{
    uint64_t inode;
    int path = 0;
    (void)kind;
    if (sscanf(line, "%*[0-9A-Fa-f]: %*x %*x %*x %*x %*x %" SCNu64 " %n", &inode, &path) != 1 ||
        !sockets_has(sockets, inode))
        return;
    struct snapshot_object object = {.type = TRACE_OBJECT_UNIX, .module = OBJECTS_NONE};
    char text[PATH_BYTES];
    snprintf(text, sizeof text, "%.*s", (int)strcspn(line + path, "\n"), line + path);
    object.file.inode = inode;
    object.text = path && text[0] ? objects_keep_text(sockets->objects, text) : NULL;
    set_socket(sockets, inode, &object);
}

/* ---- tables ---- */

struct table {
    const char *name;
    uint64_t kind; /* socket(2) */
    void (*add)(struct sockets *sockets, const char *line, uint64_t kind);
};

static const struct table tables[] = {
    {"tcp", SOCK_STREAM, add_inet},
    {"tcp6", SOCK_STREAM, add_inet},
    {"unix", 0, add_unix},
    {"udp", SOCK_DGRAM, add_inet},
    {"udp6", SOCK_DGRAM, add_inet},
    {"raw", SOCK_RAW, add_inet},
    {"raw6", SOCK_RAW, add_inet},
};

#define TABLES (sizeof tables / sizeof *tables)

static void sockets_read_table(struct sockets *sockets, int pid, const struct table *table)
{
    char path[64], *line = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "/proc/%d/net/%s", pid, table->name);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return;
    for (size_t i = 0; i < LINES_MAX && getline(&line, &size, in) >= 0; i++)
        table->add(sockets, line, table->kind);
    free(line);
    fclose(in);
}

static bool is_any_unknown(const struct sockets *sockets)
{
    for (size_t i = 0; i < sockets->count; i++)
        if (sockets->list[i].object->type == TRACE_OBJECT_SOCKET)
            return true;
    return false;
}

static void choose_sockets(struct sockets *sockets, struct snapshot_object *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].type == TRACE_OBJECT_SOCKET)
            sockets->list[sockets->count++] = (struct socket){list[i].file.inode, &list[i]};
    qsort(sockets->list, sockets->count, sizeof *sockets->list, compare_sockets);
}

int sockets_describe(struct objects *objects, int pid, struct snapshot_object *list, size_t count)
{
    struct sockets *sockets = calloc(1, sizeof *sockets);
    if (sockets)
        sockets->list = calloc(count + 1, sizeof *sockets->list);
    if (sockets == NULL || sockets->list == NULL) {
        free(sockets);
        return -ENOMEM;
    }
    sockets->objects = objects;
    choose_sockets(sockets, list, count);
    for (size_t i = 0; i < TABLES && is_any_unknown(sockets); i++)
        sockets_read_table(sockets, pid, &tables[i]);
    for (size_t i = 0; i < count; i++)
        leave_chosen_ports(sockets, &list[i]);
    free(sockets->list);
    free(sockets);
    return 0;
}
