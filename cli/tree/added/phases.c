/*
 * phases.c - what was called before main began, and after it ended.
 *
 * The first stack of a process begins in the dynamic linker, which calls the constructors of
 * libraries, and then jumps to the program. There __libc_start_main of libc calls the program's own
 * constructors, main, and exit, which calls handlers and destructors (glibc, csu/libc-start.c,
 * elf/dl-init.c, stdlib/exit.c). A path that begins so, and has no main, is from before main or
 * from after it. Of the names, only those that libc exports are needed. What they do not tell, the
 * order does in which paths were first executed, as main begins once. If neither does, nothing is
 * said.
 */
#include "tree/added/phases.h"

#include <string.h>

#include "symbols/symbols.h"
#include "trace_format.h"
#include "tree/root.h"

static bool lies_in_linker(const struct builder *builder, const struct snapshot_node *node)
{
    const struct module_name *module = &builder->modules[node->module];
    return module->is_start_code && !module->is_libc;
}

static bool is_entry(const struct builder *builder, const struct snapshot_node *node)
{
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    return symbols_is_entry(builder->symbols, module->path, &module->identity, node->address);
}

static bool phases_has_name(
    const struct builder *builder, const struct snapshot_node *node, const char *name)
{
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    return symbols_has_name(builder->symbols, module->path, &module->identity, node->address, name);
}

/* Returns whether libc's start code calls a constructor there: all that __libc_start_main, or a
 * function that it has called, calls outside of libc is a constructor, or main. */
static bool is_call_of_constructor(const struct builder *builder, const struct snapshot_node *call)
{
    const struct snapshot_node *nodes = builder->snapshot->nodes;
    uint8_t depth = builder_site(builder, (size_t)(call - nodes))->start_depth;
    const struct snapshot_node *start = depth == 3 ? &nodes[call->caller] : call;
    const struct snapshot_module *module = &builder->snapshot->modules[call->module];
    return depth >= 2 && phases_has_name(builder, start, "__libc_start_main") &&
           !symbols_is_call_of_main(
               builder->symbols, module->path, &module->identity, call->address);
}

/* Returns whether the path has nothing but start code up to this node, with which it begins at an
 * entry. */
static bool continues_start(const struct builder *builder, const struct snapshot_node *node)
{
    return node->kind == SNAPSHOT_FRAME && node->within == NULL &&
           builder_site(builder, node->caller)->is_from_entry &&
           root_lies_in_start_code(builder, node);
}

/* The leaf may be libc's own. */
static enum phase phase_of_leaf(const char *leaf, enum phase by_order)
{
    return strcmp(leaf, "exit") == 0 ? PHASE_AFTER_MAIN : by_order;
}

/* Returns the phase of a node that start code has called. */
static enum phase phase_of_call(
    const struct builder *builder, const struct snapshot_node *node, size_t first_in_main)
{
    size_t index = (size_t)(node - builder->snapshot->nodes);
    const struct snapshot_leaf *leaf = snapshot_leaf_of(builder->snapshot, node);
    enum phase by_order = first_in_main == SNAPSHOT_NONE ? PHASE_UNKNOWN
                          : index < first_in_main        ? PHASE_BEFORE_MAIN
                                                         : PHASE_AFTER_MAIN;
    if (node->within || leaf)
        return phase_of_leaf(node->within ? node->within : leaf->name, by_order);
    if (continues_start(builder, node))
        return phases_has_name(builder, node, "exit") ? PHASE_AFTER_MAIN : PHASE_UNKNOWN;
    return is_call_of_constructor(builder, &builder->snapshot->nodes[node->caller])
               ? PHASE_BEFORE_MAIN
               : by_order;
}

/* Returns the index of the first node in main, or below it; SNAPSHOT_NONE: there is none. */
static size_t find_first_in_main(const struct builder *builder)
{
    for (size_t i = builder->first; i < builder->end; i++)
        if (builder_site(builder, i)->is_below_root)
            return i;
    return SNAPSHOT_NONE;
}

static void look_at_outermost(
    const struct builder *builder, const struct snapshot_node *node, struct site *site)
{
    if (node->kind != SNAPSHOT_FRAME || node->module == SNAPSHOT_NONE)
        return;
    site->is_from_entry = is_entry(builder, node);
    if (site->is_from_entry && lies_in_linker(builder, node))
        site->phase = PHASE_BEFORE_MAIN;
}

static void look_at_call(const struct builder *builder, const struct snapshot_node *node,
    struct site *site, size_t first_in_main)
{
    const struct site *caller = builder_site(builder, node->caller);
    site->is_from_entry = continues_start(builder, node);
    site->phase = caller->phase;
    if (caller->is_from_entry && site->phase == PHASE_UNKNOWN)
        site->phase = phase_of_call(builder, node, first_in_main);
}

/* What main has called has no phase, nor has what is on another stack than the first one. */
void phases_find(struct builder *builder)
{
    size_t first_in_main = find_first_in_main(builder);
    for (size_t i = builder->first; i < builder->end; i++) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        struct site *site = builder_site(builder, i);
        if (site->is_below_root)
            continue;
        if (node->caller == SNAPSHOT_NONE)
            look_at_outermost(builder, node, site);
        else
            look_at_call(builder, node, site, first_in_main);
    }
}

struct tree_node *phases_add(struct builder *builder, enum phase phase, struct tree_node *top)
{
    struct tree_node wanted = {.parent = top,
        .function = phase == PHASE_BEFORE_MAIN ? "before main" : "after main",
        .is_phase = true};
    return children_find(&builder->children, &wanted);
}
