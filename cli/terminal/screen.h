/*
 * screen.h - the terminal of the browser, by ncurses.
 */
#ifndef TERMINAL_SCREEN_H
#define TERMINAL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

/* A key is a character of Unicode, or one of these. */
enum screen_key {
    KEY_OF_SCREEN = 0x200000, /* above all characters */
    SCREEN_UP,
    SCREEN_DOWN,
    SCREEN_LEFT,
    SCREEN_RIGHT,
    SCREEN_PAGE_UP,
    SCREEN_PAGE_DOWN,
    SCREEN_HOME,
    SCREEN_END,
    SCREEN_ENTER,
    SCREEN_BACKSPACE,
    SCREEN_ESCAPE,
    SCREEN_WHEEL_UP,
    SCREEN_WHEEL_DOWN,
    SCREEN_RESIZED,
    SCREEN_OTHER,  /* a key that nobody needs */
    SCREEN_CLOSED, /* the terminal is gone */
    SCREEN_NEWS,   /* something can be read elsewhere */
    SCREEN_TIME,   /* the time is up */
};

/* Takes the terminal. Returns 0, or -EINVAL with *problem, one line (malloc'ed): it cannot be used.
 */
int screen_begin(bool wants_colors, char **problem);

/* Gives the terminal back; also for a while, until the next screen_update. */
void screen_end(void);

size_t screen_rows(void);
size_t screen_columns(void);

/* Writes a line of text at a row, and clears the rest of it. The text is in UTF-8 and may have the
 * colours of report/printer.h; it has no other control characters. What is too wide is cut. */
void screen_put(size_t row, const char *text, bool is_selected);

/* Shows what was written. `cursor_row` and `cursor_column`: where the cursor is, if it is seen. */
void screen_update(bool has_cursor, size_t cursor_row, size_t cursor_column);

/* Draws everything anew the next time, whatever the terminal shows now. */
void screen_forget(void);

/* Waits for a key. */
int screen_read_key(void);

/* The same, but also until something can be read from `fd` (-1: from nowhere), or for so many
 * milliseconds (-1: without a limit). */
int screen_wait_key(int fd, int timeout_ms);

#endif
