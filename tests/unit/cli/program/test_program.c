/*
 * test_program.c - which programs can be traced, and what is said of the others.
 *
 * Programs that cannot are made from a copy of this test, by changing its headers.
 */
// needs: cli
#include "program/program.h"
#include "suite.h"

#include <errno.h>
#include <elf.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/test_program-XXXXXX";
static char self[PATH_MAX];
static struct program program;
static char *problem;

static int find(const char *name)
{
    char *const argv[] = {(char *)name, NULL};
    return program_find(&program, argv, &problem);
}

static void make_directory(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    ck_assert_int_gt(readlink("/proc/self/exe", self, sizeof self - 1), 0);
}

static void remove_directory(void)
{
    char command[PATH_MAX];
    program_finish(&program);
    free(problem);
    problem = NULL;
    snprintf(command, sizeof command, "/bin/rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
}

static void write_file(const char *path, const void *bytes, size_t size, mode_t mode)
{
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(bytes, 1, size, out), size);
    fclose(out);
    ck_assert_int_eq(chmod(path, mode), 0);
}

static void write_text(const char *path, const char *text)
{
    write_file(path, text, strlen(text), 0755);
}

static char *read_file(const char *path, size_t *size)
{
    struct stat status;
    FILE *in = fopen(path, "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_int_eq(fstat(fileno(in), &status), 0);
    char *bytes = malloc((size_t)status.st_size);
    *size = fread(bytes, 1, (size_t)status.st_size, in);
    fclose(in);
    return bytes;
}

static char *read_self(size_t *size)
{
    return read_file(self, size);
}

static Elf64_Phdr *find_interpreter(char *bytes)
{
    Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;
    Elf64_Phdr *segment = (Elf64_Phdr *)(bytes + header->e_phoff);
    while (segment->p_type != PT_INTERP)
        segment++;
    return segment;
}

static void expect_problem(const char *name, int status, const char *words)
{
    ck_assert_int_eq(find(name), status);
    ck_assert_ptr_nonnull(problem);
    ck_assert_msg(strstr(problem, words) != NULL, "'%s' lacks '%s'", problem, words);
    ck_assert_ptr_null(strchr(problem, '\n'));
    ck_assert_ptr_null(program.path);
    free(problem);
    problem = NULL;
}

static void expect_image(const char *name, const char *image)
{
    int status = find(name);
    ck_assert_msg(status == 0, "%s", problem);
    ck_assert_str_eq(program.image, image);
    ck_assert_str_eq(program.libraries[0], image);
}

START_TEST(a_program_comes_with_its_libraries)
{
    ck_assert_int_eq(find(self), 0);
    ck_assert_str_eq(program.path, self);
    bool has_libc = false, has_math = false;
    for (size_t i = 1; i < program.library_count; i++) {
        ck_assert_int_eq(program.libraries[i][0], '/');
        ck_assert_int_eq(access(program.libraries[i], R_OK), 0);
        has_libc |= strstr(program.libraries[i], "/libc.so.6") != NULL;
        has_math |= strstr(program.libraries[i], "/libm.so.6") != NULL;
    }
    ck_assert(has_libc && has_math);
}
END_TEST

START_TEST(libraries_that_are_preloaded_count)
{
    setenv("LD_PRELOAD", "libutil.so.1", 1);
    int status = find("/bin/sh");
    unsetenv("LD_PRELOAD");
    ck_assert_int_eq(status, 0);
    ck_assert_ptr_nonnull(strstr(program.libraries[1], "/libutil.so.1"));
}
END_TEST

START_TEST(a_library_by_a_relative_path_counts)
{
    size_t size;
    ck_assert_int_eq(find(self), 0);
    char *bytes = read_file(program.libraries[1], &size);
    program_finish(&program);
    write_file("relative.so", bytes, size, 0755);
    free(bytes);
    setenv("LD_PRELOAD", "./relative.so", 1);
    int status = find("/bin/sh");
    unsetenv("LD_PRELOAD");
    ck_assert_int_eq(status, 0);
    ck_assert_str_eq(program.libraries[1], "./relative.so");
}
END_TEST

START_TEST(the_path_is_searched_in_its_order)
{
    char path[PATH_MAX];
    mkdir("a", 0755);
    mkdir("b", 0755);
    mkdir("a/tool", 0755); /* a directory is passed over */
    write_text("b/tool", "#!/bin/sh\n");
    snprintf(path, sizeof path, "%s/a:%s/b", directory, directory);
    setenv("PATH", path, 1);
    expect_image("tool", "/bin/sh");
    ck_assert_ptr_nonnull(strstr(program.path, "/b/tool"));
}
END_TEST

START_TEST(an_empty_element_of_the_path_is_here)
{
    write_text("tool", "#!/bin/sh\n");
    setenv("PATH", "/nowhere::/bin", 1);
    expect_image("tool", "/bin/sh");
    ck_assert_str_eq(program.path, "./tool");
}
END_TEST

START_TEST(one_that_may_not_be_executed_is_remembered)
{
    write_file("tool", "", 0, 0644);
    setenv("PATH", ":/nowhere", 1);
    expect_problem("tool", -ENOEXEC, "not executable");
    expect_problem("./tool", -ENOEXEC, "not executable");
}
END_TEST

START_TEST(what_is_not_there_is_said)
{
    expect_problem("no-such-program", -ENOENT, "'no-such-program'");
    expect_problem("./no-such-program", -ENOENT, "No such file");
    expect_problem("", -ENOENT, "''");
}
END_TEST

START_TEST(a_directory_cannot_be_run)
{
    expect_problem("/tmp", -ENOEXEC, "directory");
}
END_TEST

START_TEST(scripts_lead_to_their_interpreter)
{
    write_text("one", "#! \t/bin/sh  -e -u  \n");
    write_text("two", "#!./one\n");
    expect_image("./two", "/bin/sh");
    ck_assert_str_eq(program.path, "./two");
}
END_TEST

START_TEST(env_leads_to_what_it_finds)
{
    write_text("direct", "#!/usr/bin/env true\n");
    expect_image("./direct", "/usr/bin/true");
    program_finish(&program);
    write_text("split", "#!/usr/bin/env -S true a b\n");
    expect_image("./split", "/usr/bin/true");
    program_finish(&program);
    write_text("variable", "#!/usr/bin/env A=b\n");
    expect_image("./variable", "/usr/bin/env");
}
END_TEST

START_TEST(a_text_without_interpreter_is_the_shells)
{
    write_text("plain", "echo hello\n");
    expect_image("./plain", "/bin/sh");
    program_finish(&program);
    write_text("empty", "");
    expect_image("./empty", "/bin/sh");
    program_finish(&program);
    write_text("nameless", "#!  \necho hello\n");
    expect_image("./nameless", "/bin/sh");
}
END_TEST

START_TEST(a_missing_interpreter_is_named)
{
    write_text("script", "#!/no/such/interpreter -x\n");
    expect_problem("./script", -ENOEXEC, "'/no/such/interpreter'");
}
END_TEST

START_TEST(scripts_that_interpret_each_other_end)
{
    write_text("loop", "#!./loop\n");
    expect_problem("./loop", -ENOEXEC, "too many");
}
END_TEST

START_TEST(bytes_are_no_program)
{
    write_file("bytes", "\1\0\2", 3, 0755);
    expect_problem("./bytes", -ENOEXEC, "not an ELF program");
}
END_TEST

START_TEST(a_cut_elf_file_is_refused)
{
    size_t size;
    char *bytes = read_self(&size);
    write_file("cut", bytes, 80, 0755);
    free(bytes);
    ck_assert_int_eq(find("./cut"), -ENOEXEC);
}
END_TEST

START_TEST(static_programs_are_refused)
{
    size_t size;
    char *bytes = read_self(&size);
    find_interpreter(bytes)->p_type = PT_NULL;
    write_file("static", bytes, size, 0755);
    free(bytes);
    expect_problem("./static", -ENOEXEC, "statically linked");
}
END_TEST

START_TEST(programs_for_other_machines_are_refused)
{
    size_t size;
    char *bytes = read_self(&size);
    ((Elf64_Ehdr *)bytes)->e_machine = EM_AARCH64;
    write_file("foreign", bytes, size, 0755);
    free(bytes);
    expect_problem("./foreign", -ENOEXEC, "not for this processor");
}
END_TEST

START_TEST(other_dynamic_linkers_are_refused)
{
    size_t size;
    char *bytes = read_self(&size);
    Elf64_Phdr *segment = find_interpreter(bytes);
    char *interpreter = bytes + segment->p_offset;
    segment->p_filesz = (size_t)sprintf(interpreter, "/lib/ld-musl-x86_64.so.1") + 1;
    write_file("musl", bytes, size, 0755);
    segment->p_filesz = (size_t)sprintf(interpreter, "/x/ld-linux-x86-64.so.2") + 1;
    write_file("absent", bytes, size, 0755);
    segment->p_filesz = (size_t)sprintf(interpreter, "/x/ld.so.1") + 1;
    write_file("odd", bytes, size, 0755);
    free(bytes);
    expect_problem("./musl", -ENOEXEC, "musl");
    expect_problem("./absent", -ENOEXEC, "'/x/ld-linux-x86-64.so.2': No such file");
    expect_problem("./odd", -ENOEXEC, "'/x/ld.so.1'");
}
END_TEST

#define LINKER "/lib64/ld-linux-x86-64.so.2"

START_TEST(the_linker_leads_to_the_program_that_it_runs)
{
    char *const commands[][7] = {
        {LINKER, self, "--help"},
        {LINKER, "--inhibit-cache", self},
        {LINKER, "--argv0", "--list", "--library-path", "/nowhere", self},
        {"./renamed", self},
    };
    ck_assert_int_eq(system("cp " LINKER " renamed"), 0);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        int status = program_find(&program, commands[i], &problem);
        ck_assert_msg(status == 0, "%s", problem);
        ck_assert_str_eq(program.path, commands[i][0]);
        ck_assert_str_eq(program.image, self);
        ck_assert_str_eq(program.libraries[0], self);
        ck_assert_ptr_nonnull(program_library(&program, "libc.so"));
        program_finish(&program);
    }
}
END_TEST

START_TEST(options_of_the_linker_choose_the_libraries)
{
    ck_assert_int_eq(mkdir("own", 0755), 0);
    ck_assert_int_eq(system("cp /lib/x86_64-linux-gnu/libm.so.6 own 2>/dev/null || "
                            "cp /lib64/libm.so.6 own"),
        0);
    char *const command[] = {LINKER, "--library-path", "own", self, NULL};
    ck_assert_int_eq(program_find(&program, command, &problem), 0);
    ck_assert_str_eq(program_library(&program, "libm.so"), "own/libm.so.6");
}
END_TEST

START_TEST(a_linker_that_runs_nothing_is_refused)
{
    const struct {
        char *const command[4];
        int status;
        const char *words;
    } cases[] = {
        {{LINKER}, -ENOEXEC, "its arguments name no program"},
        {{LINKER, "--list", self}, -ENOEXEC, "its arguments name no program"},
        {{LINKER, "--unknown", self}, -ENOEXEC, "its arguments name no program"},
        {{LINKER, "--argv0"}, -ENOEXEC, "its arguments name no program"},
        {{LINKER, "sh"}, -ENOEXEC, "give a path, for example './sh'"},
        {{LINKER, "./nothing"}, -ENOENT, "No such file"},
        {{LINKER, "./text"}, -ENOEXEC, "./text"},
    };
    write_text("text", "#!/bin/sh\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ck_assert_int_eq(program_find(&program, cases[i].command, &problem), cases[i].status);
        ck_assert_msg(strstr(problem, cases[i].words) != NULL, "%s", problem);
        ck_assert_ptr_null(program.path);
        free(problem);
        problem = NULL;
    }
}
END_TEST

START_TEST(rights_that_are_ours_already_do_no_harm)
{
    size_t size;
    char *bytes = read_self(&size);
    write_file("own", bytes, size, 0755);
    free(bytes);
    ck_assert_int_eq(chown("own", getuid(), getgid()), 0);
    ck_assert_int_eq(chmod("own", 06755), 0);
    expect_image("./own", "./own");
}
END_TEST

/* Only root can give a file away. */
START_TEST(set_user_id_programs_are_refused)
{
    size_t size;
    char *bytes = read_self(&size);
    write_file("user", bytes, size, 0755);
    write_file("group", bytes, size, 0755);
    free(bytes);
    ck_assert_int_eq(chown("user", 65534, getgid()), 0);
    ck_assert_int_eq(chmod("user", 04755), 0);
    ck_assert_int_eq(chown("group", getuid(), 65534), 0);
    ck_assert_int_eq(chmod("group", 02755), 0);
    expect_problem("./user", -ENOEXEC, "set-user-ID");
    expect_problem("./group", -ENOEXEC, "set-group-ID");
    write_text("script", "#!./user\n");
    expect_problem("./script", -ENOEXEC, "set-user-ID");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("program");
    TCase *tests = tcase_create("program");
    tcase_add_checked_fixture(tests, make_directory, remove_directory);
    tcase_add_test(tests, a_program_comes_with_its_libraries);
    tcase_add_test(tests, libraries_that_are_preloaded_count);
    tcase_add_test(tests, a_library_by_a_relative_path_counts);
    tcase_add_test(tests, the_path_is_searched_in_its_order);
    tcase_add_test(tests, an_empty_element_of_the_path_is_here);
    tcase_add_test(tests, one_that_may_not_be_executed_is_remembered);
    tcase_add_test(tests, what_is_not_there_is_said);
    tcase_add_test(tests, a_directory_cannot_be_run);
    tcase_add_test(tests, scripts_lead_to_their_interpreter);
    tcase_add_test(tests, env_leads_to_what_it_finds);
    tcase_add_test(tests, a_text_without_interpreter_is_the_shells);
    tcase_add_test(tests, a_missing_interpreter_is_named);
    tcase_add_test(tests, scripts_that_interpret_each_other_end);
    tcase_add_test(tests, bytes_are_no_program);
    tcase_add_test(tests, a_cut_elf_file_is_refused);
    tcase_add_test(tests, static_programs_are_refused);
    tcase_add_test(tests, programs_for_other_machines_are_refused);
    tcase_add_test(tests, other_dynamic_linkers_are_refused);
    tcase_add_test(tests, the_linker_leads_to_the_program_that_it_runs);
    tcase_add_test(tests, options_of_the_linker_choose_the_libraries);
    tcase_add_test(tests, a_linker_that_runs_nothing_is_refused);
    tcase_add_test(tests, rights_that_are_ours_already_do_no_harm);
    if (geteuid() == 0)
        tcase_add_test(tests, set_user_id_programs_are_refused);
    else
        puts("skipped: set_user_id_programs_are_refused (only root can give a file away)");
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
