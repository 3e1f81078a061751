/*
 * segment.c - the trace file as it is mapped into the program.
 *
 * The reservation is PROT_NONE so that mlockall(2) in the program does not fill the
 * whole file, and the file descriptor is closed at once so that the program cannot
 * trip over it; growing needs none (MADV_POPULATE_WRITE, Linux 5.14), or else opens
 * the file by its name for a moment.
 */
#include "segment.h"

#include <asm/errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "kernel.h"
#include "forbidden.h"

#define CAPACITY_MAX  (UINT64_C(256) << 20) /* bytes: 4 million nodes */
#define CAPACITY_MIN  (UINT64_C(1) << 20)
#define FIRST_CHUNK   (UINT32_C(8) << 10) /* bytes; doubles with the file up to ... */
#define CHUNK_MAX     (UINT32_C(1) << 20)
#define TEXT_CAPACITY sizeof(((struct trace_text *)0)->bytes)

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

/* Appends to *end, which stays within the path's buffer; cuts silently (open then fails). */
static char *append(char *end, const char *limit, const char *text)
{
    while (*text && end < limit)
        *end++ = *text++;
    *end = '\0';
    return end;
}

static char *append_number(char *end, const char *limit, unsigned number)
{
    char digits[12];
    char *first = digits + sizeof digits - 1;
    *first = '\0';
    do
        *--first = (char)('0' + number % 10);
    while (number /= 10);
    return append(end, limit, first);
}

/* Opens a new file under the first number that is free (exec keeps the pid). */
static long create_file(char *path, size_t size, const char *directory, int pid)
{
    const char *limit = path + size - 1;
    for (unsigned n = 0; n < 10000; n++) {
        char *end = append(path, limit, directory);
        end = append_number(append(end, limit, "/"), limit, (unsigned)pid);
        end = append_number(append(end, limit, "."), limit, n);
        append(end, limit, ".trace");
        long fd = KERNEL_CALL3(
            SYS_open, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd != -EEXIST)
            return fd;
    }
    return -EEXIST;
}

/* What the program's own limits leave for us: growing a file past RLIMIT_FSIZE would raise
 * SIGXFSZ (setrlimit(2)), and address space is not ours to use up. */
static uint64_t choose_capacity(void)
{
    uint64_t capacity = CAPACITY_MAX;
    struct rlimit limit;
    if (KERNEL_CALL2(SYS_getrlimit, RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < capacity)
        capacity = limit.rlim_cur;
    if (KERNEL_CALL2(SYS_getrlimit, RLIMIT_AS, &limit) == 0 && limit.rlim_cur / 64 < capacity)
        capacity = limit.rlim_cur / 64;
    return capacity & ~(uint64_t)(KERNEL_PAGE - 1);
}

/* Makes [from, from + size) of the mapping real. Returns 0 or -errno. */
static long commit(struct segment *segment, size_t from, size_t size)
{
    char *start = (char *)segment->header + from;
    if (kernel_is_forbidden)
        return -EPERM;
    long error = KERNEL_CALL3(SYS_mprotect, start, size, PROT_READ | PROT_WRITE);
    if (error)
        return error;
    error = KERNEL_CALL3(SYS_madvise, start, size, MADV_POPULATE_WRITE);
    if (error != -EINVAL)
        return error;
    long fd = KERNEL_CALL2(SYS_open, segment->path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (kernel_failed(fd))
        return fd;
    error = KERNEL_CALL4(SYS_fallocate, fd, 0, from, size);
    KERNEL_CALL1(SYS_close, fd);
    return error;
}

int segment_create(struct segment *segment, const char *directory, int pid)
{
    uint64_t capacity = choose_capacity();
    if (capacity < CAPACITY_MIN)
        return -EFBIG;
    long fd = create_file(segment->path, sizeof segment->path, directory, pid);
    if (kernel_failed(fd))
        return (int)fd;
    long error = KERNEL_CALL2(SYS_ftruncate, fd, capacity);
    long base = -ENOMEM;
    while (error == 0 && capacity >= CAPACITY_MIN) {
        base = KERNEL_CALL6(SYS_mmap, NULL, capacity, PROT_NONE, MAP_SHARED | MAP_NORESERVE, fd, 0);
        if (base != -ENOMEM)
            break;
        capacity = (capacity / 4) & ~(uint64_t)(KERNEL_PAGE - 1);
    }
    KERNEL_CALL1(SYS_close, fd);
    if (error || kernel_failed(base))
        return (int)(error ? error : base);

    segment->header = (struct trace_header *)base;
    segment->reserved = capacity;
    error = commit(segment, 0, FIRST_CHUNK);
    if (error) {
        segment_forget(segment);
        return (int)error;
    }
    struct trace_header *header = segment->header;
    header->record_size = TRACE_RECORD_SIZE;
    header->version = TRACE_VERSION;
    header->capacity = (uint32_t)(capacity / TRACE_RECORD_SIZE);
    header->magic = TRACE_MAGIC;
    atomic_store_explicit(&header->used, TRACE_FIRST_RECORD, memory_order_relaxed);
    atomic_store_explicit(
        &segment->committed, FIRST_CHUNK / TRACE_RECORD_SIZE, memory_order_relaxed);
    atomic_store_explicit(&segment->is_full, 0, memory_order_relaxed);
    return 0;
}

void segment_forget(struct segment *segment)
{
    if (segment->header)
        KERNEL_CALL2(SYS_munmap, segment->header, segment->reserved);
    segment->header = NULL;
}

/* Grows until `needed` records are real. Threads may do this at the same time: the same
 * pages are then populated twice, and `committed` takes the larger value. */
static int grow(struct segment *segment, uint32_t needed)
{
    for (;;) {
        uint32_t now = atomic_load_explicit(&segment->committed, memory_order_acquire);
        if (now >= needed)
            return 1;
        if (atomic_load_explicit(&segment->is_full, memory_order_relaxed))
            return 0;
        size_t from = (size_t)now * TRACE_RECORD_SIZE;
        size_t size = from < CHUNK_MAX ? from : CHUNK_MAX;
        if (size > segment->reserved - from)
            size = segment->reserved - from;
        if (size == 0 || commit(segment, from, size) != 0) {
            atomic_store_explicit(&segment->is_full, 1, memory_order_relaxed);
            return 0;
        }
        uint32_t grown = (uint32_t)((from + size) / TRACE_RECORD_SIZE);
        /* Release: whoever sees the new size may touch the pages. Fails if another thread
         * has grown it meanwhile, which the loop then sees. */
        atomic_compare_exchange_strong_explicit(
            &segment->committed, &now, grown, memory_order_release, memory_order_relaxed);
    }
}

void segment_reserve(struct segment *segment, uint32_t count)
{
    uint32_t used = atomic_load_explicit(&segment->header->used, memory_order_relaxed);
    uint32_t limit = (uint32_t)(segment->reserved / TRACE_RECORD_SIZE);
    if (used < limit)
        grow(segment, count < limit - used ? used + count : limit);
}

trace_index segment_claim(struct segment *segment, uint32_t count)
{
    struct trace_header *header = segment->header;
    /* A full file stays as it is: `used` must not creep on and overflow. */
    uint32_t used = atomic_load_explicit(&header->used, memory_order_relaxed);
    uint32_t limit = (uint32_t)(segment->reserved / TRACE_RECORD_SIZE);
    if (used >= limit || count > limit - used)
        return 0;
    if (!grow(segment, used + count))
        return 0;
    uint32_t first = atomic_fetch_add_explicit(&header->used, count, memory_order_relaxed);
    if (first >= limit || count > limit - first || !grow(segment, first + count))
        return 0;
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
