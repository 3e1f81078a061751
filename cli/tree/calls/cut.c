/*
 * cut.c - cuts parts out of a snapshot: a few leaves with the paths that lead to them.
 */
#include "tree/calls/cut.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/sum.h"
#include "names/match.h"
#include "symbols/symbols.h"
#include "trace/own_modules.h"
#include "tree/tree.h"

enum is_root { IS_ROOT_UNKNOWN, IS_ROOT, IS_OTHER };

struct cut {
    const struct snapshot *whole;
    struct symbols *symbols;
    const struct tree_options *options;
    uint32_t *places; /* new index of each node of the whole; SNAPSHOT_NONE between two parts */
    uint8_t *roots;   /* of each node of the whole: enum is_root */
    uint32_t *marked; /* the nodes to be copied */
    size_t marked_count;
    struct cut_part part;
};

struct cut *cut_create(
    const struct snapshot *whole, struct symbols *symbols, const struct tree_options *options)
{
    size_t room = whole->node_count + 1;
    struct cut *cut = calloc(1, sizeof *cut);
    if (cut == NULL)
        return NULL;
    *cut = (struct cut){.whole = whole,
        .symbols = symbols,
        .options = options,
        .places = malloc(room * sizeof *cut->places),
        .roots = calloc(room, sizeof *cut->roots),
        .marked = malloc(room * sizeof *cut->marked)};
    if (cut->places && cut->roots && cut->marked) {
        memset(cut->places, 0xff, room * sizeof *cut->places);
        return cut;
    }
    cut_destroy(cut);
    return NULL;
}

void cut_destroy(struct cut *cut)
{
    if (cut == NULL)
        return;
    free(cut->places);
    free(cut->roots);
    free(cut->marked);
    free(cut);
}

bool cut_begin(struct cut *cut, size_t leaves)
{
    for (size_t i = 0; i < cut->marked_count; i++)
        cut->places[cut->marked[i]] = SNAPSHOT_NONE;
    cut->marked_count = 0;
    cut->part = (struct cut_part){*cut->whole, NULL};
    struct snapshot *snapshot = &cut->part.snapshot;
    snapshot->node_count = snapshot->leaf_count = snapshot->malformed = 0;
    snapshot->open_call_count = 0;
    snapshot->nodes = NULL;
    memset(snapshot->losses, 0, sizeof snapshot->losses);
    snapshot->leaves = calloc(leaves + 1, sizeof *snapshot->leaves);
    return snapshot->leaves != NULL;
}

/* Returns whether the frame is that of a function that is the root; one into which the root is
 * inlined is none. */
static bool find_is_root(const struct cut *cut, const struct snapshot_node *node)
{
    if (node->kind == SNAPSHOT_LEAF || node->module == SNAPSHOT_NONE)
        return false;
    const struct snapshot_module *module = &cut->whole->modules[node->module];
    if (module_is_ours(path_base_name(module->path)))
        return false;
    const struct symbol_chain *chain = symbols_resolve(
        cut->symbols, module->path, &module->identity, node->address, node->kind == SNAPSHOT_FRAME);
    return chain && chain->count &&
           name_matches(
               cut->options->root, chain->frames[0].function, chain->frames[0].linkage_name);
}

static bool ends_path(const struct cut *cut, uint32_t node)
{
    if (!cut->options->is_innermost)
        return false;
    if (cut->roots[node] == IS_ROOT_UNKNOWN)
        cut->roots[node] = find_is_root(cut, &cut->whole->nodes[node]) ? IS_ROOT : IS_OTHER;
    return cut->roots[node] == IS_ROOT;
}

void cut_take(struct cut *cut, uint32_t node)
{
    for (uint32_t at = node; at != SNAPSHOT_NONE && cut->places[at] == SNAPSHOT_NONE;
         at = cut->whole->nodes[at].caller) {
        cut->places[at] = 0;
        cut->marked[cut->marked_count++] = at;
        if (ends_path(cut, at))
            return;
    }
}

static int by_index(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

/* The copy has the name only. */
static void copy_leaf(struct cut *cut, struct snapshot_node *node)
{
    struct snapshot *part = &cut->part.snapshot;
    const char *name = cut->whole->leaves[node->leaf].name;
    node->leaf = (uint32_t)part->leaf_count;
    part->leaves[part->leaf_count++] = (struct snapshot_leaf){.name = name};
}

static void copy_node(struct cut *cut, uint32_t from, uint32_t to)
{
    struct snapshot_node *node = &cut->part.snapshot.nodes[to];
    *node = cut->whole->nodes[from];
    if (node->caller != SNAPSHOT_NONE)
        node->caller = ends_path(cut, from) ? SNAPSHOT_NONE : cut->places[node->caller];
    if (node->kind == SNAPSHOT_LEAF)
        copy_leaf(cut, node);
    cut->part.origins[to] = SNAPSHOT_NONE;
    cut->places[from] = to;
}

bool cut_end(struct cut *cut, struct cut_part *part)
{
    struct snapshot *snapshot = &cut->part.snapshot;
    snapshot->nodes = calloc(cut->marked_count + 1, sizeof *snapshot->nodes);
    cut->part.origins = calloc(cut->marked_count + 1, sizeof *cut->part.origins);
    if (snapshot->nodes == NULL || cut->part.origins == NULL) {
        cut_free(&cut->part);
        return false;
    }
    if (cut->marked_count > 0)
        qsort(cut->marked, cut->marked_count, sizeof *cut->marked, by_index);
    for (size_t i = 0; i < cut->marked_count; i++)
        copy_node(cut, cut->marked[i], (uint32_t)i);
    snapshot->node_count = cut->marked_count;
    *part = cut->part;
    return true;
}

void cut_free(struct cut_part *part)
{
    free(part->snapshot.nodes);
    free(part->snapshot.leaves);
    free(part->origins);
}

struct snapshot_leaf *cut_leaf(const struct cut *cut, uint32_t node)
{
    const struct snapshot *part = &cut->part.snapshot;
    return &part->leaves[part->nodes[cut->places[node]].leaf];
}

const struct snapshot_leaf *cut_whole_leaf(const struct cut *cut, uint32_t node)
{
    return &cut->whole->leaves[cut->whole->nodes[node].leaf];
}

void cut_count(
    const struct cut *cut, uint32_t node, uint64_t times, uint64_t hits, uint64_t total_ns)
{
    struct snapshot_leaf *leaf = cut_leaf(cut, node);
    leaf->hits = add_clamped(leaf->hits, hits);
    leaf->total_ns = add_clamped(leaf->total_ns, total_ns);
    leaf->returns = leaf->hits;
    bool has_all = (unsigned __int128)leaf->hits * times == cut_whole_leaf(cut, node)->hits;
    cut->part.origins[cut->places[node]] = has_all ? node : SNAPSHOT_NONE;
}
