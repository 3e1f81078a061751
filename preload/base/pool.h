/*
 * pool.h - the memory that the library uses in the program, and where it lies.
 *
 * Memory that the program has unmapped must stay free: the program may unmap it again, expect a
 * fault there, or map something at that very address. So none of our memory may lie where the
 * kernel places mappings. All of it lies far below that, at a place that is chosen at the start.
 * Forked children inherit the place and its contents.
 *
 * Pieces that are given back are used again. The pool is readable and writable from the start: a
 * hit causes page faults but makes no system call until the first chunk (FIRST_CHUNK in pool.c,
 * less under a limit) is used up. So a program is not killed if it has forbidden system calls and
 * the library has not seen it.
 */
#ifndef POOL_H
#define POOL_H

#include <stddef.h>
#include <stdint.h>

/* A place for the trace file's mapping of at most POOL_TRACE_MAX bytes; 0: there is none.
 * Async-signal-safe, as all of these functions are. */
uint64_t pool_trace_place(void);
#define POOL_TRACE_MAX (UINT64_C(256) << 20)

/* `size`, or less: the library's share if the program's limits allow less memory. */
uint64_t pool_share(uint64_t size);

/* Zeroed memory, aligned to 64 bytes, or NULL. */
void *pool_take(size_t size);

/* Gives back memory that pool_take has returned for this size. */
void pool_give(void *memory, size_t size);

/* Makes the next `size` bytes that pool_take will return real, by one system call. That costs a
 * tenth of the page faults, and saves most in a virtual machine. */
void pool_prepare(size_t size);

/* Memory that is never given back; pool_reset does not free it. */
void *pool_take_for_good(size_t size);

/* Where structs of one kind are taken from that are never given back: at first an array, because a
 * page costs more than the work on a few of them, then pages. */
struct pool_row {
    char *next, *end;
};

/* `size` zeroed bytes, or NULL. One thread at a time may call this for a row. */
void *pool_take_from(struct pool_row *row, size_t size);

/* A page that the kernel wipes in a forked child (MADV_WIPEONFORK, Linux 4.14), or NULL. There is
 * only one. */
void *pool_wiped_page(void);

/* Maps `size` bytes of a file for reading. Returns -errno as mmap(2) does. Only one thread at a
 * time may call this or pool_unmap_file. */
long pool_map_file(long fd, size_t size);
void pool_unmap_file(const void *memory, size_t size);

/* Frees all memory but that of pool_take_for_good. For a forked child, where the caller is the only
 * thread, and no interrupted code uses any of it. */
void pool_reset(void);

/* The program is about to limit its address space to `address_space` bytes: gives back what is
 * reserved beyond a small part of that, and takes no larger pieces from now on. */
void pool_limit(uint64_t address_space);

#endif
