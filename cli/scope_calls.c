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

/* A call, and the snapshot that has nothing but it. */
struct cut {
    struct snapshot snapshot; /* its nodes are its own, all else is the whole snapshot's */
    struct snapshot_call call;
    size_t place; /* in the list, of the calls among which it is counted */
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

static bool make_cut(struct scissors *scissors, const struct snapshot_call *call, struct cut *cut)
{
    const struct snapshot *whole = scissors->whole;
    *cut = (struct cut){.snapshot = *whole, .call = *call};
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

/* ---- equal trees are made one ---- */

/* The node after `node` when callers come first; NULL: that was the last. */
static struct scope_node *next_node(struct scope_node *node)
{
    if (node->first_child)
        return node->first_child;
    while (node && node->next_sibling == NULL)
        node = node->parent;
    return node ? node->next_sibling : NULL;
}

/* Above the trees of the call's thread. */
static struct scope_node *top_of(const struct scope_call *call)
{
    for (size_t i = 0; i < call->tree->thread_count; i++)
        if (call->tree->threads[i].hits)
            return call->tree->threads[i].top;
    return NULL;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t hash_of(const struct scope_call *call)
{
    uint64_t hash = 0;
    for (struct scope_node *node = top_of(call); node; node = next_node(node))
        hash = mix(mix(mix(hash, node->address), node->hits), (uint64_t)node->line);
    return hash;
}

static bool is_text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same_node(const struct scope_node *a, const struct scope_node *b)
{
    return a->is_leaf == b->is_leaf && a->hits == b->hits && a->address == b->address &&
           a->line == b->line && a->column == b->column && a->flags == b->flags &&
           (a->first_child == NULL) == (b->first_child == NULL) &&
           (a->next_sibling == NULL) == (b->next_sibling == NULL) &&
           is_text_equal(a->function, b->function) && is_text_equal(a->module, b->module);
}

/* Whether a reader would find the trees the same, but for the times. */
static bool is_equal(const struct scope_call *a, const struct scope_call *b)
{
    struct scope_node *left = top_of(a), *right = top_of(b);
    if (a->is_open || b->is_open || a->is_incomplete || b->is_incomplete)
        return false;
    for (; left && right; left = next_node(left), right = next_node(right))
        if (!is_same_node(left, right))
            return false;
    return left == right; /* both have ended */
}

static uint64_t mean_of(uint64_t a, uint64_t a_count, uint64_t b, uint64_t b_count)
{
    double sum = (double)a * (double)a_count + (double)b * (double)b_count;
    return (uint64_t)(sum / ((double)a_count + (double)b_count));
}

/* Counts the calls of `from` with those of `into`. */
static void merge(struct scope_call *into, const struct scope_call *from)
{
    struct scope_node *to = top_of(into), *other = top_of(from);
    for (; to; to = next_node(to), other = next_node(other)) {
        to->total_ns = mean_of(to->total_ns, into->count, other->total_ns, from->count);
        if (other->longest_ns > to->longest_ns)
            to->longest_ns = other->longest_ns;
    }
    into->count = add_clamped(into->count, from->count);
    into->total_ns = add_clamped(into->total_ns, from->total_ns);
    into->jumped = add_clamped(into->jumped, from->jumped);
    if (from->longest_ns > into->longest_ns)
        into->longest_ns = from->longest_ns;
}

/* The trees so far, by hash. */
struct table {
    struct scope_call **slots;
    size_t size; /* a power of two */
};

/* Adds the call to the list, or to an equal one that is there already. */
static bool add_call(struct scope_calls *calls, struct table *table, struct cut *cut,
    struct symbols *symbols, const struct scope_options *options)
{
    const struct snapshot_thread *thread = &cut->snapshot.threads[cut->call.thread];
    struct scope_call call = {
        .tree = scope_create(&cut->snapshot, symbols, options),
        .count = cut->call.count,
        .total_ns = cut->call.total_ns,
        .longest_ns = cut->call.longest_ns,
        .jumped = cut->call.jumped,
        .entered_ns = cut->call.entered_ns,
        .tid = thread->tid,
        .thread_name = thread->name,
        .is_main = thread->tid == cut->snapshot.pid,
        .is_open = cut->call.is_open,
        .is_incomplete = cut->call.is_incomplete,
    };
    if (call.tree == NULL)
        return false;
    size_t at = hash_of(&call) & (table->size - 1);
    while (table->slots[at] && !is_equal(table->slots[at], &call))
        at = (at + 1) & (table->size - 1);
    if (table->slots[at]) {
        merge(table->slots[at], &call);
        cut->place = (size_t)(table->slots[at] - calls->list);
        scope_destroy(call.tree);
        return true;
    }
    cut->place = calls->count;
    calls->list[calls->count] = call;
    table->slots[at] = &calls->list[calls->count++];
    return true;
}

/* Those that are open last: they are the latest. */
static bool add_calls(
    struct owned_calls *owned, struct symbols *symbols, const struct scope_options *options)
{
    struct table table = {.size = 16};
    while (table.size < 2 * owned->cut_count)
        table.size *= 2;
    table.slots = calloc(table.size, sizeof(struct scope_call *));
    bool is_added = table.slots != NULL;
    for (int open = 0; open <= 1; open++) {
        for (size_t i = 0; i < owned->cut_count && is_added; i++) {
            struct cut *cut = &owned->cuts[i];
            if (cut->call.is_open == (open == 1))
                is_added = add_call(&owned->calls, &table, cut, symbols, options);
        }
    }
    free(table.slots);
    return is_added;
}

static int by_place_and_thread(const void *left, const void *right)
{
    const struct cut *a = *(const struct cut *const *)left, *b = *(const struct cut *const *)right;
    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return a->call.thread < b->call.thread ? -1 : a->call.thread > b->call.thread;
}

/* In how many threads there are calls with each tree. */
static bool count_threads(struct owned_calls *owned)
{
    const struct cut **cuts = malloc((owned->cut_count + 1) * sizeof *cuts);
    if (cuts == NULL)
        return false;
    for (size_t i = 0; i < owned->cut_count; i++)
        cuts[i] = &owned->cuts[i];
    qsort(cuts, owned->cut_count, sizeof *cuts, by_place_and_thread);
    for (size_t i = 0; i < owned->cut_count; i++)
        if (i == 0 || by_place_and_thread(&cuts[i - 1], &cuts[i]) != 0)
            owned->calls.list[cuts[i]->place].thread_count++;
    free(cuts);
    return true;
}

/* The hits of the process less those of its calls. Of the rest it is not known how many there
 * were: where there is a rest, there are none outside to speak of. */
static uint64_t count_outside(const struct scope_process *process, const struct scope_calls *calls)
{
    uint64_t all = add_clamped(process->hits, process->outside_hits), within = 0;
    for (size_t i = 0; i < calls->count; i++) {
        const struct scope_call *call = &calls->list[i];
        unsigned __int128 hits = (unsigned __int128)call->tree->hits * call->count;
        within = add_clamped(within, hits > UINT64_MAX ? UINT64_MAX : (uint64_t)hits);
    }
    return all > within && calls->rest_count == 0 ? all - within : 0;
}

struct scope_calls *scope_calls_create(const struct snapshot *snapshot,
    const struct scope_process *process, struct symbols *symbols,
    const struct scope_options *options)
{
    struct owned_calls *owned = calloc(1, sizeof *owned);
    if (owned == NULL)
        return NULL;
    owned->calls.list = calloc(snapshot->call_count + 1, sizeof *owned->calls.list);
    if (owned->calls.list && make_cuts(owned, snapshot) && add_calls(owned, symbols, options) &&
        count_threads(owned)) {
        owned->calls.outside_hits = count_outside(process, &owned->calls);
        return &owned->calls;
    }
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
    for (size_t i = 0; i < owned->cut_count; i++)
        free(owned->cuts[i].snapshot.nodes);
    free(owned->cuts);
    free(calls->list);
    free(owned);
}
