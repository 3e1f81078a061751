/*
 * modules.h - which file is mapped at which addresses.
 *
 * A file is recorded in the trace when the first frame in it is found. The dynamic linker is asked
 * (_dl_find_object, lock-free, glibc 2.35; before that dl_iterate_phdr), but only for addresses
 * whose rule is not known yet.
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
    uint64_t name_hash;       /* hash of its name in the link map */
    uint64_t inode;           /* as in /proc/self/maps; 0: not looked up */
    struct trace_file file;   /* valid if there is no build-id */
    _Atomic uint32_t checked; /* the modules_generation of the last check that found this file */
    uint32_t path_length;
    uint32_t build_id_size;
    uint8_t build_id[24];
    char path[];
};

/* Finds the module that contains `address`. NULL: the code is in no file. The module stays valid as
 * long as the process runs, also after the file was unmapped. The caller must not share `area`
 * until the function returns. Async-signal-safe, except with glibc before 2.35. */
const struct module *modules_find(
    struct segment *segment, uint64_t address, struct arch_vectors *area);

/* Forgets all modules. For a forked child whose trace file is new and empty. */
void modules_reset(void);

/* Called at the start if the kernel has executed the program's own file, and not a dynamic linker
 * that was told to run it. */
void modules_expect_executable(void);

/* Whether modules_expect_executable was called: then /proc/self/exe is the program. */
bool modules_program_is_executable(void);

/* Writes the program's path into `path`. Returns its length, 0 if it is not known. */
uint32_t modules_program_path(char *path, uint32_t size);

/* Writes the absolute path of the file that the link map calls `name` ("": the program). Returns
 * its length, 0 if it is not known. */
uint32_t modules_absolute_path(const char *name, char *path, uint32_t size);

/* Changes when code may have been unmapped. Then what is remembered about addresses is invalid. */
extern _Atomic uint32_t modules_generation;

#endif
