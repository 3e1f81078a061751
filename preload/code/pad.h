/*
 * pad.h - the code between a function that is hooked at its entry and the trampoline.
 *
 * A pad is the code of hook_code.h for one function; the pads of a module lie in one mapping,
 * within reach of a jump from all of its code. One thread at a time makes and destroys pads (under
 * the dynamic linker's lock, or at the start); all threads may read them.
 */
#ifndef PAD_H
#define PAD_H

#include <stdbool.h>
#include <stdint.h>

#include "hook_plan.h"
#include "hook_record.h"

#define PAD_DATA_SIZE 128 /* two lines of the cache, so that no record lies in two */

/* The data of one pad. */
struct pad_data {
    struct hook_record record;
    uint64_t function; /* run-time address of the first byte that the jump replaces */
    bool is_usable;    /* the pad is written */
    bool is_hooked;    /* the jump at the entry is written; the other fields are valid only then */
    uint8_t displaced_size, code_size;
    uint8_t reserved[PAD_DATA_SIZE - 60 - HOOK_PLAN_CODE];
    uint8_t original[HOOK_PLAN_CODE];
};

_Static_assert(
    sizeof(struct pad_data) == PAD_DATA_SIZE, "the fields before `reserved` have 60 bytes");

struct pads {
    struct pads *next;     /* a list of all that were ever made, for readers; never freed */
    struct pads *sibling;  /* of the same module; only for the thread that makes pads */
    _Atomic uint64_t code; /* run-time address of the first pad; 0: there are none */
    _Atomic(struct pad_data *) data; /* in the order of their functions' addresses */
    _Atomic uint32_t count;
    uint64_t place, size; /* of the memory, which begins with the code */
    char *texts;          /* copied from the plan */
};

/* Where the pads must be: near these addresses. */
struct pad_neighbour {
    uint64_t start, end; /* the module; addresses around it are tried first */
    uint64_t code_start, code_end;
    bool is_program; /* it is the program: its heap grows right after it (brk(2)), where there must
                        be no pads */
    bool is_start;   /* nothing of the program has run yet */
};

/* Makes room for `count` pads, all of which jump to `target`, and for `texts_size` bytes of texts.
 * Returns NULL if there is no room near the module. */
struct pads *pads_create(
    const struct pad_neighbour *near, uint32_t count, uint32_t texts_size, uint64_t target);

uint32_t pads_count(const struct pads *pads);
struct pad_data *pads_data(struct pads *pads, uint32_t index);

/* The run-time address of pad number `index`. */
uint64_t pads_address(const struct pads *pads, uint32_t index);

/* Writes pad number `index` for `entry`, but not the names in its record. `bias` is the module's
 * run-time address minus its address in the file. The pad is usable then, unless something that it
 * refers to would be too far away. */
void pads_write(
    struct pads *pads, uint32_t index, const struct hook_plan_entry *entry, uint64_t bias);

/* Makes the pads executable and read-only. From then on they can be used. */
bool pads_finish(struct pads *pads);

/* Releases the pads. No thread may be in one any more. */
void pads_destroy(struct pads *pads);

/* Whether a function at `address` would be hooked at `entry`: at its address, or behind a mark
 * (ARCH_MARK_SIZE). */
bool pads_is_entry(uint64_t address, uint64_t entry);

/* Whether the function at `address`, which may begin with a mark, is hooked at its entry. */
bool pads_are_at(uint64_t address);

/* Where in the function a thread is, from its pc. */
struct pad_place {
    uint64_t pc; /* for a thread in a pad: the instruction of the function that the pad executes */
    uint64_t pushed; /* bytes by which %rsp is lower than it would be at that instruction */
    bool is_pad;
};

/* The place of a thread that a signal has interrupted at `pc`. Async-signal-safe. */
struct pad_place pad_place(uint64_t pc);

/* The address, in the pad that contains `pad`, of the code that does the work of the displaced
 * instruction at `pc`. 0: that instruction was not displaced. Async-signal-safe. */
uint64_t pad_of(uint64_t pad, uint64_t pc);

#endif
