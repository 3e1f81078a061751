/*
 * jumps.c - functions that were called and have jumped on: their frames are gone.
 *
 * A compiler makes a jump of a call that is the last thing a function does. The function that runs
 * then returns to the caller of the one that has jumped. But the call instruction there still names
 * the function that was called: if the frame above is in another one, the called function has
 * jumped there, perhaps by way of others, which nobody knows.
 */
#include "tree/added/jumps.h"

#include <stdlib.h>

#include "base/hash.h"
#include "names/match.h"
#include "symbols/symbols.h"
#include "trace_format.h"
#include "tree/builder.h"
#include "tree/root.h"

/* A call and what it has reached. */
struct pair {
    uint64_t call, reached; /* addresses; reached: of the text, if it is a leaf */
    uint32_t call_module, module;
    enum snapshot_kind kind;
};

struct jump {
    struct pair pair;
    bool is_known; /* false: the place is free */
    bool has_jumped;
};

/* Returns the call by which the node was reached; NULL: it is not certain that it was. A signal
 * handler was not called, and a guessed caller may have called another function. */
static const struct snapshot_node *find_call(
    const struct builder *builder, const struct snapshot_node *node)
{
    const struct snapshot_node *caller = &builder->snapshot->nodes[node->caller];
    if (caller->kind != SNAPSHOT_FRAME || caller->module == SNAPSHOT_NONE ||
        root_is_ours(builder, caller) || node->flags & TRACE_BY_FRAME_POINTER)
        return NULL;
    return caller;
}

/* Returns whether a leaf is certainly not the function that was called. The C library's leaves are
 * shown under the name of one of several functions (read, for __read_chk). */
static bool is_other_leaf(const char *leaf, const struct symbol_target *called, bool is_in_libc)
{
    return !is_in_libc && !called->has_aliases &&
           !name_matches(leaf, called->function, called->linkage_name);
}

/* The dynamic linker is entered by a jump when a function is called for the first time, in the
 * place of that function. */
static bool is_other_frame(const struct builder *builder, const struct snapshot_node *node,
    const struct symbol_target *called)
{
    if (node->module == SNAPSHOT_NONE || root_is_ours(builder, node))
        return false;
    const struct module_name *name = &builder->modules[node->module];
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    return !(name->is_start_code && !name->is_libc) &&
           symbols_is_other(builder->symbols, module->path, &module->identity, node->address,
               node->kind == SNAPSHOT_FRAME, called->linkage_name);
}

/* Returns the name of the leaf that the node is, or in which it is; or NULL. */
static const char *leaf_of(const struct builder *builder, const struct snapshot_node *node)
{
    const struct snapshot_leaf *leaf = snapshot_leaf_of(builder->snapshot, node);
    return node->within ? node->within : leaf ? leaf->name : NULL;
}

static bool find_called(
    const struct builder *builder, const struct snapshot_node *call, struct symbol_target *called)
{
    const struct snapshot_module *module = &builder->snapshot->modules[call->module];
    return symbols_called(builder->symbols, module->path, &module->identity, call->address, called);
}

/* Returns whether it is certain which function the call has called, and that the node is in another
 * one. */
static bool has_jumped(const struct builder *builder, const struct snapshot_node *node,
    const struct snapshot_node *call)
{
    const char *leaf = leaf_of(builder, node);
    struct symbol_target called;
    if (!find_called(builder, call, &called) || called.home == SYMBOL_HOME_UNKNOWN)
        return false;
    bool is_in_libc = called.home == SYMBOL_HOME_C_LIBRARY ||
                      (called.home == SYMBOL_HOME_HERE && builder->modules[call->module].is_libc);
    return leaf ? is_other_leaf(leaf, &called, is_in_libc) : is_other_frame(builder, node, &called);
}

/* ---- pairs that were looked at ---- */

void jumps_finish(struct jumps *jumps)
{
    free(jumps->list);
    *jumps = (struct jumps){.count = 0};
}

static struct pair pair_of(const struct builder *builder, const struct snapshot_node *call,
    const struct snapshot_node *node)
{
    const char *leaf = leaf_of(builder, node);
    return (struct pair){.call = call->address,
        .reached = leaf ? (uintptr_t)leaf : node->address,
        .call_module = call->module,
        .module = leaf ? SNAPSHOT_NONE : node->module,
        .kind = leaf ? SNAPSHOT_LEAF : node->kind};
}

static bool is_pair(const struct pair *a, const struct pair *b)
{
    return a->call == b->call && a->reached == b->reached && a->call_module == b->call_module &&
           a->module == b->module && a->kind == b->kind;
}

static struct jump *jumps_find_place(const struct jumps *jumps, const struct pair *pair)
{
    uint64_t modules = (uint64_t)pair->call_module << 32 | pair->module;
    uint64_t hash = hash_number(hash_number(HASH_BEGIN, pair->call), pair->reached ^ modules);
    for (size_t at = hash & (jumps->capacity - 1);; at = (at + 1) & (jumps->capacity - 1))
        if (!jumps->list[at].is_known || is_pair(&jumps->list[at].pair, pair))
            return &jumps->list[at];
}

/* Keeps at least half of the places free. */
static bool jumps_grow(struct jumps *jumps)
{
    struct jumps old = *jumps;
    if (old.count * 2 < old.capacity)
        return true;
    jumps->capacity = old.capacity ? 2 * old.capacity : 256;
    jumps->list = calloc(jumps->capacity, sizeof *jumps->list);
    if (jumps->list == NULL) {
        *jumps = old;
        return false;
    }
    for (size_t i = 0; i < old.capacity; i++)
        if (old.list[i].is_known)
            *jumps_find_place(jumps, &old.list[i].pair) = old.list[i];
    free(old.list);
    return true;
}

/* The same as has_jumped, but looks at each pair once. Without memory, it looks again. */
static bool has_jumped_once(
    struct builder *builder, const struct snapshot_node *node, const struct snapshot_node *call)
{
    struct pair pair = pair_of(builder, call, node);
    if (!jumps_grow(&builder->known_jumps))
        return has_jumped(builder, node, call);
    struct jump *jump = jumps_find_place(&builder->known_jumps, &pair);
    if (!jump->is_known) {
        *jump = (struct jump){pair, true, has_jumped(builder, node, call)};
        builder->known_jumps.count++;
    }
    return jump->has_jumped;
}

/* ---- the tree ---- */

/* Returns the base name of the file of the called function; NULL: not known. */
static const char *module_of_called(const struct builder *builder, const struct snapshot_node *call,
    const struct symbol_target *called)
{
    if (called->home == SYMBOL_HOME_HERE)
        return builder->modules[call->module].base;
    for (size_t i = 0; called->home == SYMBOL_HOME_C_LIBRARY && i < builder->snapshot->module_count;
         i++)
        if (builder->modules[i].is_libc)
            return builder->modules[i].base;
    return NULL;
}

struct tree_node *jumps_add_function(
    struct builder *builder, const struct tree_node *wanted, uint32_t caller)
{
    struct tree_node node = *wanted;
    const struct snapshot_node *from = caller == SNAPSHOT_NONE ? NULL
                                                               : &builder->snapshot->nodes[caller];
    node.is_gone = true;
    if (from && !root_lies_in_start_code(builder, from)) {
        const struct symbol_chain *chain = root_chain_of(
            builder, from, builder_site(builder, caller));
        const struct symbol_frame *call = &chain->frames[chain->count - 1];
        node.file = call->file;
        node.line = call->line;
        node.column = call->column;
    }
    return children_find(&builder->children, &node);
}

struct tree_node *jumps_add(struct builder *builder, size_t index, struct tree_node *parent)
{
    const struct snapshot_node *node = &builder->snapshot->nodes[index];
    const struct snapshot_node *call = find_call(builder, node);
    struct symbol_target called;
    if (call == NULL || !has_jumped_once(builder, node, call) ||
        !find_called(builder, call, &called))
        return parent;
    struct tree_node wanted = {.parent = parent,
        .function = called.function,
        .linkage_name = called.linkage_name,
        .module = module_of_called(builder, call, &called)};
    return jumps_add_function(builder, &wanted, node->caller);
}
