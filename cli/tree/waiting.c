/*
 * waiting.c - the time of a thread's leaves, with the call that has not returned.
 *
 * A call that was left by a jump never returns either (longjmp, a coroutine that is not resumed).
 * But a thread whose call is open does nothing outside of it: all that it hits later, it hits in
 * the leaf's body, or in a handler of a signal that has interrupted it, and that is below the leaf.
 * So a call can only be open if the thread's latest hit is the call itself, or is below it.
 */
#include "tree/waiting.h"

#include "base/sum.h"
#include "tree/recorded.h"

/* ---- the open call ---- */

/* Returns the time until which calls are open, CLOCK_MONOTONIC; 0: not known. */
static uint64_t waiting_find_end(const struct snapshot *snapshot)
{
    const struct process_usage *usage = &snapshot->usage;
    return usage->wall_ns ? add_clamped(usage->begun_ns, usage->wall_ns) : snapshot->taken_ns;
}

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

void waiting_find_open(struct builder *builder)
{
    uint64_t end_ns = waiting_find_end(builder->snapshot);
    const struct snapshot_node *latest = find_latest_leaf(builder);
    const struct snapshot_node *open = latest ? find_outermost(builder, latest) : NULL;
    builder->open = (struct open_call){.node = open};
    if (open && end_ns > counted(builder, open)->entered_ns)
        builder->open.open_ns = end_ns - counted(builder, open)->entered_ns;
}

/* ---- the sums ---- */

static uint64_t time_of(const struct tree_node *node, const struct open_call *open)
{
    uint64_t total_ns = node->leaf ? node->leaf->total_ns : 0;
    return open && open->leaf == node ? add_clamped(total_ns, open->open_ns) : total_ns;
}

/* Returns the time of the outermost leaves, and of their open call unless `open` is NULL. */
static uint64_t waiting_sum(
    const struct tree_thread *thread, const struct open_call *open, size_t *node_count)
{
    uint64_t sum_ns = 0;
    const struct tree_node *covered = NULL; /* the leaf whose time includes the times below it */
    const struct tree_node *node = thread->top->first_child;
    while (node) {
        ++*node_count;
        if (covered == NULL) {
            sum_ns = add_clamped(sum_ns, time_of(node, open));
            covered = time_of(node, open) ? node : NULL;
        }
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node != thread->top && node->next_sibling == NULL) {
            covered = covered == node ? NULL : covered;
            node = node->parent;
        }
        covered = covered == node ? NULL : covered;
        node = node->next_sibling; /* a top has none */
    }
    return sum_ns;
}

size_t waiting_count(struct tree_thread *thread, const struct open_call *open)
{
    size_t nodes = 0, again = 0;
    thread->open_leaf = open->open_ns ? open->leaf : NULL;
    thread->open_ns = open->open_ns;
    thread->total_ns = waiting_sum(thread, NULL, &nodes);
    thread->waiting_ns = open->open_ns ? waiting_sum(thread, open, &again) : thread->total_ns;
    return nodes;
}
