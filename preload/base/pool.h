/*
 * pool.h - the memory that the library takes in the program, and where all of it lies.
 *
 * What the program unmaps is free, and stays so: it may unmap it again, find a fault there, or map
 * something at that very address. So nothing of ours may lie where the kernel puts mappings, which
 * is where the program's own come and go. All of it has a place far below that, which is chosen at
 * the start; forked children inherit it, with what lies there.
 *
 * Pieces that are given back are used again. The pool is readable and writable from the start: what
 * a hit needs costs page faults but no system call, until the first POOL_FIRST bytes are used up.
 * So a program that has forbidden system calls without our seeing it is not killed for them.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes the pool, if it is not there. Async-signal-safe, as all of these are. */
bool pool_start(void);

/* A place for a mapping of at most POOL_TRACE_MAX bytes, for the trace file; 0: there is none. */
uint64_t pool_trace_place(void);
#define POOL_TRACE_MAX (UINT64_C(256) << 20)

/* `size`, or our part of what the program may have where its limits leave less. */
uint64_t pool_share(uint64_t size);

/* Zeroed memory, aligned to 64 bytes, or NULL. */
void *pool_take(size_t size);

/* Gives back what was taken with that size. */
void pool_give(void *memory, size_t size);

/* Makes the next `size` bytes that pool_take will hand out real, by one system call: a tenth of
 * what as many page faults cost, most of all in a virtual machine. */
void pool_prepare(size_t size);

/* Memory that is never given back, and that pool_reset leaves alone. */
void *pool_take_for_good(size_t size);

/* A page that the kernel wipes in a forked child (MADV_WIPEONFORK, Linux 4.14), or NULL. There is
 * one. */
void *pool_wiped_page(void);

/* Maps `size` bytes of a file for reading. Returns -errno as mmap(2) does. One thread at a time
 * does this, and unmaps it. */
long pool_map_file(long fd, size_t size);
void pool_unmap_file(const void *memory, size_t size);

/* Makes all that was taken free, but for what was taken for good. In a forked child, where the
 * caller is the only thread, and nothing that it has interrupted uses any of it. */
void pool_reset(void);

/* The program is about to limit its address space to so many bytes: gives back what is reserved
 * beyond a small part of that, and takes no larger pieces from now on. */
void pool_limit(uint64_t address_space);

/* Whether anything of ours lies in [start, start + size). */
bool pool_overlaps(uint64_t start, uint64_t size);

#endif
