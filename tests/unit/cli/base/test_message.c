/*
 * test_message.c - what comes from outside cannot steer a terminal.
 */
// needs: cli
#include "base/message.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void expect(const char *text, const char *harmless)
{
    char *written = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&written, &size);
    message_write_harmless(out, text);
    fclose(out);
    ck_assert_str_eq(written, harmless);
    free(written);
}

START_TEST(plain_text_is_untouched)
{
    expect("read at a.c:3", "read at a.c:3");
    expect("", "");
}
END_TEST

START_TEST(other_languages_are_untouched)
{
    expect("gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2 \xf0\x9f\x98\x80", "grüß 漢 😀");
}
END_TEST

START_TEST(control_characters_are_named)
{
    expect("a\x1b[31mb\n\t\x7f", "a\\x1b[31mb\\x0a\\x09\\x7f");
}
END_TEST

START_TEST(c1_controls_are_named_in_both_encodings)
{
    expect("a\xc2\x9b[m", "a\\xc2\\x9b[m");
    expect("a\x9b[m", "a\\x9b[m");
    expect("\xc2\xa0", "\xc2\xa0"); /* the first that is no control */
}
END_TEST

/* "Trojan Source", CVE-2021-42574: the line would be read in another order. */
START_TEST(what_turns_the_direction_of_text_is_named)
{
    expect("a\xe2\x80\xae"
           "b",
        "a\\xe2\\x80\\xaeb"); /* U+202E */
    expect("\xe2\x80\xaa\xe2\x81\xa6\xe2\x81\xa9",
        "\\xe2\\x80\\xaa\\xe2\\x81\\xa6\\xe2\\x81\\xa9");        /* U+202A, U+2066, U+2069 */
    expect("\xe2\x80\x8f\xd8\x9c", "\\xe2\\x80\\x8f\\xd8\\x9c"); /* U+200F, U+061C */
    expect("\xe2\x80\xa8", "\\xe2\\x80\\xa8");                   /* U+2028 */
    expect("\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xaa\xd8\xa7",
        "\xe2\x80\x8d\xe2\x80\xaf\xe2\x81\xaa\xd8\xa7");
}
END_TEST

START_TEST(broken_utf8_is_named_byte_by_byte)
{
    expect("\xe6\xbc", "\\xe6\\xbc");
    expect("\xc0\x9b", "\\xc0\\x9b");          /* a control in too long a form */
    expect("\xe0\x82\x9b", "\\xe0\\x82\\x9b"); /* likewise */
    expect("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* half of a surrogate pair */
    expect("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
}
END_TEST

START_TEST(a_problem_is_put_into_words_and_keeps_its_error)
{
    char *problem = NULL;
    ck_assert_int_eq(message_problem(&problem, -EINVAL, "no '%s'", "x"), -EINVAL);
    ck_assert_str_eq(problem, "no 'x'");
    free(problem);
}
END_TEST

static void expect_line(int error, const char *line)
{
    char *written = NULL;
    size_t size = 0;
    FILE *usual = stderr;
    stderr = open_memstream(&written, &size);
    message(error, "cannot read '%s'", "a\nb");
    fclose(stderr);
    stderr = usual;
    ck_assert_str_eq(written, line);
    free(written);
}

START_TEST(a_message_is_one_line_with_the_reason)
{
    expect_line(0, "scoped-trace: cannot read 'a\\x0ab'\n");
    expect_line(-ENOENT, "scoped-trace: cannot read 'a\\x0ab': No such file or directory\n");
    expect_line(-ENOMEM, "scoped-trace: cannot read 'a\\x0ab': out of memory\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("message");
    TCase *tests = tcase_create("message");
    tcase_add_test(tests, plain_text_is_untouched);
    tcase_add_test(tests, other_languages_are_untouched);
    tcase_add_test(tests, control_characters_are_named);
    tcase_add_test(tests, c1_controls_are_named_in_both_encodings);
    tcase_add_test(tests, what_turns_the_direction_of_text_is_named);
    tcase_add_test(tests, broken_utf8_is_named_byte_by_byte);
    tcase_add_test(tests, a_problem_is_put_into_words_and_keeps_its_error);
    tcase_add_test(tests, a_message_is_one_line_with_the_reason);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
