/*
 * test_glob.c - patterns in the tables.
 */
// needs: cli
#include "view/glob.h"

#include "suite.h"

START_TEST(letters_stand_for_themselves)
{
    ck_assert(glob_matches("read", "read"));
    ck_assert(!glob_matches("read", "pread"));
    ck_assert(!glob_matches("read", "read64"));
    ck_assert(!glob_matches("read", "rea"));
    ck_assert(!glob_matches("r?ad", "read"));
    ck_assert(!glob_matches("[r]ead", "read"));
    ck_assert(glob_matches("", ""));
    ck_assert(!glob_matches("", "a"));
}
END_TEST

START_TEST(a_star_stands_for_any_letters)
{
    ck_assert(glob_matches("*", ""));
    ck_assert(glob_matches("read*", "read"));
    ck_assert(glob_matches("read*", "readlink"));
    ck_assert(glob_matches("*read", "pread"));
    ck_assert(!glob_matches("*read", "readlink"));
    ck_assert(glob_matches("*::wait*", "a::b::wait_for"));
    ck_assert(glob_matches("a*b*c", "abbbcbc"));
    ck_assert(!glob_matches("a*b*c", "abbbcb"));
    ck_assert(glob_matches("a**c", "ac"));
    ck_assert(!glob_matches("*a", ""));
}
END_TEST

START_TEST(many_stars_do_not_take_long)
{
    ck_assert(!glob_matches("*a*a*a*a*a*a*a*a*a*a*b",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}
END_TEST

START_TEST(a_name_has_no_return_type_and_no_parameters)
{
    ck_assert(glob_matches_name("a::f", "int a::f(int, char)"));
    ck_assert(glob_matches_name("std::__invoke*", "void std::__invoke_impl<void, f>(f&&)"));
    ck_assert(!glob_matches_name("std::*", "std::string make(std::string const&)"));
    ck_assert(!glob_matches_name("*int*", "void f(int)"));
    ck_assert(glob_matches_name("read", "read"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("view_glob");
    TCase *tests = tcase_create("view_glob");
    tcase_add_test(tests, letters_stand_for_themselves);
    tcase_add_test(tests, a_star_stands_for_any_letters);
    tcase_add_test(tests, many_stars_do_not_take_long);
    tcase_add_test(tests, a_name_has_no_return_type_and_no_parameters);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
