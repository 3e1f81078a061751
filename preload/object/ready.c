/*
 * ready.c - which descriptor a call that waits for several was for.
 */
#include "object/ready.h"

#include <poll.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/epoll.h>

#include "base/pool.h"
#include "object/descriptors.h"
#include "base/forbidden.h"

/* Whether the program's memory can be read. What lies on the page of the call's frame can. */
static bool ready_can_read(uint64_t frame, uint64_t address, uint64_t size)
{
    bool is_near = kernel_page_down(address) == kernel_page_down(frame) &&
                   kernel_page_down(address + size - 1) == kernel_page_down(frame);
    return is_near || (descriptors_may_ask() && kernel_can_read(address, size, frame));
}

static void ready_add(struct ready_set *set, int number)
{
    if (set->count < TRACE_SET_MEMBERS)
        set->numbers[set->count] = number;
    set->count++;
}

/* --- poll --- */

#define POLLED_MAX (KERNEL_PAGE / sizeof(struct pollfd))

/* A negative descriptor is not looked at (poll(2)). */
static void add_polled(const struct call_frame *call, struct ready_set *set)
{
    const uint64_t *arguments = call->registers.saved + CALL_ARGUMENT;
    const struct pollfd *polled = (const struct pollfd *)arguments[0];
    uint64_t count = arguments[1];
    if (count == 0 || count > POLLED_MAX ||
        !ready_can_read((uint64_t)call->stack, arguments[0], count * sizeof *polled))
        return;
    for (uint64_t i = 0; i < count; i++)
        if (polled[i].fd >= 0)
            ready_add(set, polled[i].fd);
}

static int first_polled(const uint64_t *arguments)
{
    const struct pollfd *polled = (const struct pollfd *)arguments[0];
    for (uint64_t i = 0; i < arguments[1]; i++)
        if (polled[i].revents)
            return polled[i].fd;
    return READY_NONE;
}

/* --- select --- */

#define SETS      3
#define WORD_BITS 64u

/* Word `i` of all sets together. `arguments` are nfds and the sets, each of which may be NULL. */
static uint64_t bits_at(const uint64_t *arguments, uint32_t i)
{
    uint64_t bits = 0;
    for (unsigned set = 1; set <= SETS; set++)
        if (arguments[set])
            bits |= ((const uint64_t *)arguments[set])[i];
    return bits;
}

/* Bits behind nfds are not looked at (select(2)). */
static uint64_t selected_at(const uint64_t *arguments, uint32_t i)
{
    uint32_t count = (uint32_t)arguments[0], from = i * WORD_BITS;
    uint64_t bits = bits_at(arguments, i);
    return count - from < WORD_BITS ? bits & ((UINT64_C(1) << (count - from)) - 1) : bits;
}

static int first_selected(const uint64_t *arguments)
{
    for (uint32_t i = 0; i * WORD_BITS < (uint32_t)arguments[0]; i++) {
        uint64_t bits = selected_at(arguments, i);
        if (bits)
            return (int)(i * WORD_BITS + (unsigned)__builtin_ctzll(bits));
    }
    return READY_NONE;
}

#define SELECTED_MAX 1024 /* FD_SETSIZE */

static bool can_read_selected(const struct call_frame *call, uint64_t size)
{
    const uint64_t *arguments = call->registers.saved + CALL_ARGUMENT;
    for (unsigned set = 1; set <= SETS; set++)
        if (arguments[set] && !ready_can_read((uint64_t)call->stack, arguments[set], size))
            return false;
    return true;
}

static void add_selected(const struct call_frame *call, struct ready_set *set)
{
    const uint64_t *arguments = call->registers.saved + CALL_ARGUMENT;
    uint32_t count = (uint32_t)arguments[0], words = (count + WORD_BITS - 1) / WORD_BITS;
    if (count == 0 || count > SELECTED_MAX || !can_read_selected(call, words * sizeof(uint64_t)))
        return;
    for (uint32_t i = 0; i < words; i++)
        for (uint64_t bits = selected_at(arguments, i); bits; bits &= bits - 1)
            ready_add(set, (int)(i * WORD_BITS + (unsigned)__builtin_ctzll(bits)));
}

/* --- epoll --- */

/* By a hash of the epoll's descriptor and the program's data: 40 other bits of the hash, and the
 * descriptor, with 24. A later one takes the place of an earlier one. */
#define WATCHED_BITS 12
static _Atomic(_Atomic uint64_t *) watched; /* NULL: epoll_ctl(2) was not called yet */

#define WATCHED_SIZE (sizeof(uint64_t) << WATCHED_BITS)

#define NUMBER_BITS 24
#define NUMBER_MAX  ((UINT64_C(1) << NUMBER_BITS) - 1)

static uint64_t ready_hash(uint64_t epoll, uint64_t data)
{
    uint64_t hash = (data ^ (uint32_t)epoll * UINT64_C(0xff51afd7ed558ccd)) *
                    UINT64_C(0x9e3779b97f4a7c15);
    return (hash ^ hash >> 32) * UINT64_C(0xc2b2ae3d27d4eb4f);
}

/* Where the hash is kept, or NULL. A forked child still has the epolls of its parent, and so the
 * table, too. */
static _Atomic uint64_t *watched_at(uint64_t hash)
{
    _Atomic uint64_t *table = atomic_load_explicit(&watched, memory_order_acquire);
    return table ? &table[hash >> (64 - WATCHED_BITS)] : NULL;
}

static void make_watched(void)
{
    _Atomic uint64_t *none = NULL;
    if (atomic_load_explicit(&watched, memory_order_relaxed))
        return;
    /* If two threads do this at the same time, the memory of one is lost. */
    _Atomic uint64_t *table = pool_take_for_good(WATCHED_SIZE);
    atomic_compare_exchange_strong_explicit(
        &watched, &none, table, memory_order_acq_rel, memory_order_relaxed);
}

void ready_note_control(const uint64_t *arguments, uint64_t frame)
{
    const struct epoll_event *event = (const struct epoll_event *)arguments[3];
    bool is_set = (int)arguments[1] == EPOLL_CTL_ADD || (int)arguments[1] == EPOLL_CTL_MOD;
    if (!is_set || (uint32_t)arguments[2] > NUMBER_MAX ||
        !ready_can_read(frame, arguments[3], sizeof *event))
        return;
    make_watched();
    uint64_t hash = ready_hash(arguments[0], event->data.u64);
    _Atomic uint64_t *place = watched_at(hash);
    if (place)
        atomic_store_explicit(
            place, hash << NUMBER_BITS | (uint32_t)arguments[2], memory_order_relaxed);
}

static int first_of_epoll(const uint64_t *arguments)
{
    const struct epoll_event *event = (const struct epoll_event *)arguments[1];
    uint64_t hash = ready_hash(arguments[0], event->data.u64);
    const _Atomic uint64_t *place = watched_at(hash);
    uint64_t found = place ? atomic_load_explicit(place, memory_order_relaxed) : 0;
    bool is_its = found >> NUMBER_BITS == (hash << NUMBER_BITS) >> NUMBER_BITS;
    return is_its ? (int)(found & NUMBER_MAX) : READY_NONE;
}

/* --- any of them --- */

void ready_before(struct call_frame *call, struct ready_set *set)
{
    call_keep_arguments(call);
    set->count = 0;
    switch (HOOK_OBJECT(call->record->flags)) {
    case HOOK_OBJECT_POLL:
        if ((int)call_arguments(call)[2] != 0)
            add_polled(call, set);
        break;
    case HOOK_OBJECT_PPOLL: add_polled(call, set); break;
    case HOOK_OBJECT_SELECT: add_selected(call, set); break;
    default: ready_add(set, (int)call_arguments(call)[0]); break;
    }
}

int ready_after(const struct call_frame *call)
{
    const uint64_t *arguments = call->registers.saved + CALL_ARGUMENT;
    switch (HOOK_OBJECT(call->record->flags)) {
    case HOOK_OBJECT_POLL:
    case HOOK_OBJECT_PPOLL: return first_polled(arguments);
    case HOOK_OBJECT_SELECT: return first_selected(arguments);
    default: return first_of_epoll(arguments);
    }
}
