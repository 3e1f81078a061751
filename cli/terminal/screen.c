/*
 * screen.c - the terminal of the browser, by ncurses.
 *
 * Lines come as text with the colours of a report, so that both look the same. Only these codes
 * (ECMA-48, "Select Graphic Rendition") are known here: bold, dim, underlined, and the eight
 * colours of the text; the background is the terminal's.
 */
#include "terminal/screen.h"

#include <errno.h>
#include <langinfo.h>
#include <ncursesw/curses.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "base/character.h"
#include "base/message.h"

static bool screen_has_colors, is_utf8;

/* ---- begin and end ---- */

/* A pair for each colour has the colour's number, from 1 (red) to 7 (white). */
static void begin_colors(bool is_wanted)
{
    screen_has_colors = is_wanted && has_colors() && start_color() == OK &&
                        use_default_colors() == OK;
    for (short color = 1; screen_has_colors && color < 8; color++)
        init_pair(color, color, -1);
}

int screen_begin(bool wants_colors, char **problem)
{
    const char *type = getenv("TERM");
    if (newterm(NULL, stdout, stdin) == NULL)
        return message_problem(problem, -EINVAL,
            "the browser cannot use this terminal: its type, '%s' in $TERM, is not known",
            type ? type : "");
    if (tigetstr("cup") == NULL) {
        endwin();
        return message_problem(problem, -EINVAL,
            "the browser cannot use this terminal: '%s' in $TERM cannot move the cursor",
            type ? type : "");
    }
    is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    begin_colors(wants_colors);
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(25); /* ms */
    mousemask(BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    mouseinterval(0);
    return 0;
}

void screen_end(void)
{
    endwin();
}

size_t screen_rows(void)
{
    return (size_t)LINES;
}

size_t screen_columns(void)
{
    return (size_t)COLS;
}

/* ---- text ---- */

/* Reads the number of a code. Returns what follows it. */
static const char *apply_code(const char *text, attr_t *attributes, short *color)
{
    char *end;
    long code = strtol(text, &end, 10);
    if (code == 0) {
        *attributes = A_NORMAL;
        *color = 0;
    }
    *attributes |= code == 1 ? A_BOLD : code == 2 ? A_DIM : code == 4 ? A_UNDERLINE : A_NORMAL;
    if (code >= 30 && code <= 37)
        *color = (short)(code - 30);
    return end;
}

/* `text` is at the escape. Returns what follows the codes: "\033[1;36m". */
static const char *apply_codes(const char *text, attr_t *attributes, short *color)
{
    for (text += 2; *text >= '0' && *text <= '9'; text += *text == ';')
        text = apply_code(text, attributes, color);
    return text + (*text == 'm');
}

/* The selected line has no colours of its own: they would be backgrounds. */
static void set_attributes(attr_t attributes, short color, bool is_selected)
{
    if (is_selected)
        attributes = (attributes & A_BOLD) | A_REVERSE;
    attr_set(attributes, is_selected || !screen_has_colors ? 0 : color, NULL);
}

/* Writes a character. In a locale that has no such character, a question mark. */
static void put_character(const char *text, struct character at)
{
    wchar_t wide[2] = {L'?'};
    mbstate_t state = {0};
    if (!at.is_harmless || (at.length > 1 && !is_utf8))
        addch('?');
    else if (at.length == 1)
        addch((unsigned char)*text);
    else if (mbrtowc(wide, text, at.length, &state) == at.length)
        addnwstr(wide, 1);
    else
        addch('?');
}

void screen_put(size_t row, const char *text, bool is_selected)
{
    attr_t attributes = A_NORMAL;
    short color = 0;
    size_t left = screen_columns();
    if (row >= screen_rows())
        return;
    move((int)row, 0);
    set_attributes(attributes, color, is_selected);
    for (struct character at; at = character_at(text), at.length > 0; text += at.length) {
        if (text[0] == '\033' && text[1] == '[') {
            text = apply_codes(text, &attributes, &color);
            set_attributes(attributes, color, is_selected);
            at.length = 0;
            continue;
        }
        size_t columns = at.is_harmless ? at.columns : 1;
        if (columns > left)
            break;
        left -= columns;
        put_character(text, at);
    }
    set_attributes(A_NORMAL, 0, is_selected);
    for (; left > 0; left--)
        addch(' ');
    attr_set(A_NORMAL, 0, NULL);
}

void screen_update(bool has_cursor, size_t cursor_row, size_t cursor_column)
{
    size_t last = screen_columns() ? screen_columns() - 1 : 0;
    curs_set(has_cursor);
    move((int)cursor_row, (int)(cursor_column < last ? cursor_column : last));
    refresh();
}

void screen_forget(void)
{
    clearok(stdscr, TRUE);
}

/* ---- keys ---- */

static int wheel_key(void)
{
    MEVENT event;
    if (getmouse(&event) != OK)
        return SCREEN_OTHER;
    if (event.bstate & BUTTON4_PRESSED)
        return SCREEN_WHEEL_UP;
    return event.bstate & BUTTON5_PRESSED ? SCREEN_WHEEL_DOWN : SCREEN_OTHER;
}

static int name_of_key(wint_t key)
{
    switch (key) {
    case KEY_UP: return SCREEN_UP;
    case KEY_DOWN: return SCREEN_DOWN;
    case KEY_LEFT: return SCREEN_LEFT;
    case KEY_RIGHT: return SCREEN_RIGHT;
    case KEY_PPAGE: return SCREEN_PAGE_UP;
    case KEY_NPAGE: return SCREEN_PAGE_DOWN;
    case KEY_HOME: return SCREEN_HOME;
    case KEY_END: return SCREEN_END;
    case KEY_ENTER: return SCREEN_ENTER;
    case KEY_BACKSPACE: return SCREEN_BACKSPACE;
    case KEY_MOUSE: return wheel_key();
    case KEY_RESIZE: return SCREEN_RESIZED;
    default: return SCREEN_OTHER;
    }
}

static int name_of_character(wint_t key)
{
    switch (key) {
    case L'\r':
    case L'\n': return SCREEN_ENTER;
    case 0x7f:
    case L'\b': return SCREEN_BACKSPACE;
    case 0x1b: return SCREEN_ESCAPE;
    default: return (int)key;
    }
}

/* Waits until there is input, and returns 0; or what there is instead of a key. The terminal is
 * gone if it is at its end, which poll(2) shows as input of no bytes. A signal ends the waiting,
 * too. */
static int wait_for_input(int fd, int timeout_ms)
{
    struct pollfd polled[] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    int ready = poll(polled, 2, timeout_ms), bytes = 0;
    if (ready < 0)
        return errno == EINTR ? 0 : SCREEN_CLOSED;
    if (ready == 0)
        return SCREEN_TIME;
    if (polled[0].revents & (POLLHUP | POLLERR | POLLNVAL))
        return SCREEN_CLOSED;
    if (polled[0].revents == 0)
        return SCREEN_NEWS;
    return ioctl(STDIN_FILENO, FIONREAD, &bytes) == 0 && bytes > 0 ? 0 : SCREEN_CLOSED;
}

/* Waits outside of ncurses, which does not tell an end of the terminal from a signal. */
int screen_wait_key(int fd, int timeout_ms)
{
    wint_t key;
    int kind, other;
    while ((kind = get_wch(&key)) == ERR)
        if ((other = wait_for_input(fd, timeout_ms)) != 0)
            return other;
    return kind == KEY_CODE_YES ? name_of_key(key) : name_of_character(key);
}

int screen_read_key(void)
{
    return screen_wait_key(-1, -1);
}
