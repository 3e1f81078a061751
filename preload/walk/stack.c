/*
 * stack.c - the verified stack.
 *
 * A remembered word can be read without asking whether it is still mapped: words are compared from
 * the innermost frame outwards, and while all are equal, the next one belongs to a frame that is on
 * the stack now.
 */
#include "walk/stack.h"

#include "base/kernel.h"
#include "base/pool.h"
#include "trace/modules.h"
#include "trace/segment.h"
#include "walk/unwind_memory.h"
#include "base/forbidden.h"

#define FIRST_CAPACITY 64
#define NO_WALK        UINT32_MAX
#define SHAPES_TRIED   4
#define WHOLE          UINT32_MAX

/* How much is reserved for the time after system calls have been forbidden. */
#define PREPARED_DEPTH 256
#define PREPARED_NODES 65536

static uint64_t stack_hash_of(const struct unwind_state *state)
{
    uint64_t hash = (state->pc << 1 | state->is_interrupted) * UINT64_C(0x9e3779b97f4a7c15);
    return (hash ^ state->sp) * UINT64_C(0xff51afd7ed558ccd) | 1; /* 0: no walk is there */
}

/* In code without frame pointers rbp can hold any value, and changes at every call. It is compared
 * only if a frame further out is found by it. */
static bool stack_is_same(const struct stack_frame *frame, const struct unwind_state *state)
{
    const struct unwind_state *known = &frame->state;
    return known->pc == state->pc && known->sp == state->sp &&
           known->is_interrupted == state->is_interrupted &&
           (known->fp == state->fp || !frame->needs_fp);
}

/* The highest possible end of the arguments that `from` has passed on the stack; its frame ends at
 * `cfa`. */
static uint64_t end_of_arguments(const struct unwind_state *from, uint64_t cfa, uint32_t kept)
{
    if (kept == STACK_KEPT_ALL)
        return from->sp;
    uint64_t end = cfa - kept * sizeof(uint64_t);
    return cfa > from->sp && end >= from->sp ? end : cfa;
}

/* What the call that the walk has begun with is told. */
static void note_bounds(struct stack *stack, const struct stack_walk *walk)
{
    const struct stack_frame *first = &walk->frames[walk->depth - 1];
    uint64_t cfa = walk->depth > 1 ? first[-1].state.sp : walk->first_cfa;
    stack->bounds = (struct call_bounds){end_of_arguments(&first->state, cfa, first->kept), 0};
    stack->base = walk->frames[0].state.sp;
    if (stack->bounds.arguments_end > first->state.sp + CALL_FEW_ARGUMENTS && walk->is_plain)
        stack->bounds.base = stack->base;
}

/* Compares the words from frame `at` outwards. Returns the outermost frame that is proven to be
 * still on the stack, if frame `at` is, or WHOLE if all words are the same. */
static uint32_t verify(const struct stack_walk *walk, uint32_t at)
{
    const struct unwind_word *word = walk->words + walk->frames[at].words;
    while (word > walk->words) {
        word--;
        if (__builtin_expect(*word->address == word->value, 1))
            continue;
        uint32_t changed = (uint32_t)(word - walk->words);
        while (at > 0 && walk->frames[at].words > changed)
            at--;
        /* The outermost frame also has words if a step from it led nowhere. */
        return walk->frames[at].words > changed ? at : at + 1;
    }
    return WHOLE;
}

/* Whether the walk is the stack that begins at `from`. */
static bool still_holds(const struct stack_walk *walk, const struct unwind_state *from)
{
    if (!stack_is_same(&walk->frames[walk->depth - 1], from))
        return false;
    const struct unwind_word *word = walk->words + walk->word_count;
    while (word > walk->words) {
        word--;
        if (__builtin_expect(*word->address != word->value, 0))
            return false;
    }
    return true;
}

/* A hash of everything on which a walk depends, except the values of its words. */
static uint64_t origin_of(const struct stack *stack, uint32_t index)
{
    const struct stack_walk *walk = &stack->walks[index];
    const struct stack_frame *frame = &walk->frames[walk->depth - 1];
    uint64_t fp = frame->needs_fp ? frame->state.fp : 0;
    return stack->starts[index] ^ stack->shapes[index] ^ fp * UINT64_C(0xc2b2ae3d27d4eb4f);
}

/* What the look-up by digest found: a remembered walk, or only the leaf's node. */
struct found {
    uint32_t walk; /* or NO_WALK */
    trace_index node;
};

/* Looks for the stack by a hash of the values that are now at the addresses of walk `index`'s
 * words. */
static struct found find_by_shape(
    const struct stack *stack, uint32_t index, const struct unwind_state *from, trace_index leaf)
{
    const struct stack_walk *walk = &stack->walks[index];
    if (!stack_is_same(&walk->frames[walk->depth - 1], from))
        return (struct found){NO_WALK, 0};
    struct tree_path digest = walk_cache_digest(walk->words, walk->word_count);
    uint32_t like = stack->by_digest[digest.low % STACK_DIGESTS];
    if (stack->digests[like] == digest.low && stack->starts[like] == stack->starts[index] &&
        stack->shapes[like] == stack->shapes[index] && still_holds(&stack->walks[like], from))
        return (struct found){like, 0};
    struct tree_path key = walk_cache_key(digest, origin_of(stack, index), leaf);
    return (struct found){NO_WALK, walk_cache_find(&stack->cache, key)};
}

/* Tries each shape of the remembered walks that began at `from`, and those of them that are not
 * plain. */
static struct found find_otherwise(
    struct stack *stack, const struct unwind_state *from, uint64_t start, trace_index leaf)
{
    uint64_t tried[SHAPES_TRIED];
    unsigned count = 0;
    for (uint32_t i = 0; i < STACK_WALKS; i++) {
        const struct stack_walk *walk = &stack->walks[i];
        struct found found = {NO_WALK, 0};
        if (stack->starts[i] != start)
            continue;
        if (!walk->is_plain) {
            if (still_holds(walk, from))
                return (struct found){i, 0};
            continue;
        }
        unsigned known = 0;
        while (known < count && tried[known] != stack->shapes[i])
            known++;
        if (known < count || count == SHAPES_TRIED)
            continue;
        tried[count++] = stack->shapes[i];
        found = find_by_shape(stack, i, from, leaf);
        if (found.node)
            note_bounds(stack, walk);
        if (found.node || found.walk != NO_WALK)
            return found;
    }
    return (struct found){NO_WALK, 0};
}

/* Programs repeat themselves: the walk that followed the latest one last time is tried first. In a
 * loop that is the latest itself. */
static struct found stack_find(
    struct stack *stack, const struct unwind_state *from, trace_index leaf)
{
    uint64_t start = stack_hash_of(from);
    uint32_t guess = stack->walks[stack->latest].successor;
    if (stack->starts[guess] == start && still_holds(&stack->walks[guess], from))
        return (struct found){guess, 0};
    return find_otherwise(stack, from, start, leaf);
}

static size_t size_of(uint32_t capacity)
{
    return capacity * (sizeof(struct stack_frame) + UNWIND_WORDS_MAX * sizeof(struct unwind_word));
}

/* Makes room for `depth` frames and their words, and keeps the present ones. */
static bool stack_reserve(struct stack_walk *walk, uint32_t depth)
{
    if (depth <= walk->capacity)
        return true;
    uint32_t capacity = walk->capacity ? walk->capacity : FIRST_CAPACITY;
    while (capacity < depth)
        capacity *= 2;
    struct stack_frame *frames = pool_take(size_of(capacity));
    if (frames == NULL)
        return false;
    struct unwind_word *words = (struct unwind_word *)(frames + capacity);
    struct stack_frame *old = walk->frames;
    if (old) {
        memory_copy(frames, old, walk->depth * sizeof *frames);
        memory_copy(words, walk->words, walk->word_count * sizeof *words);
    }
    uint32_t old_capacity = walk->capacity;
    walk->words = words;
    walk->frames = frames;
    walk->capacity = capacity;
    if (old)
        pool_give(old, size_of(old_capacity));
    return true;
}

static struct tree_step step_to(const struct unwind_state *state, const struct unwind_rule *rule)
{
    enum trace_kind kind = state->is_interrupted ? TRACE_INTERRUPTED : TRACE_FRAME;
    return (struct tree_step){.module = rule->module, .kind = kind, .address = rule->address};
}

/* Adds frame `state` to the walk that is being made, with its part of the path instead of the path.
 * Returns false if there is no memory. */
static bool append(
    struct stack_walk *fresh, const struct unwind_state *state, const struct unwind_rule *rule)
{
    if (!stack_reserve(fresh, fresh->depth + 1))
        return false;
    struct tree_step step = step_to(state, rule);
    struct stack_frame *frame = &fresh->frames[fresh->depth++];
    frame->state = *state;
    frame->node = 0;
    frame->word = tree_word(&step);
    frame->words = fresh->word_count;
    frame->kept = rule->kind == RULE_SIGNAL ? STACK_KEPT_ALL : rule->kept;
    frame->is_hidden = rule->is_hidden;
    frame->fp_use = unwind_fp_use(rule);
    return true;
}

/* How a new walk ended. */
struct ending {
    uint32_t shared; /* how many outermost frames of its source it shares */
    uint32_t flags;  /* if none: TRACE_END_OF_STACK, TRACE_LOST_TRACK or TRACE_CUT */
    uint64_t cfa;    /* where the innermost frame ends; 0: not known */
};

/* Walks from `from` into stack->fresh until a frame of `source` from which all further frames are
 * proven, or until the end of the stack. */
static bool walk_out(struct stack *stack, const struct stack_walk *source,
    const struct unwind_state *from, struct ending *ending)
{
    struct unwind *unwind = &stack->unwind;
    struct stack_walk *fresh = &stack->fresh;
    struct unwind_state state = *from;
    uint32_t left = source ? source->depth : 0; /* how many frames of source lie further out */
    *ending = (struct ending){0};
    fresh->depth = fresh->word_count = 0;
    while (fresh->depth < STACK_DEPTH_MAX) {
        while (left && source->frames[left - 1].state.sp < state.sp)
            left--;
        if (left && stack_is_same(&source->frames[left - 1], &state)) {
            uint32_t proven = verify(source, left - 1);
            if (proven == WHOLE) {
                ending->shared = left;
                return true;
            }
            left = proven; /* no frame of source from `proven` inwards can be joined */
        }
        const struct unwind_rule *rule = unwind_find_rule(unwind, &state);
        if (!append(fresh, &state, rule))
            return false;
        unsigned count = 0;
        enum unwind_result result = unwind_step(
            unwind, rule, &state, fresh->words + fresh->word_count, &count);
        fresh->word_count += count;
        if (fresh->depth == 1 && count)
            ending->cfa = state.sp;
        /* The words stay a part of the walk: with other values they can lead elsewhere later. */
        if (result == UNWIND_NOWHERE && fresh->depth > 1)
            fresh->depth--;
        if (result != UNWIND_STEPPED) {
            ending->flags = result == UNWIND_END ? TRACE_END_OF_STACK : TRACE_LOST_TRACK;
            return true;
        }
    }
    fresh->depth = STACK_CUT_DEPTH;
    fresh->word_count = fresh->frames[STACK_CUT_DEPTH].words;
    ending->flags = TRACE_CUT;
    return true;
}

/* Sets the path of every frame of the new walk, outermost first, and finds out which values of rbp
 * matter. */
static void find_paths(
    struct stack_walk *fresh, const struct stack_walk *source, const struct ending *ending)
{
    const struct stack_frame *joined = ending->shared ? &source->frames[ending->shared - 1] : NULL;
    struct tree_path path = joined ? joined->path : (struct tree_path){0, 0};
    bool needs_fp = joined && joined->needs_fp;
    for (uint32_t i = fresh->depth; i-- > 0;) {
        struct stack_frame *frame = &fresh->frames[i];
        if (!frame->is_hidden)
            path = tree_extend(path, frame->word);
        frame->path = path;
        frame->ignores_word = !needs_fp && frame->fp_use & FP_REPORTED;
        needs_fp = frame->fp_use & FP_USED || (frame->fp_use & FP_USED_BY_CALLER && needs_fp);
        frame->needs_fp = needs_fp;
    }
}

/* Replaces `walk` by the shared outermost frames of `source` and the new ones. */
static bool assemble(struct stack_walk *walk, const struct stack_walk *source, uint32_t shared,
    const struct stack_walk *fresh)
{
    uint32_t depth = shared + fresh->depth;
    uint32_t shared_words = shared ? source->frames[shared - 1].words : 0;
    if (!stack_reserve(walk, depth))
        return false;
    memory_copy(walk->frames, source->frames, shared * sizeof *walk->frames);
    memory_copy(walk->words, source->words, shared_words * sizeof *walk->words);
    uint32_t word_count = shared_words, end = fresh->word_count;
    for (uint32_t i = fresh->depth; i-- > 0;) {
        const struct stack_frame *frame = &fresh->frames[i];
        /* The words of the step from this frame are [frame->words, end). */
        uint32_t kept = end > frame->words ? end - frame->ignores_word : end;
        for (uint32_t w = kept; w > frame->words; w--)
            walk->words[word_count++] = fresh->words[w - 1];
        end = frame->words;
        walk->frames[depth - 1 - i] = *frame;
        walk->frames[depth - 1 - i].words = word_count;
    }
    walk->word_count = word_count;
    walk->depth = depth;
    return true;
}

/* Whether the addresses of the walk's words may be read for another stack: see walk_cache.h. */
static bool is_plain(const struct stack_walk *walk, uint64_t stack_end)
{
    uint64_t last = walk->frames[walk->depth - 1].state.sp;
    for (uint32_t i = walk->word_count; i-- > 0;) {
        uint64_t address = (uint64_t)walk->words[i].address;
        uint64_t gap = address > last ? address - last : last - address;
        if (gap > WALK_CACHE_GAP_MAX)
            return false;
        last = address;
    }
    for (uint32_t i = 0; i < walk->depth; i++)
        if (walk->frames[i].state.is_interrupted)
            return false;
    return stack_end - last <= WALK_CACHE_GAP_MAX; /* unsigned: false if beyond the end */
}

/* The least recently used walk, but not the latest, which is the source of the new one. */
static uint32_t choose_victim(const struct stack *stack)
{
    uint32_t victim = stack->latest ? 0 : 1;
    for (uint32_t i = 0; i < STACK_WALKS; i++) {
        if (i == stack->latest)
            continue;
        if (stack->starts[i] == 0)
            return i;
        if (stack->clock - stack->walks[i].last_used >
            stack->clock - stack->walks[victim].last_used)
            victim = i;
    }
    return victim;
}

static uint32_t make_walk(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved)
{
    const struct stack_walk *source = stack->starts[stack->latest] ? &stack->walks[stack->latest]
                                                                   : NULL;
    static const struct stack_walk nothing;
    uint32_t index = choose_victim(stack);
    struct stack_walk *walk = &stack->walks[index];
    struct ending ending;
    /* The walk is invalid from here until the end: a signal handler may jump out of the middle. */
    stack->starts[index] = 0;
    walk->leaf = 0;
    COMPILER_BARRIER();
    stack->unwind.from = from;
    stack->unwind.saved = saved;
    if (!walk_out(stack, source, from, &ending))
        return NO_WALK;
    if (ending.shared + stack->fresh.depth > STACK_DEPTH_MAX) {
        source = NULL;
        if (!walk_out(stack, source, from, &ending))
            return NO_WALK;
    }
    find_paths(&stack->fresh, source, &ending);
    if (!assemble(walk, source ? source : &nothing, ending.shared, &stack->fresh))
        return NO_WALK;
    walk->end_flags = ending.shared ? source->end_flags : ending.flags;
    walk->first_cfa = ending.cfa;
    walk->is_plain = is_plain(walk, stack->end);
    stack->shapes[index] = walk_cache_shape(walk->words, walk->word_count);
    stack->digests[index] = walk_cache_digest(walk->words, walk->word_count).low;
    stack->by_digest[stack->digests[index] % STACK_DIGESTS] = (uint8_t)index;
    COMPILER_BARRIER();
    stack->starts[index] = stack_hash_of(from);
    return index;
}

/* After code was unmapped, addresses may have another meaning. */
static void check_generation(struct stack *stack)
{
    uint32_t generation = atomic_load_explicit(&modules_generation, memory_order_acquire);
    if (__builtin_expect(stack->generation == generation, 1))
        return;
    stack_forget(stack);
    stack->generation = generation;
    stack->unwind.generation = generation;
}

void stack_prepare(struct stack *stack, uint64_t sp)
{
    check_generation(stack);
    for (uint32_t i = 0; i < STACK_WALKS; i++)
        stack_reserve(&stack->walks[i], PREPARED_DEPTH);
    stack_reserve(&stack->fresh, PREPARED_DEPTH);
    tree_reserve(&stack->tree, PREPARED_NODES);
    unwind_learn_stack(&stack->unwind, sp);
}

static struct tree_step step_of(struct stack *stack, const struct stack_frame *frame)
{
    return step_to(&frame->state, unwind_find_rule(&stack->unwind, &frame->state));
}

/* Finds the existing nodes of the walk's frames, outermost first. Returns how many frames have one;
 * *node is the innermost node, or 0. */
static uint32_t find_nodes(struct stack *stack, struct stack_walk *walk, trace_index *node)
{
    uint32_t at = walk->depth;
    while (at > 0 && walk->frames[at - 1].node == 0)
        at--;
    *node = at ? walk->frames[at - 1].node : 0;
    for (; at < walk->depth; at++) {
        struct stack_frame *frame = &walk->frames[at];
        struct tree_step step = step_of(stack, frame);
        trace_index found = *node;
        if (!frame->is_hidden)
            found = tree_find_frame(&stack->tree, *node, &step, frame->path);
        if (found == 0 && !frame->is_hidden)
            break;
        *node = frame->node = found;
    }
    return at;
}

/* The flags of frame number `at` of the walk, except for its end. */
static uint64_t flags_of(
    const struct stack_walk *walk, uint32_t at, bool is_untabled, uint32_t epoch)
{
    const struct unwind_state *outer = at ? &walk->frames[at - 1].state : NULL;
    uint64_t leaf = outer ? call_leaf(outer->pc, outer->fp, epoch) : 0;
    return leaf << TRACE_WITHIN_LEAF_SHIFT | (is_untabled ? TRACE_BY_FRAME_POINTER : 0);
}

/* Makes the nodes that the walk's frames do not have yet, and the leaf's. */
static trace_index make_nodes(
    struct stack *stack, struct stack_walk *walk, const struct tree_step *leaf)
{
    trace_index caller;
    uint32_t at = find_nodes(stack, walk, &caller), count = TRACE_LEAF_RECORDS;
    for (uint32_t i = at; i < walk->depth; i++)
        count += !walk->frames[i].is_hidden;
    trace_index index = segment_claim(stack->tree.segment, count);
    if (index == 0)
        return 0;
    for (; at < walk->depth; at++) {
        struct stack_frame *frame = &walk->frames[at];
        if (!frame->is_hidden) {
            const struct unwind_rule *rule = unwind_find_rule(&stack->unwind, &frame->state);
            struct tree_step step = step_to(&frame->state, rule);
            uint64_t flags = flags_of(walk, at, rule->is_untabled, stack->tree.segment->epoch);
            if (caller == 0)
                flags |= walk->end_flags;
            if (!tree_make(&stack->tree, index, frame->path, caller, &step, flags))
                return 0;
            caller = index++;
        }
        frame->node = caller;
    }
    struct tree_path path = tree_extend(walk->frames[at - 1].path, tree_word(leaf));
    return tree_make(&stack->tree, index, path, caller, leaf, 0) ? index : 0;
}

/* The leaf that has jumped to the leaf of this hit, instead of calling it; or 0. */
static trace_index jumped_from(const struct stack_walk *walk, uint32_t epoch)
{
    const struct unwind_state *from = &walk->frames[walk->depth - 1].state;
    return call_leaf(from->pc, from->fp, epoch);
}

/* The node of a leaf that is not the walk's latest one. */
static trace_index stack_find_leaf(struct stack *stack, uint32_t index, trace_index leaf)
{
    struct stack_walk *walk = &stack->walks[index];
    const struct tree_step step = {.leaf_name = leaf,
        .kind = TRACE_LEAF,
        .jumper = jumped_from(walk, stack->tree.segment->epoch)};
    struct tree_path path = tree_extend(walk->frames[walk->depth - 1].path, tree_word(&step));
    trace_index node = tree_find_leaf(&stack->tree, path);
    if (node == 0)
        node = make_nodes(stack, walk, &step);
    if (node == 0)
        return 0;
    walk->leaf = 0;
    COMPILER_BARRIER();
    walk->leaf_node = node;
    COMPILER_BARRIER();
    walk->leaf = leaf;
    return node;
}

/* Keeps the node of a new walk, for when the walk itself is no longer remembered. */
static void stack_keep(struct stack *stack, uint32_t index, trace_index leaf, trace_index node)
{
    const struct stack_walk *walk = &stack->walks[index];
    if (!walk->is_plain)
        return;
    struct tree_path digest = walk_cache_digest(walk->words, walk->word_count);
    walk_cache_add(&stack->cache, walk_cache_key(digest, origin_of(stack, index), leaf), node);
}

/* Makes walk `index` the one that was used last. */
static struct stack_walk *use(struct stack *stack, uint32_t index)
{
    struct stack_walk *walk = &stack->walks[index];
    stack->walks[stack->latest].successor = index;
    stack->latest = index;
    note_bounds(stack, walk);
    walk->last_used = ++stack->clock;
    return walk;
}

trace_index stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf)
{
    check_generation(stack);
    struct found found = stack_find(stack, from, leaf);
    if (found.node)
        return found.node;
    bool is_new = found.walk == NO_WALK;
    uint32_t index = is_new ? make_walk(stack, from, saved) : found.walk;
    if (index == NO_WALK)
        return 0;
    struct stack_walk *walk = use(stack, index);
    if (__builtin_expect(walk->leaf == leaf, 1))
        return walk->leaf_node;
    trace_index node = stack_find_leaf(stack, index, leaf);
    if (is_new && node)
        stack_keep(stack, index, leaf, node);
    return node;
}

/* The end of the arguments, found by one step from the caller's frame. */
static uint64_t step_to_end(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved)
{
    struct unwind_state state = *from;
    struct unwind_word words[UNWIND_WORDS_MAX];
    unsigned count = 0;
    stack->unwind.from = from;
    stack->unwind.saved = saved;
    const struct unwind_rule *rule = unwind_find_rule(&stack->unwind, &state);
    uint32_t kept = rule->kind == RULE_SIGNAL ? STACK_KEPT_ALL : rule->kept;
    unwind_step(&stack->unwind, rule, &state, words, &count);
    return count ? end_of_arguments(from, state.sp, kept) : 0;
}

struct call_bounds stack_find_bounds(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, bool wants_base)
{
    check_generation(stack);
    uint64_t end = step_to_end(stack, from, saved);
    stack->base = 0;
    if (!wants_base && end <= from->sp + CALL_FEW_ARGUMENTS)
        return (struct call_bounds){end, 0};
    struct found found = stack_find(stack, from, 0);
    uint32_t index = found.walk == NO_WALK ? make_walk(stack, from, saved) : found.walk;
    if (index == NO_WALK)
        return (struct call_bounds){end, 0};
    use(stack, index);
    return stack->bounds;
}

void stack_forget(struct stack *stack)
{
    for (uint32_t i = 0; i < STACK_WALKS; i++)
        stack->starts[i] = 0;
    walk_cache_finish(&stack->cache);
    stack->latest = 0;
    stack->unwind.readable = stack->unwind.readable_end = 0;
}

void stack_continue(struct stack *stack, uint64_t end)
{
    stack->end = end;
    stack_forget(stack);
}

void stack_init(struct stack *stack, struct segment *segment, trace_index thread, uint64_t end)
{
    stack->tree.segment = segment;
    stack->tree.thread = thread;
    stack->unwind.segment = segment;
    stack_continue(stack, end);
}
