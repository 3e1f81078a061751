/*
 * test_configuration.c - options that the user always wants, from a file.
 */
// needs: cli
#include "options/configuration.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "options/options.h"
#include "suite.h"

static char directory[] = "/tmp/test_configuration-XXXXXX", path[200];
static struct configuration configuration;
static struct options options;
static char *problem;

static void begin(void)
{
    char parent[100];
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(parent, sizeof parent, "%s/scoped-trace", directory);
    ck_assert_int_eq(mkdir(parent, 0700), 0);
    snprintf(path, sizeof path, "%s/config", parent);
    setenv("XDG_CONFIG_HOME", directory, 1);
    problem = NULL;
}

static void finish(void)
{
    configuration_finish(&configuration);
    free(problem);
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(directory);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void read_file(void)
{
    configuration_finish(&configuration);
    ck_assert_int_eq(configuration_read(&configuration, &problem), 0);
}

#define PARSE(...) parse((char *[]){"scoped-trace", __VA_ARGS__, NULL})

static int parse(char **arguments)
{
    static char *argv[16];
    int argc = 0;
    while ((argv[argc] = arguments[argc]) != NULL)
        argc++;
    return options_parse(&options, argc, argv, &problem);
}

START_TEST(each_line_is_an_option)
{
    write_file("# what I always want\n"
               "\n"
               "hide Logger::*\n"
               "  sort = order  \n"
               "internals\n"
               "hide=std::x y\r\n"
               "\t# another\n"
               "min 1 ms");
    read_file();
    static const char *const expected[] = {"configuration", "--hide=Logger::*", "--sort=order",
        "--internals", "--hide=std::x y", "--min=1 ms"};
    static const int lines[] = {0, 3, 4, 5, 6, 8};
    ck_assert_int_eq(configuration.count, 6);
    for (int i = 0; i < 6; i++) {
        ck_assert_str_eq(configuration.arguments[i], expected[i]);
        ck_assert_int_eq(configuration.lines[i], lines[i]);
    }
    ck_assert_ptr_null(configuration.arguments[6]);
}
END_TEST

START_TEST(without_a_file_there_are_no_options)
{
    read_file();
    ck_assert_int_eq(configuration.count, 0);
    ck_assert_int_eq(PARSE("prog"), 0);
    options_finish(&options);
}
END_TEST

START_TEST(the_file_of_the_home_is_read)
{
    char config[300];
    write_file("all\n");
    unsetenv("XDG_CONFIG_HOME");
    setenv("HOME", directory, 1);
    read_file();
    ck_assert_int_eq(configuration.count, 0);
    snprintf(config, sizeof config, "%s/.config", directory);
    ck_assert_int_eq(symlink(directory, config), 0);
    read_file();
    unlink(config);
    ck_assert_int_eq(configuration.count, 2);
    setenv("XDG_CONFIG_HOME", "relative", 1);
    read_file();
    ck_assert_int_eq(configuration.count, 0);
}
END_TEST

START_TEST(a_directory_cannot_be_read)
{
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_lt(configuration_read(&configuration, &problem), 0);
    rmdir(path);
    ck_assert_ptr_nonnull(strstr(problem, path));
}
END_TEST

START_TEST(a_bad_line_is_named)
{
    static const struct {
        const char *text, *line, *words;
    } rows[] = {{"all\nnope\n", ":2: ", "nope"}, {"sort=size\n", ":1: ", "size"},
        {"\n\n\nsort\n", ":4: ", "sort"}, {"internals=yes\n", ":1: ", "internals"},
        {"root=f\n", ":1: ", "root"}, {"hide a\nhide :b\n", ":2: ", ":b"},
        {"lines 10\nmin 5\n", ":2: ", "--min"}, {"lines 10\nall\n", ":2: ", "--all"},
        {"idle none\n\nidle f\n", ":3: ", "--idle"}, {"color blue\n", ":1: ", "blue"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        write_file(rows[i].text);
        ck_assert_int_eq(PARSE("prog"), -EINVAL);
        ck_assert_msg(strstr(problem, path) && strstr(problem, rows[i].line) &&
                          strstr(problem, rows[i].words) && strchr(problem, '\n') == NULL,
            "%s", problem);
        free(problem);
        problem = NULL;
    }
}
END_TEST

START_TEST(words_that_are_no_option_are_refused)
{
    write_file("-- all\n");
    ck_assert_int_eq(PARSE("prog"), -EINVAL);
    ck_assert_ptr_nonnull(strstr(problem, ":1: "));
}
END_TEST

START_TEST(the_command_line_overrules_the_file)
{
    write_file("sort=order\nlines=5\ncolor always\nno-keep\nhide=f\n");
    ck_assert_int_eq(PARSE("--sort=hits", "--color=never", "--hide=g", "prog"), 0);
    ck_assert_int_eq(options.wish.view.sort, VIEW_BY_HITS);
    ck_assert_uint_eq(options.wish.view.lines, 5);
    ck_assert_int_eq(options.color, COLOR_NEVER);
    ck_assert(options.keeps_not);
    ck_assert_uint_eq(options.wish.view.hide.count, 2);
    options_finish(&options);
    ck_assert_int_eq(PARSE("--all", "prog"), 0);
    ck_assert_uint_eq(options.wish.view.lines, SIZE_MAX);
    options_finish(&options);
    write_file("full\n");
    ck_assert_int_eq(PARSE("report", "last"), 0);
    ck_assert(options.wish.is_full);
    options_finish(&options);
    ck_assert_int_eq(PARSE("report", "--invert", "last"), 0);
    ck_assert(!options.wish.is_full);
    options_finish(&options);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("configuration");
    TCase *tests = tcase_create("configuration");
    tcase_add_checked_fixture(tests, begin, finish);
    tcase_add_test(tests, each_line_is_an_option);
    tcase_add_test(tests, without_a_file_there_are_no_options);
    tcase_add_test(tests, the_file_of_the_home_is_read);
    tcase_add_test(tests, a_directory_cannot_be_read);
    tcase_add_test(tests, a_bad_line_is_named);
    tcase_add_test(tests, words_that_are_no_option_are_refused);
    tcase_add_test(tests, the_command_line_overrules_the_file);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
