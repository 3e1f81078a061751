/*
 * test_short_names.c - short names that can be told from each other.
 */
// needs: cli
#include "names/short_names.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 8

/* `pairs`: each name, and the short name that it must get; ended by NULL. */
static void expect(const char *const *pairs)
{
    const char *names[NAMES_MAX] = {NULL};
    char *shorts[NAMES_MAX];
    size_t count = 0;
    for (; pairs[2 * count]; count++)
        names[count] = pairs[2 * count];
    ck_assert_int_eq(short_names(names, count, "…", shorts), 0);
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(shorts[i], pairs[2 * i + 1]);
        free(shorts[i]);
    }
}

#define EXPECT(...) expect((const char *const[]){__VA_ARGS__, NULL})

START_TEST(a_lone_name_is_brief)
{
    EXPECT("f(int)", "f", "g(int)", "g", "read", "read");
    expect((const char *const[]){NULL});
}
END_TEST

START_TEST(overloads_keep_their_parameters)
{
    EXPECT("f(long)", "f(long)", "g()", "g", "f(int)", "f(int)");
    EXPECT("f", "f", "f(int)", "f(int)"); /* of C and of C++ */
}
END_TEST

START_TEST(a_name_that_comes_twice_is_brief)
{
    EXPECT("f(int)", "f", "f(int)", "f");
    EXPECT("f(int)", "f(int)", "f(char)", "f(char)", "f(int)", "f(int)");
}
END_TEST

START_TEST(template_arguments_come_after_the_parameters)
{
    EXPECT("f<aaaaaaaaaaaaaaaaaaaaaaaaa>(int)", "f<…>(int)", "f<bbbbbbbbbbbbbbbbbbbbbbbbb>(char)",
        "f<…>(char)");
    EXPECT("f<aaaaaaaaaaaaaaaaaaaaaaaaa>()", "f<aaaaaaaaaaaaaaaaaaaaaaaaa>()",
        "f<bbbbbbbbbbbbbbbbbbbbbbbbb>()", "f<bbbbbbbbbbbbbbbbbbbbbbbbb>()");
}
END_TEST

START_TEST(what_differs_in_nothing_else_is_whole)
{
    EXPECT("f(int)", "f(int)", "f(int) [clone .cold]", "f(int) [clone .cold]");
    EXPECT("int f<int>()", "int f<int>()", "long f<int>()", "long f<int>()", "g()", "g");
}
END_TEST

START_TEST(closures_keep_their_numbers)
{
    EXPECT("a::f::{closure#0}", "a::f::{closure#0}", "a::f::{closure#1}", "a::f::{closure#1}",
        "a::g::{closure#1}", "a::g::{closure}");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("short_names");
    TCase *tests = tcase_create("short_names");
    tcase_add_test(tests, a_lone_name_is_brief);
    tcase_add_test(tests, overloads_keep_their_parameters);
    tcase_add_test(tests, a_name_that_comes_twice_is_brief);
    tcase_add_test(tests, template_arguments_come_after_the_parameters);
    tcase_add_test(tests, what_differs_in_nothing_else_is_whole);
    tcase_add_test(tests, closures_keep_their_numbers);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
