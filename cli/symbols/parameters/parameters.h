/*
 * parameters.h - in which register a function gets one of its arguments.
 *
 * By the psABI (3.2.3), arguments of the class INTEGER, which are integers and pointers of at most
 * eight bytes, take the registers rdi, rsi, rdx, rcx, r8 and r9 in their order; those that take
 * vector registers (float, double) take none of these. The debugging information has the types.
 * What is passed in parts, such as a structure, may take any number of registers: nothing is said
 * of what comes after it.
 */
#ifndef SYMBOLS_PARAMETERS_PARAMETERS_H
#define SYMBOLS_PARAMETERS_PARAMETERS_H

#include <stdbool.h>
#include <stdint.h>

#define PARAMETER_REGISTERS 6

struct parameter {
    unsigned number; /* of its register, from 1 on */
    unsigned bytes;  /* that the argument has: 1, 2, 4 or 8; the others of the register are
                      * undefined */
    bool is_signed, is_pointer;
};

/* Finds the parameter `name`, or if that is NULL the one in the register `number`, of the function
 * at `address` in the file. Returns 0; -ENODATA if there is no debugging information about the
 * function; -EINVAL with *why, a phrase about it (malloc'ed), if it has no such parameter, or that
 * is not certain; or -ENOMEM. */
int parameter_find(const char *path, uint64_t address, const char *name, unsigned number,
    struct parameter *found, char **why);

#endif
