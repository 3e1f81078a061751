/*
 * test_character.c - how many columns of a terminal the characters of a text take.
 */
// needs: cli
#include "base/character.h"
#include "base/message.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS(text, columns) ck_assert_uint_eq(character_columns(text), columns)

START_TEST(a_letter_takes_one_column)
{
    COLUMNS("", 0);
    COLUMNS("read", 4);
    COLUMNS("grüß", 4);
    COLUMNS("│ ├╼ …", 6);
}
END_TEST

START_TEST(wide_characters_take_two)
{
    COLUMNS("漢字", 4);
    COLUMNS("한", 2);
    COLUMNS("😀", 2);
    COLUMNS("\xe1\x84\x80", 2);     /* U+1100, the first of the table */
    COLUMNS("\xf0\xb1\x8d\x8a", 2); /* U+3134A, the last one */
}
END_TEST

START_TEST(combining_characters_take_none)
{
    COLUMNS("u\xcc\x88", 1);        /* U+0308, diaeresis */
    COLUMNS("\xcc\x80", 0);         /* U+0300, the first of the table */
    COLUMNS("\xf3\xa0\x87\xaf", 0); /* U+E01EF, the last one */
    COLUMNS("\xe2\x80\x8d", 0);     /* U+200D, which joins two others */
    COLUMNS("\xcb\xbf", 1);         /* U+02FF, one before the first */
}
END_TEST

static void expect_as_printed(const char *text)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    message_write_harmless(out, text);
    fclose(out);
    COLUMNS(text, size); /* all of it is ASCII */
    free(written);
}

START_TEST(what_is_escaped_takes_the_columns_of_its_escape)
{
    COLUMNS("\n", 4);
    COLUMNS("\xff\xfe", 8);
    expect_as_printed("a\tb\x7f");
    expect_as_printed("\xc2\x9b\x9b");
    expect_as_printed("\xe6\xbc");
    expect_as_printed("\xe2\x80\xae<");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("character");
    TCase *tests = tcase_create("character");
    tcase_add_test(tests, a_letter_takes_one_column);
    tcase_add_test(tests, wide_characters_take_two);
    tcase_add_test(tests, combining_characters_take_none);
    tcase_add_test(tests, what_is_escaped_takes_the_columns_of_its_escape);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
