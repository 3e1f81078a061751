/*
 * vtables.c - copies of the tables of functions by which wakers are cloned, woken and dropped.
 *
 * Waker::will_wake compares the addresses of two wakers' tables. A future that has stored a waker
 * with the address of a copy takes the one of its next turn for another one, and clones that.
 */
#include "task/vtables.h"

#include <stdatomic.h>
#include <stdbool.h>

#include "base/forbidden.h"

#define FUNCTIONS                                                                                  \
    4 /* clone, wake, wake_by_ref, drop, in the order that the compiler has chosen                 \
       */
#define COPIES  64
#define FREE    0
#define IN_WORK 1 /* no table has this address */

static struct vtable {
    _Atomic uint64_t of; /* the table's address, FREE or IN_WORK */
    uint64_t functions[FUNCTIONS];
} copies[COPIES];

/* A library may be unloaded, and another one have a table at its place. */
static bool is_copy_of(const struct vtable *copy, uint64_t table)
{
    const uint64_t *functions = (const uint64_t *)table;
    if (atomic_load_explicit(&copy->of, memory_order_acquire) != table)
        return false;
    for (unsigned i = 0; i < FUNCTIONS; i++)
        if (copy->functions[i] != functions[i])
            return false;
    return true;
}

/* Two threads may make two copies of one table at the same time. */
static bool make_copy(struct vtable *copy, uint64_t table)
{
    uint64_t there = FREE;
    const uint64_t *functions = (const uint64_t *)table;
    if (!atomic_compare_exchange_strong_explicit(
            &copy->of, &there, IN_WORK, memory_order_acquire, memory_order_relaxed))
        return false;
    for (unsigned i = 0; i < FUNCTIONS; i++)
        copy->functions[i] = functions[i];
    atomic_store_explicit(&copy->of, table, memory_order_release);
    return true;
}

uint64_t vtables_copy(uint64_t table)
{
    for (unsigned i = 0; i < COPIES; i++)
        if (is_copy_of(&copies[i], table) || make_copy(&copies[i], table))
            return (uint64_t)copies[i].functions;
    return table;
}

/* Which word is the table is the compiler's choice. */
void vtables_change_waker(struct call_frame *call, uint64_t key)
{
    uint64_t *first = &call->registers.arguments[ARCH_RESULT];
    uint64_t *second = &call->registers.arguments[ARCH_RESULT_2];
    uint64_t *table = *first == key ? second : *second == key ? first : NULL;
    if (table && *table)
        *table = vtables_copy(*table);
}
