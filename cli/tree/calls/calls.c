/*
 * calls.c - the calls of the root, each with a downtrace of its own.
 *
 * For each call a part of the snapshot is cut out (cut.h), of which tree/build.c makes a tree.
 * Threads that do the same work have equal trees, which are merged.
 */
#include "tree/calls/calls.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/sum.h"
#include "trace/snapshot.h"
#include "tree/build.h"
#include "tree/calls/cut.h"
#include "tree/objects.h"

/* A call, and the part of the snapshot that contains only this call. */
struct cut_call {
    struct cut_part part;
    struct snapshot_call call;
};

struct owned_calls {
    struct tree_calls calls; /* first: tree_calls_destroy gets its address */
    const struct snapshot *whole;
    struct cut_call *cuts; /* for the snapshot's calls */
    size_t cut_count;
};

/* If a leaf has not returned, the open call waits in it. */
static void note_open_leaf(const struct cut *cut, const struct snapshot_call_leaf *leaf)
{
    const struct snapshot_leaf *whole = cut_whole_leaf(cut, leaf->node);
    struct snapshot_leaf *to = cut_leaf(cut, leaf->node);
    if (whole->returns >= whole->hits || to->hits == 0)
        return;
    to->returns = to->hits - 1;
    to->entered_ns = whole->entered_ns;
}

/* Each leaf has the hits of one call, and the mean time. */
static bool cut_call(struct cut *cut, const struct snapshot_call *call, struct cut_call *to)
{
    to->call = *call;
    if (!cut_begin(cut, call->leaf_count))
        return false;
    for (size_t i = 0; i < call->leaf_count; i++)
        cut_take(cut, call->leaves[i].node);
    if (!cut_end(cut, &to->part))
        return false;
    for (size_t i = 0; i < call->leaf_count; i++) {
        const struct snapshot_call_leaf *leaf = &call->leaves[i];
        cut_count(cut, leaf->node, call->count, leaf->hits, leaf->total_ns / call->count);
        if (call->is_open)
            note_open_leaf(cut, leaf);
    }
    return true;
}

static void count_call(struct tree_calls *calls, const struct snapshot_call *call)
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

static bool make_cuts(struct owned_calls *owned, const struct snapshot *snapshot,
    struct symbols *symbols, const struct tree_options *options)
{
    struct cut *cut = cut_create(snapshot, symbols, options);
    owned->cuts = calloc(snapshot->call_count + 1, sizeof *owned->cuts);
    bool is_made = cut && owned->cuts;
    for (size_t i = 0; i < snapshot->call_count && is_made; i++) {
        const struct snapshot_call *call = &snapshot->calls[i];
        count_call(&owned->calls, call);
        if (!call->is_rest)
            is_made = cut_call(cut, call, &owned->cuts[owned->cut_count++]);
    }
    cut_destroy(cut);
    return is_made;
}

/* ---- equal trees are merged ---- */

/* A node of a tree, and a hash of everything that the report shows on the path to it, except
 * times. */
struct part {
    uint64_t identity;
    struct tree_node *node;
};

/* A tree in the list. The order of siblings does not matter for equality. */
struct shown {
    struct tree_call *call; /* NULL: a free slot */
    struct part *parts;     /* by identity */
    size_t part_count;
};

/* The trees so far, by hash, and which of them were found in which thread. */
struct table {
    struct shown *places;
    uint64_t *pairs; /* slot number + 1 and thread in one number, by hash; 0: free */
    size_t size;     /* of both arrays, a power of two */
};

static uint64_t hash_name(uint64_t hash, const char *text)
{
    for (; text && *text; text++)
        hash = hash_number(hash, (unsigned char)*text);
    return hash_number(hash, 0x100);
}

static uint64_t identify(uint64_t caller, const struct tree_node *node)
{
    uint64_t hash = hash_name(
        hash_name(hash_number(caller, node->is_leaf), node->function), node->module);
    hash = hash_number(hash_number(hash, node->address), node->leaf ? node->leaf->hits : 0);
    return hash_number(
        hash_number(hash, node->flags), (uint64_t)node->line << 32 | (uint32_t)node->column);
}

/* Returns the thread of the call, with its tree; NULL: it hit nothing. */
static struct tree_thread *thread_of(const struct tree_call *call)
{
    for (size_t i = 0; i < call->tree->thread_count; i++)
        if (call->tree->threads[i].hits)
            return &call->tree->threads[i];
    return NULL;
}

static int by_identity(const void *left, const void *right)
{
    uint64_t a = ((const struct part *)left)->identity, b = ((const struct part *)right)->identity;
    return a < b ? -1 : a > b;
}

/* `identities` has room for as many levels as there are nodes. */
static void fill_parts(struct shown *shown, struct tree_node *top, uint64_t *identities)
{
    size_t depth = 0;
    for (struct tree_node *node = top->first_child; node;) {
        identities[depth + 1] = identify(identities[depth], node);
        shown->parts[shown->part_count++] = (struct part){identities[depth + 1], node};
        if (node->first_child) {
            node = node->first_child;
            depth++;
            continue;
        }
        while (node != top && node->next_sibling == NULL) {
            node = node->parent;
            depth--; /* one too many at the top, but the loop ends there */
        }
        node = node == top ? NULL : node->next_sibling;
    }
}

static bool list_parts(struct shown *shown)
{
    size_t room = shown->call->tree->node_count + 2;
    uint64_t *identities = calloc(room, sizeof *identities);
    shown->parts = calloc(room, sizeof *shown->parts);
    const struct tree_thread *thread = thread_of(shown->call);
    bool is_listed = identities && shown->parts;
    if (is_listed && thread)
        fill_parts(shown, thread->top, identities);
    if (is_listed && shown->part_count > 0)
        qsort(shown->parts, shown->part_count, sizeof *shown->parts, by_identity);
    free(identities);
    return is_listed;
}

static uint64_t hash_of(const struct shown *shown)
{
    uint64_t hash = shown->part_count;
    for (size_t i = 0; i < shown->part_count; i++)
        hash = hash_number(hash, shown->parts[i].identity);
    return hash;
}

static bool is_equal(const struct shown *a, const struct shown *b)
{
    if (a->call->is_open || b->call->is_open || a->call->is_incomplete || b->call->is_incomplete ||
        a->part_count != b->part_count)
        return false;
    for (size_t i = 0; i < a->part_count; i++)
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

/* Adds the calls of `from` to those of `into`. */
static void tree_calls_merge(const struct shown *into, const struct shown *from)
{
    struct tree_call *to = into->call;
    const struct tree_call *other = from->call;
    struct tree_thread *thread = thread_of(to);
    for (size_t i = 0; i < into->part_count; i++) {
        struct tree_leaf *leaf = into->parts[i].node->leaf;
        const struct tree_leaf *equal = from->parts[i].node->leaf;
        if (leaf == NULL || equal == NULL)
            continue;
        leaf->total_ns = mean_of(leaf->total_ns, to->count, equal->total_ns, other->count);
        tree_objects_keep_common(
            thread, into->parts[i].node, thread_of(other), from->parts[i].node);
    }
    if (thread)
        thread->total_ns = thread->waiting_ns = to->tree->waiting_ns = mean_of(
            thread->total_ns, to->count, thread_of(other)->total_ns, other->count);
    to->count = add_clamped(to->count, other->count);
    to->total_ns = add_clamped(to->total_ns, other->total_ns);
    to->jumped = add_clamped(to->jumped, other->jumped);
    if (other->longest_ns > to->longest_ns)
        to->longest_ns = other->longest_ns;
}

/* Returns whether the tree in this slot was not found in the thread before. */
static bool is_new_thread(struct table *table, size_t place, uint32_t thread)
{
    uint64_t pair = (uint64_t)(place + 1) << 32 | thread;
    size_t at = hash_number(0, pair) & (table->size - 1);
    while (table->pairs[at] && table->pairs[at] != pair)
        at = (at + 1) & (table->size - 1);
    bool is_new = table->pairs[at] == 0;
    table->pairs[at] = pair;
    return is_new;
}

/* Adds the call, the last in the list, to the table, or merges it with an equal one. */
static bool enter(struct tree_calls *calls, struct table *table, uint32_t thread)
{
    struct shown shown = {.call = &calls->list[calls->count - 1]};
    if (!list_parts(&shown)) {
        free(shown.parts);
        return false;
    }
    size_t at = hash_of(&shown) & (table->size - 1);
    while (table->places[at].call && !is_equal(&table->places[at], &shown))
        at = (at + 1) & (table->size - 1);
    if (table->places[at].call == NULL) {
        table->places[at] = shown;
    } else {
        tree_calls_merge(&table->places[at], &shown);
        tree_destroy(shown.call->tree);
        calls->count--;
        free(shown.parts);
    }
    table->places[at].call->thread_count += is_new_thread(table, at, thread);
    return true;
}

static bool tree_calls_add_call(struct owned_calls *owned, struct table *table,
    const struct cut_call *cut, struct symbols *symbols, const struct tree_options *options)
{
    struct tree_calls *calls = &owned->calls;
    const struct tree_origin origin = {owned->whole, cut->part.origins, cut->call.count};
    const struct snapshot_thread *thread = &cut->part.snapshot.threads[cut->call.thread];
    struct tree_options in_call = *options;
    in_call.is_one_call = true;
    in_call.origin = &origin;
    struct tree_process *tree = tree_create(&cut->part.snapshot, symbols, &in_call);
    if (tree == NULL)
        return false;
    calls->list[calls->count++] = (struct tree_call){
        .tree = tree,
        .count = cut->call.count,
        .total_ns = cut->call.total_ns,
        .longest_ns = cut->call.longest_ns,
        .jumped = cut->call.jumped,
        .entered_ns = cut->call.entered_ns,
        .tid = thread->tid,
        .thread_name = thread->name,
        .successors = thread->successors,
        .is_main = thread->tid == cut->part.snapshot.pid,
        .is_open = cut->call.is_open,
        .is_incomplete = cut->call.is_incomplete,
    };
    return enter(calls, table, cut->call.thread);
}

/* Adds open calls last, because they are the latest. */
static bool tree_calls_add_calls(
    struct owned_calls *owned, struct symbols *symbols, const struct tree_options *options)
{
    struct table table = {.size = 16};
    while (table.size < 2 * owned->cut_count)
        table.size *= 2;
    table.places = calloc(table.size, sizeof *table.places);
    table.pairs = calloc(table.size, sizeof *table.pairs);
    bool is_added = table.places && table.pairs;
    for (int open = 0; open <= 1; open++) {
        for (size_t i = 0; i < owned->cut_count && is_added; i++) {
            const struct cut_call *cut = &owned->cuts[i];
            if (cut->call.is_open == (open == 1))
                is_added = tree_calls_add_call(owned, &table, cut, symbols, options);
        }
    }
    for (size_t i = 0; table.places && i < table.size; i++)
        free(table.places[i].parts);
    free(table.places);
    free(table.pairs);
    return is_added;
}

/* Returns the hits of the process minus those of its calls. The hits of the rest are not known; if
 * there is a rest, the result is 0. */
static uint64_t count_outside(const struct tree_process *process, const struct tree_calls *calls)
{
    uint64_t all = add_clamped(process->hits, process->outside_hits), within = 0;
    for (size_t i = 0; i < calls->count; i++) {
        const struct tree_call *call = &calls->list[i];
        unsigned __int128 hits = (unsigned __int128)call->tree->hits * call->count;
        within = add_clamped(within, hits > UINT64_MAX ? UINT64_MAX : (uint64_t)hits);
    }
    return all > within && calls->rest_count == 0 ? all - within : 0;
}

struct tree_calls *tree_calls_create(const struct snapshot *snapshot,
    const struct tree_process *process, struct symbols *symbols, const struct tree_options *options)
{
    struct owned_calls *owned = calloc(1, sizeof *owned);
    if (owned == NULL)
        return NULL;
    owned->whole = snapshot;
    owned->calls.list = calloc(snapshot->call_count + 1, sizeof *owned->calls.list);
    if (owned->calls.list && make_cuts(owned, snapshot, symbols, options) &&
        tree_calls_add_calls(owned, symbols, options)) {
        owned->calls.outside_hits = count_outside(process, &owned->calls);
        return &owned->calls;
    }
    tree_calls_destroy(&owned->calls);
    return NULL;
}

void tree_calls_destroy(struct tree_calls *calls)
{
    if (calls == NULL)
        return;
    struct owned_calls *owned = (struct owned_calls *)calls;
    for (size_t i = 0; i < calls->count; i++)
        tree_destroy(calls->list[i].tree);
    for (size_t i = 0; i < owned->cut_count; i++)
        cut_free(&owned->cuts[i].part);
    free(owned->cuts);
    free(calls->list);
    free(owned);
}
