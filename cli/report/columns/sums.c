/*
 * sums.c - the columns at the left of a line of a view: time, share, hits.
 */
#include "report/columns/sums.h"

#include <stdio.h>
#include <string.h>

#include "base/character.h"
#include "report/printer.h"
#include "view/view.h"

#define NARROW 60 /* columns of a line that has not all sums */

static void print_sum(const struct printer *printer, const char *text, size_t width)
{
    size_t columns = character_columns(text);
    fprintf(printer->out, "%*s%s", (int)(columns < width ? width - columns : 0), "", text);
}

static void print_share(const struct sums *sums, const struct view_node *node)
{
    char text[16] = "";
    uint64_t some = sums->shares_hits ? node->hits : node->time_ns;
    uint64_t all = sums->shares_hits ? sums->view->hits : sums->view->time_ns;
    if (!sums->shares_hits && node->time_ns == 0 && node->idle_ns)
        snprintf(text, sizeof text, "idle");
    else if (all) {
        double share = 100.0 * (double)some / (double)all;
        snprintf(text, sizeof text, share > 0 && share < 1 ? "<1 %%" : "%.0f %%", share);
    }
    print_sum(sums->printer, text, 6);
}

bool sums_are_narrow(const struct sums *sums)
{
    return sums->columns != 0 && sums->columns < NARROW;
}

static bool has_time_columns(const struct sums *sums)
{
    return sums->view->has_times && !(sums_are_narrow(sums) && sums->shares_hits);
}

/* A narrow line has one of the two. */
static bool has_hits_column(const struct sums *sums)
{
    return !(sums_are_narrow(sums) && has_time_columns(sums));
}

static bool has_share_column(const struct sums *sums)
{
    return sums->view->has_times || sums->shares_hits;
}

void sums_print(const struct sums *sums, const struct view_node *node)
{
    const struct printer *printer = sums->printer;
    char text[40] = "";
    if (has_share_column(sums))
        paint(printer, node->time_ns || sums->shares_hits ? PAINT_TIME : PAINT_DIM);
    if (has_time_columns(sums))
        print_duration_column(printer, node->time_ns ? node->time_ns : node->idle_ns, 9);
    if (has_share_column(sums))
        print_share(sums, node);
    if (has_share_column(sums))
        paint(printer, PAINT_NONE);
    format_number(node->hits, text, sizeof text);
    if (has_hits_column(sums))
        print_sum(printer, text, 10);
    fputs("  ", printer->out);
}

void sums_print_heading(const struct sums *sums)
{
    paint(sums->printer, PAINT_DIM);
    if (has_time_columns(sums))
        fputs("     time", sums->printer->out);
    if (has_share_column(sums))
        fputs(" share", sums->printer->out);
    if (has_hits_column(sums))
        fputs("      hits", sums->printer->out);
    paint(sums->printer, PAINT_NONE);
}

size_t sums_columns(const struct sums *sums, const struct view_node *node)
{
    char hits[40];
    format_number(node->hits, hits, sizeof hits);
    size_t columns = strlen(hits) > 10 ? strlen(hits) : 10;
    return (has_time_columns(sums) ? 9 : 0) + (has_share_column(sums) ? 6 : 0) +
           (has_hits_column(sums) ? columns : 0) + 2;
}
