/*
 * calls_wish.h - how the user wants calls of the root to be told apart.
 *
 * The functions return 0, or -EINVAL with *problem, one line (malloc'ed).
 */
#ifndef OPTIONS_CALLS_WISH_H
#define OPTIONS_CALLS_WISH_H

struct options;

/* --each: NULL, a number, "innermost", or both with a comma between. */
int calls_wish_each(struct options *options, const char *value, char **problem);

/* --by: the name of a parameter, or its number. */
int calls_wish_by(struct options *options, const char *argument, char **problem);

/* When all options are known: calls of main are told apart by nothing, since there is one. */
int calls_wish_check(struct options *options, char **problem);

#endif
