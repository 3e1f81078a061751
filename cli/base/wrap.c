/*
 * wrap.c - text whose lines are not wider than the terminal.
 */
#include "base/wrap.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"

#define INDENT "  "

/* Returns the end of the escape sequence of a colour at `text`, or `text`. */
static const char *skip_color(const char *text)
{
    if (text[0] != '\033' || text[1] != '[')
        return text;
    const char *end = text + 2 + strspn(text + 2, "0123456789;");
    return *end == 'm' ? end + 1 : text;
}

/* Returns how much of the line fits: all of it, or up to a space, or as many characters as do. */
static const char *find_break(const char *line, const char *end, size_t columns)
{
    const char *text = line, *space = NULL;
    size_t used = 0;
    while (text < end) {
        const char *after = skip_color(text);
        struct character at = character_at(text);
        if (after == text) {
            if (*text == ' ')
                space = text;
            if (used + at.columns > columns)
                return space && space > line ? space : text;
            used += at.columns;
            after = text + at.length;
        }
        text = after;
    }
    return end;
}

static void wrap_line(FILE *out, const char *line, const char *end, size_t columns)
{
    bool is_table = *line == ' ';
    const char *stop = is_table ? end : find_break(line, end, columns);
    for (;;) {
        const char *last = stop;
        while (!is_table && last > line && last[-1] == ' ')
            last--;
        fwrite(line, 1, (size_t)(last - line), out);
        line = stop + strspn(stop, " ");
        if (line >= end)
            return;
        fputs("\n" INDENT, out);
        stop = find_break(line, end, columns - strlen(INDENT));
    }
}

char *wrap_text(const char *text, size_t columns)
{
    char *wrapped = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&wrapped, &size);
    if (out == NULL)
        return NULL;
    while (*text) {
        const char *end = text + strcspn(text, "\n");
        wrap_line(out, text, end, columns);
        if (*end == '\n')
            putc(*end++, out);
        text = end;
    }
    if (fclose(out) == 0)
        return wrapped;
    free(wrapped);
    return NULL;
}
