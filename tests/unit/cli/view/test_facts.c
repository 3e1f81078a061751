/*
 * test_facts.c - what is known of a function.
 */
// needs: cli
#include "view/facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "tree/tree.h"
#include "view/idle.h"
#include "view/internals.h"

static struct view_options options;
static struct facts_table *table;

static void begin(void)
{
    options = view_options_default;
    table = NULL;
}

static void finish(void)
{
    facts_destroy(table);
}

static void create(void)
{
    facts_destroy(table);
    ck_assert_int_eq(facts_create(&table, &options, NULL), 0);
}

#define ONE(pattern) ((struct view_patterns){(const char *const[]){pattern}, 1})

static struct facts of(const char *function, const char *linkage_name, const char *module)
{
    struct tree_node node = {.function = function, .linkage_name = linkage_name, .module = module};
    return *facts_of(table, &node);
}

static struct facts of_leaf(const char *name)
{
    struct tree_node node = {.function = name, .is_leaf = true};
    return *facts_of(table, &node);
}

START_TEST(patterns_match_as_those_of_leaves)
{
    options.hide = ONE("Cache::get");
    create();
    ck_assert(of("app::Cache<int>::get(int) const", NULL, "prog").is_hidden);
    ck_assert(of("Cache::get(int)", NULL, "prog").is_hidden);
    ck_assert(!of("Cache::getter(int)", NULL, "prog").is_hidden);
    ck_assert(!of("get", NULL, "prog").is_hidden);
}
END_TEST

START_TEST(a_plain_name_may_be_in_any_namespace)
{
    options.under = ONE("get");
    create();
    ck_assert(of("app::Cache::get(int)", NULL, "prog").is_under);
    ck_assert(of("get", NULL, "prog").is_under);
    ck_assert(!of("forget", NULL, "prog").is_under);
}
END_TEST

START_TEST(a_linkage_name_matches_too)
{
    options.without = ONE("_ZN3app3runEv");
    create();
    ck_assert(of("app::run()", "_ZN3app3runEv", "prog").is_without);
    ck_assert(!of("app::run(int)", "_ZN3app3runEi", "prog").is_without);
}
END_TEST

START_TEST(a_pattern_can_name_the_file)
{
    options.through = ONE("libssl:*");
    create();
    ck_assert(of("SSL_read", NULL, "libssl.so.3").is_through);
    ck_assert(!of("SSL_read", NULL, "libcrypto.so.3").is_through);
    ck_assert(!of("SSL_read", NULL, NULL).is_through);
}
END_TEST

START_TEST(leaves_are_asked_about_what_can_be_said_of_leaves)
{
    options.under = options.through = options.without = options.hide = ONE("read");
    options.merge = options.idle = options.leaves = ONE("read");
    create();
    struct facts leaf = of_leaf("read"), frame = of("read", NULL, "libc.so.6");
    ck_assert(leaf.is_under && leaf.is_through && leaf.is_without && leaf.is_idle);
    ck_assert(leaf.is_leaf_wanted && !leaf.is_hidden && !leaf.is_merged);
    ck_assert(frame.is_under && frame.is_through && frame.is_without && frame.is_idle);
    ck_assert(!frame.is_leaf_wanted && frame.is_hidden && frame.is_merged);
    ck_assert_ptr_null(leaf.internals);
}
END_TEST

START_TEST(tables_are_asked)
{
    create();
    ck_assert_ptr_nonnull(of("_IO_getline", NULL, "libc.so.6").internals);
    ck_assert_ptr_nonnull(of(NULL, NULL, "libc.so.6").internals);
    ck_assert_ptr_null(of("_IO_getline", NULL, "prog").internals);
    ck_assert_ptr_nonnull(of("aeApiPoll", NULL, "redis-server").idle);
    ck_assert_ptr_null(of("main", NULL, "redis-server").idle);
    options.no_idle = true;
    create();
    ck_assert_ptr_null(of("aeApiPoll", NULL, "redis-server").idle);
}
END_TEST

START_TEST(a_frame_without_a_name_matches_nothing)
{
    options.hide = ONE("*");
    create();
    ck_assert(!of(NULL, NULL, "prog").is_hidden);
    ck_assert(of("f", NULL, "prog").is_hidden);
}
END_TEST

START_TEST(the_first_pattern_that_matches_nothing_is_told)
{
    const char *option;
    options.under = ONE("main");
    options.hide = (struct view_patterns){(const char *const[]){"a*", "b*", "c*"}, 3};
    options.leaves = ONE("read");
    create();
    ck_assert_str_eq(facts_unmatched(table, &option), "main");
    ck_assert_str_eq(option, "--under");
    of("main", NULL, "prog");
    of("cd", NULL, "prog");
    of("ab", NULL, "prog");
    ck_assert_str_eq(facts_unmatched(table, &option), "b*");
    ck_assert_str_eq(option, "--hide");
    of("bc", NULL, "prog");
    ck_assert_str_eq(facts_unmatched(table, &option), "read");
    ck_assert_str_eq(option, "--leaf");
    of("read", NULL, "prog"); /* no leaf */
    ck_assert_ptr_nonnull(facts_unmatched(table, &option));
    of_leaf("read");
    ck_assert_ptr_null(facts_unmatched(table, &option));
}
END_TEST

START_TEST(a_name_that_is_none_is_refused)
{
    char *problem = NULL;
    options.merge = ONE(":read");
    ck_assert_int_eq(facts_create(&table, &options, &problem), -EINVAL);
    ck_assert_ptr_null(table);
    ck_assert_ptr_nonnull(strstr(problem, ":read"));
    free(problem);
}
END_TEST

START_TEST(thousands_of_functions_keep_their_facts)
{
    static char names[3000][16];
    static const struct facts *facts[3000];
    options.hide = ONE("f*7");
    create();
    for (int i = 0; i < 3000; i++) {
        snprintf(names[i], sizeof names[i], "f%d", i);
        struct tree_node node = {.function = names[i], .module = "prog"};
        facts[i] = facts_of(table, &node);
        ck_assert_ptr_nonnull(facts[i]);
    }
    for (int i = 0; i < 3000; i++) {
        struct tree_node node = {.function = names[i], .module = "prog"};
        ck_assert_ptr_eq(facts_of(table, &node), facts[i]);
        ck_assert_int_eq(facts[i]->is_hidden, i % 10 == 7);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view_facts");
    TCase *tests = tcase_create("view_facts");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, patterns_match_as_those_of_leaves);
    tcase_add_test(tests, a_plain_name_may_be_in_any_namespace);
    tcase_add_test(tests, a_linkage_name_matches_too);
    tcase_add_test(tests, a_pattern_can_name_the_file);
    tcase_add_test(tests, leaves_are_asked_about_what_can_be_said_of_leaves);
    tcase_add_test(tests, tables_are_asked);
    tcase_add_test(tests, a_frame_without_a_name_matches_nothing);
    tcase_add_test(tests, the_first_pattern_that_matches_nothing_is_told);
    tcase_add_test(tests, a_name_that_is_none_is_refused);
    tcase_add_test(tests, thousands_of_functions_keep_their_facts);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
