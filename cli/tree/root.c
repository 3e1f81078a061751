/*
 * root.c - the names of recorded frames, and where the root is.
 *
 * This is the first pass; it visits the outermost nodes first.
 */
#include "tree/root.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/path.h"
#include "base/progress.h"
#include "names/match.h"
#include "symbols/symbols.h"
#include "trace/own_modules.h"
#include "trace_format.h"

static const struct symbol_frame unknown_frame;
static const struct symbol_chain unknown_chain = {&unknown_frame, 1};

static bool is_start_code_name(const char *base)
{
    static const char *const prefixes[] = {
        "libc.so", "libc-2.", "ld-linux", "ld-2.", "libpthread.so", "libpthread-2."};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(base, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static int by_path(const void *left, const void *right)
{
    const struct snapshot_module *const *a = left, *const *b = right;
    return strcmp((*a)->path, (*b)->path);
}

/* A file that is mapped several times has several modules. */
static void name_modules(struct builder *builder, const struct snapshot_module **sorted)
{
    const struct snapshot_module *modules = builder->snapshot->modules;
    size_t count = builder->snapshot->module_count;
    const char *path = NULL;
    for (size_t i = 0; i < count; i++)
        sorted[i] = &modules[i];
    if (count > 0)
        qsort(sorted, count, sizeof(void *), by_path);
    for (size_t i = 0; i < count; i++) {
        struct module_name *module = &builder->modules[sorted[i] - modules];
        path = path && strcmp(path, sorted[i]->path) == 0 ? path : sorted[i]->path;
        module->base = path_base_name(path);
        module->is_ours = module_is_ours(module->base);
        module->is_start_code = is_start_code_name(module->base);
        module->is_libc = module->is_start_code && strncmp(module->base, "libc", 4) == 0;
    }
}

bool root_name_modules(struct builder *builder)
{
    size_t count = builder->snapshot->module_count + 1;
    const struct snapshot_module **sorted = calloc(count, sizeof(void *));
    if (sorted)
        name_modules(builder, sorted);
    free(sorted);
    return sorted != NULL;
}

bool root_is_ours(const struct builder *builder, const struct snapshot_node *node)
{
    return node->module != SNAPSHOT_NONE && builder->modules[node->module].is_ours;
}

static const struct symbol_chain *resolve(struct builder *builder, const struct snapshot_node *node)
{
    if (node->module == SNAPSHOT_NONE || root_is_ours(builder, node))
        return &unknown_chain;
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    const struct symbol_chain *chain = symbols_resolve(builder->symbols, module->path,
        &module->identity, node->address, node->kind == SNAPSHOT_FRAME);
    return chain && chain->count ? chain : &unknown_chain;
}

const struct symbol_chain *root_chain_of(
    struct builder *builder, const struct snapshot_node *node, struct site *site)
{
    if (site->chain == NULL)
        site->chain = resolve(builder, node);
    return site->chain;
}

static uint32_t find_root(const struct builder *builder, const struct symbol_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++)
        if (name_matches(
                builder->options.root, chain->frames[i].function, chain->frames[i].linkage_name))
            return (uint32_t)i;
    return NO_ROOT;
}

/* The same, remembered by the address of the chain: to compare names takes longer. */
static uint32_t recall_root(struct builder *builder, const struct symbol_chain *chain)
{
    size_t at = hash_number(0, (uintptr_t)chain) & (REMEMBERED - 1);
    if (builder->remembered[at].chain != chain) {
        builder->remembered[at].chain = chain;
        builder->remembered[at].root_at = find_root(builder, chain);
    }
    return builder->remembered[at].root_at;
}

static bool lies_in_start_code(const struct builder *builder, const struct snapshot_node *node)
{
    return node->module != SNAPSHOT_NONE && builder->modules[node->module].is_start_code;
}

/* Returns whether an outermost frame has callers that the walk did not reach. The start code of the
 * dynamic linker and of libc partly has no unwind tables, but nothing calls it. */
static bool misses_callers(const struct builder *builder, const struct snapshot_node *node)
{
    if (node->flags & TRACE_CUT)
        return true;
    return (node->flags & TRACE_LOST_TRACK) && !lies_in_start_code(builder, node);
}

/* Returns the frame's position in _start, __libc_start_main, (since glibc 2.34)
 * __libc_start_call_main; 0: it is not on such a path. */
static uint8_t count_start_depth(const struct builder *builder, const struct snapshot_node *node)
{
    const uint32_t is_last = TRACE_END_OF_STACK | TRACE_LOST_TRACK;
    if (node->caller == SNAPSHOT_NONE)
        return node->flags & is_last && !lies_in_start_code(builder, node) ? 1 : 0;
    uint8_t above = builder_site(builder, node->caller)->start_depth;
    return above >= 1 && above <= 2 && lies_in_start_code(builder, node) ? above + 1 : 0;
}

/* Returns whether libc's start code has called this function or one of its callers. */
static bool is_after_start(const struct builder *builder, const struct snapshot_node *node)
{
    const struct site *caller = node->caller == SNAPSHOT_NONE ? NULL
                                                              : builder_site(builder, node->caller);
    return caller && (caller->is_after_start ||
                         (caller->start_depth >= 2 && !lies_in_start_code(builder, node)));
}

/* Returns whether an outermost frame is on a stack that libc has made for a thread (clone) or for a
 * coroutine (makecontext). The first stack of the process begins in the program or the dynamic
 * linker. */
static bool begins_own_stack(const struct builder *builder, const struct snapshot_node *node)
{
    return node->flags & (TRACE_END_OF_STACK | TRACE_LOST_TRACK) && node->module != SNAPSHOT_NONE &&
           builder->modules[node->module].is_libc;
}

/* Returns whether the root may be among the functions of a frame above which it is not. `main` is
 * not in libc. If libc's debugging information is installed, reading it takes longer than reading
 * that of most programs; so it is not read unless a frame of libc is shown. */
static bool may_hold_root(const struct builder *builder, const struct snapshot_node *node)
{
    return !(builder->options.root_is_default && lies_in_start_code(builder, node));
}

/* Returns where the root is in the chain of a frame above which it is not. */
static uint32_t look_for_root(
    struct builder *builder, const struct snapshot_node *node, struct site *site)
{
    if (!may_hold_root(builder, node))
        return NO_ROOT;
    return recall_root(builder, root_chain_of(builder, node, site));
}

/* ---- roots that have ended in a jump: only their own frames are gone ---- */

/* Returns the name of the function that the program's start code, the outermost frame above `node`,
 * passes to libc as main, or "" if it is not known. */
static const char *name_main(const struct builder *builder, const struct snapshot_node *node)
{
    while (node->caller != SNAPSHOT_NONE)
        node = &builder->snapshot->nodes[node->caller];
    if (node->module == SNAPSHOT_NONE)
        return "";
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    const char *name = symbols_name_main(builder->symbols, module->path, &module->identity);
    return name && name_matches(builder->options.root, name, NULL) ? name : "";
}

/* Returns the name of the root if the call at this place has entered it; NULL: it has not, or that
 * is not known. What libc's start code calls as main is main; for other calls the instruction is
 * decoded. */
static const char *find_called_root(
    const struct builder *builder, const struct snapshot_node *node, const struct site *site)
{
    struct symbol_frame called;
    if (node->kind != SNAPSHOT_FRAME || node->module == SNAPSHOT_NONE ||
        root_is_ours(builder, node))
        return NULL;
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    if (builder->is_main_root && site->start_depth >= 2 && !builder->has_inner_main &&
        symbols_is_call_of_main(builder->symbols, module->path, &module->identity, node->address))
        return name_main(builder, node);
    if (builder->options.root_is_default ||
        !symbols_called(builder->symbols, module->path, &module->identity, node->address, &called))
        return NULL;
    return name_matches(builder->options.root, called.function, called.linkage_name)
               ? called.function
               : NULL;
}

/* Returns whether the frame is in the same function that its caller has called by the name of the
 * root; that function has several names. */
static bool is_root_by_another_name(const struct builder *builder, const struct snapshot_node *node)
{
    const struct snapshot_node *caller = &builder->snapshot->nodes[node->caller];
    struct symbol_frame called;
    if (node->module == SNAPSHOT_NONE || caller->module == SNAPSHOT_NONE)
        return false;
    const struct snapshot_module *from = &builder->snapshot->modules[caller->module];
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    return symbols_called(
               builder->symbols, from->path, &from->identity, caller->address, &called) &&
           symbols_has_name(builder->symbols, module->path, &module->identity, node->address,
               called.linkage_name);
}

/* Returns whether the function of the frame also has the root's name: linkers merge equal
 * functions. */
static bool has_root_name(const struct builder *builder, const struct snapshot_node *node)
{
    if (builder->options.root_is_default || !builder->follows_jumps ||
        node->module == SNAPSHOT_NONE || node->kind != SNAPSHOT_FRAME)
        return false;
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    return symbols_has_name(
        builder->symbols, module->path, &module->identity, node->address, builder->options.root);
}

/* Returns whether this is a leaf with the root's name, or is inside such a leaf: then the root was
 * called, and did not jump to this. */
static bool is_named_as_root(const struct builder *builder, const struct snapshot_node *node)
{
    const char *root = builder->options.root;
    const struct snapshot_leaf *leaf = snapshot_leaf_of(builder->snapshot, node);
    return (leaf && name_matches(root, leaf->name, leaf->name)) ||
           (node->within && name_matches(root, node->within, node->within));
}

/* Returns the name of the root if the caller of this node has called the root, and this node is not
 * in the root: then the root has jumped to this function, or to one that has jumped to it. NULL: it
 * is not so, or not known. */
static const char *find_jump(struct builder *builder, const struct snapshot_node *node)
{
    const struct snapshot *snapshot = builder->snapshot;
    uint32_t at = node->caller;
    if (!builder->follows_jumps || is_named_as_root(builder, node))
        return NULL;
    while (at != SNAPSHOT_NONE && root_is_ours(builder, &snapshot->nodes[at]))
        at = snapshot->nodes[at].caller;
    if (at == SNAPSHOT_NONE)
        return NULL;
    struct jump_site *site = &builder->jumps[at - builder->first];
    if (!site->is_call_known)
        site->calls = find_called_root(builder, &snapshot->nodes[at], builder_site(builder, at));
    site->is_call_known = true;
    return site->calls;
}

/* In the snapshot of one call of the root, a call from the place where the root was called is the
 * root, or what the root has jumped to. Marks these places. */
void root_note_calls(struct builder *builder)
{
    for (size_t i = builder->first; i < builder->end; i++) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        const struct site *site = builder_site(builder, i);
        if (site->root_at == NO_ROOT || node->caller == SNAPSHOT_NONE)
            continue;
        struct jump_site *caller = &builder->jumps[node->caller - builder->first];
        caller->calls = site->chain->frames[site->root_at].function;
        caller->is_call_known = caller->calls != NULL;
    }
}

/* ---- all nodes ---- */

static void note_jump(
    const struct builder *builder, const struct snapshot_node *node, const char *jumped)
{
    if (builder->jumps)
        builder->jumps[node - builder->snapshot->nodes - builder->first].jumped = jumped;
}

/* Returns the name of the root from which a jump led to the frame, or NULL. Sets root_at if the
 * frame is the root's by another name. */
static const char *look_for_jump(
    struct builder *builder, const struct snapshot_node *node, struct site *site)
{
    if (has_root_name(builder, node)) {
        site->root_at = 0;
        return NULL;
    }
    const char *jumped = find_jump(builder, node);
    if (jumped == NULL || !is_root_by_another_name(builder, node))
        return jumped;
    site->root_at = 0;
    return NULL;
}

static void look_at_frame(
    struct builder *builder, const struct snapshot_node *node, struct site *site)
{
    bool is_outermost = node->caller == SNAPSHOT_NONE;
    const struct site *caller = is_outermost ? NULL : builder_site(builder, node->caller);
    const char *jumped = NULL;
    site->root_at = NO_ROOT;
    site->start_depth = count_start_depth(builder, node);
    site->is_after_start = is_after_start(builder, node);
    site->is_below_root = caller && caller->is_below_root;
    site->is_cut = caller ? caller->is_cut : misses_callers(builder, node);
    site->is_own_stack = caller ? caller->is_own_stack : begins_own_stack(builder, node);
    if (!site->is_below_root)
        site->root_at = look_for_root(builder, node, site);
    if (site->root_at != NO_ROOT && caller && caller->is_after_start)
        builder->has_inner_main = true;
    if (builder->follows_jumps && !site->is_below_root && site->root_at == NO_ROOT &&
        !root_is_ours(builder, node))
        jumped = look_for_jump(builder, node, site);
    note_jump(builder, node, jumped);
    site->is_below_root |= site->root_at != NO_ROOT || jumped;
    site->is_start_code = !site->is_below_root &&
                          (caller ? caller->is_start_code : !site->is_cut) &&
                          (lies_in_start_code(builder, node) || root_is_ours(builder, node));
}

static void look_at_leaf(
    struct builder *builder, const struct snapshot_node *node, struct site *site)
{
    const struct site *caller = node->caller == SNAPSHOT_NONE ? NULL
                                                              : builder_site(builder, node->caller);
    struct tree_thread *thread = builder->thread;
    bool is_hit = snapshot_leaf_of(builder->snapshot, node)->hits;
    site->root_at = NO_ROOT;
    site->is_below_root = caller && caller->is_below_root;
    site->is_cut = caller == NULL || caller->is_cut;
    site->is_own_stack = caller && caller->is_own_stack;
    const char *jumped = site->is_below_root ? NULL : find_jump(builder, node);
    note_jump(builder, node, jumped);
    site->is_below_root |= jumped != NULL;
    if (site->is_below_root && is_hit) {
        thread->has_root = true;
        builder->process->root_found = true;
    } else if (is_hit && (!builder->options.root_is_default ||
                             (thread->is_main && !site->is_cut && !site->is_own_stack))) {
        builder->has_outside = true;
    }
}

void root_look_at_nodes(struct builder *builder)
{
    for (size_t i = builder->first; i < builder->end; i++) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        progress_advance(1);
        if (node->kind == SNAPSHOT_LEAF)
            look_at_leaf(builder, node, builder_site(builder, i));
        else
            look_at_frame(builder, node, builder_site(builder, i));
    }
}
