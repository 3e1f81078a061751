/*
 * page.c - the page that shows how long the calls of a leaf took.
 */
#include "browse/page.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/durations/chart.h"
#include "report/printer.h"
#include "terminal/screen.h"
#include "view/view.h"

/* Writes what `print` prints for counts[index] to a row. */
static void put_text(const struct glyphs *glyphs, const struct view_node *leaf, size_t row,
    size_t index,
    void (*print)(const struct printer *printer, const struct view_node *leaf, size_t index))
{
    char *text = NULL;
    size_t size;
    struct printer printer = {.out = open_memstream(&text, &size), .glyphs = glyphs, .color = true};
    if (printer.out) {
        print(&printer, leaf, index);
        fclose(printer.out);
    }
    screen_put(row, text ? text : "", false);
    free(text);
}

static void page_print_title(
    const struct printer *printer, const struct view_node *leaf, size_t index)
{
    (void)index;
    chart_print_title(printer, leaf->durations, leaf->function);
}

static void page_print_bucket(
    const struct printer *printer, const struct view_node *leaf, size_t index)
{
    chart_print_line(printer, leaf->durations, index, screen_columns());
}

/* Writes the lines from the bucket `from` on. Returns the first one that had no room. */
static size_t page_draw(const struct glyphs *glyphs, const struct view_node *leaf, size_t from)
{
    size_t last_row = screen_rows() - 1, row = 1, count = leaf->durations->size;
    put_text(glyphs, leaf, 0, 0, page_print_title);
    for (; from < count && row < last_row; from++)
        if (chart_has_line(leaf->durations, from))
            put_text(glyphs, leaf, row++, from, page_print_bucket);
    for (; row < last_row; row++)
        screen_put(row, "", false);
    screen_put(last_row,
        from < count ? "\033[2many key: more\033[0m" : "\033[2many key: back\033[0m", false);
    screen_update(false, last_row, 0);
    return from;
}

bool page_show_calls(const struct glyphs *glyphs, const struct view_node *leaf)
{
    if (leaf->durations == NULL)
        return false;
    for (size_t from = 0; from < leaf->durations->size;) {
        size_t next = page_draw(glyphs, leaf, from);
        int key = screen_read_key();
        if (key == SCREEN_CLOSED)
            return true;
        from = key == SCREEN_RESIZED ? 0 : next;
    }
    return true;
}
