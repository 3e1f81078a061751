/*
 * ranges.c - nested ranges, flattened so that a lookup is one binary search.
 *
 * Sealing visits the ranges in the order of their beginnings and keeps a stack of the open ones;
 * the range on top of the stack owns the addresses up to the next change.
 */
#include "symbols/ranges.h"

#include <errno.h>
#include <stdlib.h>

#include "base/array.h"

struct symbols_range {
    uint64_t low, high;
    uint32_t rank, value;
};

/* From `start` up to the next step's start, `value` is innermost. */
struct symbols_range_step {
    uint64_t start;
    uint32_t value;
};

struct sweep {
    struct symbols_range_step *steps;
    size_t step_count;
    const struct symbols_range **open;
    size_t open_count;
};

int symbols_ranges_add(
    struct symbols_ranges *ranges, uint64_t low, uint64_t high, uint32_t rank, uint32_t value)
{
    if (low >= high)
        return 0;
    if (array_reserve(&ranges->list, ranges->count, 1, &ranges->capacity, sizeof *ranges->list) !=
        0)
        return -ENOMEM;
    ranges->list[ranges->count++] = (struct symbols_range){low, high, rank, value};
    return 0;
}

static int compare_ranges(const void *left, const void *right)
{
    const struct symbols_range *a = left, *b = right;

    if (a->low != b->low)
        return a->low < b->low ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    if (a->high != b->high)
        return a->high > b->high ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

/* Begins a step at `start`, which belongs to the range on top of the stack. */
static void begin_step(struct sweep *sweep, uint64_t start)
{
    uint32_t value = sweep->open_count ? sweep->open[sweep->open_count - 1]->value
                                       : SYMBOLS_RANGES_NONE;

    if (sweep->step_count && sweep->steps[sweep->step_count - 1].start == start)
        sweep->step_count--;
    sweep->steps[sweep->step_count++] = (struct symbols_range_step){start, value};
}

/* A range below the top may have ended already, where ranges overlap without nesting. */
static void close_until(struct sweep *sweep, uint64_t limit)
{
    while (sweep->open_count && sweep->open[sweep->open_count - 1]->high <= limit) {
        uint64_t end = sweep->open[--sweep->open_count]->high;
        while (sweep->open_count && sweep->open[sweep->open_count - 1]->high <= end)
            sweep->open_count--;
        begin_step(sweep, end);
    }
}

int symbols_ranges_seal(struct symbols_ranges *ranges)
{
    struct sweep sweep = {0};
    int error = -ENOMEM;

    if (!ranges->count)
        return 0;
    /* each range begins one step and ends at most one */
    sweep.steps = calloc(ranges->count, 2 * sizeof(*sweep.steps));
    sweep.open = calloc(ranges->count, sizeof(*sweep.open));
    if (!sweep.steps || !sweep.open)
        goto out;

    qsort(ranges->list, ranges->count, sizeof(*ranges->list), compare_ranges);
    for (size_t i = 0; i < ranges->count; i++) {
        close_until(&sweep, ranges->list[i].low);
        sweep.open[sweep.open_count++] = &ranges->list[i];
        begin_step(&sweep, ranges->list[i].low);
    }
    close_until(&sweep, UINT64_MAX);
    ranges->steps = sweep.steps;
    ranges->step_count = sweep.step_count;
    sweep.steps = NULL;
    error = 0;
out:
    free(sweep.steps);
    free(sweep.open);
    free(ranges->list);
    ranges->list = NULL;
    ranges->count = ranges->capacity = 0;
    return error;
}

uint32_t symbols_ranges_find(const struct symbols_ranges *ranges, uint64_t address)
{
    size_t first = 0, last = ranges->step_count; /* finds the first step after `address` */

    while (first < last) {
        size_t middle = first + (last - first) / 2;
        if (ranges->steps[middle].start <= address)
            first = middle + 1;
        else
            last = middle;
    }
    return first ? ranges->steps[first - 1].value : SYMBOLS_RANGES_NONE;
}

void symbols_ranges_finish(struct symbols_ranges *ranges)
{
    free(ranges->list);
    free(ranges->steps);
    *ranges = (struct symbols_ranges){0};
}
