/*
 * test_untraced_list.c - the lines for programs that were executed and are not traced.
 */
// needs: cli
#include "trace/untraced_list.h"

#include <stdlib.h>
#include <string.h>

#include "report/format.h"
#include "report/summary.h"
#include "suite.h"
#include "trace/snapshot.h"
#include "trace/words.h"
#include "trace_format.h"

static struct snapshot_untraced of_first[20], of_second[2];
static struct snapshot first = {.untraced = of_first}, second = {.untraced = of_second};

static void assert_printed(const char *expected)
{
    struct snapshot *const snapshots[] = {&first, &second};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct untraced_list list;
    ck_assert(untraced_list_collect(&list, snapshots, 2));
    struct report_summary summary = {.untraced_more = list.more};
    for (size_t i = 0; i < list.count; i++) {
        const struct snapshot_untraced *program = &list.programs[i];
        summary_add_untraced(&summary,
            &(struct summary_untraced){program->path, trace_untraced_text(program->reason),
                trace_untraced_is_interpreter(program->reason), program->count});
    }
    report_format_text.end(&(struct report){.out = out}, &summary);
    summary_finish(&summary);
    untraced_list_finish(&list);
    fclose(out);
    ck_assert_str_eq(text, expected);
    free(text);
}

static void begin(void)
{
    first.untraced_count = second.untraced_count = 0;
    first.untraced_more = second.untraced_more = 0;
}

START_TEST(there_is_no_line_without_any)
{
    assert_printed("");
}
END_TEST

START_TEST(those_of_all_processes_are_counted_together)
{
    of_first[first.untraced_count++] = (struct snapshot_untraced){
        "/bin/a", TRACE_UNTRACED_STATIC, 2};
    of_first[first.untraced_count++] = (struct snapshot_untraced){"/bin/b", TRACE_UNTRACED_MUSL, 4};
    of_second[second.untraced_count++] = (struct snapshot_untraced){
        "/bin/a", TRACE_UNTRACED_STATIC, 3};
    assert_printed("not traced: 5 of /bin/a (statically linked)\n"
                   "not traced: 4 of /bin/b (linked with musl)\n");
}
END_TEST

START_TEST(one_program_can_have_several_reasons)
{
    of_first[first.untraced_count++] = (struct snapshot_untraced){
        "a\n", TRACE_UNTRACED_ENVIRONMENT, 1};
    of_first[first.untraced_count++] = (struct snapshot_untraced){
        "a\n", TRACE_UNTRACED_INTERPRETER | TRACE_UNTRACED_32_BIT, 2};
    assert_printed("not traced: 2 of a\\x0a (its interpreter: a 32-bit program)\n"
                   "not traced: 1 of a\\x0a (its environment was replaced)\n");
}
END_TEST

START_TEST(the_rest_is_counted)
{
    static char names[20][4];
    for (unsigned i = 0; i < 12; i++) {
        names[i][0] = (char)('a' + i);
        of_first[first.untraced_count++] = (struct snapshot_untraced){
            names[i], TRACE_UNTRACED_STATIC, i == 11 ? 9 : 2};
    }
    second.untraced_more = 5;
    assert_printed("not traced: 9 of l (statically linked)\n"
                   "not traced: 2 of a (statically linked)\n"
                   "not traced: 2 of b (statically linked)\n"
                   "not traced: 2 of c (statically linked)\n"
                   "not traced: 2 of d (statically linked)\n"
                   "not traced: 2 of e (statically linked)\n"
                   "not traced: 2 of f (statically linked)\n"
                   "not traced: 2 of g (statically linked)\n"
                   "not traced: 2 of h (statically linked)\n"
                   "not traced: 2 of i (statically linked)\n"
                   "not traced: 9 more of other programs\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("untraced");
    TCase *lines = tcase_create("lines");
    tcase_add_checked_fixture(lines, begin, NULL);
    tcase_add_test(lines, there_is_no_line_without_any);
    tcase_add_test(lines, those_of_all_processes_are_counted_together);
    tcase_add_test(lines, one_program_can_have_several_reasons);
    tcase_add_test(lines, the_rest_is_counted);
    suite_add_tcase(suite, lines);
    return suite_run(suite);
}
