/*
 * scope_calls.c - the calls of the root, each with a downtrace of its own.
 *
 * For each call a snapshot is made that has in it what the call hit and the paths that lead
 * there, and nothing else; of that scope.c makes the tree. Threads that work alike have equal
 * ones, which are made one.
 */
#include "scope_calls.h"

#include <stdlib.h>
#include <string.h>

#include "snapshot.h"

/* A node of a cut, known in every thread by what leads to it. */
struct part {
    uint64_t identity; /* a hash of its path and what was hit there */
    uint32_t node;
};

/* A call, and the snapshot that has nothing but it. */
struct cut {
    struct snapshot snapshot; /* its nodes are its own, all else is the whole snapshot's */
    struct part *parts;       /* of the nodes, by identity */
    struct snapshot_call call;
    size_t thread_count; /* in which there are such calls */
    bool is_repeated;    /* an earlier one is equal, and counts this one's calls as well */
};

struct owned_calls {
    struct scope_calls calls; /* first: scope_calls_destroy gets its address */
    struct cut *cuts;         /* of the snapshot's calls */
    size_t cut_count;
};

static uint64_t add_clamped(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* What is needed to make the cuts one after another. */
struct scissors {
    const struct snapshot *whole;
    uint32_t *places; /* where a node of the whole went; SNAPSHOT_NONE between two cuts */
    uint32_t *marked; /* the nodes that are taken */
    size_t marked_count;
};

/* Marks what leads to the node. */
static void mark_path(struct scissors *scissors, uint32_t node)
{
    for (uint32_t at = node; at != SNAPSHOT_NONE && scissors->places[at] == SNAPSHOT_NONE;
         at = scissors->whole->nodes[at].caller) {
        scissors->places[at] = 0;
        scissors->marked[scissors->marked_count++] = at;
    }
}

static int by_index(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

/* Copies what is marked, in order, and notes where it went. */
static void copy_marked(struct scissors *scissors, struct snapshot *cut)
{
    if (scissors->marked_count > 0)
        qsort(scissors->marked, scissors->marked_count, sizeof *scissors->marked, by_index);
    for (size_t i = 0; i < scissors->marked_count; i++) {
        struct snapshot_node *node = &cut->nodes[cut->node_count];
        *node = scissors->whole->nodes[scissors->marked[i]];
        if (node->caller != SNAPSHOT_NONE)
            node->caller = scissors->places[node->caller];
        if (node->kind == SNAPSHOT_LEAF)
            node->hits = node->returns = node->total_ns = node->longest_ns = node->entered_ns = 0;
        scissors->places[scissors->marked[i]] = (uint32_t)cut->node_count++;
    }
}

static void count_leaf(const struct snapshot_call *call, const struct snapshot_call_leaf *leaf,
    const struct snapshot_node *whole, struct snapshot_node *node)
{
    node->hits = leaf->hits;
    node->total_ns = leaf->total_ns / call->count;
    node->returns = leaf->hits;
    /* In the open call, a leaf that has not returned is the one in which it waits. */
    if (call->is_open && whole->returns < whole->hits && node->hits > 0) {
        node->returns = node->hits - 1;
        node->entered_ns = whole->entered_ns;
    }
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    for (const char *at = text ? text : ""; *at; at++)
        hash = mix(hash, (unsigned char)*at);
    return mix(hash, 0x100);
}

static uint64_t identify(const struct snapshot_node *node, uint64_t caller)
{
    uint64_t hash = mix(mix(caller, node->kind), node->module);
    hash = mix(mix(mix(hash, node->address), node->flags), node->hits);
    return mix_text(mix_text(hash, node->leaf), node->within);
}

static int by_identity(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    if (a->identity != b->identity)
        return a->identity < b->identity ? -1 : 1;
    return a->node < b->node ? -1 : a->node > b->node;
}

/* Threads come to the same places in different order, so their nodes have other indexes. */
static bool identify_nodes(struct cut *cut)
{
    const struct snapshot *snapshot = &cut->snapshot;
    cut->parts = calloc(snapshot->node_count + 1, sizeof *cut->parts);
    if (cut->parts == NULL)
        return false;
    for (size_t i = 0; i < snapshot->node_count; i++) {
        const struct snapshot_node *node = &snapshot->nodes[i];
        uint64_t caller = node->caller == SNAPSHOT_NONE ? 0 : cut->parts[node->caller].identity;
        cut->parts[i] = (struct part){identify(node, caller), (uint32_t)i};
    }
    qsort(cut->parts, snapshot->node_count, sizeof *cut->parts, by_identity);
    return true;
}

static bool make_cut(struct scissors *scissors, const struct snapshot_call *call, struct cut *cut)
{
    const struct snapshot *whole = scissors->whole;
    *cut = (struct cut){.snapshot = *whole, .call = *call, .thread_count = 1};
    cut->snapshot.node_count = cut->snapshot.malformed = 0;
    memset(cut->snapshot.losses, 0, sizeof cut->snapshot.losses);
    scissors->marked_count = 0;
    for (size_t i = 0; i < call->leaf_count; i++)
        mark_path(scissors, call->leaves[i].node);
    cut->snapshot.nodes = calloc(scissors->marked_count + 1, sizeof *cut->snapshot.nodes);
    if (cut->snapshot.nodes == NULL)
        return false;
    copy_marked(scissors, &cut->snapshot);
    for (size_t i = 0; i < call->leaf_count; i++) {
        uint32_t node = call->leaves[i].node;
        count_leaf(call, &call->leaves[i], &whole->nodes[node],
            &cut->snapshot.nodes[scissors->places[node]]);
    }
    for (size_t i = 0; i < scissors->marked_count; i++)
        scissors->places[scissors->marked[i]] = SNAPSHOT_NONE;
    return identify_nodes(cut);
}

static uint64_t hash_of(const struct cut *cut)
{
    uint64_t hash = cut->snapshot.node_count;
    for (size_t i = 0; i < cut->snapshot.node_count; i++)
        hash = mix(hash, cut->parts[i].identity);
    return hash;
}

static bool is_equal(const struct cut *a, const struct cut *b)
{
    if (a->call.is_open || b->call.is_open || a->call.is_incomplete || b->call.is_incomplete ||
        a->snapshot.node_count != b->snapshot.node_count)
        return false;
    for (size_t i = 0; i < a->snapshot.node_count; i++)
        if (a->parts[i].identity != b->parts[i].identity)
            return false;
    return true;
}

static uint64_t mean_of(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
    double sum = (double)a * (double)a_count + (double)b * (double)b_count;
    double mean = sum / ((double)a_count + (double)b_count);
    return mean < (double)UINT64_MAX ? (uint64_t)mean : UINT64_MAX;
}

/* Counts the calls of `from`, of another thread, with those of `into`. */
static void merge(struct cut *into, struct cut *from)
{
    for (size_t i = 0; i < into->snapshot.node_count; i++) {
        uint64_t *mean = &into->snapshot.nodes[into->parts[i].node].total_ns;
        uint64_t other = from->snapshot.nodes[from->parts[i].node].total_ns;
        *mean = mean_of(*mean, into->call.count, other, from->call.count);
    }
    into->call.count = add_clamped(into->call.count, from->call.count);
    into->call.total_ns = add_clamped(into->call.total_ns, from->call.total_ns);
    into->call.jumped = add_clamped(into->call.jumped, from->call.jumped);
    if (from->call.longest_ns > into->call.longest_ns)
        into->call.longest_ns = from->call.longest_ns;
    into->thread_count++;
    from->is_repeated = true;
}

/* Merges equal ones into the first of them, through a table by hash. */
static bool find_equal(struct owned_calls *owned)
{
    size_t size = 16;
    while (size < 2 * owned->cut_count)
        size *= 2;
    struct cut **table = calloc(size, sizeof(struct cut *));
    if (table == NULL)
        return false;
    for (size_t i = 0; i < owned->cut_count; i++) {
        struct cut *cut = &owned->cuts[i];
        size_t at = hash_of(cut) & (size - 1);
        while (table[at] && !is_equal(table[at], cut))
            at = (at + 1) & (size - 1);
        if (table[at])
            merge(table[at], cut);
        else
            table[at] = cut;
    }
    free(table);
    return true;
}

static void count_call(struct scope_calls *calls, const struct snapshot_call *call)
{
    calls->call_count = add_clamped(calls->call_count, call->count);
    calls->total_ns = add_clamped(calls->total_ns, call->total_ns);
    if (!call->is_rest)
        return;
    calls->rest_count = add_clamped(calls->rest_count, call->count);
    calls->rest_ns = add_clamped(calls->rest_ns, call->total_ns);
    if (call->longest_ns > calls->rest_longest_ns)
        calls->rest_longest_ns = call->longest_ns;
}

static bool make_cuts(struct owned_calls *owned, const struct snapshot *snapshot)
{
    size_t room = snapshot->node_count + 1;
    struct scissors scissors = {.whole = snapshot,
        .places = malloc(room * sizeof *scissors.places),
        .marked = malloc(room * sizeof *scissors.marked)};
    owned->cuts = calloc(snapshot->call_count + 1, sizeof *owned->cuts);
    bool is_made = scissors.places && scissors.marked && owned->cuts;
    if (is_made)
        memset(scissors.places, 0xff, room * sizeof *scissors.places);
    for (size_t i = 0; i < snapshot->call_count && is_made; i++) {
        const struct snapshot_call *call = &snapshot->calls[i];
        count_call(&owned->calls, call);
        if (!call->is_rest)
            is_made = make_cut(&scissors, call, &owned->cuts[owned->cut_count++]);
    }
    free(scissors.places);
    free(scissors.marked);
    return is_made;
}

static bool add_call(struct scope_calls *calls, const struct cut *cut, struct symbols *symbols,
    const struct scope_options *options)
{
    const struct snapshot_thread *thread = &cut->snapshot.threads[cut->call.thread];
    struct scope_call *call = &calls->list[calls->count];
    *call = (struct scope_call){
        .tree = scope_create(&cut->snapshot, symbols, options),
        .count = cut->call.count,
        .total_ns = cut->call.total_ns,
        .longest_ns = cut->call.longest_ns,
        .jumped = cut->call.jumped,
        .entered_ns = cut->call.entered_ns,
        .thread_count = cut->thread_count,
        .tid = thread->tid,
        .thread_name = thread->name,
        .is_main = thread->tid == cut->snapshot.pid,
        .is_open = cut->call.is_open,
        .is_incomplete = cut->call.is_incomplete,
    };
    calls->count += call->tree != NULL;
    return call->tree != NULL;
}

/* Those that are open last: they are the latest. */
static bool add_calls(
    struct owned_calls *owned, struct symbols *symbols, const struct scope_options *options)
{
    for (int open = 0; open <= 1; open++) {
        for (size_t i = 0; i < owned->cut_count; i++) {
            const struct cut *cut = &owned->cuts[i];
            if (cut->is_repeated || cut->call.is_open != (open == 1))
                continue;
            if (!add_call(&owned->calls, cut, symbols, options))
                return false;
        }
    }
    return true;
}

/* Takes the hits of the calls away from those of their nodes. False where it is not known how many
 * hits a call had. */
static bool take_hits(const struct snapshot *snapshot, struct snapshot_node *nodes)
{
    for (size_t i = 0; i < snapshot->call_count; i++) {
        const struct snapshot_call *call = &snapshot->calls[i];
        if (call->is_rest)
            return false;
        for (size_t j = 0; j < call->leaf_count; j++) {
            struct snapshot_node *node = &nodes[call->leaves[j].node];
            unsigned __int128 hits = (unsigned __int128)call->leaves[j].hits * call->count;
            node->hits = hits < node->hits ? node->hits - (uint64_t)hits : 0;
        }
    }
    return true;
}

/* What is left of the process without its calls, counted as the tree of it would be. */
static bool count_outside(struct scope_calls *calls, const struct snapshot *snapshot,
    struct symbols *symbols, const struct scope_options *options)
{
    struct snapshot left = *snapshot;
    left.nodes = calloc(snapshot->node_count + 1, sizeof *left.nodes);
    if (left.nodes == NULL)
        return false;
    memcpy(left.nodes, snapshot->nodes, snapshot->node_count * sizeof *left.nodes);
    bool is_known = take_hits(snapshot, left.nodes);
    struct scope_process *process = is_known ? scope_create(&left, symbols, options) : NULL;
    if (process)
        calls->outside_hits = add_clamped(process->hits, process->outside_hits);
    scope_destroy(process);
    free(left.nodes);
    return process || !is_known;
}

struct scope_calls *scope_calls_create(
    const struct snapshot *snapshot, struct symbols *symbols, const struct scope_options *options)
{
    struct owned_calls *owned = calloc(1, sizeof *owned);
    if (owned == NULL)
        return NULL;
    owned->calls.list = calloc(snapshot->call_count + 1, sizeof *owned->calls.list);
    if (owned->calls.list && make_cuts(owned, snapshot) && find_equal(owned) &&
        add_calls(owned, symbols, options) &&
        count_outside(&owned->calls, snapshot, symbols, options))
        return &owned->calls;
    scope_calls_destroy(&owned->calls);
    return NULL;
}

void scope_calls_destroy(struct scope_calls *calls)
{
    if (calls == NULL)
        return;
    struct owned_calls *owned = (struct owned_calls *)calls;
    for (size_t i = 0; i < calls->count; i++)
        scope_destroy(calls->list[i].tree);
    for (size_t i = 0; i < owned->cut_count; i++) {
        free(owned->cuts[i].snapshot.nodes);
        free(owned->cuts[i].parts);
    }
    free(owned->cuts);
    free(calls->list);
    free(owned);
}
