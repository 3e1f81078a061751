/*
 * function_parts.h - the parts of functions that lie elsewhere than their entries.
 */
#ifndef LEAVES_FUNCTION_PARTS_H
#define LEAVES_FUNCTION_PARTS_H

struct functions;

/* Fills in found->parts and the parts of each function in the list. Returns 0 or -ENOMEM. */
int function_parts_find(struct functions *found);

#endif
