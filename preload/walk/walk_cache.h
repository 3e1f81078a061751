/*
 * walk_cache.h - the nodes of stacks that were walked before, by a hash of their words.
 *
 * If a program uses thousands of paths, most of its stacks are none of the few that are remembered
 * word by word. But many of them consist of the same functions, which called each other at other
 * places. Such stacks have their words at the same addresses, with some different values. So the
 * addresses of a remembered walk that began at the same frame are a guess for where this one's
 * words lie. All these words are read, and their values and addresses are hashed. If an earlier
 * walk has the same hash, this walk is the same: a walk depends only on where it begins and on the
 * words that it reads, so equal values at equal addresses lead to equal frames, also if the
 * addresses were a guess.
 *
 * Nothing proves that the words further out than the first changed one are still mapped. So only
 * plain walks (is_plain) are used for this: all their words follow each other closely up to the
 * beginning of the thread's own stack, and the stack is mapped from the present frame to its
 * beginning. The stack of a coroutine may have been replaced by another one.
 *
 * It is a cache: it grows up to a limit, at which it is emptied.
 */
#ifndef WALK_CACHE_H
#define WALK_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/path_table.h"
#include "walk/unwind.h"

/* The largest distance between one word and the next, in bytes; two stacks are usually further
 * apart. */
#define WALK_CACHE_GAP_MAX 32768

struct walk_cache {
    struct path_table table; /* by key */
    uint32_t count;
};

/* A hash of the values that are at the addresses of `words` now. */
struct tree_path walk_cache_digest(const struct unwind_word *words, uint32_t count);

/* A hash of the addresses of `words`. */
uint64_t walk_cache_shape(const struct unwind_word *words, uint32_t count);

/* The key of a hit of `leaf` with that digest. `origin` is a hash of the addresses of the words,
 * the place where the walk begins, and all else on which the walk depends. */
struct tree_path walk_cache_key(struct tree_path digest, uint64_t origin, trace_index leaf);

/* The node of a key, or 0. Async-signal-safe. */
trace_index walk_cache_find(const struct walk_cache *cache, struct tree_path key);

/* Adds a key that is not in the cache. Does nothing if there is no memory. Async-signal-safe; a
 * handler that jumps away in the middle loses at most the cache's contents. */
void walk_cache_add(struct walk_cache *cache, struct tree_path key, trace_index node);

/* Empties the cache, and gives its memory back. */
void walk_cache_finish(struct walk_cache *cache);

#endif
