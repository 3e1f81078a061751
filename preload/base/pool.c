/*
 * pool.c - the memory that the library uses in the program, and where it lies.
 *
 *   the trace file, POOL_TRACE_MAX
 *   files that are mapped for reading, downwards
 *   LASTING bytes of what is taken for good
 *   base: the page that a fork wipes
 *   the first chunk, in the same mapping; from there chunks, one behind the other
 *   + 64 GiB: further chunks of what is taken for good
 *
 * It lies below what the kernel maps from the stack downwards (ARCH_AREA).
 *
 * A chunk has a header. Its memory is handed out from its beginning to its end, by compare and
 * swap; pieces that are given back go to a list for their size. So threads and signal handlers may
 * take and give at any time. A thread that needs a new chunk claims its place first, so that no two
 * threads map the same.
 */
#include "base/pool.h"

#include <asm/errno.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/kernel.h"
#include "base/forbidden.h"

#define AREA_STEP  (UINT64_C(1) << 30) /* to the next area, if something is in the way */
#define AREA_STEPS 256
#define AREA_TRIES 8
#define AREA_UNIT  (UINT64_C(2) << 20) /* what one page of page tables maps */
#define AREA_UNITS 128

#define LASTING      (UINT64_C(60) << 10)
#define FIRST_CHUNK  (UINT64_C(8) << 20)
#define CHUNK_MIN    (UINT64_C(128) << 10)
#define CHUNKS_END   (UINT64_C(64) << 30)
#define FILES_MAX    ((UINT64_C(256) << 20) + (UINT64_C(1) << 20)) /* and 1 MiB in base's unit */
#define LASTING_MORE (UINT64_C(64) << 30)
#define LASTING_END  (UINT64_C(65) << 30)
#define LIMIT_SHARE  64 /* the divisor: our part of a limit */
#define PLACES_TRIED 4

#define UNIT 64 /* bytes; all sizes are multiples of it */

struct chunk {
    _Atomic uint64_t state;     /* its size, and how much of it is handed out, in units */
    _Atomic uint64_t populated; /* in bytes, from its beginning */
};

_Static_assert(sizeof(struct chunk) <= UNIT, "the first unit is the header");

/* Size classes, from 256 bytes on: four for each power of two. */
#define CLASS_MIN   256
#define CLASS_FIRST 7  /* 2^7 < CLASS_MIN <= 2^8 */
#define CLASS_LAST  34 /* 16 to 32 GiB */
#define CLASSES     ((CLASS_LAST - CLASS_FIRST + 1) * 4)

static uint64_t area;               /* 0: there is no pool */
static _Atomic uint64_t base;       /* 0: there is no pool */
static _Atomic uint64_t chunks_end; /* from base: where the next chunk may be */
static _Atomic(struct chunk *) current;
static _Atomic uint64_t lasting_used;
static _Atomic uint64_t lasting_end; /* from base + LASTING_MORE: where the next chunk may be */
static _Atomic(struct chunk *) lasting;
static _Atomic uint64_t chunk_size;
static _Atomic uint32_t has_stranger; /* 1: not all memory up to chunks_end is ours */
static uint64_t files;                /* bytes of files below the base */

/* Lists of pieces that were given back: the offset of the first one from base, in units, and a
 * number that changes with each change of the list. The first word of each piece is the offset of
 * the next. */
static _Atomic uint64_t pieces[CLASSES];

static unsigned class_of(size_t size)
{
    uint64_t last = (size < CLASS_MIN ? CLASS_MIN : size) - 1;
    unsigned top = 63 - (unsigned)__builtin_clzll(last);
    return (top - CLASS_FIRST) * 4 + (unsigned)(last >> (top - 2) & 3);
}

static uint64_t size_of_class(unsigned class)
{
    return (uint64_t)(class % 4 + 5) << (class / 4 + CLASS_FIRST - 2);
}

/* --- pieces --- */

static uint64_t *at_offset(uint32_t offset)
{
    return (
        uint64_t *)(atomic_load_explicit(&base, memory_order_relaxed) + (uint64_t)offset * UNIT);
}

static void push(unsigned class, void *piece)
{
    uint64_t from = atomic_load_explicit(&base, memory_order_relaxed);
    uint32_t offset = (uint32_t)(((uint64_t)piece - from) / UNIT);
    uint64_t head = atomic_load_explicit(&pieces[class], memory_order_relaxed), next;
    do {
        *(volatile uint64_t *)piece = (uint32_t)head;
        next = ((head >> 32) + 1) << 32 | offset;
        /* Pairs with the acquire in pop, which reads the piece's first word. */
    } while (!atomic_compare_exchange_weak_explicit(
        &pieces[class], &head, next, memory_order_release, memory_order_relaxed));
}

/* Another thread may take the piece and write to it while its first word is read here. Then the
 * list's number has changed, and the exchange fails. */
static void *pop(unsigned class)
{
    uint64_t head = atomic_load_explicit(&pieces[class], memory_order_acquire), next;
    do {
        if ((uint32_t)head == 0)
            return NULL;
        uint32_t after = (uint32_t) * (volatile uint64_t *)at_offset((uint32_t)head);
        next = ((head >> 32) + 1) << 32 | after;
    } while (!atomic_compare_exchange_weak_explicit(
        &pieces[class], &head, next, memory_order_acquire, memory_order_acquire));
    return at_offset((uint32_t)head);
}

/* --- chunks --- */

static uint64_t chunk_bytes(uint64_t state)
{
    return (state >> 32) * UNIT;
}

static uint64_t used_bytes(uint64_t state)
{
    return (uint64_t)(uint32_t)state * UNIT;
}

static uint64_t state_of(uint64_t bytes, uint64_t used)
{
    return bytes / UNIT << 32 | used / UNIT;
}

/* Maps zeroed memory at a place. Returns 0 or -errno. */
static long pool_map_at(uint64_t place, uint64_t size)
{
    long error = kernel_map_at(
        place, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (error == 0) /* one touched byte must not take 2 MiB */
        KERNEL_CALL3(SYS_madvise, place, size, MADV_NOHUGEPAGE);
    return error;
}

static void *carve(struct chunk *chunk, uint64_t size)
{
    if (chunk == NULL)
        return NULL;
    uint64_t state = atomic_load_explicit(&chunk->state, memory_order_relaxed);
    do {
        if (size > chunk_bytes(state) - used_bytes(state))
            return NULL;
    } while (!atomic_compare_exchange_weak_explicit(
        &chunk->state, &state, state + size / UNIT, memory_order_relaxed, memory_order_relaxed));
    return (char *)chunk + used_bytes(state);
}

/* Maps a chunk at the next free place, for `size` bytes; it is at least `least` bytes large if
 * there is enough memory. */
static struct chunk *map_chunk(
    _Atomic uint64_t *end, uint64_t from, uint64_t limit, uint64_t size, uint64_t least)
{
    uint64_t needed = kernel_page_up(size + UNIT), wanted = needed > least ? needed : least;
    for (unsigned i = 0; i < PLACES_TRIED && !kernel_is_forbidden; i++) {
        uint64_t at = atomic_fetch_add_explicit(end, wanted, memory_order_relaxed);
        if (at + wanted > limit)
            return NULL;
        long error = pool_map_at(from + at, wanted);
        if (error == -ENOMEM && wanted > needed)
            wanted = needed;
        else if (error == -EEXIST)
            atomic_store_explicit(&has_stranger, 1, memory_order_relaxed);
        else if (error)
            return NULL;
        if (error)
            continue;
        struct chunk *chunk = (struct chunk *)(from + at);
        atomic_store_explicit(&chunk->state, state_of(wanted, UNIT), memory_order_relaxed);
        return chunk;
    }
    return NULL;
}

static uint64_t room_in(struct chunk *chunk)
{
    uint64_t state = chunk ? atomic_load_explicit(&chunk->state, memory_order_relaxed) : 0;
    return chunk_bytes(state) - used_bytes(state);
}

/* Takes memory from a new chunk. It becomes the current one if it has more room. */
static void *carve_from_new(uint64_t size)
{
    uint64_t from = atomic_load_explicit(&base, memory_order_relaxed);
    struct chunk *chunk = map_chunk(&chunks_end, from, CHUNKS_END, size,
        atomic_load_explicit(&chunk_size, memory_order_relaxed));
    if (chunk == NULL)
        return NULL;
    void *memory = carve(chunk, size);
    /* Pairs with the acquire in pool_take: the header is complete. */
    if (room_in(chunk) > room_in(atomic_load_explicit(&current, memory_order_acquire)))
        atomic_store_explicit(&current, chunk, memory_order_release);
    return memory;
}

/* --- the start --- */

/* Our part of the program's limits on address space and data (setrlimit(2)), in which our memory is
 * counted. */
static uint64_t share_of_limits(uint64_t size)
{
    static const int limited[] = {RLIMIT_AS, RLIMIT_DATA};
    for (unsigned i = 0; i < sizeof limited / sizeof *limited; i++) {
        struct rlimit limit;
        if (KERNEL_CALL2(SYS_getrlimit, limited[i], &limit) == 0 &&
            limit.rlim_cur / LIMIT_SHARE < size)
            size = limit.rlim_cur / LIMIT_SHARE;
    }
    size = kernel_page_down(size);
    return size < CHUNK_MIN ? CHUNK_MIN : size;
}

/* The place is random, because the library's own address is. */
static uint64_t area_number(unsigned i)
{
    uint64_t random = (uint64_t)&area >> 12;
    uint64_t step = (random % AREA_STEPS + i) % AREA_STEPS;
    return ARCH_AREA + step * AREA_STEP + (random / AREA_STEPS) % AREA_UNITS * AREA_UNIT;
}

/* Makes the first mapping, with a chunk of `size` bytes. Returns -errno. */
static long map_first(uint64_t size, uint64_t *place)
{
    for (unsigned i = 0; i < AREA_TRIES; i++) {
        *place = area_number(i);
        long error = pool_map_at(*place + POOL_TRACE_MAX + FILES_MAX, LASTING + KERNEL_PAGE + size);
        if (error != -EEXIST)
            return error;
    }
    return -EEXIST;
}

static void put_first_chunk(uint64_t at, uint64_t size)
{
    struct chunk *chunk = (struct chunk *)at;
    atomic_store_explicit(&chunk->state, state_of(size, UNIT), memory_order_relaxed);
    atomic_store_explicit(&chunk->populated, 0, memory_order_relaxed);
    atomic_store_explicit(&current, chunk, memory_order_release);
}

/* Makes the pool, if there is none. The first hits of several threads can come here at the same
 * time; only one pool is kept. */
static bool pool_start(void)
{
    uint64_t none = 0, place;
    if (__builtin_expect(atomic_load_explicit(&base, memory_order_acquire) != 0, 1))
        return true;
    if (kernel_is_forbidden)
        return false;
    uint64_t size = share_of_limits(FIRST_CHUNK);
    long error = map_first(size, &place);
    while (error == -ENOMEM && size > CHUNK_MIN) {
        size = kernel_page_down(size / 4) > CHUNK_MIN ? kernel_page_down(size / 4) : CHUNK_MIN;
        error = map_first(size, &place);
    }
    if (error)
        return false;
    uint64_t start = place + POOL_TRACE_MAX + FILES_MAX + LASTING;
    if (!atomic_compare_exchange_strong_explicit(
            &base, &none, start, memory_order_acq_rel, memory_order_acquire)) {
        KERNEL_CALL2(SYS_munmap, start - LASTING, LASTING + KERNEL_PAGE + size);
        return true;
    }
    area = place;
    atomic_store_explicit(&chunk_size, size, memory_order_relaxed);
    atomic_store_explicit(&chunks_end, KERNEL_PAGE + size, memory_order_relaxed);
    put_first_chunk(start + KERNEL_PAGE, size);
    return true;
}

uint64_t pool_share(uint64_t size)
{
    if (!pool_start())
        return 0;
    uint64_t chunk = atomic_load_explicit(&chunk_size, memory_order_relaxed);
    return chunk < FIRST_CHUNK && chunk < size ? chunk : size;
}

uint64_t pool_trace_place(void)
{
    return area;
}

void *pool_wiped_page(void)
{
    if (!pool_start())
        return NULL;
    void *page = (void *)atomic_load_explicit(&base, memory_order_relaxed);
    return KERNEL_CALL3(SYS_madvise, page, KERNEL_PAGE, MADV_WIPEONFORK) == 0 ? page : NULL;
}

/* --- taking and giving --- */

void *pool_take(size_t size)
{
    if (!pool_start())
        return NULL;
    unsigned class = class_of(size);
    void *piece = pop(class);
    if (piece) {
        memory_zero(piece, size);
        return piece;
    }
    piece = carve(atomic_load_explicit(&current, memory_order_acquire), size_of_class(class));
    return piece ? piece : carve_from_new(size_of_class(class));
}

void pool_give(void *memory, size_t size)
{
    push(class_of(size), memory);
}

void pool_prepare(size_t size)
{
    struct chunk *chunk = atomic_load_explicit(&current, memory_order_acquire);
    if (chunk == NULL || kernel_is_forbidden)
        return;
    uint64_t state = atomic_load_explicit(&chunk->state, memory_order_relaxed);
    uint64_t from = atomic_load_explicit(&chunk->populated, memory_order_relaxed);
    uint64_t used = kernel_page_down(used_bytes(state)), to = kernel_page_up(used + size);
    from = from > used ? from : used;
    to = to < chunk_bytes(state) ? to : chunk_bytes(state);
    if (from >= to)
        return;
    atomic_store_explicit(&chunk->populated, to, memory_order_relaxed);
    KERNEL_CALL3(SYS_madvise, (char *)chunk + from, to - from, MADV_POPULATE_WRITE);
}

void *pool_take_for_good(size_t size)
{
    uint64_t room = (size + UNIT - 1) / UNIT * UNIT;
    if (!pool_start())
        return NULL;
    uint64_t from = atomic_load_explicit(&base, memory_order_relaxed);
    uint64_t used = atomic_load_explicit(&lasting_used, memory_order_relaxed);
    while (used + room <= LASTING)
        if (atomic_compare_exchange_weak_explicit(
                &lasting_used, &used, used + room, memory_order_relaxed, memory_order_relaxed))
            return (void *)(from - LASTING + used);
    void *memory = carve(atomic_load_explicit(&lasting, memory_order_acquire), room);
    if (memory)
        return memory;
    struct chunk *chunk = map_chunk(
        &lasting_end, from + LASTING_MORE, LASTING_END - LASTING_MORE, room, LASTING);
    if (chunk == NULL)
        return NULL;
    memory = carve(chunk, room);
    atomic_store_explicit(&lasting, chunk, memory_order_release);
    return memory;
}

void *pool_take_from(struct pool_row *row, size_t size)
{
    if ((size_t)(row->end - row->next) < size) {
        row->next = pool_take_for_good(KERNEL_PAGE);
        row->end = row->next ? row->next + KERNEL_PAGE : NULL;
    }
    if (row->next == NULL)
        return NULL;
    row->next += size;
    return row->next - size;
}

long pool_map_file(long fd, size_t size)
{
    uint64_t room = kernel_page_up(size);
    if (!pool_start() || room > FILES_MAX - files)
        return -ENOMEM;
    uint64_t place = atomic_load_explicit(&base, memory_order_relaxed) - LASTING - files - room;
    long memory = KERNEL_CALL6(
        SYS_mmap, place, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE | MAP_FIXED_NOREPLACE, fd, 0);
    if (memory == (long)place)
        files += room;
    return memory;
}

void pool_unmap_file(const void *memory, size_t size)
{
    uint64_t room = kernel_page_up(size);
    if (kernel_is_forbidden)
        return;
    KERNEL_CALL2(SYS_munmap, memory, size);
    if ((uint64_t)memory == atomic_load_explicit(&base, memory_order_relaxed) - LASTING - files)
        files -= room;
}

/* --- the end --- */

/* pool_limit may have unmapped a part of the first chunk; its header has its present size. */
void pool_reset(void)
{
    uint64_t from = atomic_load_explicit(&base, memory_order_relaxed);
    struct chunk *first = (struct chunk *)(from + KERNEL_PAGE);
    if (from == 0)
        return;
    uint64_t state = atomic_load_explicit(&first->state, memory_order_relaxed);
    uint64_t size = chunk_bytes(state), end = KERNEL_PAGE + size;
    uint64_t all = atomic_load_explicit(&chunks_end, memory_order_relaxed);
    if (KERNEL_CALL3(SYS_madvise, first, kernel_page_up(used_bytes(state)), MADV_DONTNEED) != 0)
        return;
    for (unsigned i = 0; i < CLASSES; i++)
        atomic_store_explicit(&pieces[i], 0, memory_order_relaxed);
    put_first_chunk((uint64_t)first, size);
    if (all <= end || atomic_load_explicit(&has_stranger, memory_order_relaxed))
        return;
    KERNEL_CALL2(SYS_munmap, from + end, all - end);
    atomic_store_explicit(&chunks_end, end, memory_order_relaxed);
}

void pool_limit(uint64_t address_space)
{
    struct chunk *chunk = atomic_load_explicit(&current, memory_order_acquire);
    uint64_t share = kernel_page_down(address_space / LIMIT_SHARE);
    uint64_t wanted = share < CHUNK_MIN ? CHUNK_MIN : share, size, kept;
    if (chunk == NULL || kernel_is_forbidden)
        return;
    if (wanted < atomic_load_explicit(&chunk_size, memory_order_relaxed))
        atomic_store_explicit(&chunk_size, wanted, memory_order_relaxed);
    uint64_t state = atomic_load_explicit(&chunk->state, memory_order_relaxed);
    do {
        size = chunk_bytes(state);
        kept = kernel_page_up(used_bytes(state) + CHUNK_MIN);
        kept = kept > wanted ? kept : wanted;
        if (kept >= size)
            return;
    } while (!atomic_compare_exchange_weak_explicit(&chunk->state, &state,
        state_of(kept, used_bytes(state)), memory_order_relaxed, memory_order_relaxed));
    KERNEL_CALL2(SYS_munmap, (char *)chunk + kept, size - kept);
}
