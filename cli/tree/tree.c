/*
 * tree.c - cuts the recorded tree at the root and knits what is left into downtraces.
 *
 * The recorded nodes are gone through by index: callers come before what they called, and
 * siblings in the order of their first execution, so no pass recurses, however deep the tree
 * is, and children are in order because they are appended.
 *
 * Four passes: names and whether the root is above (outermost first), which nodes lead to a
 * leaf that is shown (innermost first), the nodes that people see (outermost first), totals.
 */
#include "tree/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/sum.h"
#include "library_name.h"
#include "symbols/symbols.h"
#include "trace/snapshot.h"
#include "trace_format.h"

#define NO_ROOT        UINT32_MAX
#define NODES_IN_BLOCK 512

struct block {
    struct block *next;
    size_t used;
    struct tree_node nodes[NODES_IN_BLOCK];
};

struct owned_process {
    struct tree_process process; /* first: tree_destroy gets its address */
    struct block *blocks;
};

/* What is known of one module by its name. */
struct module_name {
    const char *base;
    bool is_ours;       /* the tool's own library or interposer: never shown */
    bool is_start_code; /* where threads begin before their first function: libc, ld.so */
    bool is_libc;
};

/* What becomes of one recorded node. */
struct site {
    const struct symbol_chain *chain; /* of a frame; NULL until its names are needed */
    struct tree_node *below;          /* what it called hangs here */
    const char *calls;                /* name of the root, if the call at this place has entered it;
                                       * "": main, by an unknown name */
    const char *jumped;  /* the same of the place from which this was reached, by a jump
                          * of the root: its own frame is gone */
    bool is_call_known;  /* `calls` stands */
    uint32_t root_at;    /* the root is this frame of the chain, and none is above */
    bool is_below_root;  /* the root is in the chain or above */
    bool is_cut;         /* the path's outermost callers are unknown */
    bool is_own_stack;   /* it begins in libc, as those of threads and coroutines */
    bool is_start_code;  /* on the path there is nothing else so far */
    bool is_after_start; /* libc's start code has called this, or what has */
    uint8_t start_depth; /* frames on it from the program's _start on, if only libc
                          * came since; 0: it is not so */
    bool is_shown;
};

/* A place in the look-up table of (parent, what the child is) -> child. */
struct slot {
    uint64_t hash;
    struct tree_node *node; /* NULL: free */
    const char *path;       /* of the module: equal base names aren't equal files */
};

struct builder {
    struct owned_process *owned;
    struct tree_process *process;
    const struct snapshot *snapshot;
    struct symbols *symbols;
    const struct tree_options *options;
    bool is_main_root;   /* the root is what libc's start code calls */
    bool follows_jumps;  /* the second time: roots are looked for that have ended in a jump */
    bool has_outside;    /* there are hits that may lie below such a one */
    bool has_inner_main; /* main was called by what the start code has called in its place */
    struct module_name *modules;
    struct site *sites;
    size_t *threads; /* snapshot's threads[] -> process's threads[] */
    struct slot *slots;
    size_t slot_capacity, slot_count; /* the capacity is a power of two */
    uint32_t *leaves; /* by hash of caller and name: recorded leaves; NULL until they are needed */
    size_t leaf_capacity;
    struct tree_node leaf_names; /* below it each different leaf is once; not shown */
};

static const struct symbol_frame unknown_frame;
static const struct symbol_chain unknown_chain = {&unknown_frame, 1};

static bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* ---- children: found by what they are, made when they are new ---- */

static bool has_line(const struct tree_node *node)
{
    return node->file && node->line;
}

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash_byte(uint64_t hash, uint8_t byte)
{
    return (hash ^ byte) * UINT64_C(0x100000001b3);
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; text && *text; text++)
        hash = hash_byte(hash, (uint8_t)*text);
    return hash_byte(hash, 0);
}

static uint64_t hash_number(uint64_t hash, uint64_t number)
{
    hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 32;
}

static uint64_t hash_node(const struct tree_node *node, const char *path)
{
    uint64_t hash = hash_number(UINT64_C(0xcbf29ce484222325), (uintptr_t)node->parent);
    hash = hash_number(hash, node->is_leaf);
    if (node->is_leaf || node->is_gone)
        return hash_text(hash, node->function);
    if (!has_line(node))
        return hash_text(hash_number(hash, node->address), path);
    hash = hash_text(hash_text(hash, node->function), node->file);
    return hash_number(hash, (uint64_t)(uint32_t)node->line << 32 | (uint32_t)node->column);
}

/* Whether two nodes are one to the reader. */
static bool is_same(const struct slot *slot, const struct tree_node *node, const char *path)
{
    const struct tree_node *other = slot->node;
    if (other->parent != node->parent || other->is_leaf != node->is_leaf ||
        other->is_gone != node->is_gone)
        return false;
    if (node->is_leaf || node->is_gone)
        return text_equal(other->function, node->function);
    if (other->is_interrupted != node->is_interrupted || has_line(other) != has_line(node))
        return false;
    if (!has_line(node))
        return other->address == node->address && text_equal(slot->path, path);
    return other->line == node->line && other->column == node->column &&
           text_equal(other->function, node->function) && text_equal(other->file, node->file);
}

/* The slot of such a node, or the free one where it belongs. */
static struct slot *find_slot(
    const struct builder *builder, const struct tree_node *node, const char *path, uint64_t hash)
{
    size_t mask = builder->slot_capacity - 1;
    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *slot = &builder->slots[i];
        if (slot->node == NULL || (slot->hash == hash && is_same(slot, node, path)))
            return slot;
    }
}

/* Keeps at least half of the slots free. */
static bool grow_slots(struct builder *builder)
{
    if (builder->slot_count * 2 < builder->slot_capacity)
        return true;
    size_t capacity = builder->slot_capacity ? builder->slot_capacity * 2 : 1024;
    struct slot *slots = calloc(capacity, sizeof *slots);
    if (slots == NULL)
        return false;
    for (size_t i = 0; i < builder->slot_capacity; i++) {
        struct slot *old = &builder->slots[i];
        size_t place = old->hash & (capacity - 1);
        while (old->node && slots[place].node)
            place = (place + 1) & (capacity - 1);
        if (old->node)
            slots[place] = *old;
    }
    free(builder->slots);
    builder->slots = slots;
    builder->slot_capacity = capacity;
    return true;
}

static struct tree_node *allocate_node(struct owned_process *owned)
{
    struct block *block = owned->blocks;
    if (block == NULL || block->used == NODES_IN_BLOCK) {
        block = calloc(1, sizeof *block);
        if (block == NULL)
            return NULL;
        block->next = owned->blocks;
        owned->blocks = block;
    }
    return &block->nodes[block->used++];
}

static void append_child(struct tree_node *parent, struct tree_node *child)
{
    if (parent->last_child)
        parent->last_child->next_sibling = child;
    else
        parent->first_child = child;
    parent->last_child = child;
}

/* The child of wanted->parent that is the same as `wanted`, which else becomes its last one.
 * NULL when out of memory. */
static struct tree_node *find_child(
    struct builder *builder, const struct tree_node *wanted, const char *path)
{
    if (!grow_slots(builder))
        return NULL;
    uint64_t hash = hash_node(wanted, path);
    struct slot *slot = find_slot(builder, wanted, path, hash);
    if (slot->node)
        return slot->node;
    struct tree_node *node = allocate_node(builder->owned);
    if (node == NULL)
        return NULL;
    *node = *wanted;
    *slot = (struct slot){hash, node, path};
    builder->slot_count++;
    append_child(wanted->parent, node);
    return node;
}

/* ---- first pass: names, and whether the root is above ---- */

static bool is_start_code_name(const char *base)
{
    static const char *const prefixes[] = {
        "libc.so", "libc-2.", "ld-linux", "ld-2.", "libpthread.so", "libpthread-2."};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
        if (strncmp(base, prefixes[i], strlen(prefixes[i])) == 0)
            return true;
    return false;
}

static void name_modules(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    for (size_t i = 0; i < snapshot->module_count; i++) {
        const char *path = snapshot->modules[i].path, *slash = strrchr(path, '/');
        struct module_name *module = &builder->modules[i];
        module->base = slash ? slash + 1 : path;
        module->is_ours = strcmp(module->base, LIBRARY_NAME) == 0 ||
                          strcmp(module->base, "scoped-trace-interposer.so") == 0;
        module->is_start_code = is_start_code_name(module->base);
        module->is_libc = module->is_start_code && strncmp(module->base, "libc", 4) == 0;
    }
}

static bool is_ours(const struct builder *builder, const struct snapshot_node *node)
{
    return node->module != SNAPSHOT_NONE && builder->modules[node->module].is_ours;
}

static const struct symbol_chain *resolve(struct builder *builder, const struct snapshot_node *node)
{
    if (node->module == SNAPSHOT_NONE || is_ours(builder, node))
        return &unknown_chain;
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    const struct symbol_chain *chain = symbols_resolve(builder->symbols, module->path,
        &module->identity, node->address, node->kind == SNAPSHOT_FRAME);
    return chain && chain->count ? chain : &unknown_chain;
}

static const struct symbol_chain *chain_of(
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
                builder->options->root, chain->frames[i].function, chain->frames[i].linkage_name))
            return (uint32_t)i;
    return NO_ROOT;
}

static bool lies_in_start_code(const struct builder *builder, const struct snapshot_node *node)
{
    return node->module != SNAPSHOT_NONE && builder->modules[node->module].is_start_code;
}

/* An outermost frame: are there callers that the walk did not get to? The start code of the
 * dynamic linker and of libc has no unwind tables in places, but nothing calls it. */
static bool misses_callers(const struct builder *builder, const struct snapshot_node *node)
{
    if (node->flags & TRACE_CUT)
        return true;
    return (node->flags & TRACE_LOST_TRACK) && !lies_in_start_code(builder, node);
}

/* The frame's place in _start, __libc_start_main, (since glibc 2.34) __libc_start_call_main. */
static uint8_t count_start_depth(const struct builder *builder, const struct snapshot_node *node)
{
    const uint32_t is_last = TRACE_END_OF_STACK | TRACE_LOST_TRACK;
    if (node->caller == SNAPSHOT_NONE)
        return node->flags & is_last && !lies_in_start_code(builder, node) ? 1 : 0;
    uint8_t above = builder->sites[node->caller].start_depth;
    return above >= 1 && above <= 2 && lies_in_start_code(builder, node) ? above + 1 : 0;
}

/* Whether libc's start code has called this, or what has. */
static bool is_after_start(const struct builder *builder, const struct snapshot_node *node)
{
    const struct site *caller = node->caller == SNAPSHOT_NONE ? NULL
                                                              : &builder->sites[node->caller];
    return caller && (caller->is_after_start ||
                         (caller->start_depth >= 2 && !lies_in_start_code(builder, node)));
}

/* An outermost frame: of a stack that libc has made, for a thread (clone) or for a coroutine
 * (makecontext)? The first one of the process begins in the program or the dynamic linker. */
static bool begins_own_stack(const struct builder *builder, const struct snapshot_node *node)
{
    return node->flags & (TRACE_END_OF_STACK | TRACE_LOST_TRACK) && node->module != SNAPSHOT_NONE &&
           builder->modules[node->module].is_libc;
}

/* Whether the root may be among the functions of a frame above which it is not. `main` is not in
 * libc, whose debugging information, where it is installed, takes longer to read than most
 * programs' own; so it is not read unless a frame of libc is shown. */
static bool may_hold_root(const struct builder *builder, const struct snapshot_node *node)
{
    return !(builder->options->root_is_default && lies_in_start_code(builder, node));
}

/* Where the root is in the chain of a frame above which it is not. */
static uint32_t look_for_root(
    struct builder *builder, const struct snapshot_node *node, struct site *site)
{
    return may_hold_root(builder, node) ? find_root(builder, chain_of(builder, node, site))
                                        : NO_ROOT;
}

/* ---- roots that have ended in a jump: their frames are gone, but not those of their callers ----
 */

/* Whether the name is known of what the program's start code, the outermost frame above `node`,
 * gives to libc as its main; then that name, or else "". */
static const char *name_main(const struct builder *builder, const struct snapshot_node *node)
{
    while (node->caller != SNAPSHOT_NONE)
        node = &builder->snapshot->nodes[node->caller];
    if (node->module == SNAPSHOT_NONE)
        return "";
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    const char *name = symbols_name_main(builder->symbols, module->path, &module->identity);
    return name && name_matches(builder->options->root, name, NULL) ? name : "";
}

/* The name of the root, if the call at this place has entered it; NULL: it has not, or who knows.
 * What libc's start code calls as main is that; other calls are read. */
static const char *find_called_root(
    const struct builder *builder, const struct snapshot_node *node, const struct site *site)
{
    struct symbol_frame called;
    if (node->kind != SNAPSHOT_FRAME || node->module == SNAPSHOT_NONE || is_ours(builder, node))
        return NULL;
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    if (builder->is_main_root && site->start_depth >= 2 && !builder->has_inner_main &&
        symbols_is_call_of_main(builder->symbols, module->path, &module->identity, node->address))
        return name_main(builder, node);
    if (builder->options->root_is_default ||
        !symbols_called(builder->symbols, module->path, &module->identity, node->address, &called))
        return NULL;
    return name_matches(builder->options->root, called.function, called.linkage_name)
               ? called.function
               : NULL;
}

/* Whether the frame is in the very function that its caller has called by the name of the root: it
 * has several. */
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

/* Whether the function of the frame has the root's name, too: linkers fold equal functions into
 * one. */
static bool has_root_name(const struct builder *builder, const struct snapshot_node *node)
{
    if (builder->options->root_is_default || !builder->follows_jumps ||
        node->module == SNAPSHOT_NONE || node->kind != SNAPSHOT_FRAME)
        return false;
    const struct snapshot_module *module = &builder->snapshot->modules[node->module];
    return symbols_has_name(
        builder->symbols, module->path, &module->identity, node->address, builder->options->root);
}

/* Whether this is a function by the name of the root, or the inside of one: then it was called, and
 * not jumped to. */
static bool is_named_as_root(const struct builder *builder, const struct snapshot_node *node)
{
    const char *root = builder->options->root;
    return (node->leaf && name_matches(root, node->leaf, node->leaf)) ||
           (node->within && name_matches(root, node->within, node->within));
}

/* The name of the root, if it was called at the place of the caller of this, in which it is not: so
 * it has jumped to this, or to what has. NULL: that is not so, or not known. */
static const char *find_jump(struct builder *builder, const struct snapshot_node *node)
{
    const struct snapshot *snapshot = builder->snapshot;
    uint32_t at = node->caller;
    if (!builder->follows_jumps || is_named_as_root(builder, node))
        return NULL;
    while (at != SNAPSHOT_NONE && is_ours(builder, &snapshot->nodes[at]))
        at = snapshot->nodes[at].caller;
    if (at == SNAPSHOT_NONE)
        return NULL;
    struct site *site = &builder->sites[at];
    if (!site->is_call_known)
        site->calls = find_called_root(builder, &snapshot->nodes[at], site);
    site->is_call_known = true;
    return site->calls;
}

/* A call of the root is one call: what else was called in it from where the root was, is the root,
 * or what that has jumped to. */
static void note_calls(struct builder *builder)
{
    for (size_t i = 0; i < builder->snapshot->node_count; i++) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        const struct site *site = &builder->sites[i];
        if (site->root_at == NO_ROOT || node->caller == SNAPSHOT_NONE)
            continue;
        struct site *caller = &builder->sites[node->caller];
        caller->calls = site->chain->frames[site->root_at].function;
        caller->is_call_known = caller->calls != NULL;
    }
}

/* ---- still the first pass ---- */

static void look_at_frame(
    struct builder *builder, const struct snapshot_node *node, struct site *site)
{
    bool is_outermost = node->caller == SNAPSHOT_NONE;
    const struct site *caller = is_outermost ? NULL : &builder->sites[node->caller];
    site->root_at = NO_ROOT;
    site->jumped = NULL;
    site->start_depth = count_start_depth(builder, node);
    site->is_after_start = is_after_start(builder, node);
    site->is_below_root = caller && caller->is_below_root;
    site->is_cut = caller ? caller->is_cut : misses_callers(builder, node);
    site->is_own_stack = caller ? caller->is_own_stack : begins_own_stack(builder, node);
    if (!site->is_below_root)
        site->root_at = look_for_root(builder, node, site);
    if (site->root_at != NO_ROOT && caller && caller->is_after_start)
        builder->has_inner_main = true;
    if (!site->is_below_root && site->root_at == NO_ROOT && !is_ours(builder, node)) {
        site->root_at = has_root_name(builder, node) ? 0 : NO_ROOT;
        site->jumped = site->root_at == 0 ? NULL : find_jump(builder, node);
    }
    if (site->jumped && is_root_by_another_name(builder, node)) {
        site->jumped = NULL;
        site->root_at = 0;
    }
    site->is_below_root |= site->root_at != NO_ROOT || site->jumped;
    site->is_start_code = !site->is_below_root &&
                          (caller ? caller->is_start_code : !site->is_cut) &&
                          (lies_in_start_code(builder, node) || is_ours(builder, node));
}

static void look_at_leaf(
    struct builder *builder, const struct snapshot_node *node, struct site *site)
{
    const struct site *caller = node->caller == SNAPSHOT_NONE ? NULL
                                                              : &builder->sites[node->caller];
    struct tree_thread *thread = &builder->process->threads[builder->threads[node->thread]];
    site->root_at = NO_ROOT;
    site->is_below_root = caller && caller->is_below_root;
    site->is_cut = caller == NULL || caller->is_cut;
    site->is_own_stack = caller && caller->is_own_stack;
    site->jumped = site->is_below_root ? NULL : find_jump(builder, node);
    site->is_below_root |= site->jumped != NULL;
    if (site->is_below_root && node->hits) {
        thread->has_root = true;
        builder->process->root_found = true;
    } else if (node->hits && (!builder->options->root_is_default ||
                                 (thread->is_main && !site->is_cut && !site->is_own_stack))) {
        builder->has_outside = true;
    }
}

static void look_at_nodes(struct builder *builder)
{
    for (size_t i = 0; i < builder->snapshot->node_count; i++) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        if (node->kind == SNAPSHOT_LEAF)
            look_at_leaf(builder, node, &builder->sites[i]);
        else
            look_at_frame(builder, node, &builder->sites[i]);
    }
}

/* ---- second pass: what leads to a leaf that is shown ---- */

/* Without the root above it a hit is shown where the user left the choice of the root to the
 * tool, and main cannot be there or may only be out of sight; or when the root is nowhere. */
static bool is_leaf_shown(
    const struct builder *builder, const struct snapshot_node *node, const struct site *site)
{
    const struct tree_process *process = builder->process;
    if (site->is_below_root || !process->root_found || builder->options->is_one_call)
        return true;
    return builder->options->root_is_default &&
           (!process->threads[builder->threads[node->thread]].is_main || site->is_cut ||
               site->is_own_stack);
}

/* Whether the node hangs on its caller, or at the top of its thread. */
static bool hangs_on_caller(const struct builder *builder, size_t index)
{
    const struct snapshot_node *node = &builder->snapshot->nodes[index];
    const struct site *site = &builder->sites[index];
    if (node->caller == SNAPSHOT_NONE || site->root_at != NO_ROOT || site->jumped)
        return false;
    /* Start code is left out, unless there is nothing but start code. */
    return node->kind == SNAPSHOT_LEAF || site->is_start_code ||
           !builder->sites[node->caller].is_start_code;
}

static size_t leaf_place(const struct builder *builder, uint32_t caller, const char *name)
{
    return hash_text(hash_number(0, caller), name) & (builder->leaf_capacity - 1);
}

static bool is_leaf_of(const struct snapshot_node *node, uint32_t caller, const char *name)
{
    return node->kind == SNAPSHOT_LEAF && node->caller == caller && strcmp(node->leaf, name) == 0;
}

/* Makes the table of recorded leaves. */
static bool list_leaves(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    size_t capacity = 16;
    while (capacity < 2 * snapshot->node_count)
        capacity *= 2;
    builder->leaves = malloc(capacity * sizeof *builder->leaves);
    builder->leaf_capacity = capacity;
    if (builder->leaves == NULL)
        return false;
    memset(builder->leaves, 0xff, capacity * sizeof *builder->leaves);
    for (size_t i = 0; i < snapshot->node_count; i++) {
        const struct snapshot_node *node = &snapshot->nodes[i];
        if (node->kind != SNAPSHOT_LEAF)
            continue;
        size_t at = leaf_place(builder, node->caller, node->leaf);
        while (builder->leaves[at] != SNAPSHOT_NONE)
            at = (at + 1) & (capacity - 1);
        builder->leaves[at] = (uint32_t)i;
    }
    return true;
}

/* The leaf `name` that was called from `caller`, or NULL. */
static const struct snapshot_node *find_recorded(
    struct builder *builder, uint32_t caller, const char *name)
{
    if (builder->leaves == NULL && !list_leaves(builder))
        return NULL;
    for (size_t at = leaf_place(builder, caller, name);;
         at = (at + 1) & (builder->leaf_capacity - 1)) {
        if (builder->leaves[at] == SNAPSHOT_NONE)
            return NULL;
        const struct snapshot_node *node = &builder->snapshot->nodes[builder->leaves[at]];
        if (is_leaf_of(node, caller, name))
            return node;
    }
}

/* The leaf from whose body this one was called, or that jumped to it; or NULL. */
static const struct snapshot_node *find_outer(
    struct builder *builder, const struct snapshot_node *leaf)
{
    if (leaf->within)
        return find_recorded(builder, leaf->caller, leaf->within);
    if (leaf->caller == SNAPSHOT_NONE)
        return NULL;
    const struct snapshot_node *body = &builder->snapshot->nodes[leaf->caller];
    return body->within ? find_recorded(builder, body->caller, body->within) : NULL;
}

/* Whether the leaf is how another one works: its time and hits are that one's. */
static bool is_absorbed(struct builder *builder, const struct snapshot_node *leaf)
{
    const struct tree_options *options = builder->options;
    const struct snapshot_node *outer = options->is_implied ? find_outer(builder, leaf) : NULL;
    return outer && outer->hits == leaf->hits && options->is_implied(options->argument, leaf->leaf);
}

static void choose_nodes(struct builder *builder)
{
    for (size_t i = builder->snapshot->node_count; i-- > 0;) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        struct site *site = &builder->sites[i];
        struct tree_thread *thread = &builder->process->threads[builder->threads[node->thread]];
        if (node->kind == SNAPSHOT_LEAF && node->hits && !is_absorbed(builder, node)) {
            site->is_shown = is_leaf_shown(builder, node, site);
            uint64_t *hits = site->is_shown ? &thread->hits : &thread->outside_hits;
            *hits = add_clamped(*hits, node->hits);
        }
        if (site->is_shown && hangs_on_caller(builder, i))
            builder->sites[node->caller].is_shown = true;
    }
}

/* ---- third pass: the nodes that people see ---- */

/* Appends the functions of a frame, outermost first, from the root on where it is among them. */
static bool add_frame(struct builder *builder, const struct snapshot_node *node, struct site *site,
    struct tree_node *parent)
{
    const char *path = NULL, *base = NULL;
    if (node->module != SNAPSHOT_NONE) {
        path = builder->snapshot->modules[node->module].path;
        base = builder->modules[node->module].base;
    }
    uint32_t flags = node->flags & TRACE_BY_FRAME_POINTER;
    if (node->caller == SNAPSHOT_NONE)
        flags |= node->flags & (TRACE_CUT | TRACE_LOST_TRACK);

    const struct symbol_chain *chain = chain_of(builder, node, site);
    for (size_t i = site->root_at == NO_ROOT ? 0 : site->root_at; i < chain->count; i++) {
        const struct symbol_frame *frame = &chain->frames[i];
        struct tree_node wanted = {
            .parent = parent,
            .function = frame->function,
            .linkage_name = frame->linkage_name,
            .file = frame->file,
            .line = frame->line,
            .column = frame->column,
            .module = base,
            .address = node->address,
            .is_inlined = frame->is_inlined,
            .is_interrupted = node->kind == SNAPSHOT_INTERRUPTED && i + 1 == chain->count,
        };
        parent = find_child(builder, &wanted, path);
        if (parent == NULL)
            return false;
        parent->flags |= i == 0 ? flags : 0;
    }
    site->below = parent;
    return true;
}

static bool add_leaf(
    struct builder *builder, const struct snapshot_node *node, struct tree_node *parent)
{
    struct tree_node wanted = {.parent = parent, .function = node->leaf, .is_leaf = true};
    struct tree_node *leaf = find_child(builder, &wanted, NULL);
    wanted.parent = &builder->leaf_names;
    if (leaf == NULL || find_child(builder, &wanted, NULL) == NULL)
        return false;
    leaf->linkage_name = node->leaf;
    leaf->hits = add_clamped(leaf->hits, node->hits);
    leaf->returns = add_clamped(leaf->returns, node->returns);
    leaf->total_ns = add_clamped(leaf->total_ns, node->total_ns);
    if (node->longest_ns > leaf->longest_ns)
        leaf->longest_ns = node->longest_ns;
    if (node->entered_ns > leaf->entered_ns)
        leaf->entered_ns = node->entered_ns;
    if (node->caller == SNAPSHOT_NONE)
        leaf->flags |= TRACE_LOST_TRACK;
    return true;
}

/* The leaf of this name that was called from `parent`, or NULL. */
static struct tree_node *find_leaf(
    const struct builder *builder, struct tree_node *parent, const char *name)
{
    struct tree_node wanted = {.parent = parent, .function = name, .is_leaf = true};
    if (builder->slot_capacity == 0)
        return NULL;
    return find_slot(builder, &wanted, NULL, hash_node(&wanted, NULL))->node;
}

/* The root that has jumped. NULL when out of memory. */
static struct tree_node *add_gone(
    struct builder *builder, const char *function, struct tree_node *top)
{
    struct tree_node wanted = {.parent = top, .function = function, .is_gone = true};
    return find_child(builder, &wanted, NULL);
}

/* Where the node is to hang: the inside of a leaf below that leaf. NULL when out of memory. */
static struct tree_node *find_parent(struct builder *builder, size_t index)
{
    const struct snapshot_node *node = &builder->snapshot->nodes[index];
    const char *jumped = builder->sites[index].jumped;
    struct tree_node *top = builder->process->threads[builder->threads[node->thread]].top;
    if (!hangs_on_caller(builder, index)) {
        builder->process->is_root_implied |= jumped && !*jumped;
        return jumped && *jumped ? add_gone(builder, jumped, top) : top;
    }
    struct tree_node *below = builder->sites[node->caller].below, *leaf = NULL;
    if (node->within)
        leaf = find_leaf(builder, below, node->within);
    return leaf ? leaf : below;
}

static bool add_nodes(struct builder *builder)
{
    for (size_t i = 0; i < builder->snapshot->node_count; i++) {
        const struct snapshot_node *node = &builder->snapshot->nodes[i];
        struct site *site = &builder->sites[i];
        if (!site->is_shown)
            continue;
        struct tree_node *parent = find_parent(builder, i);
        bool is_added = parent != NULL;
        if (!is_added)
            return false;
        if (node->kind == SNAPSHOT_LEAF)
            is_added = add_leaf(builder, node, parent);
        else if (is_ours(builder, node))
            site->below = parent;
        else
            is_added = add_frame(builder, node, site, parent);
        if (!is_added)
            return false;
    }
    return true;
}

/* ---- fourth pass: totals ---- */

static void count_thread(struct builder *builder, struct tree_thread *thread)
{
    const struct tree_node *covered = NULL; /* the times below it are in another leaf's time */
    const struct tree_node *node = thread->top->first_child;
    while (node) {
        builder->process->node_count++;
        if (covered == NULL) {
            thread->total_ns = add_clamped(thread->total_ns, node->total_ns);
            covered = node->total_ns ? node : NULL;
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
}

static void count(struct builder *builder)
{
    struct tree_process *process = builder->process;
    for (size_t i = 0; i < process->thread_count; i++) {
        struct tree_thread *thread = &process->threads[i];
        count_thread(builder, thread);
        process->hits = add_clamped(process->hits, thread->hits);
        process->outside_hits = add_clamped(process->outside_hits, thread->outside_hits);
    }
    for (struct tree_node *leaf = builder->leaf_names.first_child; leaf; leaf = leaf->next_sibling)
        process->leaf_count++;
}

/* ---- the whole ---- */

/* A leaf can be in the list more than once. */
static void add_untimed(struct tree_process *process, const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->untimed_count; i++) {
        const struct snapshot_untimed *from = &snapshot->untimed[i];
        size_t at = 0;
        while (at < TREE_UNTIMED && process->untimed[at].leaf &&
               strcmp(process->untimed[at].leaf, from->leaf) != 0)
            at++;
        uint64_t *calls = at < TREE_UNTIMED ? &process->untimed[at].calls
                                            : &process->others_untimed;
        *calls = add_clamped(*calls, from->calls);
        if (at < TREE_UNTIMED)
            process->untimed[at].leaf = from->leaf;
    }
}

/* Its texts are those of the snapshot. */
static bool copy_unhooked(struct tree_process *process, const struct snapshot *snapshot)
{
    process->unhooked_groups = calloc(SNAPSHOT_UNHOOKED, sizeof *process->unhooked_groups);
    if (process->unhooked_groups == NULL)
        return false;
    for (size_t i = 0; i < SNAPSHOT_UNHOOKED; i++) {
        const struct snapshot_unhooked *from = &snapshot->unhooked[i];
        if (from->count == 0)
            continue;
        struct tree_unhooked *to = &process->unhooked_groups[process->unhooked_group_count++];
        *to = (struct tree_unhooked){from->why, from->count, from->is_linked, {NULL}};
        for (size_t k = 0; k < TREE_UNHOOKED_NAMES && from->names[k][0]; k++)
            to->names[k] = from->names[k];
        process->unhooked += from->count;
    }
    return true;
}

static void copy_head(struct tree_process *process, const struct snapshot *snapshot)
{
    process->pid = snapshot->pid;
    process->parent_pid = snapshot->parent_pid;
    process->forked = snapshot->forked;
    process->is_first = snapshot->is_first;
    process->is_running = snapshot->is_running;
    process->has_clock_stopped = snapshot->has_clock_stopped;
    process->has_unmapped = snapshot->has_unmapped;
    process->has_times = snapshot->has_times;
    process->program = snapshot->program;
    process->command = snapshot->command;
    process->title = snapshot->title;
    if (snapshot->former) {
        process->former_program = snapshot->former->program;
        process->former_command = snapshot->former->command;
    }
    process->start_ns = snapshot->start_ns;
    process->taken_ns = snapshot->taken_ns;
    process->malformed = snapshot->malformed;
    add_untimed(process, snapshot);
    process->unseen_calls = snapshot->unseen_calls;
    memcpy(process->losses, snapshot->losses, sizeof process->losses);
}

/* The main thread first, the others in the order of their first hits. */
static bool add_threads(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    size_t main_at = 0;
    while (main_at < snapshot->thread_count && snapshot->threads[main_at].tid != snapshot->pid)
        main_at++;
    for (size_t i = 0; i < snapshot->thread_count; i++) {
        bool is_before_main = main_at < snapshot->thread_count && i < main_at;
        builder->threads[i] = i == main_at ? 0 : is_before_main ? i + 1 : i;
        struct tree_thread *thread = &builder->process->threads[builder->threads[i]];
        thread->tid = snapshot->threads[i].tid;
        thread->name = snapshot->threads[i].name;
        thread->successors = snapshot->threads[i].successors;
        thread->is_main = thread->tid == snapshot->pid;
        thread->top = allocate_node(builder->owned);
        if (thread->top == NULL)
            return false;
    }
    builder->process->thread_count = snapshot->thread_count;
    return true;
}

static bool allocate(struct builder *builder)
{
    const struct snapshot *snapshot = builder->snapshot;
    builder->owned = calloc(1, sizeof *builder->owned);
    builder->modules = calloc(snapshot->module_count + 1, sizeof *builder->modules);
    builder->sites = calloc(snapshot->node_count + 1, sizeof *builder->sites);
    builder->threads = calloc(snapshot->thread_count + 1, sizeof *builder->threads);
    if (!builder->owned || !builder->modules || !builder->sites || !builder->threads)
        return false;
    builder->process = &builder->owned->process;
    builder->process->threads = calloc(
        snapshot->thread_count + 1, sizeof *builder->process->threads);
    return builder->process->threads != NULL;
}

struct tree_process *tree_create(
    const struct snapshot *snapshot, struct symbols *symbols, const struct tree_options *options)
{
    struct builder builder = {.snapshot = snapshot, .symbols = symbols, .options = options};
    builder.is_main_root = name_matches(options->root, "main", NULL);
    struct tree_process *process = NULL;
    if (!allocate(&builder) || !add_threads(&builder))
        goto out;
    copy_head(builder.process, snapshot);
    if (!copy_unhooked(builder.process, snapshot))
        goto out;
    name_modules(&builder);
    look_at_nodes(&builder);
    if (builder.has_outside) {
        builder.follows_jumps = true;
        if (options->is_one_call)
            note_calls(&builder);
        look_at_nodes(&builder);
    }
    choose_nodes(&builder);
    if (!add_nodes(&builder))
        goto out;
    count(&builder);
    process = builder.process;
out:
    if (process == NULL && builder.owned)
        tree_destroy(&builder.owned->process);
    free(builder.modules);
    free(builder.sites);
    free(builder.threads);
    free(builder.slots);
    free(builder.leaves);
    return process;
}

void tree_destroy(struct tree_process *process)
{
    if (process == NULL)
        return;
    struct owned_process *owned = (struct owned_process *)process;
    while (owned->blocks) {
        struct block *next = owned->blocks->next;
        free(owned->blocks);
        owned->blocks = next;
    }
    free(process->unhooked_groups);
    free(process->threads);
    free(owned);
}
