/*
 * cfi.h - finds the row of the unwind table that describes the frame at an address.
 *
 * Tables are .eh_frame (LSB 4.1 chapter 10.6, DWARF 5 section 6.4). They are read where the program
 * has mapped them, and trusted as the program's own exception handling trusts them.
 */
#ifndef CFI_H
#define CFI_H

#include <stdbool.h>
#include <stdint.h>

#include "arch.h"

/* Where a register's value in the caller is. */
enum cfi_where {
    CFI_SAME,           /* unchanged; also if no instruction names the register */
    CFI_UNDEFINED,      /* lost; for the return address: there is no caller */
    CFI_AT_CFA,         /* in memory at CFA + value */
    CFI_VAL_CFA,        /* CFA + value itself */
    CFI_IN_REGISTER,    /* in register number `value` */
    CFI_AT_EXPRESSION,  /* in memory at the expression's result; the CFA is pushed before it begins
                         */
    CFI_VAL_EXPRESSION, /* the expression's result; the CFA is pushed before it begins */
};

struct cfi_saved {
    uint8_t where; /* enum cfi_where */
    int64_t value; /* for an expression: the address of its block in the table */
};

struct cfi_row {
    struct cfi_saved saved[ARCH_REGISTERS];
    bool is_signal_frame;
    bool cfa_is_expression; /* then cfa_value is the address of its block */
    uint8_t cfa_register;
    int64_t cfa_value; /* CFA = cfa_register + cfa_value */
};

/* How many states a table can remember at once (DW_CFA_remember_state); compilers use one. */
#define CFI_REMEMBERED_MAX 4

/* Memory for finding a row: too much for a small stack. */
struct cfi_work {
    struct cfi_row row; /* the result */
    struct cfi_row initial, remembered[CFI_REMEMBERED_MAX];
};

/* The operations of a DWARF expression (DWARF 5 section 2.5). */
struct cfi_expression {
    const uint8_t *at, *end;
};

/* Opens the block at `address`: a length as ULEB128, then the operations. */
struct cfi_expression cfi_open_expression(int64_t address);

enum cfi_result {
    CFI_FOUND,
    CFI_NONE,    /* the tables don't cover the address */
    CFI_UNKNOWN, /* they do, in a form that is not supported here */
};

/* Finds work->row for the instruction at `address` in the tables at `eh_frame_hdr` (runtime
 * addresses; 0: there are no tables). Async-signal-safe. */
enum cfi_result cfi_find_row(uint64_t eh_frame_hdr, uint64_t address, struct cfi_work *work);

/* They read numbers of DWARF (section 7.6), and advance *at, never past `end`. */
uint64_t cfi_read_fixed(const uint8_t **at, const uint8_t *end, unsigned size);
uint64_t cfi_read_uleb(const uint8_t **at, const uint8_t *end);
int64_t cfi_read_sleb(const uint8_t **at, const uint8_t *end);

#endif
