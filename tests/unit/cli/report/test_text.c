/*
 * test_text.c - the text that people read, character by character.
 */
// needs: cli
#include "report/format.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/character.h"
#include "base/histogram.h"
#include "report/durations/quantiles.h"
#include "report/printer.h"
#include "suite.h"
#include "trace/snapshot.h"
#include "trace_format.h"
#include "tree/calls/calls.h"
#include "tree/process.h"
#include "tree/tree.h"
#include "view/view.h"

static struct tree_node tops[3];
static struct tree_thread threads[3];
static struct tree_process process;
static void *made[600000];
static size_t made_count;
static char *text;
static struct report_style style;
static bool is_full;

static void begin(void)
{
    memset(tops, 0, sizeof tops);
    made_count = 0;
    text = NULL;
    is_full = false;
    style = (struct report_style){.color = false, .unicode = true};
    for (int i = 0; i < 3; i++)
        threads[i] = (struct tree_thread){
            .tid = 4711 + i, .name = "worker", .is_main = i == 0, .top = &tops[i]};
    process = (struct tree_process){.pid = 4711,
        .parent_pid = 1,
        .is_first = true,
        .has_times = true,
        .program = "/usr/bin/sort",
        .command = "sort",
        .taken_ns = 10000000000,
        .threads = threads,
        .thread_count = 1,
        .root_found = true,
        .leaf_count = 1};
}

static void finish(void)
{
    while (made_count)
        free(made[--made_count]);
    free(text);
}

static struct tree_node *add(struct tree_node *parent)
{
    struct tree_node *node = calloc(1, sizeof *node);
    made[made_count++] = node;
    node->parent = parent;
    node->module = "sort";
    if (parent->last_child)
        parent->last_child->next_sibling = node;
    else
        parent->first_child = node;
    parent->last_child = node;
    return node;
}

static struct tree_node *frame(
    struct tree_node *parent, const char *function, const char *file, int line, int column)
{
    struct tree_node *node = add(parent);
    node->function = function;
    node->file = file;
    node->line = line;
    node->column = column;
    return node;
}

static struct tree_node *uncounted_leaf(
    struct tree_node *parent, const char *name, uint64_t hits, uint64_t total_ns)
{
    struct tree_node *node = add(parent);
    node->is_leaf = true;
    node->module = NULL;
    node->function = name;
    made[made_count++] = node->leaf = calloc(1, sizeof *node->leaf);
    node->leaf->hits = node->leaf->returns = hits;
    node->leaf->total_ns = total_ns;
    return node;
}

/* Adds up what scope would have. */
static struct tree_node *leaf(
    struct tree_node *parent, const char *name, uint64_t hits, uint64_t total_ns)
{
    struct tree_node *top = parent;
    while (top->parent)
        top = top->parent;
    struct tree_thread *thread = &threads[top - tops];
    thread->hits += hits;
    thread->total_ns += total_ns;
    thread->waiting_ns += total_ns;
    process.waiting_ns += total_ns;
    process.hits += hits;
    return uncounted_leaf(parent, name, hits, total_ns);
}

static void write_report(const char *root, bool root_is_default)
{
    size_t size;
    free(text);
    FILE *out = open_memstream(&text, &size);
    struct report report = {.out = out,
        .root = root,
        .root_is_default = root_is_default,
        .leaves_word = "waiting",
        .is_full = is_full,
        .style = style};
    report_format_text.process(&report, &process, false);
    fclose(out);
}

static void assert_report(const char *expected)
{
    write_report("main", true);
    ck_assert_str_eq(text, expected);
}

static void build_example(void)
{
    const char *file = "examples/inlining.c";
    struct tree_node *main_node = frame(&tops[0], "main", file, 25, 5);
    struct tree_node *foo = frame(main_node, "foo", file, 19, 5);
    leaf(frame(foo, "bar", file, 13, 5), "nanosleep", 1, 1062000);
    foo = frame(main_node, "foo", file, 20, 5);
    struct tree_node *baz = frame(foo, "baz", file, 8, 5);
    baz->is_inlined = true;
    leaf(baz, "nanosleep", 1, 1100000);
}

START_TEST(a_tree_is_drawn_with_lines)
{
    build_example();
    assert_report("sort[4711]: 2 hits of 1 leaf in 1 thread, 2.2 ms waiting\n"
                  "╼ main at examples/inlining.c:25:5\n"
                  "  ├╼ foo at examples/inlining.c:19:5\n"
                  "  │  └╼ bar at examples/inlining.c:13:5\n"
                  "  │     └╼ nanosleep ×1  1.1 ms\n"
                  "  └╼ foo at examples/inlining.c:20:5\n"
                  "     └╼ baz at examples/inlining.c:8:5\n"
                  "        └╼ nanosleep ×1  1.1 ms\n");
}
END_TEST

START_TEST(in_ascii_a_tree_is_drawn_with_what_there_is)
{
    style.unicode = false;
    build_example();
    leaf(&tops[0], "read", 2, 3400);
    tops[0].last_child->flags = TRACE_LOST_TRACK;
    assert_report("sort[4711]: 4 hits of 1 leaf in 1 thread, 2.2 ms waiting\n"
                  "- main at examples/inlining.c:25:5\n"
                  "  |- foo at examples/inlining.c:19:5\n"
                  "  |  `- bar at examples/inlining.c:13:5\n"
                  "  |     `- nanosleep x1  1.1 ms\n"
                  "  `- foo at examples/inlining.c:20:5\n"
                  "     `- baz at examples/inlining.c:8:5\n"
                  "        `- nanosleep x1  1.1 ms\n"
                  "... (callers unknown: no unwind information)\n"
                  "- read x2  3.4 us\n");
}
END_TEST

START_TEST(colour_changes_nothing_but_the_colours)
{
    build_example();
    process.outside_hits = 1;
    write_report("main", true);
    char *plain = strdup(text), *to = text;
    style.color = true;
    write_report("main", true);
    ck_assert_ptr_nonnull(strstr(text, "\033[1mfoo\033[0m\033[2m at examples/inlining.c:20:5"));
    ck_assert_ptr_nonnull(strstr(text, "\033[0mbaz\033[0m"));
    to = text;
    for (const char *from = text; *from;) {
        if (*from == '\033')
            from = strchr(from, 'm') + 1;
        else
            *to++ = *from++;
    }
    *to = '\0';
    ck_assert_str_eq(text, plain);
    free(plain);
}
END_TEST

START_TEST(a_place_without_a_line_is_module_and_address)
{
    struct tree_node *node = frame(&tops[0], "main", NULL, 0, 0);
    node->address = 0x1234;
    node = frame(node, NULL, NULL, 0, 0);
    node->address = 0x5678;
    node = frame(node, NULL, "a.c", 7, 0);
    node = frame(node, "jitted", NULL, 0, 0);
    node->module = NULL;
    node->address = 0x7f0000001000;
    node->flags = TRACE_BY_FRAME_POINTER;
    node = frame(node, "handled", "a.c", 9, 3);
    node->is_interrupted = true;
    leaf(node, "read", 1, 5);
    assert_report("sort[4711]: 1 hit of 1 leaf in 1 thread, 5 ns waiting\n"
                  "╼ main at sort+0x1234\n"
                  "  └╼ sort+0x5678\n"
                  "     └╼ a.c:7\n"
                  "        └╼ jitted at 0x7f0000001000 (generated code, caller guessed)\n"
                  "           └╼ handled at a.c:9:3 (interrupted by a signal)\n"
                  "              └╼ read ×1  5 ns\n");
}
END_TEST

START_TEST(an_outermost_node_without_known_callers_says_so)
{
    struct tree_node *node = frame(&tops[0], "deep", "a.c", 1, 0);
    node->flags = TRACE_CUT;
    node = frame(node, "deeper", "a.c", 2, 0);
    node->flags = TRACE_CUT; /* means nothing where there is a caller */
    leaf(node, "read", 1, 5);
    node = frame(&tops[0], "lost", "a.c", 3, 0);
    node->flags = TRACE_LOST_TRACK;
    leaf(node, "read", 1, 5);
    assert_report(
        "sort[4711]: 2 hits of 1 leaf in 1 thread, 10 ns waiting\n"
        "… (the stack goes on: of more than 10000 frames the outermost callers are not kept)\n"
        "╼ deep at a.c:1\n"
        "  └╼ deeper at a.c:2\n"
        "     └╼ read ×1  5 ns\n"
        "… (callers unknown: no unwind information)\n"
        "╼ lost at a.c:3\n"
        "  └╼ read ×1  5 ns\n");
}
END_TEST

static int show_nothing(struct builder *builder, size_t thread)
{
    (void)builder, (void)thread;
    return -ENOMEM;
}

START_TEST(a_tree_for_which_there_is_no_memory_is_told)
{
    leaf(&tops[0], "read", 1, 5);
    tops[0].first_child = NULL;
    process.show = show_nothing;
    assert_report("sort[4711]: 1 hit of 1 leaf in 1 thread, 5 ns waiting\n"
                  "out of memory: this tree is not shown\n");
}
END_TEST

START_TEST(calls_that_have_not_returned_are_told)
{
    struct tree_node *node = leaf(&tops[0], "read", 3, 1200000);
    node->leaf->returns = 2;
    node->leaf->entered_ns = 5800000000;
    node = leaf(&tops[0], "poll", 1, 0);
    node->leaf->returns = 0;
    node->leaf->entered_ns = 9999000000;
    node = leaf(&tops[0], "accept", 9, 1000);
    node->leaf->returns = 7;
    node->leaf->entered_ns = 9999000000;
    node = leaf(&tops[0], "write", 1, 0);
    node->leaf->returns = 0;
    node->leaf->entered_ns = 10000000001; /* after the snapshot */
    leaf(&tops[0], "_exit", 1, 0);        /* jumped to: neither time nor return is seen */
    assert_report("sort[4711]: 15 hits of 1 leaf in 1 thread, 1.2 ms waiting\n"
                  "╼ read ×3  1.2 ms, 1 unfinished after 4.2 s\n"
                  "╼ poll ×1  unfinished after 1.0 ms\n"
                  "╼ accept ×9  1.0 µs, 2 unfinished\n"
                  "╼ write ×1  unfinished\n"
                  "╼ _exit ×1\n");
}
END_TEST

START_TEST(without_times_there_are_only_counts)
{
    process.has_times = false;
    leaf(&tops[0], "read", 123456789, 0)->leaf->returns = 5;
    assert_report("sort[4711]: 123456789 hits of 1 leaf in 1 thread\n"
                  "╼ read ×123456789\n");
}
END_TEST

static const struct {
    uint64_t ns;
    const char *text;
} durations[] = {
    {1, "1 ns"},
    {999, "999 ns"},
    {1000, "1.0 µs"},
    {9949, "9.9 µs"},
    {99949, "99.9 µs"},
    {99950, "100 µs"},
    {340000, "340 µs"},
    {999499, "999 µs"},
    {999500, "1.0 ms"},
    {1100000, "1.1 ms"},
    {12345678, "12.3 ms"},
    {999499999, "999 ms"},
    {999500000, "1.0 s"},
    {4200000000, "4.2 s"},
    {59949999999, "59.9 s"},
    {59950000000, "1 min 0 s"},
    {125000000000, "2 min 5 s"},
    {3599499999999, "59 min 59 s"},
    {3599500000000, "1 h 0 min"},
    {11520000000000, "3 h 12 min"},
    {UINT64_MAX, "5124095 h 34 min"},
};

START_TEST(a_duration_has_two_or_three_digits)
{
    char expected[200];
    leaf(&tops[0], "read", 1, durations[_i].ns);
    snprintf(expected, sizeof expected, "╼ read ×1  %s\n", durations[_i].text);
    write_report("main", true);
    ck_assert_str_eq(strchr(text, '\n') + 1, expected);
}
END_TEST

/* Of 4 to 8 us, but one. */
START_TEST(a_call_that_took_much_longer_is_told)
{
    uint64_t counts[16] = {[3] = 200, [14] = 1};
    struct histogram calls = {
        .counts = counts, .bound_ps = 1000000, .longest_ns = 9000000, .size = 16};
    struct tree_node *node = leaf(frame(&tops[0], "main", "a.c", 1, 2), "read", 201, 10200000);
    node->leaf->longest_ns = 9000000;
    node->leaf->durations = &calls;
    assert_report("sort[4711]: 201 hits of 1 leaf in 1 thread, 10.2 ms waiting\n"
                  "╼ main at a.c:1:2\n"
                  "  └╼ read ×201  10.2 ms, median ~6.0 µs, p99 ~8.0 µs, longest 9.0 ms\n");
    node->leaf->durations = NULL;
    assert_report("sort[4711]: 201 hits of 1 leaf in 1 thread, 10.2 ms waiting\n"
                  "╼ main at a.c:1:2\n"
                  "  └╼ read ×201  10.2 ms, longest 9.0 ms\n");
    node->leaf->durations = &calls;
    node->leaf->longest_ns = calls.longest_ns = 20000;
    assert_report("sort[4711]: 201 hits of 1 leaf in 1 thread, 10.2 ms waiting\n"
                  "╼ main at a.c:1:2\n"
                  "  └╼ read ×201  10.2 ms\n");
}
END_TEST

START_TEST(a_call_that_took_twice_the_mean_is_told)
{
    struct tree_node *node = leaf(frame(&tops[0], "main", "a.c", 1, 2), "read", 4, 8000);
    node->leaf->longest_ns = 4000;
    assert_report("sort[4711]: 4 hits of 1 leaf in 1 thread, 8.0 µs waiting\n"
                  "╼ main at a.c:1:2\n"
                  "  └╼ read ×4  8.0 µs, longest 4.0 µs\n");
    node->leaf->longest_ns = 3999;
    assert_report("sort[4711]: 4 hits of 1 leaf in 1 thread, 8.0 µs waiting\n"
                  "╼ main at a.c:1:2\n"
                  "  └╼ read ×4  8.0 µs\n");
    node->leaf->hits = node->leaf->returns = 1;
    node->leaf->longest_ns = 8000;
    assert_report("sort[4711]: 4 hits of 1 leaf in 1 thread, 8.0 µs waiting\n"
                  "╼ main at a.c:1:2\n"
                  "  └╼ read ×1  8.0 µs\n");
}
END_TEST

/* ---- quantiles ---- */

static unsigned first_bucket;

static const char *quantile(uint64_t calls, uint64_t longest_ns, unsigned percent)
{
    static char written[40];
    uint64_t counts[] = {calls};
    const struct histogram histogram = {.counts = counts,
        .bound_ps = 122000,
        .longest_ns = longest_ns,
        .first = (uint8_t)first_bucket,
        .size = 1};
    const struct printer printer = {.glyphs = &unicode_glyphs};
    quantiles_format(&printer, &histogram, percent, written, sizeof written);
    return written;
}

START_TEST(quantiles_have_two_digits)
{
    first_bucket = 1;
    ck_assert_str_eq(quantile(10, 1000, 50), "~180 ns");
    first_bucket = 5;
    ck_assert_str_eq(quantile(10, 10000, 50), "~2.8 µs");
    first_bucket = 8;
    ck_assert_str_eq(quantile(1000, 100000, 99), "~31 µs");
    ck_assert_str_eq(quantile(1000, 15700, 99), "~16 µs");
    first_bucket = 21;
    ck_assert_str_eq(quantile(1000, 1000000000, 50), "~190 ms");
    first_bucket = 0;
    ck_assert_str_eq(quantile(1000, 1000, 50), "≤122 ns");
    ck_assert_str_eq(quantile(1000, 90, 99), "≤90 ns");
}
END_TEST

START_TEST(of_few_calls_there_are_no_quantiles)
{
    first_bucket = 5;
    ck_assert_str_eq(quantile(9, 10000, 50), "");
    ck_assert_str_ne(quantile(10, 10000, 50), "");
    ck_assert_str_eq(quantile(99, 10000, 99), "");
    ck_assert_str_ne(quantile(100, 10000, 99), "");
}
END_TEST

START_TEST(other_threads_have_a_line_of_their_own)
{
    process.thread_count = 3;
    process.leaf_count = 2;
    leaf(frame(&tops[0], "main", "a.c", 1, 0), "read", 2, 2000000);
    leaf(frame(&tops[1], "worker", "a.c", 2, 0), "write", 12, 3100000);
    threads[1].name = "";
    leaf(frame(&tops[2], "worker", "a.c", 2, 0), "write", 1, 0);
    threads[0].ran_ns = threads[1].ran_ns = 1200000000;
    threads[1].cpu_ns = 900000000;
    assert_report("sort[4711]: 15 hits of 2 leaves in 3 threads, 5.1 ms waiting\n"
                  "╼ main at a.c:1\n"
                  "  └╼ read ×2  2.0 ms\n"
                  "thread 4712: 12 hits, 3.1 ms waiting; ran 1.2 s, 900 ms on CPU\n"
                  "╼ worker at a.c:2\n"
                  "  └╼ write ×12  3.1 ms\n"
                  "thread 4713 \"worker\": 1 hit\n"
                  "╼ worker at a.c:2\n"
                  "  └╼ write ×1\n");
}
END_TEST

START_TEST(threads_without_hits_in_the_tree_are_not_mentioned)
{
    process.thread_count = 3;
    process.outside_hits = threads[1].outside_hits = 3;
    leaf(frame(&tops[0], "serve", "a.c", 1, 0), "read", 2, 2000000);
    write_report("serve", false);
    ck_assert_str_eq(text, "sort[4711]: 2 hits of 1 leaf in 1 thread, 2.0 ms waiting\n"
                           "╼ serve at a.c:1\n"
                           "  └╼ read ×2  2.0 ms\n"
                           "3 hits lie outside of 'serve' (it is not on their paths)\n");
}
END_TEST

START_TEST(children_and_forks_name_their_parent)
{
    leaf(&tops[0], "read", 1, 5);
    process.is_first = false;
    process.parent_pid = 5000000;
    write_report("main", true);
    ck_assert_int_eq(strncmp(text, "sort[4711], child of 5000000: 1 hit ", 36), 0);
    process.forked = true;
    write_report("main", true);
    ck_assert_int_eq(strncmp(text, "sort[4711], forked from 5000000: 1 hit ", 39), 0);
}
END_TEST

START_TEST(a_tree_of_several_threads_says_so)
{
    process.thread_count = 2;
    leaf(frame(&tops[1], "worker", "a.c", 2, 0), "write", 12, 3100000);
    process.threads[1].successors = 349;
    assert_report("sort[4711]: 12 hits of 1 leaf in 350 threads, 3.1 ms waiting\n"
                  "threads 4712 \"worker\" and 349 later: 12 hits, 3.1 ms waiting\n"
                  "╼ worker at a.c:2\n"
                  "  └╼ write ×12  3.1 ms\n");
    process.threads[1].name = ""; /* they have different names */
    write_report("main", true);
    ck_assert_ptr_nonnull(strstr(text, "threads 4712 and 349 later: 12 hits"));
}
END_TEST

START_TEST(what_is_missing_is_said)
{
    leaf(frame(&tops[0], "main", "a.c", 1, 0), "read", 1, 5);
    process.outside_hits = 1;
    process.losses[TRACE_LOSS_FULL] = 5;
    process.losses[TRACE_LOSS_MEMORY] = 1;
    process.losses[TRACE_LOSS_FORBIDDEN] = 2;
    process.has_unmapped = true;
    process.malformed = 2;
    assert_report(
        "sort[4711]: 1 hit of 1 leaf in 1 thread, 5 ns waiting\n"
        "╼ main at a.c:1\n"
        "  └╼ read ×1  5 ns\n"
        "1 hit lies outside of 'main' (it is not known whether before it began "
        "or after it ended)\n"
        "5 hits lost: the trace file could not grow (full disk, limits, or its "
        "capacity)\n"
        "1 hit lost: no memory for a thread's tables\n"
        "2 hits lost: they needed system calls, which the program had forbidden\n"
        "the program unmapped the memory of its trace, or mapped something over it: later "
        "hits are missing\n"
        "2 records of the trace left out, because of damage\n");
}
END_TEST

START_TEST(a_process_is_quiet_that_has_nothing_but_no_hits)
{
    process.is_first = false;
    ck_assert(tree_process_is_quiet(&process));
    process.is_running = true;
    ck_assert(!tree_process_is_quiet(&process));
    process.is_running = false;
    process.is_first = true;
    ck_assert(!tree_process_is_quiet(&process));
    process.is_first = false;
    process.outside_hits = 1;
    ck_assert(!tree_process_is_quiet(&process));
    process.outside_hits = 0;
    process.losses[TRACE_LOSS_FULL] = 1;
    ck_assert(!tree_process_is_quiet(&process));
    process.losses[TRACE_LOSS_FULL] = 0;
    process.unhooked = 1;
    ck_assert(!tree_process_is_quiet(&process));
    process.unhooked = 0;
    process.hits = 1;
    ck_assert(!tree_process_is_quiet(&process));
}
END_TEST

START_TEST(a_clock_that_was_forbidden_is_said)
{
    leaf(frame(&tops[0], "main", "a.c", 1, 0), "read", 1, 0);
    process.has_clock_stopped = true;
    assert_report("sort[4711]: 1 hit of 1 leaf in 1 thread\n"
                  "╼ main at a.c:1\n"
                  "  └╼ read ×1\n"
                  "the program forbade reading the clock: later calls have no time\n");
}
END_TEST

START_TEST(calls_without_a_time_are_said_in_one_line)
{
    leaf(frame(&tops[0], "main", "a.c", 1, 0), "read", 1, 0);
    process.untimed[0] = (struct tree_untimed){"read", 1};
    process.untimed[1] = (struct tree_untimed){"printf", 2};
    process.others_untimed = 9;
    process.unseen_calls = 1;
    assert_report(
        "sort[4711]: 1 hit of 1 leaf in 1 thread\n"
        "╼ main at a.c:1\n"
        "  └╼ read ×1\n"
        "without a time, because they may have more arguments on the stack than are copied: "
        "1 call of read, 2 calls of printf, and 9 of others\n"
        "1 more call of the root, without a separate tree: the root was entered by a jump, because "
        "a "
        "leaf jumped to it, or it may have more arguments on the stack than are copied\n");
}
END_TEST

START_TEST(a_program_is_named_as_it_was_called)
{
    process.root_found = false;
    process.is_first = false;
    process.parent_pid = 5000000;
    process.command = "postgres: checkpointer  "; /* see setproctitle(3bsd) */
    assert_report("postgres: checkpointer[4711], child of 5000000: no hits\n");
    process.command = "ssh: /bin/x";
    assert_report("ssh: /bin/x[4711], child of 5000000: no hits\n");
    process.program = "/usr/bin/redis-check-rdb";
    process.command = "/usr/bin/redis-server --port 0";
    assert_report("redis-server[4711], child of 5000000: no hits\n");
    process.command = "";
    assert_report("redis-check-rdb[4711], child of 5000000: no hits\n");
}
END_TEST

START_TEST(a_process_has_its_title)
{
    process.root_found = false;
    process.forked = true;
    process.is_first = false;
    process.parent_pid = 7;
    process.command = "/usr/sbin/nginx -c x";
    process.title = "nginx: worker process\n";
    assert_report("nginx[4711] \"nginx: worker process\\x0a\", forked from 7: no hits\n");
    process.title = "";
    assert_report("nginx[4711], forked from 7: no hits\n");
}
END_TEST

START_TEST(what_was_executed_in_a_process_before_is_named)
{
    process.root_found = false;
    process.former_program = "/usr/bin/dash";
    process.former_command = "/bin/sh -c sort";
    process.hits = 0;
    process.is_first = false;
    process.parent_pid = 7;
    assert_report("sort[4711], child of 7, executed by sh[4711]: no hits\n");
    process.former_command = "";
    assert_report("sort[4711], child of 7, executed by dash[4711]: no hits\n");
}
END_TEST

START_TEST(the_first_process_of_a_namespace_has_no_parent_there)
{
    process.root_found = false;
    process.is_first = false;
    process.parent_pid = 0;
    assert_report("sort[4711], the first of its PID namespace: no hits\n");
}
END_TEST

START_TEST(a_process_that_goes_on_says_so)
{
    process.is_running = true;
    process.hits = 0;
    process.is_first = false;
    process.parent_pid = 7;
    assert_report("sort[4711], child of 7, still running: no hits\n");
}
END_TEST

START_TEST(a_program_without_hits_is_told_where_to_look)
{
    process.root_found = false;
    assert_report("sort[4711]: no hits: no leaf was called (--list-leaves shows other "
                  "leaves)\n");
    process.is_first = false;
    process.parent_pid = 5000000;
    assert_report("sort[4711], child of 5000000: no hits\n");
    process.is_first = true;
    process.losses[TRACE_LOSS_FULL] = 5;
    assert_report("sort[4711]: no hits in the tree\n"
                  "5 hits lost: the trace file could not grow (full disk, limits, or its "
                  "capacity)\n");
}
END_TEST

START_TEST(a_root_that_was_not_met_comes_with_names_that_were)
{
    process.root_found = false;
    struct tree_node *node = frame(&tops[0], "_start", NULL, 0, 0);
    node = frame(frame(node, NULL, NULL, 0, 0), "main", "a.c", 1, 0);
    leaf(frame(node, "serve", "a.c", 2, 0), "read", 1, 5);
    leaf(frame(node, "serve", "a.c", 3, 0), "read", 1, 5);
    leaf(frame(node, "stop", "a.c", 4, 0), "read", 1, 5);
    write_report("sevre", false);
    ck_assert_str_eq(strstr(text, "no function"),
        "no function 'sevre' is on any path: the whole tree is shown (try --root with one "
        "of: main, serve or stop)\n");
}
END_TEST

START_TEST(the_time_of_the_process_is_told)
{
    leaf(&tops[0], "read", 1, 5);
    process.usage = (struct process_usage){
        .wall_ns = 2000000000, .user_ns = 1000000000, .system_ns = 500000000, .is_known = true};
    assert_report("sort[4711]: 1 hit of 1 leaf in 1 thread, 5 ns waiting; ran 2.0 s, 1.5 s on CPU\n"
                  "╼ read ×1  5 ns\n");
    process.usage.is_known = false;
    assert_report(
        "sort[4711]: 1 hit of 1 leaf in 1 thread, 5 ns waiting; ran at least 2.0 s, 1.5 s on CPU\n"
        "╼ read ×1  5 ns\n");
    process.usage.user_ns = process.usage.system_ns = 0;
    process.is_running = true;
    assert_report(
        "sort[4711], still running: 1 hit of 1 leaf in 1 thread, 5 ns waiting; ran 2.0 s\n"
        "╼ read ×1  5 ns\n");
}
END_TEST

START_TEST(a_tree_that_begins_in_the_place_of_main_says_so)
{
    process.is_root_implied = true;
    leaf(frame(&tops[0], "run", "a.c", 1, 0), "read", 1, 5);
    assert_report("sort[4711]: 1 hit of 1 leaf in 1 thread, 5 ns waiting\n"
                  "╼ run at a.c:1\n"
                  "  └╼ read ×1  5 ns\n"
                  "no function on the paths has the name 'main': the tree begins with the function "
                  "that was called instead\n");
}
END_TEST

START_TEST(a_function_that_has_jumped_has_no_place)
{
    struct tree_node *node = frame(&tops[0], "main", NULL, 0, 0);
    node->is_gone = true;
    node->module = NULL;
    leaf(frame(node, "run", "a.c", 1, 0), "read", 1, 5);
    assert_report("sort[4711]: 1 hit of 1 leaf in 1 thread, 5 ns waiting\n"
                  "╼ main (jumps on)\n"
                  "  └╼ run at a.c:1\n"
                  "     └╼ read ×1  5 ns\n");
}
END_TEST

START_TEST(a_function_that_has_jumped_has_the_place_of_its_call)
{
    frame(&tops[0], "main", "a.c", 7, 3);
    struct tree_node *node = frame(tops[0].first_child, "handle", "a.c", 7, 3);
    node->is_gone = true;
    leaf(frame(node, "run", "a.c", 1, 0), "read", 1, 5);
    assert_report("sort[4711]: 1 hit of 1 leaf in 1 thread, 5 ns waiting\n"
                  "╼ main at a.c:7:3\n"
                  "  └╼ handle (jumps on), called at a.c:7:3\n"
                  "     └╼ run at a.c:1\n"
                  "        └╼ read ×1  5 ns\n");
}
END_TEST

static struct tree_node *phase(const char *name, uint64_t hits, uint64_t total_ns)
{
    struct tree_node *node = frame(&tops[0], name, NULL, 0, 0);
    node->is_phase = true;
    made[made_count++] = node->leaf = calloc(1, sizeof *node->leaf);
    node->leaf->hits = hits;
    node->leaf->total_ns = total_ns;
    return node;
}

START_TEST(what_is_around_main_has_one_line_if_it_is_small)
{
    struct tree_node *before = phase("before main", 1, 9), *after;
    leaf(frame(before, "connect", "a.c", 1, 0), "read", 1, 9);
    leaf(frame(&tops[0], "main", "a.c", 2, 0), "poll", 1, 981);
    after = phase("after main", 1, 10);
    leaf(frame(after, "flush", "a.c", 3, 0), "write", 1, 10);
    assert_report("sort[4711]: 3 hits of 1 leaf in 1 thread, 1.0 µs waiting\n"
                  "╼ before main: 1 hit, 9 ns (see --full)\n"
                  "╼ main at a.c:2\n"
                  "  └╼ poll ×1  981 ns\n"
                  "╼ after main: 1 hit, 10 ns\n"
                  "  └╼ flush at a.c:3\n"
                  "     └╼ write ×1  10 ns\n");
    is_full = true;
    assert_report("sort[4711]: 3 hits of 1 leaf in 1 thread, 1.0 µs waiting\n"
                  "╼ before main: 1 hit, 9 ns\n"
                  "  └╼ connect at a.c:1\n"
                  "     └╼ read ×1  9 ns\n"
                  "╼ main at a.c:2\n"
                  "  └╼ poll ×1  981 ns\n"
                  "╼ after main: 1 hit, 10 ns\n"
                  "  └╼ flush at a.c:3\n"
                  "     └╼ write ×1  10 ns\n");
}
END_TEST

/* It has no more lines than the one that would stand for it. */
START_TEST(a_single_leaf_before_main_is_shown)
{
    leaf(phase("before main", 1, 1), "read", 1, 1);
    leaf(frame(&tops[0], "main", "a.c", 2, 0), "poll", 1, 999);
    assert_report("sort[4711]: 2 hits of 1 leaf in 1 thread, 1.0 µs waiting\n"
                  "╼ before main: 1 hit, 1 ns\n"
                  "  └╼ read ×1  1 ns\n"
                  "╼ main at a.c:2\n"
                  "  └╼ poll ×1  999 ns\n");
}
END_TEST

START_TEST(what_is_around_main_is_no_root)
{
    process.root_found = false;
    leaf(frame(phase("before main", 1, 5), "connect", "a.c", 1, 0), "read", 1, 5);
    write_report("main", true);
    ck_assert_ptr_nonnull(strstr(text, "(try --root with one of: connect)"));
}
END_TEST

START_TEST(a_root_that_was_not_met_among_nameless_functions_says_so)
{
    process.root_found = false;
    leaf(frame(&tops[0], NULL, NULL, 0, 0), "read", 1, 5);
    write_report("main", true);
    ck_assert_str_eq(strstr(text, "no function"),
        "no function 'main' is on any path: the whole tree is shown (the functions have no "
        "names here: has the program been stripped?)\n");
}
END_TEST

START_TEST(what_comes_from_the_program_cannot_steer_the_terminal)
{
    const char *evil = "e\033[2J\a\n";
    process.program = evil;
    process.root_found = false;
    process.outside_hits = 1;
    process.thread_count = 2;
    threads[1].name = evil;
    struct tree_node *node = frame(&tops[1], evil, evil, 1, 0);
    node = frame(node, evil, NULL, 0, 0);
    node->module = evil;
    leaf(node, evil, 1, 5);
    write_report(evil, false);
    size_t lines = 0;
    for (const char *c = text; *c; c++) {
        lines += *c == '\n';
        ck_assert(*c == '\n' || (unsigned char)*c >= 0x20);
    }
    ck_assert_uint_eq(lines, 7);
}
END_TEST

/* A chain of `count` lone functions below `parent`. */
static struct tree_node *chain(struct tree_node *parent, int count)
{
    for (int i = 0; i < count; i++)
        parent = frame(parent, "f", "a.c", i + 1, 0);
    return parent;
}

START_TEST(up_to_20_levels_are_drawn_in_full)
{
    leaf(chain(&tops[0], 19), "read", 1, 5);
    write_report("main", true);
    char expected[100];
    snprintf(expected, sizeof expected, "\n%*s└╼ f at a.c:19\n", 2 + 17 * 3, "");
    ck_assert_ptr_nonnull(strstr(text, expected));
}
END_TEST

START_TEST(in_deeper_trees_lone_children_stand_under_their_callers)
{
    struct tree_node *fork = chain(&tops[0], 3);
    struct tree_node *left = chain(fork, 2);
    leaf(left, "read", 1, 5);
    leaf(left, "write", 1, 5);
    leaf(chain(fork, 17), "read", 1, 5);
    leaf(frame(&tops[0], "g", "a.c", 9, 0), "read", 1, 5);
    assert_report("sort[4711]: 4 hits of 1 leaf in 1 thread, 20 ns waiting\n"
                  "╼ f at a.c:1\n"
                  "  f at a.c:2\n"
                  "  f at a.c:3\n"
                  "  ├╼ f at a.c:1\n"
                  "  │  f at a.c:2\n"
                  "  │  ├╼ read ×1  5 ns\n"
                  "  │  └╼ write ×1  5 ns\n"
                  "  └╼ f at a.c:1\n"
                  "     f at a.c:2\n"
                  "     f at a.c:3\n"
                  "     f at a.c:4\n"
                  "     f at a.c:5\n"
                  "     f at a.c:6\n"
                  "     f at a.c:7\n"
                  "     f at a.c:8\n"
                  "     f at a.c:9\n"
                  "     f at a.c:10\n"
                  "     f at a.c:11\n"
                  "     f at a.c:12\n"
                  "     f at a.c:13\n"
                  "     f at a.c:14\n"
                  "     f at a.c:15\n"
                  "     f at a.c:16\n"
                  "     f at a.c:17\n"
                  "     └╼ read ×1  5 ns\n"
                  "╼ g at a.c:9\n"
                  "  └╼ read ×1  5 ns\n");
}
END_TEST

static double seconds_of_report(void)
{
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    write_report("main", true);
    clock_gettime(CLOCK_MONOTONIC, &to);
    return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static size_t longest_line(void)
{
    size_t longest = 0;
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        longest = length > longest ? length : longest;
        line += length + 1;
    }
    return longest;
}

START_TEST(a_chain_of_100000_functions_is_one_column)
{
    leaf(chain(&tops[0], 100000), "read", 1, 5);
    ck_assert_double_lt(seconds_of_report(), 2);
    ck_assert_uint_lt(longest_line(), 60);
    ck_assert_int_eq(strncmp(strchr(text, '\n'), "\n╼ f at a.c:1\n  f at a.c:2\n", 29), 0);
}
END_TEST

/* A fork on every level: without bounds on the indentation this were gigabytes of it. */
START_TEST(forks_on_100000_levels_start_again_at_the_left)
{
    struct tree_node *node = &tops[0];
    for (int i = 0; i < 100000; i++) {
        node = frame(node, "f", "a.c", 1, 0);
        uncounted_leaf(node, "read", 1, 5);
    }
    threads[0].hits = process.hits = 100000;
    ck_assert_double_lt(seconds_of_report(), 4);
    ck_assert_uint_lt(longest_line(), 240);
    ck_assert_ptr_nonnull(strstr(text, "\n  ├╼ read ×1  5 ns\n  └╼ f at a.c:1\n     ├╼ read"));
    ck_assert_ptr_nonnull(
        strstr(text, "\n[40] ├╼ read ×1  5 ns\n[40] └╼ f at a.c:1\n[40]    ├╼ r"));
}
END_TEST

START_TEST(lines_go_on_where_the_drawing_returns_to_the_left)
{
    struct tree_node *nodes[50], *node = &tops[0];
    for (int i = 0; i < 50; i++)
        node = nodes[i] = frame(node, "f", "a.c", i, 0);
    for (int i = 49; i > 0; i--)
        leaf(nodes[i], "read", 1, 5);
    write_report("main", true);
    /* Every other line to the left of f's last fork has an open sibling. */
    const char *deepest = strstr(text, "[40] ├╼ f at a.c:41\n[40] │  ├╼ f at a.c:42\n");
    ck_assert_ptr_nonnull(deepest);
    ck_assert_ptr_nonnull(strstr(deepest, "[40] │  └╼ read ×1  5 ns\n[40] └╼ read ×1  5 ns\n  │"));
}
END_TEST

/* ---- a program that has not ended ---- */

static void assert_begin(uint64_t so_far_ns, bool is_earlier, const char *expected)
{
    size_t size;
    free(text);
    FILE *out = open_memstream(&text, &size);
    struct report report = {
        .out = out, .so_far_ns = so_far_ns, .is_earlier = is_earlier, .style = style};
    report_format_text.begin(&report);
    fclose(out);
    ck_assert_str_eq(text, expected);
}

START_TEST(a_report_of_a_program_that_goes_on_begins_with_that)
{
    assert_begin(0, false, "");
    assert_begin(UINT64_C(10000000000), false, "so far, after 10.0 s; the program goes on\n");
    assert_begin(500000000, true, "so far, after 500 ms; the program went on\n");
}
END_TEST

static size_t widest_line(void)
{
    size_t widest = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        size_t columns = character_columns(line);
        widest = columns > widest ? columns : widest;
    }
    return widest;
}

/* Forks on 60 levels, a chain, and notes. */
START_TEST(no_line_of_a_tree_is_wider_than_the_terminal)
{
    struct tree_node *node = &tops[0];
    for (int i = 0; i < 60; i++) {
        node = frame(node, "function_with_a_long_name(unsigned)", "a/very/long/path/of.c", i, 7);
        leaf(node, "pthread_cond_timedwait", 1234567, 5);
    }
    for (int i = 0; i < 30; i++)
        node = frame(node, "日本語の関数", "語.c", i, 0);
    leaf(node, "pthread_cond_timedwait", 1234567, 5);
    tops[0].first_child->flags = TRACE_LOST_TRACK;
    process.title = "sort: a title that is long enough to need more than one line of a terminal";
    process.losses[TRACE_LOSS_MEMORY] = 3;
    process.outside_hits = 3;
    for (style.columns = 40; style.columns <= 160; style.columns++) {
        write_report("main", true);
        ck_assert_ptr_nonnull(strstr(text, "function_w"));
        ck_assert_ptr_nonnull(strstr(text, "語"));
        ck_assert_ptr_nonnull(strstr(text, "\n  "));
        ck_assert_uint_le(widest_line(), style.columns);
    }
}
END_TEST

START_TEST(what_does_not_fit_is_cut_in_the_middle)
{
    struct tree_node *node = frame(&tops[0], "main", "a/directory/with/a/long/name.c", 25, 5);
    leaf(frame(node, "f", "a.c", 7, 0), "read", 1, 1000);
    style.columns = 40;
    write_report("main", true);
    ck_assert_str_eq(text, "sort[4711]: 1 hit of 1 leaf in 1 thread,\n"
                           "  1.0 µs waiting\n"
                           "╼ main at a/director…/a/long/name.c:25:5\n"
                           "  └╼ f at a.c:7\n"
                           "     └╼ read ×1  1.0 µs\n");
}
END_TEST

/* ---- calls of the root ---- */

static struct tree_process trees[3];
static struct tree_call list[3];
static struct tree_calls calls;
static const struct view all; /* it has no objects */

static void begin_calls(void)
{
    begin();
    calls = (struct tree_calls){.list = list};
}

/* So many calls of the main thread; hits are added below the top of their number. */
static struct tree_call *add_calls(uint64_t count, uint64_t total_ns, uint64_t longest_ns)
{
    size_t i = calls.count++;
    trees[i] = (struct tree_process){.threads = &threads[i], .thread_count = 1};
    list[i] = (struct tree_call){.tree = &trees[i],
        .count = count,
        .total_ns = total_ns,
        .longest_ns = longest_ns,
        .thread_count = 1,
        .tid = 4711,
        .thread_name = "sort",
        .is_main = true};
    calls.call_count += count;
    calls.total_ns += total_ns;
    return &list[i];
}

static void assert_calls(const char *expected)
{
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < calls.count; i++)
        trees[i].hits = threads[i].hits;
    struct report report = {.out = out, .root = "work", .leaves_word = "waiting", .style = style};
    report_format_text.calls(&report, &process, &calls, NULL, &all);
    fclose(out);
    ck_assert_str_eq(text, expected);
}

START_TEST(one_call_is_one_line_and_its_tree)
{
    add_calls(1, 3400000, 3400000);
    leaf(frame(&tops[0], "work", "a.c", 3, 5), "read", 2, 1200000);
    assert_calls("sort[4711]: 1 call of work, 3.4 ms:\n"
                 "╼ work at a.c:3:5\n"
                 "  └╼ read ×2  1.2 ms\n");
}
END_TEST

START_TEST(calls_with_the_same_tree_are_told_once)
{
    add_calls(7, 14000000, 3700000);
    leaf(frame(&tops[0], "work", "a.c", 3, 5), "read", 1, 1200000);
    assert_calls("sort[4711]: 7 calls of work, 14.0 ms, all with the same tree\n"
                 "7 calls of work, each 2.0 ms on average, at most 3.7 ms:\n"
                 "╼ work at a.c:3:5\n"
                 "  └╼ read ×1  1.2 ms\n");
}
END_TEST

START_TEST(each_different_tree_is_told)
{
    add_calls(3, 6000000, 2500000);
    leaf(frame(&tops[0], "work", "a.c", 3, 5), "read", 1, 1200000);
    add_calls(1, 500000, 500000);
    assert_calls("sort[4711]: 4 calls of work, 6.5 ms, with 2 different trees\n"
                 "3 calls of work, each 2.0 ms on average, at most 2.5 ms:\n"
                 "╼ work at a.c:3:5\n"
                 "  └╼ read ×1  1.2 ms\n"
                 "1 call of work, 500 µs: no hits\n");
}
END_TEST

START_TEST(calls_of_other_threads_say_so)
{
    struct tree_call *call = add_calls(1, 2000, 2000);
    call->is_main = false;
    call->tid = 4712;
    call->thread_name = "wor\nker";
    call = add_calls(2, 4000, 3000);
    call->is_main = false;
    call->tid = 4713;
    call->thread_name = "";
    add_calls(5, 10000, 4000)->thread_count = 3;
    assert_calls("sort[4711]: 8 calls of work, 16.0 µs, with 3 different trees\n"
                 "1 call of work in thread 4712 \"wor\\x0aker\", 2.0 µs: no hits\n"
                 "2 calls of work in thread 4713, each 2.0 µs on average, at most 3.0 µs: no hits\n"
                 "5 calls of work in 3 threads, each 2.0 µs on average, at most 4.0 µs: no hits\n");
}
END_TEST

START_TEST(an_open_call_is_unfinished)
{
    struct tree_call *call = add_calls(1, 0, 0);
    call->is_open = true;
    call->entered_ns = 7000000000; /* 3 s ago */
    struct tree_node *node = leaf(frame(&tops[0], "work", "a.c", 3, 5), "read", 2, 0);
    node->leaf->returns = 1;
    node->leaf->entered_ns = 9000000000;
    assert_calls("sort[4711]: 1 call of work, unfinished after 3.0 s:\n"
                 "╼ work at a.c:3:5\n"
                 "  └╼ read ×2  1 unfinished after 1.0 s\n");
}
END_TEST

START_TEST(when_it_ended_may_be_unknown)
{
    process.taken_ns = 0;
    struct tree_call *call = add_calls(1, 0, 0);
    call->is_open = true;
    call->entered_ns = 7000000000;
    assert_calls("sort[4711]: 1 call of work, unfinished: no hits\n");
}
END_TEST

START_TEST(calls_that_were_left_by_a_jump_have_no_time)
{
    add_calls(3, 6000, 4000)->jumped = 1;
    add_calls(2, 0, 0)->jumped = 2;
    add_calls(2, 5000, 5000)->jumped = 1;
    assert_calls("sort[4711]: 7 calls of work, 11.0 µs, with 3 different trees\n"
                 "3 calls of work, each 3.0 µs on average, at most 4.0 µs, 1 left by a jump: no "
                 "hits\n"
                 "2 calls of work, left by a jump: no hits\n"
                 "2 calls of work, 5.0 µs, 1 left by a jump: no hits\n");
}
END_TEST

START_TEST(a_call_in_which_hits_are_missing_says_so)
{
    add_calls(1, 2000, 2000)->is_incomplete = true;
    assert_calls("sort[4711]: 1 call of work, 2.0 µs (hits are missing): no hits\n");
}
END_TEST

START_TEST(without_times_calls_are_counted_only)
{
    process.has_times = false;
    add_calls(3, 0, 0);
    add_calls(1, 0, 0)->is_open = true;
    calls.rest_count = 2;
    calls.call_count += 2;
    assert_calls("sort[4711]: 6 calls of work\n"
                 "3 calls of work: no hits\n"
                 "1 call of work, unfinished: no hits\n"
                 "2 more calls had other trees, which were not kept (--each=NUMBER keeps more)\n");
}
END_TEST

START_TEST(calls_that_were_not_kept_are_counted)
{
    add_calls(3, 6000000, 2500000);
    calls.rest_count = 4;
    calls.rest_ns = 4600000;
    calls.rest_longest_ns = 1300000;
    calls.call_count += 4;
    calls.total_ns += 4600000;
    assert_calls(
        "sort[4711]: 7 calls of work, 10.6 ms\n"
        "3 calls of work, each 2.0 ms on average, at most 2.5 ms: no hits\n"
        "4 more calls, 4.6 ms in all, at most 1.3 ms each, had other trees, which were not "
        "kept (--each=NUMBER keeps more)\n");
}
END_TEST

START_TEST(one_call_that_was_not_kept_is_one)
{
    calls.rest_count = calls.call_count = 1;
    calls.rest_ns = calls.rest_longest_ns = calls.total_ns = 4600000;
    assert_calls("sort[4711]: 1 call of work, 4.6 ms\n"
                 "1 more call, 4.6 ms, had another tree, which was not kept (--each=NUMBER keeps "
                 "more)\n");
}
END_TEST

START_TEST(what_lies_in_no_call_is_said)
{
    add_calls(1, 2000, 2000);
    calls.outside_hits = 3;
    process.losses[TRACE_LOSS_MEMORY] = 1;
    process.forked = true;
    process.parent_pid = 17;
    assert_calls("sort[4711], forked from 17: 1 call of work, 2.0 µs: no hits\n"
                 "3 hits lie in no call of 'work'\n"
                 "1 hit lost: no memory for a thread's tables\n");
}
END_TEST

START_TEST(calls_have_colours_as_trees_have)
{
    style.color = true;
    add_calls(1, 2000, 2000);
    assert_calls("\033[1msort\033[0m[4711]: 1 call of \033[1mwork\033[0m, \033[32m2.0 µs\033[0m: "
                 "no hits\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_text");
    TCase *tests = tcase_create("report_text");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_tree_is_drawn_with_lines);
    tcase_add_test(tests, a_call_that_took_much_longer_is_told);
    tcase_add_test(tests, a_call_that_took_twice_the_mean_is_told);
    tcase_add_test(tests, quantiles_have_two_digits);
    tcase_add_test(tests, of_few_calls_there_are_no_quantiles);
    tcase_add_test(tests, in_ascii_a_tree_is_drawn_with_what_there_is);
    tcase_add_test(tests, colour_changes_nothing_but_the_colours);
    tcase_add_test(tests, a_place_without_a_line_is_module_and_address);
    tcase_add_test(tests, an_outermost_node_without_known_callers_says_so);
    tcase_add_test(tests, a_tree_for_which_there_is_no_memory_is_told);
    tcase_add_test(tests, calls_that_have_not_returned_are_told);
    tcase_add_test(tests, without_times_there_are_only_counts);
    tcase_add_loop_test(
        tests, a_duration_has_two_or_three_digits, 0, sizeof durations / sizeof *durations);
    tcase_add_test(tests, a_report_of_a_program_that_goes_on_begins_with_that);
    tcase_add_test(tests, other_threads_have_a_line_of_their_own);
    tcase_add_test(tests, threads_without_hits_in_the_tree_are_not_mentioned);
    tcase_add_test(tests, children_and_forks_name_their_parent);
    tcase_add_test(tests, a_tree_of_several_threads_says_so);
    tcase_add_test(tests, what_is_missing_is_said);
    tcase_add_test(tests, a_process_has_its_title);
    tcase_add_test(tests, what_was_executed_in_a_process_before_is_named);
    tcase_add_test(tests, the_first_process_of_a_namespace_has_no_parent_there);
    tcase_add_test(tests, a_process_that_goes_on_says_so);
    tcase_add_test(tests, a_program_without_hits_is_told_where_to_look);
    tcase_add_test(tests, a_clock_that_was_forbidden_is_said);
    tcase_add_test(tests, calls_without_a_time_are_said_in_one_line);
    tcase_add_test(tests, a_process_is_quiet_that_has_nothing_but_no_hits);
    tcase_add_test(tests, a_program_is_named_as_it_was_called);
    tcase_add_test(tests, a_root_that_was_not_met_comes_with_names_that_were);
    tcase_add_test(tests, the_time_of_the_process_is_told);
    tcase_add_test(tests, a_tree_that_begins_in_the_place_of_main_says_so);
    tcase_add_test(tests, a_function_that_has_jumped_has_no_place);
    tcase_add_test(tests, a_function_that_has_jumped_has_the_place_of_its_call);
    tcase_add_test(tests, what_is_around_main_has_one_line_if_it_is_small);
    tcase_add_test(tests, a_single_leaf_before_main_is_shown);
    tcase_add_test(tests, what_is_around_main_is_no_root);
    tcase_add_test(tests, a_root_that_was_not_met_among_nameless_functions_says_so);
    tcase_add_test(tests, what_comes_from_the_program_cannot_steer_the_terminal);
    tcase_add_test(tests, up_to_20_levels_are_drawn_in_full);
    tcase_add_test(tests, no_line_of_a_tree_is_wider_than_the_terminal);
    tcase_add_test(tests, what_does_not_fit_is_cut_in_the_middle);
    tcase_add_test(tests, in_deeper_trees_lone_children_stand_under_their_callers);
    tcase_add_test(tests, a_chain_of_100000_functions_is_one_column);
    tcase_add_test(tests, forks_on_100000_levels_start_again_at_the_left);
    tcase_add_test(tests, lines_go_on_where_the_drawing_returns_to_the_left);
    suite_add_tcase(suite, tests);
    tests = tcase_create("calls");
    tcase_add_checked_fixture(tests, begin_calls, finish);
    tcase_add_test(tests, one_call_is_one_line_and_its_tree);
    tcase_add_test(tests, calls_with_the_same_tree_are_told_once);
    tcase_add_test(tests, each_different_tree_is_told);
    tcase_add_test(tests, calls_of_other_threads_say_so);
    tcase_add_test(tests, an_open_call_is_unfinished);
    tcase_add_test(tests, when_it_ended_may_be_unknown);
    tcase_add_test(tests, calls_that_were_left_by_a_jump_have_no_time);
    tcase_add_test(tests, a_call_in_which_hits_are_missing_says_so);
    tcase_add_test(tests, without_times_calls_are_counted_only);
    tcase_add_test(tests, calls_that_were_not_kept_are_counted);
    tcase_add_test(tests, one_call_that_was_not_kept_is_one);
    tcase_add_test(tests, what_lies_in_no_call_is_said);
    tcase_add_test(tests, calls_have_colours_as_trees_have);
    suite_add_tcase(suite, tests);

    return suite_run(suite);
}
