/*
 * text.h - a downtrace as text, for people.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

struct tree_calls;
struct tree_process;

struct report_style {
    bool color;   /* ANSI colours */
    bool unicode; /* box-drawing characters and the multiplication sign, else ASCII */
};

/* Whether there is nothing to say of the process but that it has no hits. */
bool report_text_is_silent(const struct tree_process *process);

/* Whether there is more to say of the process than what it has hit. */
bool report_text_has_notes(const struct tree_process *process);

/* The name in the head line, as the process has it; NULL when out of memory. */
char *report_text_name(const struct tree_process *process);

/* Prints head line, trees and foot lines of one process. `root` is the name that the
 * user asked for, for the line that says it was not found; `root_is_default` as in tree/tree.h.
 * What comes from the program (names of functions, files, threads) is printed harmless. */
void report_text(FILE *out, const struct tree_process *process, const char *root,
    bool root_is_default, struct report_style style);

/* Of a process that never came to the root: a line, and its foot lines. */
void report_text_absent(
    FILE *out, const struct tree_process *process, const char *root, struct report_style style);

/* The same as report_text with a tree for each call of the root, in place of the one of the whole
 * process. */
void report_text_calls(FILE *out, const struct tree_process *process,
    const struct tree_calls *calls, const char *root, struct report_style style);

#endif
