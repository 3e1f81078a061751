/*
 * printer.h - how numbers, times, names and colours are printed in a report as text.
 */
#ifndef REPORT_PRINTER_H
#define REPORT_PRINTER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct tree_process;

/* Three columns each, but the top's two. */
struct glyphs {
    const char *top, *branch, *last, *line, *gap;
    const char *times, *microseconds, *dots;
};

extern const struct glyphs unicode_glyphs, ascii_glyphs;

/* ECMA-48, "Select Graphic Rendition". */
enum paint { PAINT_NONE, PAINT_DIM, PAINT_FUNCTION, PAINT_LEAF, PAINT_TIME, PAINT_NOTE };
struct printer {
    FILE *out;
    const struct tree_process *process;
    const struct glyphs *glyphs;
    bool color;
};

/* From here on what is printed looks so, where there are colours. */
void paint(const struct printer *printer, enum paint what);

/* Prints text that came from the program, harmless. */
void print_painted(const struct printer *printer, enum paint what, const char *text);

/* "1 hit", "2 hits" */
void print_count(FILE *out, uint64_t count, const char *one, const char *many);

/* Two or three significant digits. */
void print_duration(const struct printer *printer, uint64_t ns);

/* ", 2.3 ms"; nothing where there is no time. */
void print_total(const struct printer *printer, uint64_t ns);

/* A line that says what is missing, or what to know. */
void begin_note(const struct printer *printer);
void end_note(const struct printer *printer);

/* A thread, or one and others that came later, each when its former owner had ended, and went on in
 * its tree. */
void print_thread_id(FILE *out, int tid, const char *name, uint32_t successors);

#endif
