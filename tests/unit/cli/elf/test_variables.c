/*
 * test_variables.c - names of variables: of this program, and of small ones that are compiled while
 * the test runs.
 */
// needs: cli
#include "elf/variables.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_identity.h"
#include "suite.h"

static char directory[] = "/tmp/test_variables.XXXXXX", path[4096];
static struct variables *variables;

__attribute__((format(printf, 1, 2))) static void run(const char *format, ...)
{
    char command[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    ck_assert_msg(system(command) == 0, "%s", command);
}

static void begin(void)
{
    strcpy(directory + strlen(directory) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/prog", directory);
    run("printf 'int exported[4]; static int hidden[8]; int main(void) { return "
        "hidden[exported[0]]; }' | cc -x c -o %s -",
        path);
    variables = variables_create();
}

static void finish(void)
{
    variables_destroy(variables);
    run("rm -r %s", directory);
}

/* Identifies the file by its status, as one without a build-id. */
static struct file_identity identity_of(void)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    return (struct file_identity){.device = status.st_dev,
        .inode = status.st_ino,
        .changed_ns = (uint64_t)status.st_ctim.tv_sec * 1000000000 +
                      (uint64_t)status.st_ctim.tv_nsec};
}

/* nm(1) says where it is. */
static uint64_t address_of(const char *name)
{
    char command[8192];
    snprintf(command, sizeof command, "nm %s | awk '$3 == \"%s\" { print $1 }'", path, name);
    FILE *nm = popen(command, "r");
    unsigned long address = 0;
    ck_assert(nm && fscanf(nm, "%lx", &address) == 1);
    pclose(nm);
    return address;
}

START_TEST(an_address_in_a_variable_has_its_name)
{
    struct file_identity identity = identity_of();
    uint64_t offset, hidden = address_of("hidden"), exported = address_of("exported");
    ck_assert_str_eq(variables_name(variables, path, &identity, hidden, &offset), "hidden");
    ck_assert_uint_eq(offset, 0);
    ck_assert_str_eq(variables_name(variables, path, &identity, hidden + 31, &offset), "hidden");
    ck_assert_uint_eq(offset, 31);
    ck_assert_str_eq(variables_name(variables, path, &identity, exported + 4, &offset), "exported");
    ck_assert_uint_eq(offset, 4);
}
END_TEST

START_TEST(an_address_in_a_function_or_nowhere_has_none)
{
    struct file_identity identity = identity_of();
    uint64_t offset;
    ck_assert_ptr_null(variables_name(variables, path, &identity, address_of("main"), &offset));
    ck_assert_ptr_null(variables_name(variables, path, &identity, UINT64_MAX, &offset));
}
END_TEST

START_TEST(another_file_than_the_one_that_ran_gives_no_names)
{
    struct file_identity identity = identity_of();
    uint64_t offset, hidden = address_of("hidden");
    identity.changed_ns++;
    ck_assert_ptr_null(variables_name(variables, path, &identity, hidden, &offset));
    identity = (struct file_identity){.build_id_size = 20, .build_id = {1}};
    ck_assert_ptr_null(variables_name(variables, path, &identity, hidden, &offset));
    identity = identity_of();
    ck_assert_ptr_null(variables_name(variables, "/nowhere", &identity, hidden, &offset));
}
END_TEST

START_TEST(a_stripped_file_has_the_names_of_its_debug_file)
{
    uint64_t offset, hidden = address_of("hidden");
    run("cd %s && objcopy --only-keep-debug prog prog.debug && strip prog && "
        "objcopy --add-gnu-debuglink=prog.debug prog",
        directory);
    struct file_identity identity = identity_of();
    ck_assert_str_eq(variables_name(variables, path, &identity, hidden, &offset), "hidden");
    run("rm %s/prog.debug && touch %s/prog", directory, directory);
    identity = identity_of();
    ck_assert_ptr_null(variables_name(variables, path, &identity, hidden, &offset));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("variables");
    TCase *names = tcase_create("names");
    tcase_add_checked_fixture(names, begin, finish);
    tcase_set_timeout(names, 60);
    tcase_add_test(names, an_address_in_a_variable_has_its_name);
    tcase_add_test(names, an_address_in_a_function_or_nowhere_has_none);
    tcase_add_test(names, another_file_than_the_one_that_ran_gives_no_names);
    tcase_add_test(names, a_stripped_file_has_the_names_of_its_debug_file);
    suite_add_tcase(suite, names);
    return suite_run(suite);
}
