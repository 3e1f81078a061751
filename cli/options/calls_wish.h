/*
 * calls_wish.h - how the user wants calls of the root to be told apart.
 *
 * The functions return 0, or -EINVAL with *problem, one line (malloc'ed).
 */
#ifndef OPTIONS_CALLS_WISH_H
#define OPTIONS_CALLS_WISH_H

#include <stdbool.h>

/* A zeroed object wishes nothing. */
struct calls_wish {
    unsigned each;        /* --each: how many different calls of the root, or with --by how many
                           * values, are kept; 0: not given */
    bool each_is_default; /* it was given without a number */
    bool is_innermost;    /* --each=innermost */
    const char *by;       /* --by: a parameter's name, or its number from 1 to 6; NULL: not given */
};

/* --each: NULL, a number, "innermost", or both with a comma between. */
int calls_wish_each(struct calls_wish *wish, const char *value, char **problem);

/* --by: the name of a parameter, or its number. */
int calls_wish_by(struct calls_wish *wish, const char *argument, char **problem);

/* When all options are known: calls of main, the default root, are told apart by nothing, since
 * there is one. */
int calls_wish_check(struct calls_wish *wish, bool root_is_default, char **problem);

#endif
