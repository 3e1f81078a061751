/*
 * pad.h - what stands between a function that is hooked at its entry and the trampoline.
 *
 * A pad is the code of hook_plan.h for one function; the pads of a module lie in one mapping,
 * within reach of a jump from all of its code. Pads are made and destroyed by one thread at a
 * time (the dynamic linker's lock, or the start); all may look at them.
 */
#ifndef PAD_H
#define PAD_H

#include <stdbool.h>
#include <stdint.h>

#include "hook_plan.h"
#include "hook_record.h"

/* What belongs to one pad. */
struct pad_data {
    struct hook_record record;
    uint64_t function; /* run-time address of the first byte that the jump replaces */
    bool is_usable;    /* its pad was written */
    bool is_hooked;    /* the jump is there; only then does any of this count */
    uint8_t displaced_size, code_size;
    uint8_t reserved[12];
    uint8_t original[HOOK_PLAN_CODE];
};

_Static_assert(sizeof(struct pad_data) == 128, "no record lies in two lines of the cache");

struct pads {
    struct pads *next;               /* all that were ever made, for readers; never freed */
    struct pads *sibling;            /* of the same module; the owner's own */
    _Atomic uint64_t code;           /* run-time address of the first pad; 0: none are there */
    _Atomic(struct pad_data *) data; /* in the order of their functions' addresses */
    _Atomic uint32_t count;
    uint64_t place, size; /* of the memory, which begins with the code */
    char *texts;          /* copied from the plan */
};

/* Which addresses the pads are to be near to. */
struct pad_neighbour {
    uint64_t start, end; /* the module, whose surroundings are tried first */
    uint64_t code_start, code_end;
    bool is_program; /* its heap grows right after it (brk(2)), which is to stay free */
    bool is_start;   /* nothing of the program has run yet */
};

/* Makes room for `count` pads, all of which lead to `target`, and `texts_size` bytes of texts.
 * NULL when there is no room near the module. */
struct pads *pads_create(
    const struct pad_neighbour *near, uint32_t count, uint32_t texts_size, uint64_t target);

uint32_t pads_count(const struct pads *pads);
struct pad_data *pads_data(struct pads *pads, uint32_t index);

/* The run-time address of pad number `index`. */
uint64_t pads_address(const struct pads *pads, uint32_t index);

/* Writes pad number `index` for `entry` of a module that lies `bias` above its addresses, except
 * for the names. It is usable then, unless something in it would be too far away. */
void pads_write(
    struct pads *pads, uint32_t index, const struct hook_plan_entry *entry, uint64_t bias);

/* Makes the pads executable, and constant. They can be used from then on. */
bool pads_finish(struct pads *pads);

/* Gives up the pads, when no thread can be in one any more. */
void pads_destroy(struct pads *pads);

/* Whether `entry` is where a function at `address` would be hooked: there, or behind a mark
 * (ARCH_MARK_SIZE). */
bool pads_is_entry(uint64_t address, uint64_t entry);

/* Whether the function at `address`, which may begin with a mark, is hooked at its entry. */
bool pads_are_at(uint64_t address);

/* Where a thread is that is at some address. */
struct pad_place {
    uint64_t pc;     /* in a pad: the instruction of the function whose work is done there */
    uint64_t pushed; /* bytes by which %rsp is lower than it would be at that instruction */
    bool is_pad;
};

/* Of a thread that a signal has interrupted at `pc`. Async-signal-safe. */
struct pad_place pad_place(uint64_t pc);

/* Where the pad that holds `pad` does the work of the instruction at `pc`, which was displaced; 0:
 * it was not. Async-signal-safe. */
uint64_t pad_of(uint64_t pad, uint64_t pc);

#endif
