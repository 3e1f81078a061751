/*
 * modules.h - which file is mapped where.
 *
 * Files are recorded in the trace when the first frame in them is met. The dynamic
 * linker is asked (_dl_find_object, lock-free, glibc 2.35; before that
 * dl_iterate_phdr), but only for addresses whose rule is not known yet.
 */
#ifndef MODULES_H
#define MODULES_H

#include <stdbool.h>
#include <stdint.h>

#include "trace_format.h"

struct segment;
struct arch_vectors;

struct module {
    struct module *next;
    uint64_t start, end;      /* runtime addresses */
    uint64_t bias;            /* runtime address minus address in the file */
    uint64_t eh_frame_hdr;    /* runtime address of PT_GNU_EH_FRAME, or 0 */
    trace_index trace;        /* its MODULE record; 0: there was no room */
    bool is_ours;             /* libscoped-trace.so itself */
    bool is_for_good;         /* it cannot be unloaded */
    uint64_t name_hash;       /* of its name in the link map */
    uint64_t inode;           /* as the kernel's maps have it; 0: was not asked for */
    struct trace_file file;   /* where there is no build-id */
    _Atomic uint32_t checked; /* the modules_generation in which it was last that file */
    uint32_t path_length;
    uint32_t build_id_size;
    uint8_t build_id[24];
    char path[];
};

/* Finds the module that holds `address`, or NULL: code in no file. The module stays valid for
 * as long as the process lives, also after the file was unmapped. `area` is the caller's alone
 * until it returns. Async-signal-safe but for glibc before 2.35. */
const struct module *modules_find(
    struct segment *segment, uint64_t address, struct arch_vectors *area);

/* Forgets what is recorded, in a forked child whose trace file is new and empty. */
void modules_reset(void);

/* The kernel has executed the program's own file, not a dynamic linker that was told to run it.
 * Called at the start, if it is so. */
void modules_expect_executable(void);

/* Whether that is known: then /proc/self/exe is the program. */
bool modules_program_is_executable(void);

/* Writes the program's path into `path`. Returns its length, 0 if it is not known. */
uint32_t modules_program_path(char *path, uint32_t size);

/* Writes an absolute path for what the link map calls `name` ("": the program). Returns its length,
 * 0 if it is not known. */
uint32_t modules_absolute_path(const char *name, char *path, uint32_t size);

/* Changes when code may have been unmapped: what is remembered of addresses is void then. */
extern _Atomic uint32_t modules_generation;

#endif
