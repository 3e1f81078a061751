/*
 * test_kept.c - the runs that are kept, and the place of each.
 */
// needs: cli
#include "saved/kept.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "saved/saved.h"
#include "symbols/symbols.h"

static char cache[] = "/tmp/test_kept-XXXXXX";
static struct saved saved;
static struct kept_place place;

static void set_up(void)
{
    ck_assert_ptr_nonnull(mkdtemp(cache));
    setenv("XDG_CACHE_HOME", cache, 1);
    saved = (struct saved){
        .symbols = symbols_create(), .run = {.version = "1", .root = "main", .machine = ""}};
    place = (struct kept_place){.number = 0};
}

static void tear_down(void)
{
    char command[sizeof cache + 10];
    symbols_destroy(saved.symbols);
    snprintf(command, sizeof command, "rm -r %s", cache);
    ck_assert_int_eq(system(command), 0);
}

static size_t count(void)
{
    struct kept_runs runs;
    ck_assert_int_eq(kept_list(&runs), 0);
    size_t counted = runs.count;
    kept_list_finish(&runs);
    return counted;
}

static void add_others(int others)
{
    for (int i = 0; i < others; i++) {
        struct kept_place other = {.number = 0};
        ck_assert_int_eq(kept_add(&saved, &other), 0);
    }
}

START_TEST(a_run_gets_the_next_number)
{
    ck_assert_int_eq(kept_add(&saved, &place), 0);
    ck_assert_uint_eq(place.number, 1);
    place.number = 0;
    ck_assert_int_eq(kept_add(&saved, &place), 0);
    ck_assert_uint_eq(place.number, 2);
    ck_assert_uint_eq(count(), 2);
}
END_TEST

START_TEST(it_can_take_the_place_of_one_that_is_kept)
{
    ck_assert_int_eq(kept_add(&saved, &place), 0);
    uint64_t former = place.file;
    add_others(KEPT_COUNT_MAX - 1);
    ck_assert_int_eq(kept_add(&saved, &place), 0);
    ck_assert_uint_eq(place.number, 1);
    ck_assert_uint_ne(place.file, former);
    ck_assert_uint_eq(count(), KEPT_COUNT_MAX); /* none had to give way */
}
END_TEST

START_TEST(a_place_that_is_gone_is_not_taken)
{
    ck_assert_int_eq(kept_add(&saved, &place), 0);
    add_others(KEPT_COUNT_MAX);
    ck_assert_int_eq(kept_add(&saved, &place), 0);
    ck_assert_uint_eq(place.number, KEPT_COUNT_MAX + 2);
    ck_assert_uint_eq(count(), KEPT_COUNT_MAX);
}
END_TEST

START_TEST(a_number_that_is_used_again_is_no_place)
{
    char path[sizeof cache + 40];
    ck_assert_int_eq(kept_add(&saved, &place), 0);
    add_others(1);
    place.file++;
    ck_assert_int_eq(kept_add(&saved, &place), 0);
    ck_assert_uint_eq(place.number, 3);
    snprintf(path, sizeof path, "%s/scoped-trace/runs/1.run", cache);
    ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(without_a_cache_there_is_no_place)
{
    place.number = 7;
    setenv("XDG_CACHE_HOME", "/proc/self", 1);
    ck_assert_int_lt(kept_add(&saved, &place), 0);
    ck_assert_uint_eq(place.number, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kept");
    TCase *tests = tcase_create("kept");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_run_gets_the_next_number);
    tcase_add_test(tests, it_can_take_the_place_of_one_that_is_kept);
    tcase_add_test(tests, a_place_that_is_gone_is_not_taken);
    tcase_add_test(tests, a_number_that_is_used_again_is_no_place);
    tcase_add_test(tests, without_a_cache_there_is_no_place);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
