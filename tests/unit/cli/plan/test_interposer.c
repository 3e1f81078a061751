/*
 * test_interposer.c - the object's symbols, versions, stubs and records hold together.
 *
 * Libraries that are needed for a case are compiled while the test runs. What the dynamic linker
 * makes of the object is seen in the end-to-end tests.
 */
// needs: tests/unit/cli/plan/stand_in_planner.c cli
#include "plan/interposer.h"

#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "elf/exports.h"
#include "hook_record.h"
#include "leaves/leaves.h"
#include "plan/plans.h"
#include "program/program.h"
#include "suite.h"

#define HIDDEN 0x8000

static char directory[] = "/tmp/test_interposer-XXXXXX";
static char self[PATH_MAX];
static struct program program;
static struct leaves leaves;
static struct plans *plans;
static char *problem, *bytes;

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof self - 1), 0);
}

static void tear_down(void)
{
    ck_assert_int_eq(system("rm -f object versions map a.so b.so *.plan *.list"), 0);
    ck_assert_int_eq(rmdir(directory), 0);
    plans_destroy(plans);
    program_finish(&program);
    leaves_finish(&leaves);
    free(problem);
    free(bytes);
    plans = NULL;
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

static void make_plans(const char *list, enum plan_policy policy)
{
    ck_assert_int_eq(leaves_select(&leaves, &list, 1, &problem), 0);
    ck_assert_int_eq(plans_create(&plans, "", directory, &leaves, policy), 0);
    for (size_t i = 0; i < program.library_count; i++) {
        const char *path = program.libraries[i];
        ck_assert_int_eq(plans_add(plans, path, strcmp(path, program.image) == 0), 0);
    }
}

static void use_file(const char *path)
{
    size_t count = program.library_count;
    program.libraries = reallocarray(program.libraries, count + 1, sizeof *program.libraries);
    program.libraries[program.library_count++] = strdup(path);
}

static void compile(const char *path, const char *source, const char *options)
{
    char command[200];
    snprintf(command, sizeof command, "cc -O1 -shared -fPIC %s -o %s -x c -", options, path);
    FILE *compiler = popen(command, "w");
    fputs(source, compiler);
    ck_assert_int_eq(pclose(compiler), 0);
}

/* A library with a function "wanted@VERSION", "wanted@@VERSION", which is the default, or
 * "wanted". */
static void compile_wanted(const char *path, const char *symbol)
{
    char source[200];
    FILE *versions = fopen("versions", "w");
    fputs("ONE {}; TWO {};\n", versions);
    fclose(versions);
    if (strchr(symbol, '@') == NULL) {
        compile(path, "void wanted(void) {}\n", "");
        return;
    }
    snprintf(source, sizeof source, "void it(void) {}\n__asm__(\".symver it, %s\");\n", symbol);
    compile(path, source, "-Wl,--version-script=versions");
}

/* The program is this one, and its libraries are a.so and b.so, each with one function. */
static void use_libraries(const char *a, const char *b)
{
    compile_wanted("a.so", a);
    compile_wanted("b.so", b);
    program.image = strdup(self);
    use_file(self);
    use_file("a.so");
    use_file("b.so");
}

/* The same with one library, a.so, compiled from this text. */
static void use_compiled(const char *source)
{
    compile("a.so", source, "");
    program.image = strdup(self);
    use_file(self);
    use_file("a.so");
}

static void make_object(const char *list, enum plan_policy policy)
{
    make_plans(list, policy);
    int error = interposer_write("object", plans, &leaves, &program, &problem);
    ck_assert_msg(error == 0, "%s", problem);
    bytes = read_object();
}

static void make_with(const char *list, enum plan_policy policy)
{
    ck_assert_int_eq(program_find(&program, (char *[]){self, NULL}, &problem), 0);
    make_object(list, policy);
}

static void make_for_self(const char *list)
{
    make_with(list, PLAN_LINKER_ONLY);
}

/* Writes the object for libraries a.so and b.so, and the leaf "wanted". */
static void make_for_libraries(const char *a, const char *b)
{
    use_libraries(a, b);
    make_object("wanted", PLAN_LINKER_ONLY);
}

/* How the function with this linkage name is hooked. */
static enum plan_hook hook_of(const char *symbol)
{
    const struct plan_file *file;
    for (size_t i = 0; (file = plans_file(plans, i)) != NULL; i++)
        for (size_t j = 0; j < file->count; j++)
            if (strcmp(file->list[j].symbol, symbol) == 0)
                return plan_function_hook(file, &file->list[j]);
    ck_abort_msg("no plan has '%s'", symbol);
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

START_TEST(system_calls_of_leaves_have_records_in_order)
{
    make_for_self("@wait,-read");
    unsigned symbol = look_up(HOOK_CALLS_SYMBOL, NULL);
    const Elf64_Sym *symbols = (const Elf64_Sym *)dynamic(DT_SYMTAB);
    const struct hook_system_call *call = (const void *)(bytes + symbols[symbol].st_value);
    bool has_futex = false;
    ck_assert_uint_ne(symbol, 0);
    for (; call->record.name; call++) {
        const char *shown = (const char *)&call->record + call->record.shown;
        ck_assert(call->record.flags & HOOK_BY_NUMBER);
        ck_assert_uint_lt(call[0].number, call[1].record.name ? call[1].number : UINT64_MAX);
        ck_assert_uint_ne(call->number, SYS_read);
        has_futex |= call->number == SYS_futex && strcmp(shown, "futex") == 0 &&
                     call->record.flags & HOOK_ONLY_WAITS;
    }
    ck_assert(has_futex);
    ck_assert_uint_eq(symbols[symbol].st_size % sizeof *call, 0);
}
END_TEST

START_TEST(every_symbol_leads_to_the_record_of_its_name_and_version)
{
    make_for_self("@wait,@io,@net,@sleep,@lock,@file,@proc,@stdio");
    const Elf64_Sym *symbols = (const Elf64_Sym *)dynamic(DT_SYMTAB);
    const Elf64_Half *versions = (const Elf64_Half *)dynamic(DT_VERSYM);
    size_t end = (size_t)(dynamic(DT_STRTAB) - dynamic(DT_SYMTAB)) / sizeof *symbols, count = 0;
    for (unsigned i = 2; i < end; i++) {
        const char *name = dynamic(DT_STRTAB) + symbols[i].st_name;
        if (strcmp(name, HOOK_TABLE_SYMBOL) == 0 || strcmp(name, HOOK_CALLS_SYMBOL) == 0)
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
    ck_assert_uint_eq(look_up("posix_spawn_anything", NULL), 0);
}
END_TEST

START_TEST(a_twin_shows_the_plain_name)
{
    make_for_self("read");
    const struct hook_record *record = record_of(look_up("__read_chk", "GLIBC_2.4"));
    ck_assert_str_eq(text_of(record, record->name), "__read_chk");
    ck_assert_str_eq(text_of(record, record->shown), "read");
}
END_TEST

START_TEST(flags_come_through)
{
    make_for_self("vfork,printf,read");
    ck_assert_uint_eq(record_of(look_up("vfork", NULL))->flags, HOOK_TAIL);
    ck_assert_uint_eq(record_of(look_up("printf", NULL))->flags, HOOK_STACK_ARGS);
    ck_assert_uint_eq(
        record_of(look_up("read", NULL))->flags, HOOK_OBJECT_OF(HOOK_OBJECT_DESCRIPTOR));
}
END_TEST

START_TEST(dlclose_is_watched_in_any_case)
{
    make_for_self("read");
    ck_assert_uint_eq(record_of(look_up("dlclose", NULL))->flags, HOOK_UNLOADS | HOOK_NOT_A_LEAF);
    ck_assert_uint_ne(look_up("dlclose", "GLIBC_2.2.5"), 0);
}
END_TEST

START_TEST(dlclose_may_be_a_leaf_as_well)
{
    make_for_self("dlclose");
    ck_assert_uint_eq(record_of(look_up("dlclose", NULL))->flags, HOOK_UNLOADS);
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
    make_for_libraries("wanted@@TWO", "wanted@@ONE");
    ck_assert_uint_ne(look_up("wanted", "ONE"), 0);
    ck_assert_uint_ne(look_up("wanted", "TWO"), 0);
    ck_assert_uint_eq(look_up("wanted", NULL), look_up("wanted", "TWO"));
}
END_TEST

/* The stub would lead to the first library's. */
START_TEST(a_default_that_another_library_has_as_well_gets_no_stub)
{
    make_for_libraries("wanted@ONE", "wanted@@ONE");
    ck_assert_uint_ne(look_up("wanted", "ONE"), 0);
    ck_assert_uint_eq(look_up("wanted", NULL), 0);
}
END_TEST

START_TEST(a_hidden_version_is_no_default)
{
    make_for_libraries("wanted@ONE", "wanted@@TWO");
    ck_assert_uint_ne(look_up("wanted", "ONE"), 0);
    ck_assert_uint_eq(look_up("wanted", NULL), look_up("wanted", "TWO"));
}
END_TEST

/* The first library's gets all references; nobody comes to the second one's. */
START_TEST(a_definition_without_version_stands_for_all)
{
    make_for_libraries("wanted", "wanted@@ONE");
    const struct hook_record *record = record_of(look_up("wanted", "ONE"));
    ck_assert_ptr_null(text_of(record, record->version));
    ck_assert_uint_eq(look_up("wanted", NULL), look_up("wanted", "ONE"));
}
END_TEST

/* It would match any reference that finds it first. */
START_TEST(a_definition_without_version_does_not_hide_the_others)
{
    make_for_libraries("wanted@TWO", "wanted");
    const struct hook_record *record = record_of(look_up("wanted", "TWO"));
    ck_assert_str_eq(text_of(record, record->version), "TWO");
    record = record_of(look_up("wanted", NULL));
    ck_assert_ptr_null(text_of(record, record->version));
}
END_TEST

/* Only the second library's can be hooked by the linker, and by the name without a version. */
START_TEST(what_is_not_hooked_is_shielded_from_a_stub_without_version)
{
    use_libraries("wanted@TWO", "wanted");
    make_object("b.so:wanted", PLAN_LINKER_ONLY);
    const struct hook_record *record = record_of(look_up("wanted", "TWO"));
    ck_assert_uint_eq(record->flags, HOOK_NOT_A_LEAF | HOOK_TAIL);
    record = record_of(look_up("wanted", NULL));
    ck_assert_uint_eq(record->flags, HOOK_STACK_ARGS);
}
END_TEST

static void use_two(const char *a, const char *b)
{
    compile("a.so", a, "");
    compile("b.so", b, "");
    program.image = strdup(self);
    use_file("a.so");
    use_file("b.so");
}

START_TEST(data_has_no_stub)
{
    use_two("int wanted = 5; __thread int of_thread; int common __attribute__((common));",
        "int wanted(void) { return 1; } int of_thread(void) { return 2; }"
        "int common(void) { return 3; }");
    make_object("wanted,of_thread,common", PLAN_LINKER_ONLY);
    ck_assert_uint_eq(look_up("wanted", NULL), 0);
    ck_assert_uint_eq(look_up("of_thread", NULL), 0);
    ck_assert_uint_eq(look_up("common", NULL), 0);
}
END_TEST

/* Behind the libraries a.so and b.so of use_two comes libc, as this program has it. */
static void use_c_library(void)
{
    struct program own = {0};
    ck_assert_int_eq(program_find(&own, (char *[]){self, NULL}, &problem), 0);
    use_file(program_library(&own, "libc.so.6"));
    program_finish(&own);
}

START_TEST(a_library_that_has_a_function_of_a_known_name_is_left_alone)
{
    use_two("long tee(long a) { return a; } long clone(long a) { return a; }", "int x;");
    use_c_library();
    make_object("@wait", PLAN_LINKER_ONLY);
    ck_assert_uint_eq(look_up("tee", "GLIBC_2.5"), 0);
    ck_assert_uint_eq(look_up("tee", NULL), 0);
    ck_assert_uint_eq(look_up("clone", "GLIBC_2.2.5"), 0);
    ck_assert_uint_eq(look_up("clone", NULL), 0);
    ck_assert_uint_eq(record_of(look_up("splice", NULL))->flags,
        HOOK_IMPLIED | HOOK_OBJECT_OF(HOOK_OBJECT_DESCRIPTOR));
}
END_TEST

START_TEST(of_a_namesake_that_is_asked_for_no_arguments_are_known)
{
    use_two("long tee(long a) { return a; }", "int x;");
    use_c_library();
    make_object("tee", PLAN_LINKER_ONLY);
    ck_assert_uint_eq(record_of(look_up("tee", "GLIBC_2.5"))->flags, HOOK_STACK_ARGS);
    ck_assert_uint_eq(look_up("tee", NULL), look_up("tee", "GLIBC_2.5"));
}
END_TEST

/* As the interceptors of sanitizers do, and libfakeroot. */
START_TEST(who_passes_calls_on_stands_for_the_c_library)
{
    use_two(
        "void *dlsym(void *, const char *);\n"
        "long tee(long a) { long (*next)(long) = dlsym((void *)-1, \"tee\"); return next(a); }\n"
        "long clone(long a) { long (*next)(long) = dlsym((void *)-1, \"clone\"); return next(a); }",
        "int x;");
    use_c_library();
    make_object("@wait", PLAN_LINKER_ONLY);
    ck_assert_uint_eq(record_of(look_up("tee", NULL))->flags,
        HOOK_STACK_ARGS | HOOK_IMPLIED | HOOK_OBJECT_OF(HOOK_OBJECT_DESCRIPTOR));
    ck_assert_uint_eq(
        record_of(look_up("clone", NULL))->flags, HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_SHARES);
}
END_TEST

/* A stub in the oldest version would get them. */
START_TEST(references_without_version_keep_their_library)
{
    FILE *versions = fopen("map", "w");
    fputs("A { global: clone; };\n", versions);
    fclose(versions);
    compile("a.so", "int it;\n__asm__(\".symver it, clone@@A\");", "-Wl,--version-script=map");
    compile("b.so", "int x;", "");
    program.image = strdup(self);
    use_file("a.so");
    use_c_library();
    make_object("@wait", PLAN_LINKER_ONLY);
    unsigned symbol = look_up("clone", "GLIBC_2.2.5");
    ck_assert_uint_ne(symbol, 0);
    ck_assert_uint_eq(look_up("clone", NULL), 0);
    ck_assert_uint_gt(((const Elf64_Half *)dynamic(DT_VERSYM))[symbol] & ~HIDDEN, 2);
}
END_TEST

START_TEST(an_existing_file_is_not_overwritten)
{
    FILE *out = fopen("object", "w");
    fclose(out);
    ck_assert_int_eq(program_find(&program, (char *[]){self, NULL}, &problem), 0);
    make_plans("read", PLAN_LINKER_ONLY);
    ck_assert_int_eq(interposer_write("object", plans, &leaves, &program, &problem), -EEXIST);
    ck_assert_ptr_nonnull(strstr(problem, "object"));
    ck_assert_int_eq(access("object", F_OK), 0);
}
END_TEST

/* It was a library when its plan was made. */
START_TEST(a_library_that_cannot_be_read_is_named)
{
    use_libraries("wanted", "wanted");
    make_plans("wanted", PLAN_LINKER_ONLY);
    ck_assert_int_eq(truncate("b.so", 20), 0);
    ck_assert_int_eq(interposer_write("object", plans, &leaves, &program, &problem), -ENOEXEC);
    ck_assert_ptr_nonnull(strstr(problem, "'b.so'"));
    ck_assert_int_ne(access("object", F_OK), 0);
}
END_TEST

/* Its code may turn out not to be writable. Where the stub leads is found when it is called. */
START_TEST(what_is_hooked_at_its_entry_has_a_stub_for_later)
{
    make_with("poll,elf_begin", PLAN_AUTO);
    ck_assert_int_eq(hook_of("poll"), PLAN_AT_ENTRY);
    ck_assert_int_eq(hook_of("elf_begin"), PLAN_AT_ENTRY);
    ck_assert_uint_ne(look_up("poll", NULL), 0);
    ck_assert_uint_ne(look_up("elf_begin", NULL), 0);
    ck_assert_uint_ne(record_of(look_up("poll", NULL))->flags & HOOK_LATE, 0);
}
END_TEST

START_TEST(what_cannot_be_hooked_at_its_entry_has_a_stub)
{
    use_compiled("__asm__(\".globl small\\n.type small, @function\\nsmall: ret\\n\"\n"
                 "        \".size small, . - small\\n.globl next\\n.type next, @function\\n\"\n"
                 "        \"next: xor %eax, %eax\\nxor %edx, %edx\\nxor %ecx, %ecx\\nret\\n\"\n"
                 "        \".size next, . - next\\n\");\n");
    make_object("small,next", PLAN_AUTO);
    ck_assert_int_eq(hook_of("small"), PLAN_BY_LINKER);
    ck_assert_uint_ne(look_up("small", NULL), 0);
    ck_assert_uint_eq(record_of(look_up("small", NULL))->flags & HOOK_LATE, 0);
    ck_assert_int_eq(hook_of("next"), PLAN_AT_ENTRY);
}
END_TEST

START_TEST(a_hidden_function_that_cannot_be_hooked_has_no_stub)
{
    use_compiled("__asm__(\".type small, @function\\nsmall: ret\\n\"\n"
                 "        \".size small, . - small\\n.globl next\\n.type next, @function\\n\"\n"
                 "        \"next: ret\\n.size next, . - next\\n\");\n");
    make_object("small", PLAN_AUTO);
    ck_assert_int_eq(hook_of("small"), PLAN_NOT_HOOKED);
    ck_assert_uint_eq(look_up("small", NULL), 0);
}
END_TEST

/* Only the process knows what it stands for, and whether that can be hooked. */
START_TEST(an_ifunc_has_a_stub_in_any_case)
{
    use_compiled("static int one(void) { return 1; }\n"
                 "static int (*choose(void))(void) { return one; }\n"
                 "int chosen(void) __attribute__((ifunc(\"choose\")));\n");
    make_object("chosen", PLAN_AUTO);
    ck_assert_uint_ne(look_up("chosen", NULL), 0);
}
END_TEST

START_TEST(with_entries_only_no_leaf_has_a_stub)
{
    use_compiled("__asm__(\".globl small\\n.type small, @function\\nsmall: ret\\n\"\n"
                 "        \".size small, . - small\\n\");\n");
    make_object("small", PLAN_ENTRY_ONLY);
    ck_assert_int_eq(hook_of("small"), PLAN_NOT_HOOKED);
    ck_assert_uint_eq(look_up("small", NULL), 0);
}
END_TEST

START_TEST(what_is_watched_has_a_stub_even_if_it_is_hooked_at_its_entry)
{
    make_with("setuid,poll", PLAN_AUTO);
    ck_assert_int_eq(hook_of("setuid"), PLAN_AT_ENTRY);
    ck_assert_uint_ne(look_up("setuid", NULL), 0);
    ck_assert_uint_ne(record_of(look_up("setuid", NULL))->flags & HOOK_RESTRICTS, 0);
    ck_assert_uint_eq(record_of(look_up("setuid", NULL))->flags & HOOK_LATE, 0);
    ck_assert_uint_eq(
        record_of(look_up("sigaction", NULL))->flags, HOOK_NOT_A_LEAF | HOOK_HANDLES | HOOK_LATE);
    ck_assert_uint_ne(look_up("dlclose", NULL), 0);
    ck_assert_uint_eq(
        record_of(look_up("clone", NULL))->flags, HOOK_NOT_A_LEAF | HOOK_TAIL | HOOK_SHARES);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("interposer");
    TCase *tests = tcase_create("interposer");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, every_symbol_leads_to_the_record_of_its_name_and_version);
    tcase_add_test(tests, system_calls_of_leaves_have_records_in_order);
    tcase_add_test(tests, a_reference_without_version_gets_the_default);
    tcase_add_test(tests, what_was_not_asked_for_is_not_defined);
    tcase_add_test(tests, names_that_no_library_has_are_not_made_up);
    tcase_add_test(tests, a_twin_shows_the_plain_name);
    tcase_add_test(tests, flags_come_through);
    tcase_add_test(tests, dlclose_is_watched_in_any_case);
    tcase_add_test(tests, dlclose_may_be_a_leaf_as_well);
    tcase_add_test(tests, the_table_ends_with_an_empty_record);
    tcase_add_test(tests, with_two_defaults_the_first_library_counts);
    tcase_add_test(tests, a_default_that_another_library_has_as_well_gets_no_stub);
    tcase_add_test(tests, a_definition_without_version_stands_for_all);
    tcase_add_test(tests, a_hidden_version_is_no_default);
    tcase_add_test(tests, a_definition_without_version_does_not_hide_the_others);
    tcase_add_test(tests, an_existing_file_is_not_overwritten);
    tcase_add_test(tests, a_library_that_cannot_be_read_is_named);
    tcase_add_test(tests, what_is_hooked_at_its_entry_has_a_stub_for_later);
    tcase_add_test(tests, what_cannot_be_hooked_at_its_entry_has_a_stub);
    tcase_add_test(tests, a_hidden_function_that_cannot_be_hooked_has_no_stub);
    tcase_add_test(tests, an_ifunc_has_a_stub_in_any_case);
    tcase_add_test(tests, with_entries_only_no_leaf_has_a_stub);
    tcase_add_test(tests, what_is_watched_has_a_stub_even_if_it_is_hooked_at_its_entry);
    tcase_add_test(tests, what_is_not_hooked_is_shielded_from_a_stub_without_version);
    tcase_add_test(tests, data_has_no_stub);
    tcase_add_test(tests, a_library_that_has_a_function_of_a_known_name_is_left_alone);
    tcase_add_test(tests, of_a_namesake_that_is_asked_for_no_arguments_are_known);
    tcase_add_test(tests, who_passes_calls_on_stands_for_the_c_library);
    tcase_add_test(tests, references_without_version_keep_their_library);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
