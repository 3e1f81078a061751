/*
 * test_libraries.c - when libraries can be predicted, and which; the cache that they are found in.
 *
 * tests/oracle/libraries.sh compares with the dynamic linker over all programs of the machine.
 */
// needs: cli
#include "program/libraries.h"
#include "program/library_cache.h"
#include "suite.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKER "/lib64/ld-linux-x86-64.so.2"
#define ANY    0x0303

static char path[] = "/tmp/test_libraries-XXXXXX";

static void make_file(void)
{
    strcpy(strrchr(path, '-') + 1, "XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
    unsetenv("LD_LIBRARY_PATH");
    unsetenv("LD_PRELOAD");
}

static void remove_file(void)
{
    unlink(path);
}

static void write_file(const void *bytes, size_t size)
{
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(bytes, 1, size, out), size);
    fclose(out);
    ck_assert_int_eq(chmod(path, 0755), 0);
}

/* A cache as ldconfig writes it; the entries are to be given in its order. */

struct entry {
    int flags;
    const char *name, *path;
    uint64_t hardware;
};

static struct {
    char bytes[4096];
    size_t size;
} file;

static void put(const void *bytes, size_t size)
{
    memcpy(file.bytes + file.size, bytes, size);
    file.size += size;
}

static void put_number(uint32_t number)
{
    put(&number, sizeof number);
}

static uint32_t put_string_at(uint32_t *end, const char *string)
{
    uint32_t at = *end;
    strcpy(file.bytes + at, string);
    *end += (uint32_t)strlen(string) + 1;
    return at;
}

static struct library_cache open_cache(const struct entry *entries, uint32_t count)
{
    struct library_cache cache;
    uint32_t strings = 48 + count * 24;
    file.size = 0;
    put("glibc-ld.so.cache1.1", 20);
    put_number(count);
    for (int i = 0; i < 6; i++)
        put_number(0);
    for (uint32_t i = 0; i < count; i++) {
        put_number((uint32_t)entries[i].flags);
        put_number(put_string_at(&strings, entries[i].name));
        put_number(put_string_at(&strings, entries[i].path));
        put_number(0);
        put(&entries[i].hardware, sizeof entries[i].hardware);
    }
    write_file(file.bytes, strings);
    ck_assert_int_eq(library_cache_open(&cache, path), 0);
    return cache;
}

static const char *find_among(const struct entry *entries, uint32_t count, const char *name)
{
    static char found[256];
    struct library_cache cache = open_cache(entries, count);
    const char *at = library_cache_find(&cache, name);
    snprintf(found, sizeof found, "%s", at ? at : "none");
    library_cache_close(&cache);
    return found;
}

#define FIND(name, ...)                                                                            \
    find_among((const struct entry[]){__VA_ARGS__},                                                \
        sizeof((const struct entry[]){__VA_ARGS__}) / sizeof(struct entry), name)

START_TEST(a_name_is_found_by_the_value_of_its_numbers)
{
    const struct entry entries[] = {{ANY, "libz.so.1", "/z1", 0}, {ANY, "liba.so.10", "/a10", 0},
        {ANY, "liba.so.9", "/a9", 0}, {ANY, "liba.so", "/a", 0}, {ANY, "liba-1.so", "/a-1", 0}};
    ck_assert_str_eq(find_among(entries, 5, "libz.so.1"), "/z1");
    ck_assert_str_eq(find_among(entries, 5, "liba.so.10"), "/a10");
    ck_assert_str_eq(find_among(entries, 5, "liba.so.9"), "/a9");
    ck_assert_str_eq(find_among(entries, 5, "liba.so"), "/a");
    ck_assert_str_eq(find_among(entries, 5, "liba-1.so"), "/a-1");
    ck_assert_str_eq(find_among(entries, 5, "liba.so.11"), "none");
    ck_assert_str_eq(find_among(entries, 5, "libb.so"), "none");
}
END_TEST

START_TEST(other_architectures_do_not_count)
{
    ck_assert_str_eq(FIND("a.so", {0x0003, "a.so", "/i386", 0}, {ANY, "a.so", "/ours", 0},
                         {0x0803, "a.so", "/x32", 0}),
        "/ours");
    ck_assert_str_eq(FIND("a.so", {0x0003, "a.so", "/i386", 0}), "none");
}
END_TEST

START_TEST(where_there_is_a_choice_nothing_is_found)
{
    ck_assert_str_eq(FIND("a.so", {ANY, "a.so", "/1", 0}, {ANY, "a.so", "/2", 0}), "none");
    ck_assert_str_eq(
        FIND("a.so", {ANY, "a.so", "/v3", UINT64_C(1) << 62}, {ANY, "a.so", "/1", 0}), "none");
    ck_assert_str_eq(FIND("a.so", {ANY, "a.so", "/v3", UINT64_C(1) << 62}), "none");
    ck_assert_str_eq(FIND("a.so.1", {ANY, "a.so.01", "/01", 0}), "none");
    ck_assert_str_eq(FIND("a.so", {1, "a.so", "/libc5", 0}), "none");
}
END_TEST

START_TEST(a_damaged_cache_finds_nothing)
{
    struct library_cache cache = open_cache(&(struct entry){ANY, "a.so", "/a", 0}, 1);
    library_cache_close(&cache);
    for (size_t at = 48; at < 48 + 12; at++) {
        char saved = file.bytes[at];
        file.bytes[at] = (char)0xff;
        write_file(file.bytes, 48 + 24 + 8);
        ck_assert_int_eq(library_cache_open(&cache, path), 0);
        ck_assert_ptr_null(library_cache_find(&cache, "a.so"));
        library_cache_close(&cache);
        file.bytes[at] = saved;
    }
    write_file(file.bytes, 48 + 10);
    ck_assert_int_eq(library_cache_open(&cache, path), -ENOEXEC);
    write_file("ld.so-1.7.0", 11);
    ck_assert_int_eq(library_cache_open(&cache, path), -ENOEXEC);
    write_file("", 0);
    ck_assert_int_lt(library_cache_open(&cache, path), 0);
}
END_TEST

/* The program's libraries. */

static int predict(const char *image, const char *linker)
{
    struct libraries libraries = {.paths = NULL};
    int error = libraries_predict(&libraries, image, linker);
    libraries_finish(&libraries);
    return error;
}

START_TEST(what_is_predicted_is_what_the_dynamic_linker_says)
{
    struct libraries predicted, asked;
    ck_assert_int_eq(libraries_predict(&predicted, "/proc/self/exe", LINKER), 0);
    ck_assert_int_eq(libraries_ask(&asked, "/proc/self/exe", LINKER), 0);
    ck_assert_uint_ge(asked.count, 3);
    ck_assert_uint_eq(predicted.count, asked.count);
    for (size_t i = 0; i < asked.count; i++)
        ck_assert_str_eq(predicted.paths[i], asked.paths[i]);
    libraries_finish(&predicted);
    libraries_finish(&asked);
}
END_TEST

START_TEST(an_environment_that_steers_makes_it_uncertain)
{
    static const char *const names[] = {
        "LD_LIBRARY_PATH", "LD_PRELOAD", "LD_AUDIT", "GLIBC_TUNABLES"};
    ck_assert_int_eq(predict("/bin/sh", LINKER), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        setenv(names[i], "/nowhere", 1);
        ck_assert_int_eq(predict("/bin/sh", LINKER), -ENOTSUP);
        unsetenv(names[i]);
    }
}
END_TEST

START_TEST(another_dynamic_linker_makes_it_uncertain)
{
    ck_assert_int_eq(predict("/bin/sh", "/lib64/../lib64/ld-linux-x86-64.so.2"), -ENOTSUP);
}
END_TEST

/* This test's own file, in which the entry of .dynamic with the tag `from` has another. */
static void write_with_entry(int64_t from, int64_t to, uint64_t value)
{
    static char bytes[4 << 20];
    FILE *in = fopen("/proc/self/exe", "r");
    size_t size = fread(bytes, 1, sizeof bytes, in);
    fclose(in);
    const Elf64_Ehdr *elf = (const void *)bytes;
    const Elf64_Phdr *segment = (const void *)(bytes + elf->e_phoff);
    while (segment->p_type != PT_DYNAMIC)
        segment++;
    Elf64_Dyn *entry = (void *)(bytes + segment->p_offset);
    while (entry->d_tag != from)
        entry++;
    entry->d_tag = to;
    if (value != UINT64_MAX)
        entry->d_un.d_val = value;
    write_file(bytes, size);
}

START_TEST(search_paths_in_a_file_make_it_uncertain)
{
    static const int64_t tags[] = {DT_RPATH, DT_RUNPATH, DT_AUDIT, DT_DEPAUDIT, DT_FILTER};
    write_with_entry(DT_DEBUG, DT_DEBUG, 0);
    ck_assert_int_eq(predict(path, LINKER), 0);
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        write_with_entry(DT_DEBUG, tags[i], 1);
        ck_assert_int_eq(predict(path, LINKER), -ENOTSUP);
    }
    write_with_entry(DT_DEBUG, DT_FLAGS_1, DF_1_NODEFLIB);
    ck_assert_int_eq(predict(path, LINKER), -ENOTSUP);
}
END_TEST

START_TEST(a_library_that_is_missing_makes_it_uncertain)
{
    write_with_entry(DT_NEEDED, DT_NEEDED, 2); /* the rest of some other name */
    ck_assert_int_eq(predict(path, LINKER), -ENOTSUP);
}
END_TEST

START_TEST(damaged_files_make_it_uncertain)
{
    write_with_entry(DT_STRTAB, DT_STRTAB, UINT64_MAX - 1);
    ck_assert_int_eq(predict(path, LINKER), -ENOTSUP);
    write_with_entry(DT_NEEDED, DT_NEEDED, UINT64_MAX - 1);
    ck_assert_int_eq(predict(path, LINKER), -ENOTSUP);
    write_file("\177ELF", 4);
    ck_assert_int_eq(predict(path, LINKER), -ENOTSUP);
    ck_assert_int_eq(predict("/no/such/file", LINKER), -ENOTSUP);
    ck_assert_int_eq(predict("/tmp", LINKER), -ENOTSUP);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("libraries");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, make_file, remove_file);
    tcase_add_test(tests, a_name_is_found_by_the_value_of_its_numbers);
    tcase_add_test(tests, other_architectures_do_not_count);
    tcase_add_test(tests, where_there_is_a_choice_nothing_is_found);
    tcase_add_test(tests, a_damaged_cache_finds_nothing);
    tcase_add_test(tests, what_is_predicted_is_what_the_dynamic_linker_says);
    tcase_add_test(tests, an_environment_that_steers_makes_it_uncertain);
    tcase_add_test(tests, another_dynamic_linker_makes_it_uncertain);
    tcase_add_test(tests, search_paths_in_a_file_make_it_uncertain);
    tcase_add_test(tests, a_library_that_is_missing_makes_it_uncertain);
    tcase_add_test(tests, damaged_files_make_it_uncertain);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
