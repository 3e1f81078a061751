/*
 * test_wrap.c - lines that are broken between words.
 */
// needs: cli/base/wrap.c cli/base/character.c
#include "base/wrap.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

static char *written;

static void finish(void)
{
    free(written);
    written = NULL;
}

static void assert_wrapped(const char *text, const char *expected)
{
    free(written);
    written = wrap_text(text, 10);
    ck_assert_str_eq(written, expected);
}

START_TEST(what_fits_stays)
{
    assert_wrapped("", "");
    assert_wrapped("ab cd\n", "ab cd\n");
    assert_wrapped("0123456789\n\n0123456789", "0123456789\n\n0123456789");
}
END_TEST

START_TEST(long_lines_are_broken_between_words)
{
    assert_wrapped("0123456 890\n", "0123456\n  890\n");
    assert_wrapped("0123456789 a\n", "0123456789\n  a\n");
    assert_wrapped("one two three four\nfive\n", "one two\n  three\n  four\nfive\n");
    assert_wrapped("01234567   89\n", "01234567\n  89\n");
}
END_TEST

START_TEST(long_words_are_broken_too)
{
    assert_wrapped("0123456789abcdefghijk\n", "0123456789\n  abcdefgh\n  ijk\n");
    assert_wrapped("a 0123456789abc\n", "a\n  01234567\n  89abc\n");
}
END_TEST

START_TEST(tables_stay)
{
    assert_wrapped(" 0123456 789abc\n", " 0123456 789abc\n");
}
END_TEST

START_TEST(spaces_at_the_end_make_no_line)
{
    assert_wrapped("0123456789   \nab", "0123456789\nab");
}
END_TEST

START_TEST(characters_count_by_their_columns)
{
    assert_wrapped("äöüäöüäöüä\n", "äöüäöüäöüä\n");
    assert_wrapped("日本語日本語\n", "日本語日本\n  語\n");
    assert_wrapped("\033[1;36mred\033[0m 456789\n", "\033[1;36mred\033[0m 456789\n");
    assert_wrapped("\033[1mred\033[0m 4567890\n", "\033[1mred\033[0m\n  4567890\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base_wrap");
    TCase *tests = tcase_create("base_wrap");
    tcase_add_checked_fixture(tests, NULL, finish);
    tcase_add_test(tests, what_fits_stays);
    tcase_add_test(tests, long_lines_are_broken_between_words);
    tcase_add_test(tests, long_words_are_broken_too);
    tcase_add_test(tests, tables_stay);
    tcase_add_test(tests, spaces_at_the_end_make_no_line);
    tcase_add_test(tests, characters_count_by_their_columns);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
