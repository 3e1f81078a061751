/*
 * printer.c - how numbers, times, names and colours are printed in a report as text.
 */
#include "report/printer.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/character.h"
#include "base/message.h"
#include "names/fit.h"

static const char *const unicode_bar[] = {"▏", "▎", "▍", "▌", "▋", "▊", "▉", "█", NULL};
static const char *const ascii_bar[] = {"#", NULL};

const struct glyphs unicode_glyphs = {"╼ ", "├╼ ", "└╼ ", "│  ", "   ", "+ ", "├+ ", "└+ ", "×",
    "µs", "…", "›", "·", "≤", unicode_bar};
const struct glyphs ascii_glyphs = {"- ", "|- ", "`- ", "|  ", "   ", "+ ", "|+ ", "`+ ", "x", "us",
    "...", ">", "*", "<=", ascii_bar};

static const char *const paint_codes[] = {
    [PAINT_NONE] = "\033[0m",
    [PAINT_DIM] = "\033[2m",
    [PAINT_FUNCTION] = "\033[1m",
    [PAINT_LEAF] = "\033[1;36m",
    [PAINT_TIME] = "\033[32m",
    [PAINT_NOTE] = "\033[33m",
    [PAINT_HEADING] = "\033[1;4m",
};

void paint(const struct printer *printer, enum paint what)
{
    if (printer->color)
        fputs(paint_codes[what], printer->out);
}

void print_painted(const struct printer *printer, enum paint what, const char *text)
{
    paint(printer, what);
    message_write_harmless(printer->out, text);
    paint(printer, PAINT_NONE);
}

void print_fitting(const struct printer *printer, const char *text, size_t columns)
{
    char *fitting = names_fit(text, columns, printer->glyphs->dots);
    message_write_harmless(printer->out, fitting ? fitting : text);
    free(fitting);
}

void print_count(FILE *out, uint64_t count, const char *one, const char *many)
{
    fprintf(out, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

void format_duration(const struct printer *printer, uint64_t ns, char *text, size_t size)
{
    const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{1000, printer->glyphs->microseconds}, {1000000, "ms"}, {1000000000, "s"}};
    if (ns < 1000) {
        snprintf(text, size, "%" PRIu64 " ns", ns);
        return;
    }
    for (size_t i = 0; i < 3 && ns < UINT64_C(59950000000); i++) {
        uint64_t tenths = (ns + units[i].ns / 20) / (units[i].ns / 10);
        uint64_t whole = (ns + units[i].ns / 2) / units[i].ns;
        if (whole >= 1000)
            continue;
        if (tenths < 1000)
            snprintf(
                text, size, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10, units[i].name);
        else
            snprintf(text, size, "%" PRIu64 " %s", whole, units[i].name);
        return;
    }
    uint64_t seconds = ns / 1000000000 + (ns % 1000000000 >= 500000000);
    if (seconds < 3600)
        snprintf(text, size, "%" PRIu64 " min %" PRIu64 " s", seconds / 60, seconds % 60);
    else
        snprintf(text, size, "%" PRIu64 " h %" PRIu64 " min", seconds / 3600, seconds / 60 % 60);
}

void format_number(uint64_t number, char *text, size_t size)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
    size_t used = 0;
    for (int i = 0; i < length && used + 2 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            text[used++] = ',';
        text[used++] = digits[i];
    }
    text[used] = '\0';
}

void print_duration(const struct printer *printer, uint64_t ns)
{
    char text[40];
    format_duration(printer, ns, text, sizeof text);
    fputs(text, printer->out);
}

/* Writes at most nine columns. */
static void format_short_duration(
    const struct printer *printer, uint64_t ns, char *text, size_t size)
{
    const uint64_t second = 1000000000;
    if (ns < 59950000000)
        format_duration(printer, ns, text, size);
    else if (ns < 6000 * second)
        snprintf(text, size, "%.1f min", (double)ns / (double)second / 60);
    else
        snprintf(text, size, "%.*f h", ns < 360000 * second, (double)ns / (double)second / 3600);
}

void print_duration_column(const struct printer *printer, uint64_t ns, size_t width)
{
    char text[40] = "";
    if (ns)
        format_short_duration(printer, ns, text, sizeof text);
    size_t columns = character_columns(text);
    fprintf(printer->out, "%*s%s", (int)(columns < width ? width - columns : 0), "", text);
}

void print_total(const struct printer *printer, uint64_t ns)
{
    if (ns == 0)
        return;
    fputs(", ", printer->out);
    print_duration(printer, ns);
}

void begin_note(const struct printer *printer)
{
    paint(printer, PAINT_NOTE);
}

void end_note(const struct printer *printer)
{
    paint(printer, PAINT_NONE);
    putc('\n', printer->out);
}

void print_thread_id(FILE *out, int tid, const char *name, uint32_t successors)
{
    fprintf(out, "%s %d", successors ? "threads" : "thread", tid);
    if (name[0]) {
        fputs(" \"", out);
        message_write_harmless(out, name);
        putc('"', out);
    }
    if (successors)
        fprintf(out, " and %" PRIu32 " later", successors);
}
