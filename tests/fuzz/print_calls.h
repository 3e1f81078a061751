/*
 * print_calls.h - the report of calls of the root, with all objects, for fuzz targets.
 */
#ifndef FUZZ_PRINT_CALLS_H
#define FUZZ_PRINT_CALLS_H

#include "report/format.h"
#include "view/build.h"

static void print_calls(const struct report *report, const struct tree_process *process,
    const struct tree_calls *calls, struct labels *labels)
{
    struct view_options options = view_options_default;
    struct view_builder *builder;
    options.labels = labels;
    check(view_begin(&builder, &options) == 0 && view_add(builder, process) == 0, "memory");
    report_format_text.calls(report, process, calls, NULL, view_end(builder));
    view_destroy(builder);
}

#endif
