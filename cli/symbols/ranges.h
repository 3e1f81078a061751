/*
 * ranges.h - finds the innermost of many nested address ranges that contains an address.
 *
 * Ranges are added in any order, then sealed, then looked up. Where ranges overlap, the inner one
 * is the one that begins later or, at the same address, has the greater rank.
 */
#ifndef SYMBOLS_RANGES_H
#define SYMBOLS_RANGES_H

#include <stddef.h>
#include <stdint.h>

#define SYMBOLS_RANGES_NONE UINT32_MAX

struct symbols_ranges {
    struct symbols_range *list;       /* the added ranges; NULL once sealed */
    struct symbols_range_step *steps; /* the addresses at which the innermost range changes */
    size_t count, capacity, step_count;
};

/* Adds [low, high), which is ignored if empty. A zeroed object is an empty set. Returns 0 or
 * -ENOMEM. */
int symbols_ranges_add(
    struct symbols_ranges *ranges, uint64_t low, uint64_t high, uint32_t rank, uint32_t value);

/* Returns 0, or -ENOMEM; then later lookups find nothing. */
int symbols_ranges_seal(struct symbols_ranges *ranges);

/* Returns the value of the innermost range that contains `address`, or SYMBOLS_RANGES_NONE. */
uint32_t symbols_ranges_find(const struct symbols_ranges *ranges, uint64_t address);

void symbols_ranges_finish(struct symbols_ranges *ranges);

#endif
