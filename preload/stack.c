/*
 * stack.c - the verified stack.
 *
 * Reading a remembered word is safe without asking whether it is still mapped: words are
 * compared from the innermost frame outwards, and as long as all were equal, the next one
 * belongs to a frame that is on the stack now.
 */
#include "stack.h"

#include "kernel.h"
#include "modules.h"
#include "segment.h"
#include "forbidden.h"

#define FIRST_CAPACITY 64
#define NO_WALK        UINT32_MAX

/* What is set aside for the time after system calls have been forbidden. */
#define PREPARED_DEPTH 256
#define PREPARED_NODES 65536

static uint64_t hash_of(const struct unwind_state *state)
{
    uint64_t hash = (state->pc << 1 | state->is_interrupted) * UINT64_C(0x9e3779b97f4a7c15);
    return (hash ^ state->sp) * UINT64_C(0xff51afd7ed558ccd) | 1; /* 0: no walk is there */
}

/* In code without frame pointers rbp holds anything, and changes at every call: it counts only
 * where a frame further out is found by it. */
static bool is_same(const struct stack_frame *frame, const struct unwind_state *state)
{
    const struct unwind_state *known = &frame->state;
    return known->pc == state->pc && known->sp == state->sp &&
           known->is_interrupted == state->is_interrupted &&
           (known->fp == state->fp || !frame->needs_fp);
}

/* Compares the words from frame `at` outwards. Returns the outermost frame that is proven to
 * be on the stack still, given that frame `at` is: 0 if the whole walk is. */
static uint32_t verify(const struct stack_walk *walk, uint32_t at)
{
    const struct unwind_word *word = walk->words + walk->frames[at].words;
    while (word > walk->words) {
        word--;
        if (__builtin_expect(*word->address == word->value, 1))
            continue;
        uint32_t changed = (uint32_t)(word - walk->words);
        while (walk->frames[at].words > changed)
            at--;
        return at + 1;
    }
    return 0;
}

/* The word by which the last walk that was tried was found to be another one: it mostly tells
 * the next ones apart as well, if they are, so it is looked at first. */
struct doubt {
    uint32_t distance; /* from the innermost word; 0: nothing was tried yet */
    struct unwind_word now;
};

/* Whether the walk is the stack that begins at `from`. */
static bool still_holds(
    const struct stack *stack, uint32_t index, const struct unwind_state *from, struct doubt *doubt)
{
    const struct stack_walk *walk = &stack->walks[index];
    if (!is_same(&walk->frames[walk->depth - 1], from))
        return false;
    const struct unwind_word *end = walk->words + walk->word_count, *word = end;
    if (doubt->distance != 0 && doubt->distance <= walk->word_count) {
        const struct unwind_word *suspect = end - doubt->distance;
        if (suspect->address == doubt->now.address && suspect->value != doubt->now.value)
            return false;
    }
    while (word > walk->words) {
        word--;
        if (__builtin_expect(*word->address == word->value, 1))
            continue;
        *doubt = (struct doubt){(uint32_t)(end - word), {word->address, *word->address}};
        return false;
    }
    return true;
}

/* Programs repeat themselves: what came after the latest walk before is tried first, which
 * is the latest itself in a loop, then the others. */
static uint32_t find_walk(const struct stack *stack, const struct unwind_state *from)
{
    struct doubt doubt = {0};
    uint64_t start = hash_of(from);
    uint32_t guess = stack->walks[stack->latest].successor;
    if (stack->starts[guess] == start && still_holds(stack, guess, from, &doubt))
        return guess;
    for (uint32_t i = 0; i < STACK_WALKS; i++)
        if (stack->starts[i] == start && i != guess && still_holds(stack, i, from, &doubt))
            return i;
    return NO_WALK;
}

static size_t size_of(uint32_t capacity)
{
    return capacity * (sizeof(struct stack_frame) + UNWIND_WORDS_MAX * sizeof(struct unwind_word));
}

/* Makes room for `depth` frames and their words, keeping what is there. */
static bool reserve(struct stack_walk *walk, uint32_t depth)
{
    if (depth <= walk->capacity)
        return true;
    uint32_t capacity = walk->capacity ? walk->capacity : FIRST_CAPACITY;
    while (capacity < depth)
        capacity *= 2;
    struct stack_frame *frames = kernel_map_memory(size_of(capacity));
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
        kernel_unmap_memory(old, size_of(old_capacity));
    return true;
}

/* Adds frame `state` to the walk that is being made. Returns false when there is no memory. */
static bool append(struct stack_walk *fresh, const struct unwind_state *state)
{
    if (!reserve(fresh, fresh->depth + 1))
        return false;
    fresh->frames[fresh->depth++] = (struct stack_frame){
        .state = *state, .words = fresh->word_count};
    return true;
}

/* How the outermost frame of a new walk came to be so. */
struct ending {
    uint32_t shared; /* the walk joins this many outermost frames of its source */
    uint32_t flags;  /* if none: TRACE_END_OF_STACK, TRACE_LOST_TRACK or TRACE_CUT */
};

/* Walks from `from` into stack->fresh until it joins `source`, at a frame from which all
 * further ones are proven, or until the end of the stack. */
static bool walk_out(struct stack *stack, const struct stack_walk *source,
    const struct unwind_state *from, struct ending *ending)
{
    struct unwind *unwind = &stack->unwind;
    struct stack_walk *fresh = &stack->fresh;
    struct unwind_state state = *from;
    uint32_t left = source ? source->depth : 0; /* frames of source not passed yet */
    *ending = (struct ending){0};
    fresh->depth = fresh->word_count = 0;
    while (fresh->depth < STACK_DEPTH_MAX) {
        while (left && source->frames[left - 1].state.sp < state.sp)
            left--;
        if (left && is_same(&source->frames[left - 1], &state)) {
            uint32_t proven = verify(source, left - 1);
            if (proven == 0) {
                ending->shared = left;
                return true;
            }
            left = proven; /* no frame of source up to there can be joined */
        }
        if (!append(fresh, &state))
            return false;
        unsigned count = 0;
        enum unwind_result result = unwind_step(unwind, unwind_find_rule(unwind, &state), &state,
            fresh->words + fresh->word_count, &count);
        if (result == UNWIND_NOWHERE && fresh->depth > 1) {
            fresh->depth--;
            fresh->word_count = fresh->frames[fresh->depth - 1].words;
        }
        if (result != UNWIND_STEPPED) {
            ending->flags = result == UNWIND_END ? TRACE_END_OF_STACK : TRACE_LOST_TRACK;
            return true;
        }
        fresh->word_count += count;
    }
    fresh->depth = STACK_CUT_DEPTH;
    fresh->word_count = fresh->frames[STACK_CUT_DEPTH].words;
    ending->flags = TRACE_CUT;
    return true;
}

/* Gives every frame of the new walk its node, outermost first, and sees on the way which values
 * of rbp matter. */
static bool find_nodes(
    struct stack *stack, const struct stack_walk *source, const struct ending *ending)
{
    struct stack_walk *fresh = &stack->fresh;
    const struct stack_frame *joined = ending->shared ? &source->frames[ending->shared - 1] : NULL;
    trace_index caller = joined ? joined->node : 0;
    bool needs_fp = joined && joined->needs_fp;
    for (uint32_t i = fresh->depth; i-- > 0;) {
        struct stack_frame *frame = &fresh->frames[i];
        const struct unwind_rule *rule = unwind_find_rule(&stack->unwind, &frame->state);
        if (!rule->is_hidden) {
            struct tree_key key = {caller, rule->module, rule->address,
                frame->state.is_interrupted ? TRACE_INTERRUPTED : TRACE_FRAME};
            uint32_t flags = rule->is_untabled ? TRACE_BY_FRAME_POINTER : 0;
            if (caller == 0)
                flags |= ending->flags;
            caller = tree_node(&stack->tree, &key, flags);
            if (caller == 0)
                return false;
        }
        frame->node = caller;
        frame->ignores_word = !needs_fp && unwind_ends_with_fp(rule);
        needs_fp = unwind_needs_fp(rule, needs_fp);
        frame->needs_fp = needs_fp;
    }
    return true;
}

/* Writes the shared outermost frames of `source` and the new ones over `walk`. */
static bool assemble(struct stack_walk *walk, const struct stack_walk *source, uint32_t shared,
    const struct stack_walk *fresh)
{
    uint32_t depth = shared + fresh->depth;
    uint32_t shared_words = shared ? source->frames[shared - 1].words : 0;
    if (!reserve(walk, depth))
        return false;
    memory_copy(walk->frames, source->frames, shared * sizeof *walk->frames);
    memory_copy(walk->words, source->words, shared_words * sizeof *walk->words);
    uint32_t word_count = shared_words, end = fresh->word_count;
    for (uint32_t i = fresh->depth; i-- > 0;) {
        const struct stack_frame *frame = &fresh->frames[i];
        /* The words of the step from here are [frame->words, end). */
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

/* The least recently used walk, but never the latest, which is the source of the new one. */
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
    /* From here until the end the walk is void: a signal handler may jump out of the middle. */
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
    if (!find_nodes(stack, source, &ending))
        return NO_WALK;
    if (!assemble(walk, source ? source : &nothing, ending.shared, &stack->fresh))
        return NO_WALK;
    COMPILER_BARRIER();
    stack->starts[index] = hash_of(from);
    return index;
}

/* After code was unmapped, addresses may mean something else. */
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
        reserve(&stack->walks[i], PREPARED_DEPTH);
    reserve(&stack->fresh, PREPARED_DEPTH);
    tree_reserve(&stack->tree, PREPARED_NODES);
    unwind_learn_stack(&stack->unwind, sp);
}

trace_index stack_hit(
    struct stack *stack, const struct unwind_state *from, const uint64_t *saved, trace_index leaf)
{
    check_generation(stack);
    uint32_t index = find_walk(stack, from);
    if (index == NO_WALK)
        index = make_walk(stack, from, saved);
    if (index == NO_WALK)
        return 0;
    struct stack_walk *walk = &stack->walks[index];
    stack->walks[stack->latest].successor = index;
    stack->latest = index;
    walk->last_used = ++stack->clock;
    if (__builtin_expect(walk->leaf == leaf, 1))
        return walk->leaf_node;
    struct tree_key key = {walk->frames[walk->depth - 1].node, leaf, 0, TRACE_LEAF};
    trace_index node = tree_node(&stack->tree, &key, 0);
    walk->leaf = 0;
    COMPILER_BARRIER();
    walk->leaf_node = node;
    COMPILER_BARRIER();
    walk->leaf = node ? leaf : 0;
    return node;
}

void stack_forget(struct stack *stack)
{
    for (uint32_t i = 0; i < STACK_WALKS; i++)
        stack->starts[i] = 0;
    stack->latest = 0;
    stack->unwind.readable = stack->unwind.readable_end = 0;
}

void stack_init(struct stack *stack, struct segment *segment, trace_index thread)
{
    stack->tree.segment = segment;
    stack->tree.thread = thread;
    stack->unwind.segment = segment;
    stack_forget(stack);
}
