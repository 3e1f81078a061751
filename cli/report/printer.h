/*
 * printer.h - how numbers, times, names and colours are printed in a report as text.
 */
#ifndef REPORT_PRINTER_H
#define REPORT_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct tree_process;
struct tree_thread;

/* Three columns wide each, those of the top two. */
struct glyphs {
    const char *top, *branch, *last, *line, *gap;
    const char *folded_top, *folded_branch, *folded_last; /* what is below is not shown */
    const char *times, *microseconds, *dots, *arrow, *dot;
    const char *most;       /* before a number: it is at most this */
    const char *const *bar; /* parts of a column of a bar, the whole one last, then NULL */
};

extern const struct glyphs unicode_glyphs, ascii_glyphs;

/* ECMA-48, "Select Graphic Rendition". */
enum paint {
    PAINT_NONE,
    PAINT_DIM,
    PAINT_FUNCTION,
    PAINT_LEAF,
    PAINT_TIME,
    PAINT_NOTE,
    PAINT_HEADING
};
struct printer {
    FILE *out;
    const struct tree_process *process;
    const struct tree_thread *thread; /* that is being printed; NULL: none, or its objects are not
                                       * wanted */
    const struct glyphs *glyphs;
    const char *leaves_word; /* as in struct report */
    bool is_full;            /* likewise */
    bool color;
    size_t columns; /* likewise, of style; 0: no limit */
};

/* Text that is printed from this call on has this colour, if colours are on. */
void paint(const struct printer *printer, enum paint what);

/* Prints text that came from the program, with control characters escaped. */
void print_painted(const struct printer *printer, enum paint what, const char *text);

/* "1 hit", "2 hits" */
void print_count(FILE *out, uint64_t count, const char *one, const char *many);

/* Writes two or three significant digits and a unit; `text` has `size` bytes, at least 40. */
void format_duration(const struct printer *printer, uint64_t ns, char *text, size_t size);

/* Writes a number with a comma before each three digits; likewise. */
void format_number(uint64_t number, char *text, size_t size);

/* Prints text that came from the program, cut in the middle if it has more columns. */
void print_fitting(const struct printer *printer, const char *text, size_t columns);

/* Prints what format_duration writes. */
void print_duration(const struct printer *printer, uint64_t ns);

/* Prints what format_duration writes, or of a minute and more "1.5 min" and "2.5 h", at the right
 * of `width` columns; spaces if `ns` is 0. */
void print_duration_column(const struct printer *printer, uint64_t ns, size_t width);

/* Prints ", 2.3 ms"; nothing if `ns` is 0. */
void print_total(const struct printer *printer, uint64_t ns);

/* Begins a line that says what is missing, or what the user should know. */
void begin_note(const struct printer *printer);
void end_note(const struct printer *printer);

/* Prints a thread; with `successors`, also how many later threads continued its tree, each after
 * the former owner had ended. */
void print_thread_id(FILE *out, int tid, const char *name, uint32_t successors);

#endif
