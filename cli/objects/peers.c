/*
 * peers.c - which traced process is at the other end of a pipe or a connection.
 *
 * Both ends of a pipe have one inode. Of a connection within this machine, the client knows the
 * server's port, and the server has that port; the client's own port is not kept.
 */
#include "objects/peers.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "objects/address.h"
#include "objects/process_name.h"
#include "trace/objects.h"
#include "trace/snapshot.h"

/* ---- directions ---- */

enum direction direction_of(const char *leaf)
{
    static const char *const readers[] = {"read", "recv", "fget", "getc", "getline", "getdelim"};
    static const char *const writers[] = {"write", "pwrite", "send", "fput", "putc", "fflush"};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (strncmp(leaf, readers[i], strlen(readers[i])) == 0)
            return DIRECTION_READS;
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++)
        if (strncmp(leaf, writers[i], strlen(writers[i])) == 0)
            return DIRECTION_WRITES;
    return strcmp(leaf, "fread") == 0    ? DIRECTION_READS
           : strcmp(leaf, "fwrite") == 0 ? DIRECTION_WRITES
                                         : DIRECTION_UNKNOWN;
}

/* ---- ends ---- */

enum end_kind { END_PIPE, END_SERVER, END_CLIENT };

/* An end of something that a process has used. */
struct end {
    enum end_kind kind;
    uint64_t number; /* the inode, or the server's port */
    const struct snapshot *snapshot;
    const struct snapshot_object *object;
    enum direction direction;
};

struct peers {
    const struct snapshot **processes; /* malloc'ed; sorted by process id, the latest first */
    size_t process_count;
    struct end *ends; /* malloc'ed; sorted by kind and number */
    size_t end_count, end_room;
};

/* Fills in what other processes would know the object by. Returns false if it has no other end. */
static bool describe_end(const struct snapshot_object *object, struct end *end)
{
    const struct trace_address *local = &object->addresses[0], *peer = &object->addresses[1];
    end->object = object;
    if (object->type == TRACE_OBJECT_PIPE) {
        end->kind = END_PIPE;
        end->number = object->file.inode;
        return object->file.inode != 0;
    }
    if (object->type != TRACE_OBJECT_INET)
        return false;
    bool is_client = peer->family && peer->port;
    end->kind = is_client ? END_CLIENT : END_SERVER;
    end->number = is_client ? peer->port : local->port;
    return end->number != 0;
}

static int add_ends(struct peers *peers, const struct snapshot *snapshot)
{
    const struct objects *objects = &snapshot->objects;
    for (size_t i = 0; i < objects->call_count; i++) {
        const struct snapshot_object_calls *calls = &objects->calls[i];
        struct end end = {.snapshot = snapshot,
            .direction = direction_of(
                snapshot_leaf_of(snapshot, &snapshot->nodes[calls->node])->name)};
        if (!describe_end(&objects->list[calls->object], &end))
            continue;
        if (array_reserve(
                &peers->ends, peers->end_count, 1, &peers->end_room, sizeof *peers->ends) != 0)
            return -1;
        peers->ends[peers->end_count++] = end;
    }
    return 0;
}

static int compare_ends(const void *left, const void *right)
{
    const struct end *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    if (a->snapshot->pid != b->snapshot->pid)
        return a->snapshot->pid < b->snapshot->pid ? -1 : 1;
    return (a->direction > b->direction) - (a->direction < b->direction);
}

static int compare_processes(const void *left, const void *right)
{
    const struct snapshot *a = *(const struct snapshot *const *)left;
    const struct snapshot *b = *(const struct snapshot *const *)right;
    if (a->pid != b->pid)
        return a->pid < b->pid ? -1 : 1;
    return (a->start_ns < b->start_ns) - (a->start_ns > b->start_ns);
}

struct peers *peers_create(struct snapshot *const *snapshots, size_t count)
{
    struct peers *peers = calloc(1, sizeof *peers);
    if (peers)
        peers->processes = calloc(count + 1, sizeof *peers->processes);
    if (peers == NULL || peers->processes == NULL) {
        peers_destroy(peers);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        peers->processes[peers->process_count++] = snapshots[i];
        if (add_ends(peers, snapshots[i]) != 0) {
            peers_destroy(peers);
            return NULL;
        }
    }
    qsort(peers->processes, count, sizeof *peers->processes, compare_processes);
    if (peers->end_count > 0)
        qsort(peers->ends, peers->end_count, sizeof *peers->ends, compare_ends);
    return peers;
}

void peers_destroy(struct peers *peers)
{
    if (peers == NULL)
        return;
    free(peers->processes);
    free(peers->ends);
    free(peers);
}

const struct snapshot *peers_process(const struct peers *peers, int pid)
{
    size_t low = 0, high = peers->process_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (peers->processes[middle]->pid < pid)
            low = middle + 1;
        else
            high = middle;
    }
    bool is_found = low < peers->process_count && peers->processes[low]->pid == pid;
    return is_found ? peers->processes[low] : NULL;
}

/* ---- the other end ---- */

/* Returns the first end of this kind and number. */
static size_t first_end(const struct peers *peers, enum end_kind kind, uint64_t number)
{
    size_t low = 0, high = peers->end_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct end *end = &peers->ends[middle];
        if (end->kind < kind || (end->kind == kind && end->number < number))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Returns whether a connection of this client can lead to this server. */
static bool is_within_machine(
    const struct snapshot_object *client, const struct snapshot_object *server)
{
    const struct trace_address *to = &client->addresses[1], *at = &server->addresses[0];
    if (!address_is_loopback(to) && !address_is_same(to, &client->addresses[0]))
        return false;
    return client->id == server->id && (address_is_any(at) || address_is_same(to, at));
}

static bool is_other_end(const struct end *own, const struct end *other)
{
    if (other->snapshot->pid == own->snapshot->pid)
        return false;
    if (own->kind == END_CLIENT)
        return is_within_machine(own->object, other->object);
    if (own->kind == END_SERVER)
        return is_within_machine(other->object, own->object);
    return own->object->file.device == other->object->file.device;
}

static void take_end(struct peers_found *found, const struct snapshot *snapshot)
{
    if (found->first == NULL) {
        *found = (struct peers_found){.first = snapshot, .is_one_program = true};
        return;
    }
    char *first = process_name(found->first), *name = process_name(snapshot);
    found->more++;
    found->is_one_program &= first && name && strcmp(first, name) == 0;
    free(first);
    free(name);
}

/* `direction`: only ends that are used so; DIRECTION_UNKNOWN: all. */
static struct peers_found collect_ends(
    const struct peers *peers, const struct end *own, enum direction direction)
{
    struct peers_found found = {.first = NULL};
    enum end_kind kind = own->kind == END_CLIENT   ? END_SERVER
                         : own->kind == END_SERVER ? END_CLIENT
                                                   : END_PIPE;
    int latest = 0;
    for (size_t i = first_end(peers, kind, own->number); i < peers->end_count; i++) {
        const struct end *end = &peers->ends[i];
        if (end->kind != kind || end->number != own->number)
            break;
        if (end->snapshot->pid == latest || !is_other_end(own, end) ||
            (direction != DIRECTION_UNKNOWN && end->direction != direction))
            continue;
        latest = end->snapshot->pid;
        take_end(&found, end->snapshot);
    }
    return found;
}

/* Returns whether a process uses both ends of a pipe. */
static bool has_other_end_itself(
    const struct peers *peers, const struct end *own, enum direction direction)
{
    for (size_t i = first_end(peers, END_PIPE, own->number); i < peers->end_count; i++) {
        const struct end *end = &peers->ends[i];
        if (end->kind != END_PIPE || end->number != own->number)
            return false;
        if (end->snapshot == own->snapshot && end->direction == direction)
            return true;
    }
    return false;
}

struct peers_found peers_find(const struct peers *peers, const struct snapshot *snapshot,
    const struct snapshot_object *object, enum direction direction)
{
    struct end own = {.snapshot = snapshot, .direction = direction};
    if (!describe_end(object, &own))
        return (struct peers_found){.first = NULL};
    if (own.kind != END_PIPE || direction == DIRECTION_UNKNOWN)
        return collect_ends(peers, &own, DIRECTION_UNKNOWN);
    enum direction other = direction == DIRECTION_READS ? DIRECTION_WRITES : DIRECTION_READS;
    struct peers_found found = collect_ends(peers, &own, other);
    if (found.first == NULL && has_other_end_itself(peers, &own, other))
        return (struct peers_found){.first = snapshot};
    return found.first ? found : collect_ends(peers, &own, DIRECTION_UNKNOWN);
}
