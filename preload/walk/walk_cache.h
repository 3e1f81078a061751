/*
 * walk_cache.h - the nodes of stacks that were walked before, by a hash of their words.
 *
 * Where a program goes by thousands of paths, most of its stacks are none of the few that are
 * remembered word by word; but many consist of the same functions, which called each other at
 * other places. Such stacks have their words at the same addresses, and differ in some
 * values. So the addresses of a remembered walk that began at the same frame are a guess at
 * where the words of this one lie. All of them are read and hashed, with their addresses, and if
 * a walk with the same hash was made before, this is the same walk: a walk is a function of
 * where it begins and of the words that it reads, so equal addresses with equal values lead
 * to equal frames, whatever the guess came from.
 *
 * Nothing proves that the words further out than the first changed one are still mapped. So only
 * walks are taken for this (is_plain) all of whose words follow each other closely up to the
 * beginning of the thread's own stack, which is there from where we are to its beginning. A
 * coroutine's stack may be another one by now.
 *
 * It is a cache: it grows with what is put in, up to a bound at which it is emptied.
 */
#ifndef WALK_CACHE_H
#define WALK_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/path_table.h"
#include "walk/unwind.h"

/* From one word to the next, in bytes; from one stack to another it is mostly more. */
#define WALK_CACHE_GAP_MAX 32768

struct walk_cache {
    struct path_table table; /* by key */
    uint32_t count;
};

/* A hash of what stands on the stack at the addresses of `words`, now. */
struct tree_path walk_cache_digest(const struct unwind_word *words, uint32_t count);

/* A hash of the addresses. */
uint64_t walk_cache_shape(const struct unwind_word *words, uint32_t count);

/* The key of `leaf` hit with that digest; `origin` stands for the addresses of the words, where
 * the walk begins, and all else that decides how it goes. */
struct tree_path walk_cache_key(struct tree_path digest, uint64_t origin, trace_index leaf);

/* The node of a key, or 0. Async-signal-safe. */
trace_index walk_cache_find(const struct walk_cache *cache, struct tree_path key);

/* Adds a key that is not there. Does nothing when there is no memory. Async-signal-safe; a
 * handler that jumps away in the middle loses at most what is cache. */
void walk_cache_add(struct walk_cache *cache, struct tree_path key, trace_index node);

/* Forgets all, and gives the memory back. */
void walk_cache_finish(struct walk_cache *cache);

#endif
