/*
 * pane.c - the upper part of the screen: what waits now.
 */
#include "browse/watch/pane.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "terminal/screen.h"

#define PART       3 /* it has at most one of so many rows of the screen */
#define WAIT_LINES 2 /* who waits, and the path */

static size_t most_rows(void)
{
    return screen_rows() / PART;
}

/* The first line has the numbers, and the last one tells what is left out. */
size_t pane_waits(void)
{
    size_t rows = most_rows();
    return rows > 2 + WAIT_LINES ? (rows - 2) / WAIT_LINES : 1;
}

static size_t count_filled(const char *text)
{
    size_t lines = 0;
    for (; *text; text += strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n'))
        lines += *text != '\n';
    return lines;
}

void pane_read(struct pane *pane, int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return;
    char *text = malloc((size_t)status.st_size + 1);
    ssize_t got = text ? pread(fd, text, (size_t)status.st_size, 0) : -1;
    if (got < 0) {
        free(text);
        return;
    }
    text[got] = '\0';
    free(pane->text);
    pane->text = text;
    pane->lines = count_filled(text);
    pane->rows = pane->lines > pane->rows ? pane->lines : pane->rows;
}

size_t pane_rows(const struct pane *pane)
{
    return pane->rows < most_rows() ? pane->rows : most_rows();
}

/* Returns the rest behind the line, which is put on the screen unless it is empty. */
static const char *put_line(const char *text, size_t *row)
{
    size_t length = strcspn(text, "\n");
    char *line = strndup(text, length);
    if (line && length > 0)
        screen_put((*row)++, line, false);
    free(line);
    return text + length + (text[length] == '\n');
}

void pane_draw(const struct pane *pane, const char *dots)
{
    size_t rows = pane_rows(pane), row = 0;
    const char *rest = pane->text ? pane->text : "";
    while (*rest && row < rows)
        rest = put_line(rest, &row);
    if (pane->lines > rows && rows > 0)
        screen_put(rows - 1, dots, false);
    for (; row < rows; row++)
        screen_put(row, "", false);
}

void pane_finish(struct pane *pane)
{
    free(pane->text);
    *pane = (struct pane){.text = NULL};
}
