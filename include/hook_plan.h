/*
 * hook_plan.h - how the functions of one file are hooked at their entry.
 *
 * The tool reads a file (the program, a library), finds the functions that are leaves, decodes
 * their first instructions and writes a plan: what has to be done. The library in the program
 * carries it out and decides nothing: it compares the bytes, puts the displaced instructions into
 * memory near the function, and writes a jump over their former place. hook_code.h, which each
 * architecture has, shows this code and gives its sizes: a plan is for a file of one
 * architecture.
 *
 * Plans lie in the session directory as "<dev>-<ino>.plan" (hexadecimal, stat(2)), so that each
 * file is read once in a run, also if several processes load it. A process that finds no plan asks
 * for it: it connects to the socket SESSION_PLAN_SOCKET there (unix(7), SOCK_SEQPACKET), sends a
 * struct hook_plan_request, and gets one byte: 1 when the plan is there, 0 when there will be none.
 * The library ignores a plan that does not belong to the owner of the session directory. It also
 * asks for a plan that it cannot open: the process may have become another user. Nobody answers
 * after the tool has been killed; then functions are hooked where the dynamic linker binds them, or
 * not at all.
 *
 * Only the process knows which function an IFUNC's resolver has chosen. So it asks again, with the
 * address that the resolver has returned, for the plan "<dev>-<ino>-<address>.plan", which has one
 * entry.
 *
 * The file: a header, `count` entries in the order of their addresses, the texts. Offsets count
 * from the beginning of the file. The file gets its name only when it is complete.
 */
#ifndef HOOK_PLAN_H
#define HOOK_PLAN_H

#include <stdint.h>

#include "hook_code.h"

#define HOOK_PLAN_MAGIC   UINT64_C(0x6e616c702d6373) /* "sc-plan" */
#define HOOK_PLAN_VERSION 4
#define HOOK_PLAN_PUSHED  0x80 /* in hook_plan_entry.original */

struct hook_plan_request {
    uint64_t dev, ino; /* of the file: another mount namespace may have another file at the path */
    uint64_t address;  /* 0: the file's plan; else the plan of the function at this address in the
                          file ... */
    uint64_t resolver; /* ... which the resolver at this address has returned */
    char path[4096];   /* absolute, ended by NUL; the bytes after the NUL are not sent */
};

struct hook_plan_header {
    uint64_t magic;
    uint32_t version;
    uint32_t count;
    uint32_t size; /* of the file, in bytes */
    uint32_t reserved;
};

/* Four bytes of the code that depend on its final address; `to` is an address in the file. */
struct hook_plan_fixup {
    uint64_t to;
    uint8_t at;   /* where the bytes are */
    uint8_t end;  /* RELATIVE: where the instruction ends */
    uint8_t kind; /* enum hook_plan_fixup_kind */
    uint8_t reserved[5];
};

enum hook_plan_fixup_kind {
    HOOK_PLAN_RELATIVE, /* to - (the address of code[end]), which must fit 32 bits, signed */
    HOOK_PLAN_LOW,      /* the lower half of the run-time address of `to` */
    HOOK_PLAN_HIGH,     /* the upper half */
};

struct hook_plan_entry {
    uint64_t address; /* in the file (ELF p_vaddr) of the first displaced byte, after the mark at a
                         function's entry if there is one */
    uint32_t shown;   /* offset of the name under which its hits are shown, ended by NUL */
    uint32_t symbol;  /* offset of the function's own name */
    uint32_t flags;   /* HOOK_TAIL, HOOK_STACK_ARGS, HOOK_ROOT, ...: see hook_record.h */
    uint8_t displaced_size; /* >= HOOK_PLAN_JUMP: whole instructions, or padding after them */
    uint8_t code_size;      /* the jump back comes after it, unless ends_by_itself */
    uint8_t fixup_count;
    uint8_t ends_by_itself;     /* 1: the code ends in a jump or return; no jump back follows */
    uint8_t is_one_instruction; /* 1: the jump replaces one instruction of HOOK_PLAN_JUMP bytes: no
                                   thread can be inside it */
    uint8_t is_resolver; /* 1: `address` is the resolver of an IFUNC, which is not hooked itself */
    uint8_t may_fault;   /* 1: the function's arguments can make a displaced instruction fault */
    uint8_t reserved;
    uint32_t task;                      /* see hook_record.h */
    uint8_t displaced[HOOK_PLAN_BYTES]; /* as in the file; compared with memory */
    uint8_t code[HOOK_PLAN_CODE];       /* what does the same in the pad */
    /* For each byte of the code: the offset, in the displaced bytes, of the instruction to which it
     * belongs. A signal at this byte is shown as one at that instruction. With HOOK_PLAN_PUSHED the
     * instruction is a call whose return address is already pushed: the stack pointer is lower, by
     * what a call instruction pushes, than at that instruction. */
    uint8_t original[HOOK_PLAN_CODE];
    struct hook_plan_fixup fixups[HOOK_PLAN_FIXUPS];
};

_Static_assert(sizeof(struct hook_plan_fixup) == 16, "the tool and the library agree");
_Static_assert(sizeof(struct hook_plan_entry) == HOOK_PLAN_ENTRY, "the tool and the library agree");

#endif
