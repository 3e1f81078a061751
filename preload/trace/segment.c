/*
 * segment.c - the trace file as it is mapped into the program.
 *
 * The reservation is PROT_NONE so that the program's mlockall(2) does not fill the whole file. The
 * file descriptor is closed at once so that the program cannot see or close it. Growing needs no
 * descriptor (MADV_POPULATE_WRITE, Linux 5.14); on older kernels the file is opened by its name for
 * a moment.
 *
 * It lies where the kernel does not place the program's own mappings (pool.h). Still, a program can
 * unmap it, or map something over it, on purpose or by a wrong address. Then nothing may be written
 * there: before a piece is made real, it must still be unreadable.
 */
#include "trace/segment.h"

#include <asm/errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "base/kernel.h"
#include "base/pool.h"
#include "base/text.h"
#include "session_names.h"
#include "base/forbidden.h"

#define CAPACITY_MAX  POOL_TRACE_MAX        /* 4 million nodes */
#define CAPACITY_MIN  KERNEL_PAGE           /* room for the counters of losses */
#define LIMIT_SHARE   64                    /* the divisor: our part of a limited address space */
#define READY_MIN     (UINT32_C(8) << 10)   /* bytes that are real from the start; more, up to */
#define READY_MAX     (UINT32_C(128) << 10) /* this, if that is a small part of the free space: */
#define READY_SHARE   16384
#define CHUNK_MAX     (UINT32_C(1) << 20) /* the file doubles, at most by this much */
#define PLACE_STEP    (UINT64_C(1) << 30)
#define PLACES_TRIED  8
#define TEXT_CAPACITY sizeof(((struct trace_text *)0)->bytes)

/* Makes a new file with the first free number (exec keeps the pid). */
static long create_file(char *path, size_t size, const char *directory, int pid)
{
    const char *limit = path + size - 1;
    for (unsigned n = 0; n < 10000; n++) {
        char *end = text_append(path, limit, directory);
        end = text_append_number(text_append(end, limit, "/"), limit, (uint64_t)pid, 10);
        end = text_append_number(text_append(end, limit, "."), limit, n, 10);
        text_append(end, limit, SESSION_TRACE_SUFFIX);
        long fd = arch_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd != -EEXIST)
            return fd;
    }
    return -EEXIST;
}

/* The capacity that the program's own limits allow: growing a file beyond RLIMIT_FSIZE would raise
 * SIGXFSZ (setrlimit(2)), and the library must not use up the address space. */
static uint64_t choose_capacity(void)
{
    uint64_t capacity = CAPACITY_MAX;
    struct rlimit limit;
    if (KERNEL_CALL2(SYS_getrlimit, RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < capacity)
        capacity = limit.rlim_cur;
    if (KERNEL_CALL2(SYS_getrlimit, RLIMIT_AS, &limit) == 0 &&
        limit.rlim_cur / LIMIT_SHARE < capacity)
        capacity = limit.rlim_cur / LIMIT_SHARE;
    return kernel_page_down(capacity);
}

static size_t capacity_of(const struct segment *segment)
{
    return atomic_load_explicit(&segment->reserved, memory_order_relaxed);
}

/* How many bytes of the file are made real at the start. Until they are used up, new paths need no
 * system call: the program may have forbidden them by an instruction of its own. But many
 * processes, most of which need little, must not fill the file system. */
static size_t choose_ready(long fd, uint64_t capacity)
{
    struct statfs status;
    uint64_t ready = READY_MIN, share = 0;
    if (KERNEL_CALL2(SYS_fstatfs, fd, &status) == 0)
        share = kernel_page_down(
            (uint64_t)status.f_bavail * (uint64_t)status.f_bsize / READY_SHARE);
    if (share > ready)
        ready = share < READY_MAX ? share : READY_MAX;
    return ready < capacity ? ready : capacity;
}

/* Makes the first bytes of the file real, if its file system supports fallocate(2). */
static long allocate(long fd, size_t *ready)
{
    long error = KERNEL_CALL4(SYS_fallocate, fd, 0, 0, *ready);
    if (error == -ENOSPC && *ready > READY_MIN) {
        *ready = READY_MIN;
        error = KERNEL_CALL4(SYS_fallocate, fd, 0, 0, *ready);
    }
    return error;
}

/* Whether a page of the reservation has been replaced: it is readable, or it is private memory.
 * MADV_WIPEONFORK (madvise(2)) succeeds for private memory only. */
static bool is_taken(char *page)
{
    if (kernel_is_readable((uint64_t)page))
        return true;
    if (KERNEL_CALL3(SYS_madvise, page, KERNEL_PAGE, MADV_WIPEONFORK) != 0)
        return false;
    KERNEL_CALL3(SYS_madvise, page, KERNEL_PAGE, MADV_KEEPONFORK);
    return true;
}

/* Whether [from, from + size) of the reservation is as we have left it. Another thread may be
 * making it writable at this moment; it sets `writable` before it does. */
static bool is_untouched(struct segment *segment, size_t from, size_t size)
{
    char *start = (char *)segment->header + from;
    size_t writable = atomic_load_explicit(&segment->writable, memory_order_seq_cst);
    if (from + size <= writable)
        return true;
    bool is_ours = !is_taken(start) && !is_taken(start + size - KERNEL_PAGE);
    if (atomic_compare_exchange_strong_explicit(&segment->writable, &writable,
            is_ours ? from + size : writable, memory_order_seq_cst, memory_order_seq_cst))
        return is_ours;
    return true; /* the other thread has checked it */
}

/* Makes [from, from + size) of the file, which is writable, real. */
static long populate(struct segment *segment, size_t from, size_t size)
{
    long error = KERNEL_CALL3(
        SYS_madvise, (char *)segment->header + from, size, MADV_POPULATE_WRITE);
    if (error != -EINVAL)
        return error;
    long fd = arch_open(segment->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0);
    if (kernel_failed(fd))
        return fd;
    error = KERNEL_CALL4(SYS_fallocate, fd, 0, from, size);
    KERNEL_CALL1(SYS_close, fd);
    return error;
}

/* Whether a part of [from, from + size) is not mapped at all (msync(2)). */
static bool has_hole(struct segment *segment, size_t from, size_t size)
{
    return KERNEL_CALL3(SYS_msync, (char *)segment->header + from, size, MS_ASYNC) == -ENOMEM;
}

static long make_writable(struct segment *segment, size_t from, size_t size)
{
    return KERNEL_CALL3(SYS_mprotect, (char *)segment->header + from, size, PROT_READ | PROT_WRITE);
}

/* Makes [from, from + size) of the reservation real. Returns 0 or -errno. */
static long commit(struct segment *segment, size_t from, size_t size)
{
    if (kernel_is_forbidden)
        return -EPERM;
    bool is_there = is_untouched(segment, from, size);
    long error = is_there ? make_writable(segment, from, size) : -EADDRINUSE;
    if (error && (!is_there || has_hole(segment, from, size)))
        atomic_store_explicit(&segment->header->unmapped, 1, memory_order_relaxed);
    if (error)
        return error;
    return populate(segment, from, size);
}

/* Maps the file at `place`, or a little below if something is there; anywhere if `place` is 0 or
 * nothing is free there. */
static long segment_map_at(uint64_t place, long fd, uint64_t size)
{
    const int flags = MAP_SHARED | MAP_NORESERVE;
    for (unsigned i = 0; place && i < PLACES_TRIED; i++) {
        long base = KERNEL_CALL6(
            SYS_mmap, place - i * PLACE_STEP, size, PROT_NONE, flags | MAP_FIXED_NOREPLACE, fd, 0);
        if (base != -EEXIST)
            return base;
    }
    return KERNEL_CALL6(SYS_mmap, NULL, size, PROT_NONE, flags, fd, 0);
}

/* Reserves address space for the file, as much as is available. */
static long segment_reserve_space(
    struct segment *segment, uint64_t place, long fd, uint64_t capacity)
{
    long base = -EFBIG;
    for (; capacity >= CAPACITY_MIN; capacity = kernel_page_down(capacity / 4)) {
        base = segment_map_at(place, fd, capacity);
        if (base != -ENOMEM)
            break;
    }
    if (kernel_failed(base))
        return base;
    segment->header = (struct trace_header *)base;
    atomic_store_explicit(&segment->reserved, capacity, memory_order_relaxed);
    return 0;
}

static bool is_there(const struct trace_header *header)
{
    return header && kernel_is_readable((uint64_t)header) && header->magic == TRACE_MAGIC;
}

/* Reserves the space behind the first `first` bytes, or a part of it, if that is free. */
static void extend(struct segment *segment, long fd, size_t first, uint64_t capacity)
{
    uint64_t place = (uint64_t)segment->header + first;
    for (; capacity > first; capacity = kernel_page_down(capacity / 4)) {
        long error = kernel_map_at(
            place, capacity - first, PROT_NONE, MAP_SHARED | MAP_NORESERVE, fd, first);
        if (error == 0)
            atomic_store_explicit(&segment->reserved, capacity, memory_order_relaxed);
        if (error != -ENOMEM)
            return;
    }
}

/* Maps the file over the former one, where nothing else can be. If that fails before anything has
 * changed, the former one stays, and counts the hits of the forked child as lost. */
static long replace(
    struct segment *segment, struct segment *former, long fd, uint64_t capacity, size_t ready)
{
    struct trace_header *place = former->header;
    size_t size = capacity_of(former);
    long base = KERNEL_CALL6(SYS_mmap, place, ready, PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_NORESERVE | MAP_FIXED, fd, 0);
    if (kernel_failed(base)) {
        former->header = is_there(place) ? place : NULL;
        return base;
    }
    former->header = NULL;
    if (size > ready)
        KERNEL_CALL2(SYS_munmap, (char *)place + ready, size - ready);
    segment->header = place;
    atomic_store_explicit(&segment->reserved, ready, memory_order_relaxed);
    extend(segment, fd, ready, capacity);
    return 0;
}

static long place_file(
    struct segment *segment, long fd, uint64_t place, uint64_t capacity, size_t *ready)
{
    long error = segment_reserve_space(segment, place, fd, capacity);
    if (error)
        return error;
    *ready = *ready < capacity_of(segment) ? *ready : capacity_of(segment);
    return make_writable(segment, 0, *ready);
}

/* Sets the size of the file `fd` to its capacity, maps it, and makes its beginning real. */
static long map_file(struct segment *segment, long fd, uint64_t place, struct segment *former)
{
    uint64_t capacity = choose_capacity();
    bool has_former = former && is_there(former->header);
    segment->header = NULL;
    if (former && !has_former)
        former->header = NULL; /* the program has put something else there */
    if (has_former && capacity > capacity_of(former) && capacity_of(former) < READY_MAX)
        capacity = capacity_of(former);
    if (capacity < CAPACITY_MIN)
        return -EFBIG;
    size_t ready = choose_ready(fd, capacity);
    long error = KERNEL_CALL2(SYS_ftruncate, fd, capacity);
    if (error == 0)
        error = allocate(fd, &ready);
    bool is_allocated = error == 0;
    if (error && error != -EOPNOTSUPP)
        return error;
    if (has_former)
        error = replace(segment, former, fd, capacity, ready);
    else
        error = place_file(segment, fd, place, capacity, &ready);
    if (error == 0 && !is_allocated)
        error = populate(segment, 0, ready);
    if (error)
        segment_forget(segment);
    atomic_store_explicit(&segment->writable, ready, memory_order_relaxed);
    atomic_store_explicit(
        &segment->committed, (uint32_t)(ready / TRACE_RECORD_SIZE), memory_order_relaxed);
    return error;
}

int segment_create(
    struct segment *segment, const char *directory, int pid, uint64_t place, struct segment *former)
{
    long fd = create_file(segment->path, sizeof segment->path, directory, pid);
    if (kernel_failed(fd))
        return (int)fd;
    long error = map_file(segment, fd, place, former);
    if (error)
        KERNEL_CALL2(SYS_ftruncate, fd, 0);
    KERNEL_CALL1(SYS_close, fd);
    if (error)
        return (int)error;
    struct trace_header *header = segment->header;
    header->record_size = TRACE_RECORD_SIZE;
    header->version = TRACE_VERSION;
    header->capacity = (uint32_t)(capacity_of(segment) / TRACE_RECORD_SIZE);
    header->magic = TRACE_MAGIC;
    atomic_store_explicit(&header->used, TRACE_FIRST_RECORD, memory_order_relaxed);
    atomic_store_explicit(&segment->is_full, 0, memory_order_relaxed);
    atomic_store_explicit(&segment->is_refused, 0, memory_order_relaxed);
    atomic_store_explicit(&segment->threads, 0, memory_order_relaxed);
    return 0;
}

int segment_give_up(struct segment *segment)
{
    segment_forget(segment);
    KERNEL_CALL2(SYS_truncate, segment->path, 0);
    return -EPERM;
}

void segment_forget(struct segment *segment)
{
    if (segment->header)
        KERNEL_CALL2(SYS_munmap, segment->header, capacity_of(segment));
    segment->header = NULL;
}

/* How many bytes are made real at once if the first `from` bytes are. */
static size_t chunk_after(size_t from)
{
    return from < CHUNK_MAX ? from : CHUNK_MAX;
}

/* Grows until `needed` records are real. Several threads may do this at the same time: they make
 * the same pages real twice, and `committed` takes the larger value. */
static int grow(struct segment *segment, uint32_t needed)
{
    for (;;) {
        /* Seq_cst, as both are in segment_limit: a thread that sees the new end sees the new bound.
         */
        uint32_t now = atomic_load_explicit(&segment->committed, memory_order_seq_cst);
        if (now >= needed)
            return 1;
        if (atomic_load_explicit(&segment->is_full, memory_order_relaxed))
            return 0;
        size_t from = (size_t)now * TRACE_RECORD_SIZE;
        size_t size = chunk_after(from);
        size_t reserved = atomic_load_explicit(&segment->reserved, memory_order_seq_cst);
        if (size > reserved - from)
            size = reserved - from;
        if (size == 0 || commit(segment, from, size) != 0) {
            atomic_store_explicit(&segment->is_full, 1, memory_order_relaxed);
            return 0;
        }
        uint32_t grown = (uint32_t)((from + size) / TRACE_RECORD_SIZE);
        /* A thread that sees the new size may touch the pages. Fails if another thread has grown
         * the file meanwhile; the loop sees that. */
        atomic_compare_exchange_strong_explicit(
            &segment->committed, &now, grown, memory_order_seq_cst, memory_order_relaxed);
    }
}

/* Another thread that is growing the file at this moment may still use the old bound. It began at
 * the file's end at that time, so what it makes real ends at most one chunk behind that. A thread
 * that begins at a later end has seen the new bound. So only the space behind that chunk is given
 * back. */
void segment_limit(struct segment *segment, uint64_t address_space)
{
    uint32_t seen, real = atomic_load_explicit(&segment->committed, memory_order_seq_cst);
    size_t wanted = kernel_page_down(address_space / LIMIT_SHARE);
    size_t former = atomic_load_explicit(&segment->reserved, memory_order_seq_cst), kept;
    do {
        seen = real;
        kept = (size_t)seen * TRACE_RECORD_SIZE;
        kept += chunk_after(kept);
        kept = kept > wanted ? kept : wanted;
        if (kept >= former)
            kept = former;
        atomic_store_explicit(&segment->reserved, kept, memory_order_seq_cst);
        real = atomic_load_explicit(&segment->committed, memory_order_seq_cst);
    } while (real != seen);
    if (kept < former)
        KERNEL_CALL2(SYS_munmap, (char *)segment->header + kept, former - kept);
}

bool segment_can_read(struct segment *segment, trace_index index)
{
    return index < capacity_of(segment) / TRACE_RECORD_SIZE && grow(segment, index + 1);
}

void segment_reserve(struct segment *segment, uint32_t count)
{
    uint32_t used = atomic_load_explicit(&segment->header->used, memory_order_relaxed);
    uint32_t limit = (uint32_t)(capacity_of(segment) / TRACE_RECORD_SIZE);
    if (used < limit)
        grow(segment, count < limit - used ? used + count : limit);
}

static trace_index claim(struct segment *segment, uint32_t count)
{
    struct trace_header *header = segment->header;
    /* `used` of a full file must not grow on and overflow. */
    uint32_t used = atomic_load_explicit(&header->used, memory_order_relaxed);
    uint32_t limit = (uint32_t)(capacity_of(segment) / TRACE_RECORD_SIZE);
    if (used >= limit || count > limit - used)
        return 0;
    if (!grow(segment, used + count))
        return 0;
    uint32_t first = atomic_fetch_add_explicit(&header->used, count, memory_order_relaxed);
    if (first >= limit || count > limit - first || !grow(segment, first + count))
        return 0;
    return first;
}

trace_index segment_claim(struct segment *segment, uint32_t count)
{
    trace_index first = claim(segment, count);
    if (__builtin_expect(first == 0, 0))
        atomic_store_explicit(&segment->is_refused, 1, memory_order_relaxed);
    return first;
}

struct trace_string segment_text(struct segment *segment, const char *text, size_t length)
{
    struct trace_string none = {0, 0};
    uint32_t pieces = (uint32_t)((length + TEXT_CAPACITY - 1) / TEXT_CAPACITY);
    if (pieces == 0)
        return none;
    trace_index first = segment_claim(segment, pieces);
    if (first == 0)
        return none;
    for (uint32_t i = 0; i < pieces; i++) {
        union trace_record *record = segment_record(segment, first + i);
        size_t from = i * TEXT_CAPACITY;
        size_t size = length - from < TEXT_CAPACITY ? length - from : TEXT_CAPACITY;
        memory_copy(record->text.bytes, text + from, size);
        segment_publish(record, TRACE_TEXT);
    }
    return (struct trace_string){first, (uint32_t)length};
}
