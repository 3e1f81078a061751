/*
 * help.c - the list of keys.
 */
#include "browse/help.h"

#include <stddef.h>
#include <stdio.h>

#include "terminal/screen.h"

static const struct {
    const char *keys, *what;
} help[] = {
    {"up, down, page, home, end", "move (also k, j, g, G, the mouse wheel)"},
    {"right, +, Enter, space", "unfold"},
    {"left, -", "fold, or go to the caller"},
    {"*", "unfold all below"},
    {"l", "unfold the longest child, its longest child, ..."},
    {"n, p", "next, previous child of the same caller"},
    {"/", "search a part of a name, also in what is folded"},
    {"s, S", "next, previous find"},
    {"t, h, o", "sort by time, by hits, in order of execution"},
    {"v", "weigh by hits or by time"},
    {"u, U", "only what is under this function; back"},
    {"i", "leaves first, callers below; back"},
    {"a", "show internals of libraries, or not"},
    {"d", "show each place with file and line, or not"},
    {"c", "how long the calls of this leaf took"},
    {"e", "open the source at the line in $EDITOR"},
    {"?, q", "this list; quit"},
};

#define COUNT (sizeof help / sizeof *help)

/* Writes the lines from `from` on. Returns the first one that had no room. */
static size_t help_draw(size_t from)
{
    size_t rows = screen_rows() > 2 ? screen_rows() - 2 : 1;
    const char *line_format = screen_columns() < 70 ? "\033[1m%s\033[0m: %s"
                                                    : " \033[1m%-26s\033[0m %s";
    screen_put(0, "\033[1mKeys\033[0m", false);
    for (size_t row = 0; row < rows; row++) {
        char text[160] = "";
        if (from < COUNT)
            snprintf(text, sizeof text, line_format, help[from].keys, help[from].what);
        from += from < COUNT;
        screen_put(1 + row, text, false);
    }
    screen_put(screen_rows() - 1,
        from < COUNT ? "\033[2many key: more\033[0m" : "\033[2many key: back\033[0m", false);
    screen_update(false, screen_rows() - 1, 0);
    return from;
}

void help_show(void)
{
    size_t from = 0;
    while (from < COUNT) {
        size_t next = help_draw(from);
        int key = screen_read_key();
        if (key == SCREEN_CLOSED)
            return;
        from = key == SCREEN_RESIZED ? 0 : next;
    }
}
