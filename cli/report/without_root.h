/*
 * without_root.h - processes in which the root that was asked for was never met.
 *
 * What they have hit was not asked for: they have one line together, and no trees.
 */
#ifndef REPORT_WITHOUT_ROOT_H
#define REPORT_WITHOUT_ROOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ABSENT_NAMES 8

struct tree_process;

struct absent {
    size_t count;
    uint64_t hits, first_hits; /* of all of them, of the first */
    struct {
        char *name; /* NULL: out of memory */
        int pid;
        bool is_running;
    } first[ABSENT_NAMES];
};

void absent_add(struct absent *absent, const struct tree_process *process);

/* Prints the line of those that were added, from index `from` on, 0 or 1; nothing if that are
 * none. */
void absent_print(const struct absent *absent, size_t from, const char *root, FILE *out);

void absent_finish(struct absent *absent);

#endif
