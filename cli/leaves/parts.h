/*
 * parts.h - code of functions that lies apart from their entries.
 */
#ifndef LEAVES_PARTS_H
#define LEAVES_PARTS_H

struct functions;

/* Fills in found->parts, and the parts of each function of the list. Returns 0 or -ENOMEM. */
int function_parts_find(struct functions *found);

#endif
