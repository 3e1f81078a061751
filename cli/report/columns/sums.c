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
#define FEW    10 /* fewer hits in a second have a decimal */

static void print_sum(const struct printer *printer, const char *text, size_t width)
{
    size_t columns = character_columns(text);
    fprintf(printer->out, "%*s%s", (int)(columns < width ? width - columns : 0), "", text);
}

/* Of a period, the waits of several threads may be ten times as long and more. */
static size_t share_width(const struct sums *sums)
{
    return sums->view->period_ns && !sums->shares_hits ? 7 : 6;
}

static void print_share(const struct sums *sums, const struct view_node *node)
{
    char text[16] = "";
    const struct view *view = sums->view;
    uint64_t some = sums->shares_hits ? node->hits : node->time_ns;
    uint64_t whole = view->period_ns ? view->period_ns : view->time_ns;
    uint64_t all = sums->shares_hits ? view->hits : whole;
    if (!sums->shares_hits && node->time_ns == 0 && node->idle_ns)
        snprintf(text, sizeof text, "idle");
    else if (all) {
        double share = 100.0 * (double)some / (double)all;
        snprintf(text, sizeof text, share > 0 && share < 1 ? "<1 %%" : "%.0f %%", share);
    }
    print_sum(sums->printer, text, share_width(sums));
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

void sums_format_hits(
    const struct view *view, uint64_t hits, uint64_t open, char *text, size_t size)
{
    if (view->period_ns == 0) {
        format_number(hits, text, size);
        return;
    }
    double rate = (double)(hits - open) * 1e9 / (double)view->period_ns;
    if (rate >= FEW || rate == 0)
        format_number((uint64_t)(rate + 0.5), text, size);
    else
        snprintf(text, size, "%.1f", rate < 0.1 ? 0.1 : rate);
}

const char *sums_hits_heading(const struct view *view)
{
    return view->period_ns ? "hits/s" : "hits";
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
    sums_format_hits(sums->view, node->hits, node->open, text, sizeof text);
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
        fprintf(sums->printer->out, "%*s", (int)share_width(sums), "share");
    if (has_hits_column(sums))
        fprintf(sums->printer->out, "%10s", sums_hits_heading(sums->view));
    paint(sums->printer, PAINT_NONE);
}

size_t sums_columns(const struct sums *sums, const struct view_node *node)
{
    char hits[40];
    sums_format_hits(sums->view, node->hits, node->open, hits, sizeof hits);
    size_t columns = strlen(hits) > 10 ? strlen(hits) : 10;
    return (has_time_columns(sums) ? 9 : 0) + (has_share_column(sums) ? share_width(sums) : 0) +
           (has_hits_column(sums) ? columns : 0) + 2;
}
