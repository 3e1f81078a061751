/*
 * help.c - the list of keys.
 */
#include "browse/help.h"

#include <stddef.h>
#include <stdio.h>

#include "terminal/screen.h"

/* Of which runs a line tells. */
enum help_of { OF_ALL, OF_LIVE, OF_RECORDED };

static const struct {
    const char *keys, *what;
    enum help_of of;
} help[] = {
    {"f, space", "freeze the screen, and go on", OF_LIVE},
    {"w", "save this period, and what waits, in a file", OF_LIVE},
    {"<, >", "look more often, less often", OF_LIVE},
    {"up, down, page, home, end", "move (also k, j, g, G, the mouse wheel)", OF_ALL},
    {"right, +, Enter", "unfold", OF_LIVE},
    {"right, +, Enter, space", "unfold", OF_RECORDED},
    {"left, -", "fold, or go to the caller", OF_ALL},
    {"*", "unfold all below", OF_ALL},
    {"l", "unfold the longest child, its longest child, ...", OF_ALL},
    {"n, p", "next, previous child of the same caller", OF_ALL},
    {"/", "search a part of a name, also in what is folded", OF_ALL},
    {"s, S", "next, previous find", OF_ALL},
    {"t, h, o", "sort by time, by hits, in order of execution", OF_ALL},
    {"v", "weigh by hits or by time", OF_ALL},
    {"u, U", "only what is under this function; back", OF_ALL},
    {"i", "leaves first, callers below; back", OF_ALL},
    {"a", "show internals of libraries, or not", OF_ALL},
    {"d", "show each place with file and line, or not", OF_ALL},
    {"c", "how long the calls of this leaf took", OF_ALL},
    {"e", "open the source at the line in $EDITOR", OF_ALL},
    {"?, q", "this list; quit", OF_ALL},
};

#define COUNT (sizeof help / sizeof *help)

/* Returns the first line from `from` on that tells of such a run; COUNT: there is none. */
static size_t find_line(size_t from, bool is_live)
{
    enum help_of other = is_live ? OF_RECORDED : OF_LIVE;
    while (from < COUNT && help[from].of == other)
        from++;
    return from;
}

/* Writes the lines from `from` on. Returns the first one that had no room. */
static size_t help_draw(size_t from, bool is_live)
{
    size_t rows = screen_rows() > 2 ? screen_rows() - 2 : 1;
    const char *line_format = screen_columns() < 70 ? "\033[1m%s\033[0m: %s"
                                                    : " \033[1m%-26s\033[0m %s";
    screen_put(0, "\033[1mKeys\033[0m", false);
    for (size_t row = 0; row < rows; row++) {
        char text[160] = "";
        from = find_line(from, is_live);
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

void help_show(bool is_live)
{
    size_t from = 0;
    while (from < COUNT) {
        size_t next = help_draw(from, is_live);
        int key = screen_read_key();
        if (key == SCREEN_CLOSED)
            return;
        from = key == SCREEN_RESIZED ? 0 : next;
    }
}
