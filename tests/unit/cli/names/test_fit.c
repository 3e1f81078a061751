/*
 * test_fit.c - texts that are cut in their middle.
 */
// needs: cli
#include "names/fit.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static void expect(const char *text, size_t columns, const char *ellipsis, const char *fitted)
{
    char *actual = names_fit(text, columns, ellipsis);
    ck_assert_str_eq(actual, fitted);
    free(actual);
}

START_TEST(what_fits_is_whole)
{
    expect("read", 4, "…", "read");
    expect("", 0, "…", "");
    expect("漢字", 4, "…", "漢字");
}
END_TEST

START_TEST(what_does_not_fit_loses_its_middle)
{
    expect("0123456789", 9, "…", "0123…6789");
    expect("0123456789", 8, "…", "012…6789"); /* the end says more than the beginning */
    expect("0123456789", 9, "...", "012...789");
    expect("0123456789", 1, "…", "…");
}
END_TEST

START_TEST(an_ellipsis_that_does_not_fit_is_cut)
{
    expect("0123456789", 2, "...", "..");
    expect("0123456789", 0, "…", "");
}
END_TEST

START_TEST(characters_are_whole)
{
    expect("漢字漢字", 7, "…", "漢…字"); /* half of a wide character does not fit */
    expect("äöüäöü", 5, "…", "äö…öü");
    expect("\x01\x02\x03\x04", 11, "…", "\x01…\x04"); /* four columns each */
    expect("\xff\xfe\xfd\xfc", 9, "…", "\xff…\xfc");
    expect("\xff\xfe\xfd\xfc", 8, "…", "…\xfc");
}
END_TEST

START_TEST(combining_characters_stay_with_theirs)
{
    expect("u\xcc\x88u\xcc\x88u\xcc\x88u\xcc\x88", 3, "…", "u\xcc\x88…u\xcc\x88");
    expect("abcu\xcc\x88", 1, "", "u\xcc\x88");
    expect("abcde\xcc\x88", 2, "…", "…e\xcc\x88");
}
END_TEST

static void expect_end(size_t columns, const char *ellipsis, const char *fitted)
{
    char *actual = names_fit_end("a/b/日本.c:12", columns, ellipsis);
    ck_assert_str_eq(actual, fitted);
    free(actual);
}

START_TEST(of_a_place_the_end_stays)
{
    expect_end(13, "…", "a/b/日本.c:12");
    expect_end(12, "…", "…b/日本.c:12");
    expect_end(9, "…", "…本.c:12");
    expect_end(7, "...", "...c:12");
    expect_end(1, "…", "…");
    expect_end(2, "...", "..");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fit");
    TCase *tests = tcase_create("fit");
    tcase_add_test(tests, what_fits_is_whole);
    tcase_add_test(tests, what_does_not_fit_loses_its_middle);
    tcase_add_test(tests, an_ellipsis_that_does_not_fit_is_cut);
    tcase_add_test(tests, characters_are_whole);
    tcase_add_test(tests, combining_characters_stay_with_theirs);
    tcase_add_test(tests, of_a_place_the_end_stays);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
