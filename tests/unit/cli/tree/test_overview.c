/*
 * test_overview.c - the processes of a run as a tree, and as text.
 */
// needs: tests/unit/trees.c cli
#include "tree/overview.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "report/printer.h"
#include "report/text_overview.h"
#include "suite.h"
#include "trees.h"

static struct overview overview;
static char *text;

static void begin(void)
{
    overview = (struct overview){0};
    text = NULL;
}

static void finish(void)
{
    overview_finish(&overview);
    free(text);
    trees_clear();
}

static struct tree_process *add(int pid, int parent_pid, const char *program)
{
    struct tree_process *process = trees_process(pid, program);
    process->parent_pid = parent_pid;
    process->usage = (struct process_usage){
        .wall_ns = 1000, .user_ns = 20, .system_ns = 10, .is_known = true, .has_wait_status = true};
    process->waiting_ns = 500;
    process->hits = 3;
    return process;
}

static void take_all(void)
{
    int count;
    const struct tree_process *processes = trees_processes(&count);
    overview_finish(&overview);
    overview = (struct overview){0};
    for (int i = 0; i < count; i++)
        ck_assert_int_eq(overview_add(&overview, &processes[i]), 0);
}

static const char *print_with(const char *leaves_word, bool has_idle, size_t lines, size_t columns)
{
    size_t size;
    free(text);
    struct printer printer = {
        .out = open_memstream(&text, &size), .glyphs = &ascii_glyphs, .leaves_word = leaves_word};
    text_overview_print(&printer, &overview, has_idle, lines, columns);
    fclose(printer.out);
    return text;
}

static const char *print(size_t lines, size_t columns)
{
    return print_with("waiting", false, lines, columns);
}

START_TEST(children_of_one_program_are_one_group)
{
    add(100, 1, "sh");
    add(101, 100, "sed");
    add(102, 100, "sed");
    add(103, 100, "awk");
    take_all();
    ck_assert_uint_eq(overview.count, 3);
    ck_assert_uint_eq(overview.groups[0].parent, OVERVIEW_NONE);
    ck_assert_uint_eq(overview.groups[1].parent, 0);
    ck_assert_uint_eq(overview.groups[1].count, 2);
    ck_assert_uint_eq(overview.groups[1].wall_ns, 2000);
    ck_assert_uint_eq(overview.groups[1].longest_ns, 1000);
    ck_assert_uint_eq(overview.groups[1].cpu_ns, 60);
    ck_assert_uint_eq(overview.groups[1].waiting_ns, 1000);
    ck_assert_uint_eq(overview.groups[1].hits, 6);
    ck_assert_str_eq(overview.groups[2].kind, "awk");
}
END_TEST

START_TEST(one_program_below_two_others_is_two_groups)
{
    add(100, 1, "sh");
    add(101, 100, "make");
    add(102, 100, "sed");
    add(103, 101, "sed");
    take_all();
    ck_assert_uint_eq(overview.count, 4);
    ck_assert_uint_eq(overview.groups[3].parent, 1);
}
END_TEST

START_TEST(what_a_process_executes_is_below_its_former_program)
{
    add(100, 1, "sh");
    struct tree_process *process = add(100, 1, "sort");
    process->former_program = process->former_command = "sh";
    take_all();
    ck_assert_uint_eq(overview.groups[1].parent, 0);
}
END_TEST

START_TEST(a_number_that_is_used_again_is_the_latest_process)
{
    add(100, 1, "sh");
    add(101, 100, "first");
    add(101, 100, "second");
    add(102, 101, "child");
    take_all();
    ck_assert_str_eq(overview.groups[overview.groups[3].parent].kind, "second");
}
END_TEST

START_TEST(the_longest_names_the_command)
{
    add(100, 1, "sh");
    add(101, 100, "cc")->command = "cc a.c";
    struct tree_process *process = add(102, 100, "cc");
    process->command = "cc b.c";
    process->usage.wall_ns = 5000;
    take_all();
    ck_assert_str_eq(overview.groups[1].command, "cc b.c");
    ck_assert_ptr_nonnull(strstr(print(10, 0), "2 x cc  longest 5.0 us: cc b.c\n"));
}
END_TEST

START_TEST(ends_are_counted)
{
    add(100, 1, "sh");
    add(101, 100, "cc");
    add(102, 100, "cc")->usage.wait_status = SIGKILL;
    add(103, 100, "cc")->usage.wait_status = 1 << 8;
    add(104, 100, "cc")->usage.has_wait_status = false;
    add(105, 100, "cc")->is_running = true;
    take_all();
    const struct overview_group *group = &overview.groups[1];
    ck_assert_uint_eq(group->failed, 2);
    ck_assert_int_eq(group->status, SIGKILL);
    ck_assert_uint_eq(group->unknown, 1);
    ck_assert_uint_eq(group->running, 1);
    ck_assert_ptr_nonnull(strstr(print(10, 0), "5 x cc  1 still running  2 failed"));
}
END_TEST

/* The times of processes have idle ones in them. */
START_TEST(the_heading_says_what_the_times_are)
{
    add(100, 1, "sh");
    add(101, 100, "sed");
    take_all();
    ck_assert_ptr_nonnull(
        strstr(print_with("waiting", true, 10, 0), "\n      ran    on CPU with idle  process\n"));
    ck_assert_ptr_nonnull(
        strstr(print_with("in leaves", true, 10, 0), "\n      ran    on CPU with idle  process\n"));
    ck_assert_ptr_nonnull(strstr(
        print_with("in leaves", false, 10, 0), "\n      ran    on CPU in leaves  process\n"));
}
END_TEST

START_TEST(the_tree_is_drawn_by_indentation)
{
    add(100, 1, "sh")->command = "sh build.sh";
    add(101, 100, "make")->usage.wait_status = 2 << 8;
    add(102, 101, "cc")->usage.wait_status = SIGSEGV;
    add(103, 100, "sed");
    take_all();
    ck_assert_str_eq(print(10, 0), "\n      ran    on CPU   waiting  process\n"
                                   "   1.0 us     30 ns    500 ns  sh build.sh\n"
                                   "   1.0 us     30 ns    500 ns    make  exit status 2\n"
                                   "   1.0 us     30 ns    500 ns      cc  killed by SIGSEGV\n"
                                   "   1.0 us     30 ns    500 ns    sed\n");
}
END_TEST

START_TEST(roles_are_apart_and_name_a_single_process)
{
    add(100, 1, "srv")->title = "srv *:80";
    add(101, 100, "srv")->title = "srv: worker 1 busy";
    add(102, 100, "srv")->title = "srv: worker 2";
    add(103, 100, "srv")->title = "srv: logger (idle)";
    take_all();
    ck_assert_str_eq(print(10, 0), "\n      ran    on CPU   waiting  process\n"
                                   "   1.0 us     30 ns    500 ns  srv \"srv *:80\"\n"
                                   "   2.0 us     60 ns    1.0 us    2 x srv: worker\n"
                                   "   1.0 us     30 ns    500 ns    srv: logger (idle)\n");
}
END_TEST

START_TEST(one_group_is_not_drawn)
{
    add(100, 1, "sh");
    take_all();
    ck_assert_str_eq(print(10, 0), "");
}
END_TEST

/* The lines and the last one add up to all processes: the shell, and seven times two. */
START_TEST(what_is_not_shown_is_counted)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g"};
    add(100, 1, "sh");
    for (int i = 0; i < 14; i++)
        add(101 + i, 100, names[i / 2])->waiting_ns = (uint64_t)i * 100;
    take_all();
    for (size_t lines = 1; lines <= 9; lines++) {
        size_t shown = 0, more = 0;
        print(lines, 0);
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
            const char *rest = strstr(line, "... and ");
            more += rest ? (size_t)atoi(rest + 8) : 0;
            shown += rest == NULL && strstr(line, "process") == NULL;
        }
        ck_assert_uint_le(shown, lines);
        ck_assert_uint_eq((shown ? 2 * shown - 1 : 0) + more, 15);
    }
}
END_TEST

START_TEST(light_ones_are_counted_unless_they_failed)
{
    add(100, 1, "sh")->waiting_ns = 1000000;
    add(101, 100, "light")->waiting_ns = 100;
    take_all();
    ck_assert_ptr_nonnull(strstr(print(10, 0), "  light\n"));
    add(102, 100, "lighter")->waiting_ns = 10;
    struct tree_process *process = add(103, 100, "failed");
    process->waiting_ns = 1;
    process->usage.wait_status = 1 << 8;
    add(104, 100, "still")->is_running = true;
    add(105, 100, "heavy")->waiting_ns = 6000;
    take_all();
    ck_assert_str_eq(print(10, 0), "\n      ran    on CPU   waiting  process\n"
                                   "   1.0 us     30 ns    1.0 ms  sh\n"
                                   "   1.0 us     30 ns      1 ns    failed  exit status 1\n"
                                   "   1.0 us     30 ns    500 ns    still  still running\n"
                                   "   1.0 us     30 ns    6.0 us    heavy\n"
                                   "              60 ns    110 ns  ... and 2 more processes\n");
}
END_TEST

START_TEST(lines_fit)
{
    add(100, 1, "sh")->command =
        "sh -c 'a command that goes on and on and on and on and on and on' "
        "with arguments that are as long as it is itself, or longer";
    add(101, 100, "sed")->command = "sed -n s/one/two/p a/file/far/away";
    add(102, 101, "nested")->title = "nested: a role with a name that is long";
    for (int i = 0; i < 9; i++)
        add(103 + i, 102 + i, "nested")->waiting_ns = UINT64_MAX / 2;
    take_all();
    for (size_t columns = 40; columns < 200; columns++) {
        print(8, columns);
        ck_assert_ptr_nonnull(strstr(text, "... and"));
        for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
            ck_assert_uint_le(character_columns(line), columns);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report_overview");
    TCase *tests = tcase_create("report_overview");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, children_of_one_program_are_one_group);
    tcase_add_test(tests, one_program_below_two_others_is_two_groups);
    tcase_add_test(tests, what_a_process_executes_is_below_its_former_program);
    tcase_add_test(tests, a_number_that_is_used_again_is_the_latest_process);
    tcase_add_test(tests, the_longest_names_the_command);
    tcase_add_test(tests, ends_are_counted);
    tcase_add_test(tests, the_heading_says_what_the_times_are);
    tcase_add_test(tests, the_tree_is_drawn_by_indentation);
    tcase_add_test(tests, roles_are_apart_and_name_a_single_process);
    tcase_add_test(tests, one_group_is_not_drawn);
    tcase_add_test(tests, what_is_not_shown_is_counted);
    tcase_add_test(tests, light_ones_are_counted_unless_they_failed);
    tcase_add_test(tests, lines_fit);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
