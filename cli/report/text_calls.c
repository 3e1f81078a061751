/*
 * text_calls.c - the calls of the root as text, each with its tree.
 */
#include "report/text_calls.h"

#include <inttypes.h>

#include "base/message.h"
#include "base/sum.h"
#include "report/drawing.h"
#include "report/folded.h"
#include "report/format.h"
#include "report/notes.h"
#include "report/objects/table.h"
#include "report/printer.h"
#include "report/text_view.h"
#include "tree/calls/calls.h"
#include "tree/calls/values.h"
#include "tree/tree.h"
#include "view/view.h"

#define OBJECT_LINES 8

static void print_call_count(const struct printer *printer, uint64_t count, const char *root)
{
    print_count(printer->out, count, "call of ", "calls of ");
    print_painted(printer, PAINT_FUNCTION, root);
}

/* Only calls with a known time count for the mean. */
static void print_call_times(const struct printer *printer, const struct tree_call *call)
{
    uint64_t timed = call->count - call->jumped;
    if (!printer->process->has_times || timed == 0 || call->is_open)
        return;
    fputs(timed > 1 ? ", each " : ", ", printer->out);
    paint(printer, PAINT_TIME);
    print_duration(printer, call->total_ns / timed);
    if (timed > 1) {
        fputs(" on average, at most ", printer->out);
        print_duration(printer, call->longest_ns);
    }
    paint(printer, PAINT_NONE);
}

static void print_call_thread(const struct printer *printer, const struct tree_call *call)
{
    if (call->thread_count > 1) {
        fprintf(printer->out, " in %zu threads", call->thread_count);
        return;
    }
    if (call->is_main)
        return;
    fputs(" in ", printer->out);
    print_thread_id(printer->out, call->tid, call->thread_name, call->successors);
}

static void print_call_end(const struct printer *printer, const struct tree_call *call)
{
    uint64_t taken_ns = printer->process->taken_ns;
    if (call->is_open) {
        fputs(", unfinished", printer->out);
        if (call->entered_ns && taken_ns > call->entered_ns) {
            fputs(" after ", printer->out);
            print_duration(printer, taken_ns - call->entered_ns);
        }
    }
    if (call->jumped == call->count)
        fputs(", left by a jump", printer->out);
    else if (call->jumped)
        fprintf(printer->out, ", %" PRIu64 " left by a jump", call->jumped);
    if (call->is_incomplete)
        fputs(" (hits are missing)", printer->out);
}

static void print_call_head(
    const struct printer *printer, const struct tree_call *call, const char *root)
{
    print_call_count(printer, call->count, root);
    print_call_thread(printer, call);
    print_call_times(printer, call);
    print_call_end(printer, call);
}

static void print_call(
    const struct printer *printer, const struct tree_call *call, const char *root)
{
    print_call_head(printer, call, root);
    fputs(call->tree->hits ? ":\n" : ": no hits\n", printer->out);
    for (size_t i = 0; i < call->tree->thread_count; i++) {
        struct printer of_thread = *printer;
        of_thread.thread = &call->tree->threads[i];
        if (of_thread.thread->hits)
            drawing_print(&of_thread, of_thread.thread->top);
    }
}

/* Prints the end of a line, and the tree. */
static void print_view_of_calls(
    const struct printer *printer, const struct view *view, const struct report *report)
{
    if (view->dropped_hits) {
        fputs("; not counted here: ", printer->out);
        print_count(printer->out, view->dropped_hits, "hit", "hits");
    }
    fputs(view->hits ? ":\n" : ": no hits\n", printer->out);
    if (view->hits)
        folded_print(printer, view, report);
    text_view_print_more(printer, view);
}

static void print_call_view(const struct printer *printer, const struct tree_call *call,
    const struct view *view, const struct report *report)
{
    print_call_head(printer, call, report->root);
    print_view_of_calls(printer, view, report);
}

/* The user has asked for paths that the call does not have. */
static bool is_dropped(const struct view *view)
{
    return view->hits == 0 && view->dropped_hits > 0;
}

static void print_call_views(const struct printer *printer, const struct tree_calls *calls,
    const struct view *const *views, const struct report *report)
{
    uint64_t dropped = 0;
    for (size_t i = 0; i < calls->count; i++)
        if (is_dropped(views[i]))
            dropped += calls->list[i].count;
        else
            print_call_view(printer, &calls->list[i], views[i], report);
    if (dropped == 0)
        return;
    begin_note(printer);
    print_count(printer->out, dropped, "call has", "calls have");
    fputs(" only hits of other paths", printer->out);
    end_note(printer);
}

/* The rest has other trees, whose number is not known. */
static void print_calls_head(
    const struct printer *printer, const struct tree_calls *calls, const char *root)
{
    print_call_count(printer, calls->call_count, root);
    print_total(printer, calls->total_ns);
    if (calls->rest_count == 0 && calls->count == 1)
        fputs(", all with the same tree", printer->out);
    else if (calls->rest_count == 0)
        fprintf(printer->out, ", with %zu different trees", calls->count);
    putc('\n', printer->out);
}

static void note_rest(const struct printer *printer, const struct tree_calls *calls)
{
    FILE *out = printer->out;
    begin_note(printer);
    print_count(out, calls->rest_count, "more call", "more calls");
    print_total(printer, calls->rest_ns);
    if (calls->rest_count > 1 && calls->rest_ns) {
        fputs(" in all, at most ", out);
        print_duration(printer, calls->rest_longest_ns);
        fputs(" each", out);
    }
    fputs(calls->rest_ns ? ", " : " ", out);
    fputs(calls->rest_count == 1 ? "had another tree, which was" : "had other trees, which were",
        out);
    fputs(" not kept (--each=NUMBER keeps more)", out);
    end_note(printer);
}

static void note_outside_calls(const struct printer *printer, uint64_t hits, const char *root)
{
    if (hits == 0)
        return;
    begin_note(printer);
    print_count(printer->out, hits, "hit lies", "hits lie");
    fputs(" in no call of '", printer->out);
    message_write_harmless(printer->out, root);
    putc('\'', printer->out);
    end_note(printer);
    notes_print_inlined_root(printer, root);
}

/* ---- what was waited for ---- */

/* Of objects that are known one by one. */
static uint64_t hits_of_view(const struct view *view)
{
    uint64_t hits = 0;
    for (size_t i = 0; i < view->object_count; i++)
        if (!view->objects[i].is_rest)
            hits = add_clamped(hits, view->objects[i].hits);
    return hits;
}

static uint64_t hits_of_thread(const struct tree_thread *thread)
{
    uint64_t hits = 0;
    for (size_t i = 0; i < thread->object_count; i++)
        if (!thread->objects[i].is_rest)
            hits = add_clamped(hits, thread->objects[i].hits);
    return hits;
}

static uint64_t hits_of_tree(const struct tree_process *tree)
{
    uint64_t hits = 0;
    for (size_t i = 0; i < tree->thread_count; i++)
        hits = add_clamped(hits, hits_of_thread(&tree->threads[i]));
    return hits;
}

/* Returns whether the trees of the calls do not have all of it. */
static bool misses_objects(
    const struct tree_calls *calls, const struct view *const *views, const struct view *all)
{
    uint64_t shown = 0;
    for (size_t i = 0; i < calls->count; i++) {
        uint64_t hits = views ? hits_of_view(views[i]) : hits_of_tree(calls->list[i].tree);
        shown = add_clamped(shown, hits * calls->list[i].count);
    }
    return all && hits_of_view(all) > shown;
}

/* The same for the trees of values. */
static bool values_miss_objects(
    const struct tree_values *values, const struct view *const *views, const struct view *all)
{
    uint64_t shown = 0;
    for (size_t i = 0; i < values->count; i++)
        shown = add_clamped(shown, hits_of_view(views[i]));
    return all && hits_of_view(all) > shown;
}

/* The table has nothing to say if there are no objects. */
static void print_all_objects(
    const struct printer *printer, const struct view *all, const struct report *report)
{
    begin_note(printer);
    fputs("what was waited for is counted for each path, and not for each call of '", printer->out);
    message_write_harmless(printer->out, report->root);
    fputs("'; all of it:", printer->out);
    end_note(printer);
    objects_print_table(printer, all, OBJECT_LINES, report->style.columns);
}

static void print_trees(const struct printer *printer, const struct tree_calls *calls,
    const struct view *const *views, const struct view *all, const struct report *report)
{
    if (views)
        print_call_views(printer, calls, views, report);
    for (size_t i = 0; i < calls->count && views == NULL; i++)
        print_call(printer, &calls->list[i], report->root);
    if (misses_objects(calls, views, all))
        print_all_objects(printer, all, report);
}

void text_calls_print(const struct printer *printer, const struct tree_calls *calls,
    const struct view *const *views, const struct view *all, const struct report *report)
{
    const char *root = report->root;
    if (calls->call_count > 1 || calls->count != 1) /* otherwise the head says nothing new */
        print_calls_head(printer, calls, root);
    if (report->table_lines > 0)
        objects_print_table(printer, all, report->table_lines, report->style.columns);
    else
        print_trees(printer, calls, views, all, report);
    if (calls->rest_count)
        note_rest(printer, calls);
    note_outside_calls(printer, calls->outside_hits, root);
}

/* ---- by the value of an argument ---- */

static void print_by(const struct printer *printer, const char *by)
{
    fputs(*by >= '0' && *by <= '9' ? "argument " : "", printer->out);
    message_write_harmless(printer->out, by);
}

static void print_values_head(
    const struct printer *printer, const struct tree_values *values, const struct report *report)
{
    print_call_count(printer, values->call_count, report->root);
    fputs(" by ", printer->out);
    print_by(printer, report->by);
    print_total(printer, values->total_ns);
    fputs(", with ", printer->out);
    print_count(printer->out, values->kept, "value", "values");
    fputs(values->count > values->kept ? " and others (--each=NUMBER keeps more)\n" : "\n",
        printer->out);
}

static void print_value_times(const struct printer *printer, const struct tree_value *value)
{
    uint64_t timed = value->count - value->open - value->jumped;
    if (!printer->process->has_times || timed == 0)
        return;
    print_total(printer, value->total_ns);
    if (timed == 1)
        return;
    fputs(" in all, at most ", printer->out);
    paint(printer, PAINT_TIME);
    print_duration(printer, value->longest_ns);
    paint(printer, PAINT_NONE);
    fputs(" each", printer->out);
}

static void print_value_head(
    const struct printer *printer, const struct tree_value *value, const struct report *report)
{
    print_call_count(printer, value->count, report->root);
    fputs(value->is_rest ? " with other values" : " with ", printer->out);
    if (!value->is_rest) {
        print_by(printer, report->by);
        fprintf(printer->out, " = %s", value->text);
    }
    if (value->thread_count > 1)
        fprintf(printer->out, " in %zu threads", value->thread_count);
    print_value_times(printer, value);
    if (value->open)
        fprintf(printer->out, ", %" PRIu64 " unfinished", value->open);
    if (value->jumped)
        fprintf(printer->out, ", %" PRIu64 " left by a jump", value->jumped);
    if (value->is_incomplete)
        fputs(" (hits are missing)", printer->out);
}

static void print_value(const struct printer *printer, const struct tree_value *value,
    const struct view *view, const struct report *report)
{
    print_value_head(printer, value, report);
    print_view_of_calls(printer, view, report);
}

/* Values that are not shown, because there are too many, or have only hits of other paths. */
struct hidden_values {
    uint64_t values, calls, ns;
};

static void hide_value(struct hidden_values *hidden, const struct tree_value *value)
{
    hidden->values++;
    hidden->calls = add_clamped(hidden->calls, value->count);
    hidden->ns = add_clamped(hidden->ns, value->total_ns);
}

static void note_hidden(
    const struct printer *printer, const struct hidden_values *hidden, const char *why)
{
    if (hidden->values == 0)
        return;
    begin_note(printer);
    print_count(printer->out, hidden->values, "more value with ", "more values with ");
    print_count(printer->out, hidden->calls, "call", "calls");
    print_total(printer, hidden->ns);
    fputs(why, printer->out);
    end_note(printer);
}

/* Prints the trees of the first `shown` values, and of the rest. */
static void print_values(const struct printer *printer, const struct tree_values *values,
    const struct view *const *views, size_t shown, const struct report *report)
{
    struct hidden_values many = {0}, dropped = {0};
    for (size_t i = 0; i < values->count; i++) {
        const struct tree_value *value = &values->list[i];
        if (is_dropped(views[i])) {
            hide_value(&dropped, value);
        } else if (shown > 0 || value->is_rest) {
            print_value(printer, value, views[i], report);
            shown -= shown > 0;
        } else {
            hide_value(&many, value);
        }
    }
    note_hidden(printer, &many, ": not shown (--lines shows more, --all shows all)");
    note_hidden(printer, &dropped, ", which has only hits of other paths");
}

void text_values_print(const struct printer *printer, const struct tree_values *values,
    const struct view *const *views, size_t shown, const struct view *all,
    const struct report *report)
{
    print_values_head(printer, values, report);
    if (report->table_lines > 0) {
        objects_print_table(printer, all, report->table_lines, report->style.columns);
    } else {
        print_values(printer, values, views, shown, report);
        if (values_miss_objects(values, views, all))
            print_all_objects(printer, all, report);
    }
    note_outside_calls(printer, values->outside_hits, report->root);
}
