/*
 * test_snapshot.c - trace files, whole and hostile.
 */
// needs: cli
#include "trace/file.h"
#include "trace/snapshot.h"
#include "trace/words.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#include "../../../trace_builder.h"
#include "suite.h"

static struct trace_builder builder;
static struct snapshot *snapshot;
static const char *why;

static void begin(void)
{
    snapshot = NULL;
    why = NULL;
    trace_build_sample(&builder);
}

static void finish(void)
{
    snapshot_destroy(snapshot);
}

static void parse(void)
{
    ck_assert_int_eq(snapshot_parse(&builder, trace_size(&builder), &snapshot, &why), 0);
}

static void assert_refused(int error)
{
    ck_assert_int_eq(snapshot_parse(&builder, trace_size(&builder), &snapshot, &why), error);
    ck_assert_ptr_null(snapshot);
    ck_assert_ptr_nonnull(why);
}

static struct trace_node *find_record(uint32_t kind)
{
    for (trace_index i = TRACE_FIRST_RECORD; i < TRACE_BUILDER_RECORDS; i++)
        if (builder.records[i].kind == kind)
            return &builder.records[i].node;
    ck_abort_msg("the sample has no record of kind %u", kind);
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

START_TEST(a_whole_trace_is_read_as_it_was_written)
{
    parse();
    ck_assert_int_eq(snapshot->pid, 100);
    ck_assert_int_eq(snapshot->parent_pid, 99);
    ck_assert(!snapshot->forked);
    ck_assert_uint_eq(snapshot->untraced_count, 0);
    ck_assert_uint_eq(snapshot->untraced_more, 0);
    ck_assert(!snapshot->has_clock_stopped);
    ck_assert(snapshot->has_times);
    ck_assert_str_eq(snapshot->program, "/opt/a/path/that/is/longer/than/one/piece"
                                        "/of/text/so/that/it/takes/two/of/them/prog");
    ck_assert_str_eq(snapshot->command, "prog --fast");
    ck_assert_uint_eq(snapshot->module_count, 1);
    ck_assert_uint_eq(snapshot->modules[0].identity.build_id_size, 20);
    ck_assert_uint_eq(snapshot->modules[0].identity.build_id[19], 0xab);
    ck_assert_uint_eq(snapshot->thread_count, 2);
    ck_assert_int_eq(snapshot->threads[1].tid, 101);
    ck_assert_str_eq(snapshot->threads[1].name, "worker");
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(snapshot->node_count, 5);

    const struct snapshot_node *nodes = snapshot->nodes;
    ck_assert_int_eq(nodes[0].kind, SNAPSHOT_FRAME);
    ck_assert_uint_eq(nodes[0].caller, SNAPSHOT_NONE);
    ck_assert_uint_eq(nodes[0].module, 0);
    ck_assert_uint_eq(nodes[0].address, 0x1000);
    ck_assert_uint_eq(nodes[0].flags, TRACE_END_OF_STACK);
    ck_assert_int_eq(nodes[1].kind, SNAPSHOT_INTERRUPTED);
    ck_assert_uint_eq(nodes[1].caller, 0);
    ck_assert_int_eq(nodes[2].kind, SNAPSHOT_LEAF);
    ck_assert_uint_eq(nodes[2].caller, 1);
    ck_assert_str_eq(snapshot->leaves[0].name, "read");
    ck_assert_uint_eq(snapshot->leaves[0].hits, 3);
    ck_assert_uint_eq(snapshot->leaves[0].returns, 2);
    ck_assert_uint_eq(snapshot->leaves[0].total_ns, 1000);
    ck_assert_uint_eq(snapshot->leaves[0].longest_ns, 700);
    ck_assert_uint_eq(snapshot->leaves[0].entered_ns, 5000);
    ck_assert_uint_eq(nodes[3].thread, 1);
    ck_assert_uint_eq(nodes[3].module, SNAPSHOT_NONE);
    ck_assert_uint_eq(nodes[3].flags, TRACE_LOST_TRACK | TRACE_BY_FRAME_POINTER);
}
END_TEST

static void set_times(uint32_t timed, uint64_t ran_ticks, uint64_t cpu_ns)
{
    struct trace_thread *thread = (struct trace_thread *)find_record(TRACE_THREAD);
    thread->timed = timed;
    thread->ran_ticks = ran_ticks;
    thread->cpu_ns = cpu_ns;
    snapshot_destroy(snapshot);
    parse();
}

START_TEST(times_of_threads_are_complete_or_not_known)
{
    struct trace_thread *thread = (struct trace_thread *)find_record(TRACE_THREAD);
    set_times(1, 5000, 4000);
    ck_assert_uint_eq(snapshot->threads[0].ran_ns, 5000);
    ck_assert_uint_eq(snapshot->threads[0].cpu_ns, 4000);
    ck_assert_uint_eq(snapshot->threads[1].ran_ns, 0);
    set_times(1, 5000, 5001); /* the clocks differ a little */
    ck_assert_uint_eq(snapshot->threads[0].cpu_ns, 5000);
    set_times(1, 5000, UINT64_C(1000000000));
    ck_assert_uint_eq(snapshot->threads[0].ran_ns, 0);
    ck_assert_uint_eq(snapshot->threads[0].cpu_ns, 0);
    set_times(1, UINT64_MAX, 5000);
    ck_assert_uint_eq(snapshot->threads[0].ran_ns, 0);
    thread->successors = 1; /* of which the time is not known */
    set_times(1, 5000, 4000);
    ck_assert_uint_eq(snapshot->threads[0].ran_ns, 0);
    set_times(2, 5000, 4000);
    ck_assert_uint_eq(snapshot->threads[0].ran_ns, 5000);
}
END_TEST

START_TEST(a_thread_that_has_not_ended_has_its_begin)
{
    struct trace_thread *thread = (struct trace_thread *)find_record(TRACE_THREAD);
    thread->begun_ticks = 700;
    set_times(0, 0, 0);
    ck_assert_uint_eq(snapshot->threads[0].begun_ns, 700);
    ck_assert_uint_eq(snapshot->threads[1].begun_ns, 0);
    set_times(1, 5000, 4000);
    ck_assert_uint_eq(snapshot->threads[0].begun_ns, 0);
}
END_TEST

/* They are recorded in turn. */
START_TEST(the_nodes_of_a_thread_stand_together)
{
    struct trace_node *outermost = (struct trace_node *)find_record(TRACE_FRAME);
    trace_index caller = trace_index_of(&builder, outermost);
    trace_index name = ((struct trace_node *)find_record(TRACE_LEAF))->leaf_name;
    struct trace_node *leaf = trace_add_node(&builder, TRACE_LEAF, caller, name, outermost->thread);
    leaf->hits = 7;
    trace_build_calls(&builder, outermost->thread, trace_index_of(&builder, leaf));
    parse();
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(snapshot->node_count, 6);
    for (size_t i = 0; i < 6; i++)
        ck_assert_uint_eq(snapshot->nodes[i].thread, i / 4);
    ck_assert_uint_eq(snapshot->nodes[3].caller, 0);
    ck_assert_uint_eq(snapshot->leaves[snapshot->nodes[3].leaf].hits, 7);
    ck_assert_uint_eq(snapshot->nodes[4].caller, SNAPSHOT_NONE);
    ck_assert_uint_eq(snapshot->nodes[5].caller, 4);
    ck_assert_uint_eq(snapshot->calls[0].leaves[0].node, 3);
}
END_TEST

START_TEST(bytes_need_not_be_aligned)
{
    char *bytes = malloc(sizeof builder + 1);
    memcpy(bytes + 1, &builder, sizeof builder);
    ck_assert_int_eq(snapshot_parse(bytes + 1, trace_size(&builder), &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->node_count, 5);
    free(bytes);
}
END_TEST

START_TEST(what_is_no_trace_is_refused)
{
    struct trace_header *header = trace_header_of(&builder);
    header->magic++;
    assert_refused(-EPROTO);
    trace_build_sample(&builder);
    header->version++;
    assert_refused(-EPROTO);
    trace_build_sample(&builder);
    header->record_size = 128;
    assert_refused(-EPROTO);
    trace_build_sample(&builder);
    header->used = TRACE_FIRST_RECORD - 1;
    assert_refused(-EPROTO);
    trace_build_sample(&builder);
    header->capacity = 0;
    assert_refused(-EPROTO);
}
END_TEST

START_TEST(programs_that_were_executed_untraced_are_there)
{
    trace_add_untraced(&builder, "/bin/a", TRACE_UNTRACED_STATIC, 3);
    trace_add_untraced(&builder, "./script", TRACE_UNTRACED_INTERPRETER | TRACE_UNTRACED_MUSL, 1);
    trace_header_of(&builder)->untraced_more = 7;
    parse();
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(snapshot->untraced_count, 2);
    ck_assert_str_eq(snapshot->untraced[0].path, "/bin/a");
    ck_assert_uint_eq(snapshot->untraced[0].count, 3);
    ck_assert_str_eq(trace_untraced_text(snapshot->untraced[0].reason), "statically linked");
    ck_assert(!trace_untraced_is_interpreter(snapshot->untraced[0].reason));
    ck_assert_str_eq(trace_untraced_text(snapshot->untraced[1].reason), "linked with musl");
    ck_assert(trace_untraced_is_interpreter(snapshot->untraced[1].reason));
    ck_assert_uint_eq(snapshot->untraced_more, 7);
}
END_TEST

START_TEST(one_that_could_not_be_executed_after_all_is_not)
{
    trace_add_untraced(&builder, "/bin/a", TRACE_UNTRACED_STATIC, 0);
    parse();
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(snapshot->untraced_count, 0);
}
END_TEST

START_TEST(untraced_programs_without_a_name_or_a_reason_are_left_out)
{
    trace_add_untraced(&builder, "", TRACE_UNTRACED_STATIC, 1);
    trace_add_untraced(&builder, "/bin/a", TRACE_UNTRACED_REASONS, 1);
    trace_add_untraced(&builder, "/bin/a", TRACE_UNTRACED_NOT, 1);
    parse();
    ck_assert_uint_eq(snapshot->malformed, 3);
    ck_assert_uint_eq(snapshot->untraced_count, 0);
}
END_TEST

START_TEST(a_clock_that_was_stopped_is_noted)
{
    trace_header_of(&builder)->clock_stopped = 1;
    parse();
    ck_assert(snapshot->has_clock_stopped);
}
END_TEST

START_TEST(an_unfinished_header_is_another_error_than_a_wrong_one)
{
    trace_header_of(&builder)->ready = 0;
    assert_refused(-EAGAIN);
    memset(&builder, 0, sizeof builder);
    ck_assert_int_eq(snapshot_parse(&builder, sizeof builder, &snapshot, &why), -EAGAIN);
    ck_assert_int_eq(snapshot_parse(&builder, 0, &snapshot, &why), -ENODATA);
    ck_assert_ptr_null(snapshot);
}
END_TEST

START_TEST(more_used_than_there_is_reads_what_is_there)
{
    size_t size = trace_size(&builder);
    trace_header_of(&builder)->used = UINT32_MAX;
    ck_assert_int_eq(snapshot_parse(&builder, size, &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->node_count, 5);
    ck_assert_uint_eq(snapshot->malformed, 0);
}
END_TEST

START_TEST(unpublished_records_are_passed_over_without_a_word)
{
    struct trace_node *leaf = find_record(TRACE_LEAF);
    leaf->kind = TRACE_FREE;
    parse();
    ck_assert_uint_eq(snapshot->node_count, 4);
    ck_assert_uint_eq(snapshot->malformed, 0);
}
END_TEST

START_TEST(a_record_of_an_unknown_kind_is_left_out_and_counted)
{
    trace_add_node(&builder, 99, 0, 0, 0);
    trace_add_node(&builder, UINT32_MAX, 0, 0, 0);
    parse();
    ck_assert_uint_eq(snapshot->node_count, 5);
    ck_assert_uint_eq(snapshot->malformed, 2);
}
END_TEST

/* Each case spoils one field of the sample's interrupted frame, which its leaf goes with. */
START_TEST(a_node_that_points_nowhere_is_left_out_with_what_hangs_on_it)
{
    struct trace_node *node = find_record(TRACE_INTERRUPTED);
    trace_index self = trace_index_of(&builder, node);
    trace_index leaf = trace_index_of(&builder, find_record(TRACE_LEAF));
    trace_index text = trace_index_of(&builder, find_record(TRACE_TEXT));
    trace_index *fields[] = {&node->caller, &node->module, &node->thread};
    trace_index values[] = {self, self + 1, leaf, text, 1, TRACE_FIRST_RECORD - 1, UINT32_MAX,
        UINT32_MAX - 1, trace_header_of(&builder)->used};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        trace_index whole = *fields[i];
        for (size_t j = 0; j < sizeof values / sizeof *values; j++) {
            *fields[i] = values[j];
            parse();
            ck_assert_uint_eq(snapshot->node_count, 3);
            ck_assert_uint_eq(snapshot->malformed, 2);
            snapshot_destroy(snapshot);
        }
        *fields[i] = whole;
    }
    parse();
    ck_assert_uint_eq(snapshot->node_count, 5);
}
END_TEST

START_TEST(a_leaf_has_no_children)
{
    struct trace_node *leaf = find_record(TRACE_LEAF);
    trace_index thread = leaf->thread, name = leaf->module;
    trace_add_node(&builder, TRACE_LEAF, trace_index_of(&builder, leaf), name, thread);
    parse();
    ck_assert_uint_eq(snapshot->node_count, 5);
    ck_assert_uint_eq(snapshot->malformed, 1);
}
END_TEST

START_TEST(a_caller_in_another_thread_is_malformed)
{
    struct trace_node *frame = find_record(TRACE_FRAME);
    trace_index thread = trace_add_thread(&builder, 102, "");
    trace_add_node(&builder, TRACE_FRAME, trace_index_of(&builder, frame), frame->module, thread);
    parse();
    ck_assert_uint_eq(snapshot->node_count, 5);
    ck_assert_uint_eq(snapshot->malformed, 1);
}
END_TEST

START_TEST(a_string_that_leaves_its_records_is_malformed)
{
    struct trace_module *module = &((union trace_record *)find_record(TRACE_MODULE))->module;
    struct trace_string whole = module->path;
    struct trace_string wrong[] = {{whole.first, 4097}, {whole.first, UINT32_MAX},
        {whole.first, 200}, {UINT32_MAX, 10}, {0, 10}, {UINT32_MAX, UINT32_MAX},
        {trace_header_of(&builder)->used - 1, 10}, {whole.first, 0}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        module->path = wrong[i];
        parse();
        ck_assert_uint_eq(snapshot->module_count, 0);
        ck_assert_str_eq(snapshot->program, "?");
        /* The module, the header's program, two frames in the module, and a leaf. */
        ck_assert_uint_eq(snapshot->malformed, 5);
        snapshot_destroy(snapshot);
    }
    module->path = whole;
    parse();
    ck_assert_uint_eq(snapshot->malformed, 0);
}
END_TEST

START_TEST(a_string_that_leaves_the_file_is_malformed)
{
    struct trace_string text = trace_add_text(&builder, "at the file's end");
    text.length = 100;
    trace_header_of(&builder)->command = text;
    size_t size = trace_size(&builder);
    void *copy = malloc(size); /* of the exact size */
    memcpy(copy, &builder, size);
    ck_assert_int_eq(snapshot_parse(copy, size, &snapshot, &why), 0);
    free(copy);
    ck_assert_str_eq(snapshot->command, "");
    ck_assert_uint_eq(snapshot->malformed, 1);
}
END_TEST

START_TEST(a_path_of_4096_bytes_is_kept_and_a_longer_one_is_not)
{
    static char path[4098];
    memset(path, 'x', 4096);
    trace_add_module(&builder, path);
    parse();
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_str_eq(snapshot->modules[1].path, path);
    snapshot_destroy(snapshot);
    path[4096] = 'x';
    trace_add_module(&builder, path);
    parse();
    ck_assert_uint_eq(snapshot->module_count, 2);
    ck_assert_uint_eq(snapshot->malformed, 1);
}
END_TEST

START_TEST(strings_that_share_their_records_cannot_ask_for_more_memory_than_there_are)
{
    static char path[4097];
    memset(path, 'x', 4096);
    trace_begin(&builder);
    trace_index first = trace_add_module(&builder, path);
    for (int i = 0; i < 100; i++)
        builder.records[trace_claim(&builder, 1)] = builder.records[first];
    parse();
    ck_assert_uint_eq(snapshot->module_count, 1);
    ck_assert_uint_eq(snapshot->malformed, 100);
}
END_TEST

START_TEST(a_nul_cuts_a_string_and_other_bytes_are_kept)
{
    trace_header_of(&builder)->command = trace_add_text(&builder, "a\033[2Jb\xff\x80 c");
    parse();
    ck_assert_str_eq(snapshot->command, "a\033[2Jb\xff\x80 c");
    snapshot_destroy(snapshot);
    builder.records[trace_header_of(&builder)->command.first].text.bytes[3] = '\0';
    parse();
    ck_assert_str_eq(snapshot->command, "a\033[");
}
END_TEST

START_TEST(a_thread_name_ends_even_if_it_was_written_without_an_end)
{
    trace_add_thread(&builder, 102, "sixteen letters!");
    parse();
    ck_assert_str_eq(snapshot->threads[2].name, "sixteen letters");
}
END_TEST

START_TEST(a_build_id_longer_than_its_room_is_malformed)
{
    struct trace_module *module = &((union trace_record *)find_record(TRACE_MODULE))->module;
    module->build_id_size = 25;
    parse();
    ck_assert_uint_eq(snapshot->module_count, 0);
}
END_TEST

START_TEST(without_a_build_id_there_is_the_status_of_the_file)
{
    struct trace_module *module = &((union trace_record *)find_record(TRACE_MODULE))->module;
    module->build_id_size = 0;
    module->file = (struct trace_file){7, 8, 9};
    parse();
    const struct file_identity *identity = &snapshot->modules[0].identity;
    ck_assert_uint_eq(identity->build_id_size, 0);
    ck_assert_uint_eq(identity->device, 7);
    ck_assert_uint_eq(identity->inode, 8);
    ck_assert_uint_eq(identity->changed_ns, 9);
}
END_TEST

static void assert_title(const char *recorded, const char *expected)
{
    char *title = trace_header_of(&builder)->title;
    memset(title, 'x', TRACE_TITLE_SIZE);
    memcpy(title, recorded, strnlen(recorded, TRACE_TITLE_SIZE - 1) + 1);
    parse();
    ck_assert_str_eq(snapshot->title, expected);
    snapshot_destroy(snapshot);
    snapshot = NULL;
}

START_TEST(a_title_is_what_is_no_argument)
{
    assert_title("prog", "");
    assert_title("prog --fast", "");
    assert_title("", "");
    assert_title("pro", "pro");
    assert_title("prog: at work", "prog: at work");
    assert_title("idle   ", "idle");
    memset(trace_header_of(&builder)->title, 'y', TRACE_TITLE_SIZE);
    parse();
    ck_assert_uint_eq(strlen(snapshot->title), TRACE_TITLE_SIZE - 1);
}
END_TEST

START_TEST(there_are_never_more_returns_than_hits)
{
    find_record(TRACE_LEAF)->returns = UINT64_MAX;
    parse();
    ck_assert_uint_eq(snapshot->leaves[0].hits, 3);
    ck_assert_uint_eq(snapshot->leaves[0].returns, 3);
}
END_TEST

/* A record of what was counted in other threads than the node's own. */
static struct trace_elsewhere *add_elsewhere(trace_index node)
{
    struct trace_elsewhere *record = &builder.records[trace_claim(&builder, 1)].elsewhere;
    record->node = node;
    record->returns = 1;
    record->ticks = 500;
    record->longest = 500;
    record->kind = TRACE_LEFT_ELSEWHERE;
    return record;
}

START_TEST(calls_that_were_left_in_other_threads_are_added)
{
    struct trace_node *leaf = (struct trace_node *)find_record(TRACE_LEAF);
    trace_index index = trace_index_of(&builder, leaf);
    leaf->returns = 1;
    leaf->elsewhere = 0xffffffff; /* the writer's own */
    add_elsewhere(index)->longest = 900;
    parse();
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(snapshot->leaves[0].returns, 2);
    ck_assert_uint_eq(snapshot->leaves[0].total_ns, 1500);
    ck_assert_uint_eq(snapshot->leaves[0].longest_ns, 900);
}
END_TEST

START_TEST(what_was_left_elsewhere_is_never_more_than_was_hit)
{
    struct trace_node *leaf = (struct trace_node *)find_record(TRACE_LEAF);
    trace_index index = trace_index_of(&builder, leaf);
    add_elsewhere(index)->returns = UINT64_MAX;
    add_elsewhere(index)->ticks = UINT64_MAX;
    add_elsewhere(leaf->caller);
    add_elsewhere(UINT32_MAX);
    parse();
    ck_assert_uint_eq(snapshot->malformed, 2); /* no leaf, and no record */
    ck_assert_uint_eq(snapshot->leaves[0].returns, 3);
    ck_assert_uint_eq(snapshot->leaves[0].total_ns, UINT64_MAX);
}
END_TEST

START_TEST(calls_without_a_time_are_taken_over)
{
    struct trace_leaf_name *leaf = (struct trace_leaf_name *)find_record(TRACE_LEAF_NAME);
    leaf->untimed = 7;
    trace_header_of(&builder)->unseen_calls = 5;
    trace_header_of(&builder)->deep_calls = 6;
    parse();
    ck_assert_uint_eq(snapshot->untimed_count, 1);
    ck_assert_str_eq(snapshot->untimed[0].leaf, "read");
    ck_assert_uint_eq(snapshot->untimed[0].calls, 7);
    ck_assert_uint_eq(snapshot->unseen_calls, 5);
    ck_assert_uint_eq(snapshot->deep_calls, 6);
}
END_TEST

START_TEST(losses_are_taken_over_and_have_words)
{
    struct trace_header *header = trace_header_of(&builder);
    for (size_t i = 0; i < TRACE_LOSS_KINDS; i++)
        header->losses[i] = i + 1;
    parse();
    for (size_t i = 0; i < TRACE_LOSS_KINDS; i++) {
        ck_assert_uint_eq(snapshot->losses[i], i + 1);
        ck_assert_int_eq(strncmp(trace_loss_text(i), "hits ", 5), 0);
    }
    ck_assert_ptr_null(trace_loss_text(TRACE_LOSS_KINDS));
}
END_TEST

/* The TSC's rate here, measured independently over 20 ms. */
static double ticks_per_ns(void)
{
    uint64_t ticks = __rdtsc(), ns = now_ns();
    usleep(20000);
    ticks = __rdtsc() - ticks;
    return (double)ticks / (double)(now_ns() - ns);
}

START_TEST(ticks_of_the_tsc_become_nanoseconds)
{
    struct trace_header *header = trace_header_of(&builder);
    header->clock = TRACE_CLOCK_COUNTER;
    header->start_ns = now_ns();
    header->start_ticks = __rdtsc();
    double rate = ticks_per_ns();
    struct trace_node *leaf = find_record(TRACE_LEAF);
    leaf->ticks = (uint64_t)(rate * 5e6);
    leaf->longest = (uint64_t)(rate * 1e15); /* eleven days: no overflow, no loss of digits */
    leaf->entered = header->start_ticks + (uint64_t)(rate * 1e6);
    parse();
    ck_assert(snapshot->has_times);
    const struct snapshot_leaf *counted = &snapshot->leaves[0];
    ck_assert_double_eq_tol((double)counted->total_ns, 5e6, 5e4);
    ck_assert_double_eq_tol((double)counted->longest_ns, 1e15, 1e13);
    ck_assert_double_eq_tol((double)(counted->entered_ns - header->start_ns), 1e6, 5e4);
    ck_assert_uint_ge(snapshot->taken_ns, header->start_ns);
}
END_TEST

START_TEST(a_trace_that_has_just_begun_is_measured_long_enough)
{
    double rate = ticks_per_ns();
    struct trace_header *header = trace_header_of(&builder);
    header->clock = TRACE_CLOCK_COUNTER;
    find_record(TRACE_LEAF)->ticks = (uint64_t)(rate * 1e9);
    header->start_ns = now_ns();
    header->start_ticks = __rdtsc();
    parse();
    ck_assert(snapshot->has_times);
    ck_assert_double_eq_tol((double)snapshot->leaves[0].total_ns, 1e9, 5e7);
    ck_assert_uint_ge(snapshot->taken_ns - header->start_ns, 1000000);
}
END_TEST

START_TEST(a_rate_that_no_clock_has_means_no_times)
{
    struct trace_header *header = trace_header_of(&builder);
    uint64_t ns = now_ns(), ticks = __rdtsc();
    struct {
        uint64_t ticks, ns;
    } wrong[] = {{ticks, ns + UINT64_C(1000000000000)}, /* the future: another boot */
        {ticks + UINT64_C(100000000000000), ns},        /* the same */
        {ticks, ns - UINT64_C(60000000000)},            /* too slow */
        {ticks - UINT64_C(1000000000000), ns - 1},      /* too fast */
        {0, ns - ticks},                                /* 1 GHz, since before time began */
        {0, UINT64_MAX}, {UINT64_MAX, 0}, {UINT64_MAX, UINT64_MAX}};
    header->clock = TRACE_CLOCK_COUNTER;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        header->start_ticks = wrong[i].ticks;
        header->start_ns = wrong[i].ns;
        parse();
        ck_assert_msg(!snapshot->has_times, "case %zu", i);
        ck_assert_uint_eq(snapshot->leaves[0].total_ns, 0);
        ck_assert_uint_eq(snapshot->leaves[0].entered_ns, 0);
        snapshot_destroy(snapshot);
    }
    header->clock = TRACE_CLOCK_NONE;
    parse();
    ck_assert(!snapshot->has_times);
}
END_TEST

START_TEST(where_nothing_was_timed_nothing_is_waited_for)
{
    struct trace_header *header = trace_header_of(&builder);
    uint64_t fastest = UINT64_MAX;
    trace_begin(&builder);
    header->clock = TRACE_CLOCK_COUNTER;
    for (int i = 0; i < 20; i++) {
        header->start_ticks = __rdtsc();
        header->start_ns = now_ns();
        parse();
        uint64_t took = now_ns() - header->start_ns;
        fastest = took < fastest ? took : fastest;
        snapshot_destroy(snapshot);
        snapshot = NULL;
    }
    ck_assert_uint_lt(fastest, 1000000);
}
END_TEST

START_TEST(absurd_times_are_clamped)
{
    struct trace_header *header = trace_header_of(&builder);
    header->clock = TRACE_CLOCK_COUNTER;
    header->start_ns = now_ns() - 20000000000;
    header->start_ticks = __rdtsc() - 4000000000; /* 0.2 GHz: a tick is more than a ns */
    struct trace_node *leaf = find_record(TRACE_LEAF);
    leaf->ticks = leaf->longest = leaf->entered = UINT64_MAX;
    parse();
    ck_assert(snapshot->has_times);
    ck_assert_uint_eq(snapshot->leaves[0].total_ns, UINT64_MAX);
    ck_assert_uint_eq(snapshot->leaves[0].longest_ns, UINT64_MAX);
    ck_assert_uint_eq(snapshot->leaves[0].entered_ns, UINT64_MAX);
}
END_TEST

/* ---- calls of the root ---- */

static void begin_calls(void)
{
    begin();
    const struct trace_node *leaf = find_record(TRACE_LEAF);
    trace_build_calls(&builder, leaf->thread, trace_index_of(&builder, leaf));
}

static struct trace_call *find_call(uint32_t flags)
{
    for (trace_index i = TRACE_FIRST_RECORD; i < TRACE_BUILDER_RECORDS; i++)
        if (builder.records[i].kind == TRACE_CALL && builder.records[i].call.flags == flags)
            return &builder.records[i].call;
    ck_abort_msg("the sample has no call with flags %#x", flags);
}

START_TEST(calls_are_read_as_they_were_written)
{
    parse();
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_uint_eq(snapshot->call_count, 3);
    const struct snapshot_call *call = &snapshot->calls[0];
    ck_assert(call->is_open && !call->is_rest && !call->is_incomplete);
    ck_assert_uint_eq(call->thread, 0);
    ck_assert_uint_eq(call->count, 1);
    ck_assert_uint_eq(call->entered_ns, 4000);
    ck_assert_uint_eq(call->leaf_count, 1);
    ck_assert_uint_eq(call->leaves[0].node, 2);
    ck_assert_uint_eq(call->leaves[0].hits, 1);
    call++;
    ck_assert(!call->is_open && !call->is_rest);
    ck_assert_uint_eq(call->count, 2);
    ck_assert_uint_eq(call->total_ns, 950);
    ck_assert_uint_eq(call->longest_ns, 950);
    ck_assert_uint_eq(call->jumped, 1);
    ck_assert_uint_eq(call->leaf_count, 1);
    ck_assert_uint_eq(call->leaves[0].total_ns, 900);
    call++;
    ck_assert(call->is_rest);
    ck_assert_uint_eq(call->count, 3);
    ck_assert_uint_eq(call->leaf_count, 0);
}
END_TEST

START_TEST(a_call_that_was_not_counted_is_passed_over_without_a_word)
{
    find_call(TRACE_CALL_OPEN)->count = 0;
    parse();
    ck_assert_uint_eq(snapshot->call_count, 2);
    ck_assert_uint_eq(snapshot->malformed, 0);
}
END_TEST

START_TEST(a_call_is_not_open_when_its_counter_has_counted_it)
{
    struct trace_call *open = find_call(TRACE_CALL_OPEN), *counter = find_call(0);
    const trace_index wrong[] = {0, 1, counter->first, 500, UINT32_MAX};
    open->counter = trace_index_of(&builder, (struct trace_node *)counter);
    for (open->longest = 2; open->longest <= 3; open->longest++) {
        parse();
        ck_assert_uint_eq(snapshot->call_count, open->longest == 2 ? 2 : 3);
        ck_assert_uint_eq(snapshot->malformed, 0);
        snapshot_destroy(snapshot);
        snapshot = NULL;
    }
    open->longest = 2;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        open->counter = wrong[i];
        parse();
        ck_assert_uint_eq(snapshot->call_count, 3);
        snapshot_destroy(snapshot);
        snapshot = NULL;
    }
}
END_TEST

START_TEST(a_call_in_no_thread_is_malformed)
{
    struct trace_call *call = find_call(0);
    const trace_index wrong[] = {0, 1, call->first, 500, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        call->thread = wrong[i];
        parse();
        ck_assert_uint_eq(snapshot->call_count, 2);
        ck_assert_uint_eq(snapshot->malformed, 1);
        snapshot_destroy(snapshot);
        snapshot = NULL;
    }
}
END_TEST

START_TEST(a_call_whose_list_leads_astray_is_malformed)
{
    struct trace_call *call = find_call(0);
    trace_index first = call->first;
    const trace_index wrong[] = {0, 1, first + 1, 500, UINT32_MAX, call->thread};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        call->first = wrong[i];
        parse();
        ck_assert_uint_eq(snapshot->call_count, 2);
        ck_assert_uint_eq(snapshot->malformed, 1);
        snapshot_destroy(snapshot);
        snapshot = NULL;
    }
    call->first = first;
    call->leaves = UINT32_MAX;
    parse();
    ck_assert_uint_eq(snapshot->malformed, 1);
}
END_TEST

START_TEST(a_call_hits_leaves_of_its_own_thread_only)
{
    struct trace_call_leaf *leaf = &builder.records[find_call(0)->first].call_leaf;
    trace_index frame = trace_index_of(&builder, find_record(TRACE_FRAME));
    trace_index others = 0;
    for (trace_index i = TRACE_FIRST_RECORD; i < TRACE_BUILDER_RECORDS; i++)
        others = builder.records[i].kind == TRACE_LEAF ? i : others;
    const trace_index wrong[] = {0, frame, others, 500, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        leaf->node = wrong[i];
        parse();
        ck_assert_uint_eq(snapshot->call_count, 2);
        ck_assert_uint_eq(snapshot->malformed, 1);
        snapshot_destroy(snapshot);
        snapshot = NULL;
    }
}
END_TEST

START_TEST(there_are_never_more_jumps_than_calls)
{
    find_call(0)->jumped = 7;
    parse();
    ck_assert_uint_eq(snapshot->calls[1].jumped, 2);
}
END_TEST

/* Memory is bounded by the size of the file, however many calls point at the same leaves. */
START_TEST(calls_that_share_leaves_cannot_ask_for_more_memory_than_there_are)
{
    const struct trace_call *call = find_call(0);
    size_t leaves = 0;
    for (int i = 0; i < 50; i++)
        trace_add_call(&builder, call->thread, call->first, 1);
    parse();
    for (size_t i = 0; i < snapshot->call_count; i++)
        leaves += snapshot->calls[i].leaf_count;
    ck_assert_uint_eq(leaves, 2);
    ck_assert_uint_eq(snapshot->call_count, 3);
    ck_assert_uint_eq(snapshot->malformed, 50);
}
END_TEST

/* It grows while it is read: what is new in its list may be there, and may not. */
START_TEST(an_open_call_is_taken_as_far_as_it_was_there)
{
    struct trace_call *call = find_call(TRACE_CALL_OPEN);
    call->leaves = 3;
    builder.records[call->first + 1].kind = TRACE_FREE;
    parse();
    ck_assert(snapshot->calls[0].is_open);
    ck_assert(snapshot->calls[0].is_incomplete);
    ck_assert_uint_eq(snapshot->calls[0].leaf_count, 1);
}
END_TEST

START_TEST(an_open_call_whose_list_is_not_there_has_none)
{
    struct trace_call *call = find_call(TRACE_CALL_OPEN);
    const trace_index wrong[] = {0, 500, UINT32_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        call->first = wrong[i];
        parse();
        ck_assert_uint_eq(snapshot->call_count, 3);
        ck_assert_uint_eq(snapshot->calls[0].leaf_count, 0);
        ck_assert(snapshot->calls[0].is_incomplete);
        ck_assert_uint_eq(snapshot->malformed, 0);
        snapshot_destroy(snapshot);
        snapshot = NULL;
    }
}
END_TEST

static void assert_call_holds_together(const struct snapshot *s, const struct snapshot_call *call)
{
    ck_assert_uint_lt(call->thread, s->thread_count);
    ck_assert_uint_ge(call->count, 1);
    ck_assert_uint_le(call->jumped, call->count);
    for (size_t i = 0; i < call->leaf_count; i++) {
        ck_assert_uint_lt(call->leaves[i].node, s->node_count);
        const struct snapshot_node *node = &s->nodes[call->leaves[i].node];
        ck_assert_int_eq(node->kind, SNAPSHOT_LEAF);
        ck_assert_uint_eq(node->thread, call->thread);
    }
}

/* What every snapshot promises, whatever it was made from. */
static void assert_holds_together(const struct snapshot *s)
{
    ck_assert_ptr_nonnull(s->program);
    ck_assert_ptr_nonnull(s->command);
    for (size_t i = 0; i < s->module_count; i++)
        ck_assert_uint_gt(strlen(s->modules[i].path), 0);
    for (size_t i = 0; i < s->node_count; i++) {
        const struct snapshot_node *node = &s->nodes[i];
        ck_assert(node->caller == SNAPSHOT_NONE || node->caller < i);
        ck_assert(node->module == SNAPSHOT_NONE || node->module < s->module_count);
        ck_assert_uint_lt(node->thread, s->thread_count);
        ck_assert(i == 0 || node[-1].thread <= node->thread);
        ck_assert(node->kind != SNAPSHOT_LEAF || node->leaf < s->leaf_count);
        if (node->caller != SNAPSHOT_NONE)
            ck_assert_int_ne(s->nodes[node->caller].kind, SNAPSHOT_LEAF);
    }
    for (size_t i = 0; i < s->leaf_count; i++)
        ck_assert_uint_le(s->leaves[i].returns, s->leaves[i].hits);
    for (size_t i = 0; i < s->call_count; i++)
        assert_call_holds_together(s, &s->calls[i]);
}

/* The exact size, so that the sanitizer sees every byte that is read past the end. */
static void parse_copy(const void *bytes, size_t size)
{
    struct snapshot *result = NULL;
    char *copy = malloc(size + !size);
    memcpy(copy, bytes, size);
    int error = snapshot_parse(copy, size, &result, &why);
    free(copy);
    ck_assert((error == 0) == (result != NULL));
    if (result)
        assert_holds_together(result);
    snapshot_destroy(result);
}

START_TEST(every_spoiled_byte_gives_an_error_or_a_sound_snapshot)
{
    const uint8_t values[] = {0x00, 0x01, 0x05, 0x07, 0x40, 0x41, 0x7f, 0x80, 0xff};
    size_t size = trace_size(&builder);
    uint8_t *bytes = (uint8_t *)&builder;
    for (size_t i = 0; i < size; i++) {
        if (i >= sizeof(struct trace_header) && i < TRACE_HEADER_SIZE)
            continue;
        uint8_t whole = bytes[i];
        for (size_t j = 0; j < sizeof values; j++) {
            bytes[i] = values[j];
            parse_copy(bytes, size);
            bytes[i] = whole ^ values[j];
            parse_copy(bytes, size);
        }
        bytes[i] = whole;
    }
}
END_TEST

START_TEST(every_truncation_gives_an_error_or_a_sound_snapshot)
{
    for (size_t size = 0; size <= trace_size(&builder); size++)
        parse_copy(&builder, size);
}
END_TEST

/* ---- files ---- */

static char path[] = "/tmp/test_snapshot.XXXXXX";
static int file;

static void begin_file(void)
{
    begin();
    strcpy(path + sizeof path - 7, "XXXXXX");
    file = mkstemp(path);
    ck_assert_int_ge(file, 0);
}

static void finish_file(void)
{
    finish();
    close(file);
    unlink(path);
}

START_TEST(a_sparse_file_is_read_up_to_its_used_records_only)
{
    size_t size = trace_size(&builder);
    ck_assert_int_eq(write(file, &builder, size), (ssize_t)size);
    ck_assert_int_eq(ftruncate(file, (off_t)1 << 36), 0);
    ck_assert_int_eq(snapshot_read(path, &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->node_count, 5);
    ck_assert_uint_eq(snapshot->malformed, 0);
    ck_assert_str_eq(snapshot->leaves[0].name, "read");
}
END_TEST

START_TEST(what_is_beyond_a_sane_size_is_counted_as_left_out)
{
    trace_header_of(&builder)->used = UINT32_MAX;
    trace_header_of(&builder)->capacity = UINT32_MAX;
    ck_assert_int_eq(write(file, &builder, sizeof builder), (ssize_t)sizeof builder);
    ck_assert_int_eq(ftruncate(file, (off_t)1 << 40), 0);
    ck_assert_int_eq(snapshot_read(path, &snapshot, &why), 0);
    ck_assert_uint_eq(snapshot->node_count, 5);
    ck_assert_uint_eq(snapshot->malformed, UINT32_MAX - (1u << 23));
}
END_TEST

START_TEST(a_file_that_is_not_there_or_no_file_is_refused)
{
    ck_assert_int_eq(snapshot_read("/nonexistent/x.trace", &snapshot, &why), -ENOENT);
    ck_assert_ptr_nonnull(why);
    ck_assert_int_eq(snapshot_read("/tmp", &snapshot, &why), -EPROTO);
    unlink(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(snapshot_read(path, &snapshot, &why), -EPROTO);
    ck_assert_ptr_null(snapshot);
}
END_TEST

START_TEST(an_empty_file_is_what_a_process_leaves_that_could_make_no_trace)
{
    ck_assert_int_eq(snapshot_read(path, &snapshot, &why), -ENODATA);
    ck_assert_ptr_null(snapshot);
}
END_TEST

struct writer {
    union trace_record *records;
    trace_index frame, name, thread;
    _Atomic bool is_done;
};

/* A call that has hit the leaf. */
static void write_call(struct writer *writer, trace_index leaf)
{
    struct trace_header *header = (struct trace_header *)writer->records;
    trace_index index = atomic_fetch_add(&header->used, 2);
    struct trace_call_leaf *hit = &writer->records[index].call_leaf;
    struct trace_call *call = &writer->records[index + 1].call;
    hit->node = leaf;
    hit->hits = 1;
    atomic_store_explicit(&hit->kind, TRACE_CALL_LEAF, memory_order_release);
    call->thread = writer->thread;
    call->first = index;
    call->leaves = 1;
    atomic_store_explicit(&call->kind, TRACE_CALL, memory_order_release);
    call->count = 1;
}

/* Publishes pairs of a frame and its leaf as the program does, till the file is full, and now and
 * then a call. */
static void *write_on(void *argument)
{
    struct writer *writer = argument;
    struct trace_header *header = (struct trace_header *)writer->records;
    for (uint64_t i = 0; i < 400000; i++) {
        trace_index index = atomic_fetch_add(&header->used, 2);
        struct trace_node *frame = &writer->records[index].node, *leaf = frame + 1;
        frame->caller = writer->frame;
        frame->thread = writer->thread;
        frame->address = index;
        atomic_store_explicit(&frame->kind, TRACE_FRAME, memory_order_release);
        leaf->caller = index;
        leaf->thread = writer->thread;
        leaf->module = writer->name;
        atomic_store_explicit(&leaf->kind, TRACE_LEAF, memory_order_release);
        leaf->hits = 1;
        if (i % 8 == 0)
            write_call(writer, index + 1);
    }
    writer->is_done = true;
    return NULL;
}

START_TEST(a_file_that_is_being_written_gives_sound_snapshots)
{
    size_t size = (size_t)1 << 26;
    ck_assert_int_eq(ftruncate(file, (off_t)size), 0);
    union trace_record *records = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ck_assert_ptr_ne(records, MAP_FAILED);
    memcpy(records, &builder, trace_size(&builder));
    struct trace_node *leaf = find_record(TRACE_LEAF), *frame = find_record(TRACE_FRAME);
    struct writer writer = {
        records, trace_index_of(&builder, frame), leaf->module, leaf->thread, false};
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, write_on, &writer), 0);
    size_t last = 0, last_calls = 0;
    bool is_last = false;
    do {
        is_last = writer.is_done;
        ck_assert_int_eq(snapshot_read(path, &snapshot, &why), 0);
        ck_assert_uint_eq(snapshot->malformed, 0);
        ck_assert_uint_ge(snapshot->node_count, last);
        for (size_t i = 5; i < snapshot->node_count; i++)
            if (snapshot->nodes[i].kind == SNAPSHOT_FRAME)
                ck_assert_uint_ge(snapshot->nodes[i].address, TRACE_FIRST_RECORD);
        last = snapshot->node_count;
        last_calls = snapshot->call_count;
        snapshot_destroy(snapshot);
        snapshot = NULL;
    } while (!is_last);
    ck_assert_uint_eq(last, 800005);
    ck_assert_uint_eq(last_calls, 50000);
    pthread_join(thread, NULL);
    munmap(records, size);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("snapshot");
    TCase *parsing = tcase_create("bytes");
    tcase_add_checked_fixture(parsing, begin, finish);
    tcase_set_timeout(parsing, 60);
    tcase_add_test(parsing, a_whole_trace_is_read_as_it_was_written);
    tcase_add_test(parsing, the_nodes_of_a_thread_stand_together);
    tcase_add_test(parsing, times_of_threads_are_complete_or_not_known);
    tcase_add_test(parsing, a_thread_that_has_not_ended_has_its_begin);
    tcase_add_test(parsing, bytes_need_not_be_aligned);
    tcase_add_test(parsing, what_is_no_trace_is_refused);
    tcase_add_test(parsing, programs_that_were_executed_untraced_are_there);
    tcase_add_test(parsing, one_that_could_not_be_executed_after_all_is_not);
    tcase_add_test(parsing, untraced_programs_without_a_name_or_a_reason_are_left_out);
    tcase_add_test(parsing, a_clock_that_was_stopped_is_noted);
    tcase_add_test(parsing, an_unfinished_header_is_another_error_than_a_wrong_one);
    tcase_add_test(parsing, more_used_than_there_is_reads_what_is_there);
    tcase_add_test(parsing, unpublished_records_are_passed_over_without_a_word);
    tcase_add_test(parsing, a_record_of_an_unknown_kind_is_left_out_and_counted);
    tcase_add_test(parsing, a_node_that_points_nowhere_is_left_out_with_what_hangs_on_it);
    tcase_add_test(parsing, a_leaf_has_no_children);
    tcase_add_test(parsing, a_caller_in_another_thread_is_malformed);
    tcase_add_test(parsing, a_string_that_leaves_its_records_is_malformed);
    tcase_add_test(parsing, a_string_that_leaves_the_file_is_malformed);
    tcase_add_test(parsing, a_path_of_4096_bytes_is_kept_and_a_longer_one_is_not);
    tcase_add_test(
        parsing, strings_that_share_their_records_cannot_ask_for_more_memory_than_there_are);
    tcase_add_test(parsing, a_nul_cuts_a_string_and_other_bytes_are_kept);
    tcase_add_test(parsing, a_thread_name_ends_even_if_it_was_written_without_an_end);
    tcase_add_test(parsing, a_build_id_longer_than_its_room_is_malformed);
    tcase_add_test(parsing, a_title_is_what_is_no_argument);
    tcase_add_test(parsing, without_a_build_id_there_is_the_status_of_the_file);
    tcase_add_test(parsing, there_are_never_more_returns_than_hits);
    tcase_add_test(parsing, calls_that_were_left_in_other_threads_are_added);
    tcase_add_test(parsing, what_was_left_elsewhere_is_never_more_than_was_hit);
    tcase_add_test(parsing, calls_without_a_time_are_taken_over);
    tcase_add_test(parsing, losses_are_taken_over_and_have_words);
    tcase_add_test(parsing, ticks_of_the_tsc_become_nanoseconds);
    tcase_add_test(parsing, a_trace_that_has_just_begun_is_measured_long_enough);
    tcase_add_test(parsing, a_rate_that_no_clock_has_means_no_times);
    tcase_add_test(parsing, where_nothing_was_timed_nothing_is_waited_for);
    tcase_add_test(parsing, absurd_times_are_clamped);
    suite_add_tcase(suite, parsing);
    TCase *calling = tcase_create("calls");
    tcase_add_checked_fixture(calling, begin_calls, finish);
    tcase_set_timeout(calling, 60);
    tcase_add_test(calling, calls_are_read_as_they_were_written);
    tcase_add_test(calling, a_call_that_was_not_counted_is_passed_over_without_a_word);
    tcase_add_test(calling, a_call_is_not_open_when_its_counter_has_counted_it);
    tcase_add_test(calling, a_call_in_no_thread_is_malformed);
    tcase_add_test(calling, a_call_whose_list_leads_astray_is_malformed);
    tcase_add_test(calling, a_call_hits_leaves_of_its_own_thread_only);
    tcase_add_test(calling, there_are_never_more_jumps_than_calls);
    tcase_add_test(calling, calls_that_share_leaves_cannot_ask_for_more_memory_than_there_are);
    tcase_add_test(calling, an_open_call_is_taken_as_far_as_it_was_there);
    tcase_add_test(calling, an_open_call_whose_list_is_not_there_has_none);
    tcase_add_test(calling, every_spoiled_byte_gives_an_error_or_a_sound_snapshot);
    tcase_add_test(calling, every_truncation_gives_an_error_or_a_sound_snapshot);
    suite_add_tcase(suite, calling);

    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, begin_file, finish_file);
    tcase_set_timeout(files, 60);
    tcase_add_test(files, a_sparse_file_is_read_up_to_its_used_records_only);
    tcase_add_test(files, what_is_beyond_a_sane_size_is_counted_as_left_out);
    tcase_add_test(files, a_file_that_is_not_there_or_no_file_is_refused);
    tcase_add_test(files, an_empty_file_is_what_a_process_leaves_that_could_make_no_trace);
    tcase_add_test(files, a_file_that_is_being_written_gives_sound_snapshots);
    suite_add_tcase(suite, files);

    return suite_run(suite);
}
