// Definitions: of small libraries that are compiled while the test runs.
// needs: cli
#include "elf/definitions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

static struct definitions definitions;
static char directory[] = "/tmp/test_definitions.XXXXXX";
static const struct file_identity any = {.build_id_size = 0};

static void set_up(void)
{
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    definitions = (struct definitions){.count = 0};
}

static void tear_down(void)
{
    char command[256];
    definitions_finish(&definitions);
    snprintf(command, sizeof command, "rm -r %s", directory);
    ck_assert_int_eq(system(command), 0);
}

/* Compiles a library, and says that it is there. Returns its path. */
static char *library(const char *name, const char *source, const struct file_identity *identity)
{
    char command[4096], path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(command, sizeof command, "echo '%s' | cc -shared -fPIC -o %s -x c -", source, path);
    ck_assert_int_eq(system(command), 0);
    ck_assert(definitions_add(&definitions, path, identity));
    return strdup(path);
}

static void assert_found(const char *name, const char *path)
{
    struct definition found = definitions_find(&definitions, name);
    if (path == NULL)
        ck_assert_ptr_null(found.path);
    else
        ck_assert_str_eq(found.path, path);
}

START_TEST(a_function_is_found_in_the_only_file_that_exports_it)
{
    char *one = library("one", "int open_cache(void) { return 1; } int size;", &any);
    char *two = library(
        "two", "int open_cache(void); int use(void) { return open_cache(); }", &any);
    assert_found("open_cache", one);
    assert_found("use", two);
    assert_found("use", two);
    assert_found("neither", NULL);
    assert_found("size", NULL);
    free(one);
    free(two);
}
END_TEST

START_TEST(of_two_functions_of_a_name_nobody_knows_which_is_called)
{
    char *one = library("one", "int open_cache(void) { return 1; }", &any);
    char *two = library("two", "int open_cache(void) { return 2; }", &any);
    assert_found("open_cache", NULL);
    free(one);
    free(two);
}
END_TEST

START_TEST(a_function_that_chooses_another_one_is_not_what_runs)
{
    free(library("one",
        "static int a(void) { return 1; } static void *pick(void) { return (void *)a; } "
        "int chosen(void) __attribute__((ifunc(\"pick\")));",
        &any));
    assert_found("chosen", NULL);
}
END_TEST

START_TEST(other_names_of_a_function_are_noticed)
{
    char *one = library("one",
        "int plain(void) { return 1; } int named(void) { return 2; } "
        "extern int twice(void) __attribute__((alias(\"named\")));",
        &any);
    ck_assert(!definitions_find(&definitions, "plain").has_aliases);
    ck_assert(definitions_find(&definitions, "named").has_aliases);
    ck_assert(definitions_find(&definitions, "twice").has_aliases);
    free(one);
}
END_TEST

START_TEST(another_file_at_the_path_is_not_read)
{
    static const struct file_identity other = {.build_id = {1, 2, 3}, .build_id_size = 20};
    free(library("one", "int open_cache(void) { return 1; }", &other));
    assert_found("open_cache", NULL);
}
END_TEST

START_TEST(a_file_counts_once)
{
    char *one = library("one", "int open_cache(void) { return 1; }", &any);
    ck_assert(definitions_add(&definitions, one, &any));
    ck_assert(definitions_add(&definitions, "/nowhere", &any));
    assert_found("open_cache", one);
    free(one);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("definitions");
    TCase *test = tcase_create("definitions");
    tcase_add_checked_fixture(test, set_up, tear_down);
    tcase_set_timeout(test, 60);
    tcase_add_test(test, a_function_is_found_in_the_only_file_that_exports_it);
    tcase_add_test(test, of_two_functions_of_a_name_nobody_knows_which_is_called);
    tcase_add_test(test, a_function_that_chooses_another_one_is_not_what_runs);
    tcase_add_test(test, other_names_of_a_function_are_noticed);
    tcase_add_test(test, another_file_at_the_path_is_not_read);
    tcase_add_test(test, a_file_counts_once);
    suite_add_tcase(suite, test);
    return suite_run(suite);
}
