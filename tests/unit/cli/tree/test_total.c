/*
 * test_total.c - the sums of what processes report besides their trees.
 */
// needs: cli
#include "tree/total.h"

#include <stdio.h>
#include <string.h>

#include "suite.h"

static struct tree_total total;
static struct tree_process process;

static void begin(void)
{
    total = (struct tree_total){.process_count = 0};
    process = (struct tree_process){.hits = 1};
}

static void finish(void)
{
    tree_total_finish(&total);
}

static void add(void)
{
    ck_assert_int_eq(tree_total_add(&total, &process), 0);
    process = (struct tree_process){.hits = 1};
}

START_TEST(numbers_are_added)
{
    process = (struct tree_process){.hits = 2, .outside_hits = 3, .unhooked = 4, .malformed = 5};
    process.unseen_calls = 6;
    process.deep_calls = 7;
    process.losses[7] = 7;
    add();
    process.losses[7] = 10;
    process.outside_hits = 1;
    add();
    ck_assert_uint_eq(total.process_count, 2);
    ck_assert_uint_eq(total.sum.hits, 3);
    ck_assert_uint_eq(total.sum.outside_hits, 4);
    ck_assert_uint_eq(total.sum.unhooked, 4);
    ck_assert_uint_eq(total.sum.malformed, 5);
    ck_assert_uint_eq(total.sum.unseen_calls, 6);
    ck_assert_uint_eq(total.sum.deep_calls, 7);
    ck_assert_uint_eq(total.sum.losses[7], 17);
}
END_TEST

START_TEST(sums_stop_at_their_greatest_value)
{
    process.hits = process.outside_hits = UINT64_MAX;
    add();
    process.outside_hits = 5;
    add();
    ck_assert_uint_eq(total.sum.hits, UINT64_MAX);
    ck_assert_uint_eq(total.sum.outside_hits, UINT64_MAX);
}
END_TEST

START_TEST(a_mark_of_one_process_is_one_of_all)
{
    add();
    ck_assert(!total.sum.has_times && !total.sum.root_found && !total.sum.is_root_implied);
    process.has_times = process.root_found = process.is_root_implied = true;
    process.has_clock_stopped = process.has_unmapped = true;
    add();
    add();
    ck_assert(total.sum.has_times && total.sum.root_found && total.sum.is_root_implied);
    ck_assert(total.sum.has_clock_stopped && total.sum.has_unmapped);
}
END_TEST

START_TEST(calls_without_a_time_are_added_by_leaf)
{
    process.untimed[0] = (struct tree_untimed){"read", 2};
    process.untimed[1] = (struct tree_untimed){"write", 1};
    add();
    process.untimed[0] = (struct tree_untimed){"write", 5};
    process.others_untimed = 3;
    add();
    ck_assert_str_eq(total.sum.untimed[0].leaf, "read");
    ck_assert_uint_eq(total.sum.untimed[0].calls, 2);
    ck_assert_str_eq(total.sum.untimed[1].leaf, "write");
    ck_assert_uint_eq(total.sum.untimed[1].calls, 6);
    ck_assert_ptr_null(total.sum.untimed[2].leaf);
    ck_assert_uint_eq(total.sum.others_untimed, 3);
}
END_TEST

START_TEST(leaves_without_room_are_others)
{
    static char names[TREE_UNTIMED + 2][16];
    for (int i = 0; i < TREE_UNTIMED + 2; i++) {
        snprintf(names[i], sizeof names[i], "f%d", i);
        process.untimed[0] = (struct tree_untimed){names[i], 1};
        add();
    }
    ck_assert_str_eq(total.sum.untimed[TREE_UNTIMED - 1].leaf, names[TREE_UNTIMED - 1]);
    ck_assert_uint_eq(total.sum.others_untimed, 2);
}
END_TEST

START_TEST(leaves_that_are_not_hooked_are_those_of_the_process_with_most)
{
    struct tree_unhooked few = {.why = "it is short", .count = 2, .names = {"a"}};
    struct tree_unhooked many = {.why = "it is short", .count = 9, .names = {"b"}};
    struct tree_unhooked linked = {.why = "it is short", .count = 1, .is_linked = true};
    struct tree_unhooked *const all[] = {&few, &many, &few, &linked};
    for (size_t i = 0; i < 4; i++) {
        process.unhooked_groups = all[i];
        process.unhooked_group_count = 1;
        add();
    }
    ck_assert_uint_eq(total.sum.unhooked_group_count, 2);
    ck_assert_uint_eq(total.sum.unhooked_groups[0].count, 9);
    ck_assert_str_eq(total.sum.unhooked_groups[0].names[0], "b");
    ck_assert(total.sum.unhooked_groups[1].is_linked);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("total");
    TCase *tests = tcase_create("total");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, numbers_are_added);
    tcase_add_test(tests, sums_stop_at_their_greatest_value);
    tcase_add_test(tests, a_mark_of_one_process_is_one_of_all);
    tcase_add_test(tests, calls_without_a_time_are_added_by_leaf);
    tcase_add_test(tests, leaves_without_room_are_others);
    tcase_add_test(tests, leaves_that_are_not_hooked_are_those_of_the_process_with_most);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
