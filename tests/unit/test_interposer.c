/*
 * test_interposer.c - the object's symbols, versions, stubs and records hold together.
 *
 * Libraries that are needed for a case are themselves made by stub_object_write. What
 * the dynamic linker makes of the object is seen in the end-to-end tests.
 */
// needs: cli/interposer.c cli/stub_object.c cli/exports.c cli/leaves.c cli/program.c cli/message.c
// needs: cli/near_miss.c cli/function_spec.c cli/function_name.c
// needs: cli/libraries.c cli/libraries_foresee.c cli/library_cache.c
#include "interposer.h"

#include <check.h>
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exports.h"
#include "hook_record.h"
#include "leaves.h"
#include "program.h"
#include "stub_object.h"

#define HIDDEN 0x8000

static char directory[] = "/tmp/test_interposer-XXXXXX";
static char self[PATH_MAX];
static struct program program;
static struct leaves leaves;
static char *problem, *bytes;
static size_t hooked;

/* A function of the program's own that someone may ask for. */
int function_of_the_program(void);

__attribute__((noinline)) int function_of_the_program(void)
{
    return 1;
}

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof self - 1), 0);
}

static void tear_down(void)
{
    static const char *const files[] = {"object", "a.so", "b.so"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    ck_assert_int_eq(rmdir(directory), 0);
    program_finish(&program);
    leaves_finish(&leaves);
    free(problem);
    free(bytes);
    problem = bytes = NULL;
}

static char *read_object(void)
{
    struct stat status;
    ck_assert_int_eq(stat("object", &status), 0);
    FILE *in = fopen("object", "r");
    ck_assert_ptr_nonnull(in);
    char *content = malloc((size_t)status.st_size);
    ck_assert_uint_eq(fread(content, 1, (size_t)status.st_size, in), (size_t)status.st_size);
    fclose(in);
    return content;
}

static int write_for_self(const char *list)
{
    ck_assert_int_eq(program_find(&program, self, &problem), 0);
    ck_assert_int_eq(leaves_select(&leaves, &list, 1, &problem), 0);
    return interposer_write("object", &leaves, &program, &hooked, &problem);
}

static void make_for_self(const char *list)
{
    int error = write_for_self(list);
    ck_assert_msg(error == 0, "%s", problem);
    bytes = read_object();
}

/* Writes the object for libraries a.so and b.so, and the leaf "wanted". */
static void make_for_libraries(const struct stub *a, const struct stub *b)
{
    static const char *const versions[] = {"ONE", "TWO"};
    const char *list = "wanted";
    ck_assert_int_eq(stub_object_write("a.so", a, 1, versions, 2), 0);
    ck_assert_int_eq(stub_object_write("b.so", b, 1, versions, 2), 0);
    program.image = strdup("image");
    program.libraries = calloc(3, sizeof *program.libraries);
    program.libraries[0] = strdup("image");
    program.libraries[1] = strdup("a.so");
    program.libraries[2] = strdup("b.so");
    program.library_count = 3;
    ck_assert_int_eq(leaves_select(&leaves, &list, 1, &problem), 0);
    int error = interposer_write("object", &leaves, &program, &hooked, &problem);
    ck_assert_msg(error == 0, "%s", problem);
    bytes = read_object();
}

static const char *dynamic(int64_t tag)
{
    const Elf64_Phdr *segment = (const Elf64_Phdr *)(bytes + sizeof(Elf64_Ehdr));
    while (segment->p_type != PT_DYNAMIC)
        segment++;
    const Elf64_Dyn *entry = (const Elf64_Dyn *)(bytes + segment->p_offset);
    while (entry->d_tag != tag) {
        ck_assert_int_ne(entry->d_tag, DT_NULL);
        entry++;
    }
    return bytes + entry->d_un.d_ptr; /* addresses are offsets in this object */
}

static const char *version_name(unsigned index)
{
    const char *at = dynamic(DT_VERDEF);
    for (;;) {
        const Elf64_Verdef *definition = (const Elf64_Verdef *)at;
        const Elf64_Verdaux *name = (const Elf64_Verdaux *)(at + definition->vd_aux);
        if (definition->vd_ndx == index)
            return dynamic(DT_STRTAB) + name->vda_name;
        ck_assert_uint_ne(definition->vd_next, 0);
        at += definition->vd_next;
    }
}

/* Looks `name` up as the dynamic linker does for a reference to `version` (NULL: to none,
 * as dlsym makes it; check_match of glibc). Returns the symbol's index, or 0. */
static unsigned look_up(const char *name, const char *version)
{
    const uint32_t *header = (const uint32_t *)dynamic(DT_GNU_HASH);
    const uint64_t *bloom = (const uint64_t *)(header + 4);
    const uint32_t *buckets = (const uint32_t *)(bloom + header[2]);
    const uint32_t *chain = buckets + header[0] - header[1];
    const Elf64_Sym *symbols = (const Elf64_Sym *)dynamic(DT_SYMTAB);
    const Elf64_Half *versions = (const Elf64_Half *)dynamic(DT_VERSYM);
    unsigned newest = 0, count = 0;
    uint32_t hash = 5381;
    for (const char *at = name; *at; at++)
        hash = hash * 33 + (unsigned char)*at;
    uint64_t word = bloom[(hash / 64) & (header[2] - 1)];
    if (!(word >> hash % 64 & word >> (hash >> header[3]) % 64 & 1))
        return 0;
    for (unsigned i = buckets[hash % header[0]]; i != 0; i++) {
        unsigned index = versions[i] & ~HIDDEN;
        if ((chain[i] | 1) == (hash | 1) &&
            strcmp(dynamic(DT_STRTAB) + symbols[i].st_name, name) == 0) {
            if (index == VER_NDX_GLOBAL)
                return i;
            if (version != NULL && strcmp(version_name(index), version) == 0)
                return i;
            if (version == NULL && !(versions[i] & HIDDEN) && count++ == 0)
                newest = i;
        }
        if (chain[i] & 1)
            break;
    }
    return count == 1 ? newest : 0;
}

static const struct hook_record *record_of(unsigned symbol)
{
    const Elf64_Sym *symbols = (const Elf64_Sym *)dynamic(DT_SYMTAB);
    const unsigned char *code = (const unsigned char *)bytes + symbols[symbol].st_value;
    int32_t distance;
    ck_assert_uint_ne(symbol, 0);
    ck_assert_mem_eq(code, "\xf3\x0f\x1e\xfa\x4c\x8d\x1d", 7); /* endbr64; lea ...(%rip), %r11 */
    memcpy(&distance, code + 7, sizeof distance);
    return (const struct hook_record *)(code + 11 + distance);
}

static const char *text_of(const struct hook_record *record, int32_t offset)
{
    return offset == 0 ? NULL : (const char *)record + offset;
}

START_TEST(every_symbol_leads_to_the_record_of_its_name_and_version)
{
    make_for_self("@wait,@io,@net,@sleep,@lock,@file,@proc,@stdio");
    const Elf64_Sym *symbols = (const Elf64_Sym *)dynamic(DT_SYMTAB);
    const Elf64_Half *versions = (const Elf64_Half *)dynamic(DT_VERSYM);
    size_t end = (size_t)(dynamic(DT_STRTAB) - dynamic(DT_SYMTAB)) / sizeof *symbols, count = 0;
    for (unsigned i = 2; i < end; i++) {
        const char *name = dynamic(DT_STRTAB) + symbols[i].st_name;
        if (strcmp(name, HOOK_TABLE_SYMBOL) == 0)
            continue;
        unsigned index = versions[i] & ~HIDDEN;
        const char *version = index == VER_NDX_GLOBAL ? NULL : version_name(index);
        const struct hook_record *record = record_of(i);
        ck_assert_str_eq(text_of(record, record->name), name);
        ck_assert_pstr_eq(text_of(record, record->version), version);
        ck_assert_uint_eq(look_up(name, version ? version : "ANY"), i);
        count++;
    }
    ck_assert_uint_gt(count, 400);
}
END_TEST

START_TEST(a_reference_without_version_gets_the_default)
{
    make_for_self("pthread_cond_wait");
    unsigned old = look_up("pthread_cond_wait", "GLIBC_2.2.5");
    unsigned current = look_up("pthread_cond_wait", "GLIBC_2.3.2");
    ck_assert_uint_ne(old, 0);
    ck_assert_uint_ne(old, current);
    ck_assert_uint_eq(look_up("pthread_cond_wait", NULL), current);
    ck_assert_str_eq(version_name(2), "GLIBC_2.2.5");
}
END_TEST

START_TEST(what_was_not_asked_for_is_not_defined)
{
    make_for_self("tee");
    ck_assert_uint_ne(look_up("tee", "GLIBC_2.5"), 0);
    ck_assert_uint_eq(look_up("tee", "GLIBC_2.2.5"), 0);
    ck_assert_uint_eq(look_up("splice", "GLIBC_2.5"), 0);
    ck_assert_uint_eq(look_up("malloc", NULL), 0);
}
END_TEST

START_TEST(names_that_no_library_has_are_not_made_up)
{
    make_for_self("@io,@proc"); /* clone3 and others are not in every glibc */
    ck_assert_uint_eq(look_up("clone3", NULL), 0);
    ck_assert_uint_eq(look_up("function_of_the_program", NULL), 0);
}
END_TEST

START_TEST(a_twin_shows_the_plain_name)
{
    make_for_self("read");
    const struct hook_record *record = record_of(look_up("__read_chk", "GLIBC_2.4"));
    ck_assert_str_eq(text_of(record, record->name), "__read_chk");
    ck_assert_str_eq(text_of(record, record->leaf), "read");
    ck_assert_uint_eq(hooked, 1);
}
END_TEST

START_TEST(flags_come_through)
{
    make_for_self("vfork,printf,read");
    ck_assert_uint_eq(record_of(look_up("vfork", NULL))->flags, HOOK_TAIL);
    ck_assert_uint_eq(record_of(look_up("printf", NULL))->flags, HOOK_STACK_ARGS);
    ck_assert_uint_eq(record_of(look_up("read", NULL))->flags, 0);
}
END_TEST

START_TEST(dlclose_is_watched_in_any_case)
{
    make_for_self("read");
    ck_assert_uint_eq(record_of(look_up("dlclose", NULL))->flags, HOOK_UNLOADS | HOOK_NOT_A_LEAF);
    ck_assert_uint_ne(look_up("dlclose", "GLIBC_2.2.5"), 0);
    ck_assert_uint_eq(hooked, 1);
}
END_TEST

START_TEST(dlclose_may_be_a_leaf_as_well)
{
    make_for_self("dlclose");
    ck_assert_uint_eq(record_of(look_up("dlclose", NULL))->flags, HOOK_UNLOADS);
    ck_assert_uint_eq(hooked, 1);
}
END_TEST

START_TEST(the_table_ends_with_an_empty_record)
{
    make_for_self("read");
    unsigned symbol = look_up(HOOK_TABLE_SYMBOL, NULL);
    const Elf64_Sym *table = (const Elf64_Sym *)dynamic(DT_SYMTAB) + symbol;
    ck_assert_uint_ne(symbol, 0);
    const struct hook_record *record = (const struct hook_record *)(bytes + table->st_value);
    size_t count = table->st_size / sizeof *record;
    for (size_t i = 0; i + 1 < count; i++)
        ck_assert_int_ne(record[i].name, 0);
    ck_assert_int_eq(record[count - 1].name, 0);
}
END_TEST

START_TEST(with_two_defaults_the_first_library_counts)
{
    struct stub one = {"wanted", "wanted", 0, 0, false};
    struct stub two = {"wanted", "wanted", 0, 1, false};
    make_for_libraries(&two, &one);
    ck_assert_uint_ne(look_up("wanted", "ONE"), 0);
    ck_assert_uint_ne(look_up("wanted", "TWO"), 0);
    ck_assert_uint_eq(look_up("wanted", NULL), look_up("wanted", "TWO"));
}
END_TEST

START_TEST(a_version_that_is_hidden_in_one_library_only_is_the_default)
{
    struct stub hidden = {"wanted", "wanted", 0, 0, true};
    struct stub open = {"wanted", "wanted", 0, 0, false};
    make_for_libraries(&hidden, &open);
    ck_assert_uint_ne(look_up("wanted", NULL), 0);
}
END_TEST

START_TEST(a_hidden_version_is_no_default)
{
    struct stub hidden = {"wanted", "wanted", 0, 0, true};
    struct stub open = {"wanted", "wanted", 0, 1, false};
    make_for_libraries(&hidden, &open);
    ck_assert_uint_ne(look_up("wanted", "ONE"), 0);
    ck_assert_uint_eq(look_up("wanted", NULL), look_up("wanted", "TWO"));
}
END_TEST

/* It would match any reference that finds it first. */
START_TEST(a_definition_without_version_does_not_hide_the_others)
{
    struct stub plain = {"wanted", "wanted", 0, STUB_UNVERSIONED, false};
    struct stub versioned = {"wanted", "wanted", 0, 0, false};
    make_for_libraries(&plain, &versioned);
    const struct hook_record *record = record_of(look_up("wanted", "ONE"));
    ck_assert_str_eq(text_of(record, record->version), "ONE");
    record = record_of(look_up("wanted", "OTHER"));
    ck_assert_ptr_null(text_of(record, record->version));
}
END_TEST

START_TEST(a_missing_leaf_is_answered_with_near_misses)
{
    ck_assert_int_eq(write_for_self("elf_begni"), -ENOENT);
    ck_assert_ptr_nonnull(strstr(problem, "'elf_begni'"));
    ck_assert_ptr_nonnull(strstr(problem, "did you mean 'elf_begin'"));
    ck_assert_ptr_null(strchr(problem, '\n'));
    ck_assert_int_ne(access("object", F_OK), 0);
}
END_TEST

START_TEST(a_missing_leaf_like_no_other_is_just_missing)
{
    ck_assert_int_eq(write_for_self("nothing_is_called_like_this_one"), -ENOENT);
    ck_assert_ptr_null(strstr(problem, "did you mean"));
}
END_TEST

START_TEST(data_cannot_be_a_leaf)
{
    ck_assert_int_eq(write_for_self("environ"), -ENOENT);
    ck_assert_ptr_nonnull(strstr(problem, "data"));
}
END_TEST

START_TEST(the_programs_own_functions_cannot_be_seen)
{
    ck_assert_int_eq(function_of_the_program(), 1);
    ck_assert_int_eq(write_for_self("function_of_the_program"), -ENOENT);
    ck_assert_ptr_nonnull(strstr(problem, "program itself"));
}
END_TEST

START_TEST(a_leaf_of_a_group_may_be_missing)
{
    make_for_self("@proc");
    ck_assert_uint_gt(hooked, 10);
    ck_assert_uint_lt(hooked, leaves.count);
}
END_TEST

START_TEST(an_existing_file_is_not_overwritten)
{
    FILE *out = fopen("object", "w");
    fclose(out);
    ck_assert_int_eq(write_for_self("read"), -EEXIST);
    ck_assert_ptr_nonnull(strstr(problem, "object"));
    ck_assert_int_eq(access("object", F_OK), 0);
}
END_TEST

START_TEST(a_library_that_cannot_be_read_is_named)
{
    const char *list = "read";
    ck_assert_int_eq(program_find(&program, self, &problem), 0);
    free(program.libraries[1]);
    program.libraries[1] = strdup("/no/such/library");
    ck_assert_int_eq(leaves_select(&leaves, &list, 1, &problem), 0);
    ck_assert_int_eq(interposer_write("object", &leaves, &program, &hooked, &problem), -ENOENT);
    ck_assert_ptr_nonnull(strstr(problem, "/no/such/library"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("interposer");
    TCase *tests = tcase_create("interposer");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, every_symbol_leads_to_the_record_of_its_name_and_version);
    tcase_add_test(tests, a_reference_without_version_gets_the_default);
    tcase_add_test(tests, what_was_not_asked_for_is_not_defined);
    tcase_add_test(tests, names_that_no_library_has_are_not_made_up);
    tcase_add_test(tests, a_twin_shows_the_plain_name);
    tcase_add_test(tests, flags_come_through);
    tcase_add_test(tests, dlclose_is_watched_in_any_case);
    tcase_add_test(tests, dlclose_may_be_a_leaf_as_well);
    tcase_add_test(tests, the_table_ends_with_an_empty_record);
    tcase_add_test(tests, with_two_defaults_the_first_library_counts);
    tcase_add_test(tests, a_version_that_is_hidden_in_one_library_only_is_the_default);
    tcase_add_test(tests, a_hidden_version_is_no_default);
    tcase_add_test(tests, a_definition_without_version_does_not_hide_the_others);
    tcase_add_test(tests, a_missing_leaf_is_answered_with_near_misses);
    tcase_add_test(tests, a_missing_leaf_like_no_other_is_just_missing);
    tcase_add_test(tests, data_cannot_be_a_leaf);
    tcase_add_test(tests, the_programs_own_functions_cannot_be_seen);
    tcase_add_test(tests, a_leaf_of_a_group_may_be_missing);
    tcase_add_test(tests, an_existing_file_is_not_overwritten);
    tcase_add_test(tests, a_library_that_cannot_be_read_is_named);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
