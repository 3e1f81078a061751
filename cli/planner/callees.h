/*
 * callees.h - finds what leads to functions that look at their caller, in one file.
 */
#ifndef PLANNER_CALLEES_H
#define PLANNER_CALLEES_H

struct caller_seen_calls;
struct elf_image;

void callees_find(struct caller_seen_calls *calls, const struct elf_image *image);

#endif
