/*
 * root_argument.h - by which argument of the root its calls are told apart (--by).
 */
#ifndef PLAN_ROOT_ARGUMENT_H
#define PLAN_ROOT_ARGUMENT_H

#include "trace/contents.h"

struct leaves;
struct plans;

struct root_argument {
    unsigned number; /* of its register, from 1 on; 0: calls are not told apart by one */
    unsigned bytes;  /* of the register that count: 1, 2, 4 or 8 */
    enum snapshot_value_form form;
};

#define ROOT_ARGUMENT_MAX 6

/* Finds the argument `wanted`, a number or the name of a parameter, of the root, which is the last
 * leaf. All functions that are the root must have it in one register. If there is no debugging
 * information, an argument that is given by its number has all eight bytes. Returns 0; or -errno
 * with *problem, one line (malloc'ed). */
int root_argument_find(struct root_argument *argument, const struct plans *plans,
    const struct leaves *leaves, const char *wanted, char **problem);

#endif
