/*
 * waiting.c - the time of a thread's leaves, with the call that has not returned.
 *
 * A call that was left by a jump never returns either (longjmp, a coroutine that is not resumed).
 * But a thread whose call is open does nothing outside of it: all that it hits later, it hits in
 * the leaf's body, or in a handler of a signal that has interrupted it, and that is below the leaf.
 * So a call can only be open if the thread's latest hit is the call itself, or is below it. All
 * that matters only where there is no record of an open call: the library had no room for one, or
 * an older version has saved the run.
 */
#include "tree/waiting.h"

#include "base/sum.h"
#include "tree/recorded.h"

/* ---- the open call ---- */

static const struct snapshot_leaf *counted(
    const struct builder *builder, const struct snapshot_node *node)
{
    return snapshot_leaf_of(builder->snapshot, node);
}

/* Returns the leaf that the thread has hit last, or NULL. */
static const struct snapshot_node *find_latest_leaf(const struct builder *builder)
{
    const struct snapshot_node *latest = NULL;
    uint64_t latest_ns = 0;
    for (size_t i = builder->first; i < builder->end; i++) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        const struct snapshot_leaf *leaf = counted(builder, node);
        if (leaf == NULL || leaf->entered_ns == 0 || leaf->entered_ns < latest_ns)
            continue;
        latest = node;
        latest_ns = leaf->entered_ns;
    }
    return latest;
}

static bool is_open(const struct builder *builder, const struct snapshot_node *node)
{
    const struct snapshot_leaf *leaf = counted(builder, node);
    return leaf->entered_ns && leaf->returns < leaf->hits &&
           builder_site(builder, (size_t)(node - builder->snapshot->nodes))->is_shown;
}

/* Returns the outermost open call on the path of a leaf; NULL: there is none. */
static const struct snapshot_node *find_outermost(
    struct builder *builder, const struct snapshot_node *leaf)
{
    const struct snapshot_node *nodes = builder->snapshot->nodes;
    const struct snapshot_node *found = is_open(builder, leaf) ? leaf : NULL;
    for (const struct snapshot_node *at = leaf; at;
         at = at->caller == SNAPSHOT_NONE ? NULL : &nodes[at->caller]) {
        const struct snapshot_node *outer = at->within
                                                ? recorded_find(builder, at->caller, at->within)
                                                : NULL;
        if (outer && is_open(builder, outer))
            found = outer;
    }
    return found;
}

/* What the records of open calls say of the thread. */
struct recorded {
    const struct snapshot_open_call *oldest; /* which is the outermost one; NULL: none is shown */
    bool has_others; /* of fibers, or of nobody: the thread does not wait in them */
};

static size_t find_first_recorded(const struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    size_t first = 0, end = snapshot->open_call_count;
    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (snapshot->open_calls[middle].node < builder->first)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* They are sorted by node. */
static struct recorded find_recorded(const struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    struct recorded found = {.oldest = NULL};
    for (size_t i = find_first_recorded(builder); i < snapshot->open_call_count; i++) {
        const struct snapshot_open_call *call = &snapshot->open_calls[i];
        if (call->node >= builder->end)
            break;
        if (call->owner != OPEN_THREAD)
            found.has_others = true;
        else if (builder_site(builder, call->node)->is_shown &&
                 (found.oldest == NULL || call->since_ns < found.oldest->since_ns))
            found.oldest = call;
    }
    return found;
}

static void open_call_at_end(
    struct builder *builder, const struct snapshot_node *node, uint64_t since_ns)
{
    const struct snapshot *snapshot = builder->snapshot;
    uint64_t end_ns = snapshot_end_ns(snapshot);
    builder->open = (struct open_call){.node = node};
    if (since_ns && since_ns < snapshot->usage.begun_ns)
        since_ns = snapshot->usage.begun_ns; /* only the time in a period counts: trace/period */
    if (since_ns && end_ns > since_ns)
        builder->open.open_ns = end_ns - since_ns;
}

/* Without a record, the thread is in the leaf that it has entered last, if that has not returned.
 */
void waiting_find_open(struct builder *builder)
{
    struct recorded recorded = find_recorded(builder);
    const struct snapshot_node *open = NULL, *latest = NULL;
    if (recorded.oldest) {
        open = &builder->snapshot->nodes[recorded.oldest->node];
        open_call_at_end(builder, open, recorded.oldest->since_ns);
        return;
    }
    if (!recorded.has_others)
        latest = find_latest_leaf(builder);
    if (latest)
        open = find_outermost(builder, latest);
    open_call_at_end(builder, open, open ? counted(builder, open)->entered_ns : 0);
}

/* ---- the sums ---- */

static uint64_t time_of(const struct tree_node *node, const struct open_call *open)
{
    uint64_t total_ns = node->is_leaf ? node->leaf->total_ns : 0;
    return open && open->leaf == node ? add_clamped(total_ns, open->open_ns) : total_ns;
}

/* What is below a node. */
struct waiting_sums {
    uint64_t ns; /* of the outermost leaves */
    uint64_t hits;
    size_t nodes;
};

/* Their time includes that of the open call unless `open` is NULL. */
static struct waiting_sums waiting_sum(const struct tree_node *top, const struct open_call *open)
{
    struct waiting_sums sums = {.ns = 0};
    const struct tree_node *covered = NULL; /* the leaf whose time includes the times below it */
    const struct tree_node *node = top->first_child;
    while (node) {
        sums.nodes++;
        sums.hits = add_clamped(sums.hits, node->is_leaf ? node->leaf->hits : 0);
        if (covered == NULL) {
            sums.ns = add_clamped(sums.ns, time_of(node, open));
            covered = time_of(node, open) ? node : NULL;
        }
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node != top && node->next_sibling == NULL) {
            covered = covered == node ? NULL : covered;
            node = node->parent;
        }
        covered = covered == node ? NULL : covered;
        node = node == top ? NULL : node->next_sibling;
    }
    return sums;
}

/* A phase has the sums of what is below it. */
static void count_phases(struct tree_node *top, const struct open_call *open)
{
    for (struct tree_node *node = top->first_child; node; node = node->next_sibling) {
        if (!node->is_phase)
            continue;
        struct waiting_sums sums = waiting_sum(node, open);
        node->leaf->hits = sums.hits;
        node->leaf->total_ns = sums.ns;
    }
}

size_t waiting_count(struct tree_thread *thread, const struct open_call *open)
{
    const struct open_call *of_thread = open->open_ns ? open : NULL;
    struct waiting_sums sums = waiting_sum(thread->top, NULL);
    thread->open_leaf = open->open_ns ? open->leaf : NULL;
    thread->open_ns = open->open_ns;
    thread->total_ns = sums.ns;
    thread->waiting_ns = of_thread ? waiting_sum(thread->top, of_thread).ns : sums.ns;
    count_phases(thread->top, of_thread);
    return sums.nodes;
}
