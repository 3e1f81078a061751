/*
 * program.c - finds the program to run, and reports before the run if it cannot be traced.
 */
#include "program/program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "arch/machine.h"
#include "base/message.h"
#include "base/path.h"
#include "program/libraries.h"
#include "program/linker_command.h"

#define CANNOT_RUN (-ENOEXEC)
#define NOT_FOUND  (-ENOENT)

/* How many bytes the kernel reads of a file to find its interpreter (BINPRM_BUF_SIZE). */
#define HEAD_SIZE 256
/* How often it repeats that with the interpreter (exec_binprm in fs/exec.c). */
#define SCRIPT_DEPTH_MAX 5
#define SHELL            "/bin/sh" /* execvp(3) runs it for a text without "#!" */

/* Replaces a string, which may be NULL, by a copy of `by`. */
static int replace(char **string, const char *by)
{
    char *copy = strdup(by);
    if (copy == NULL)
        return -ENOMEM;
    free(*string);
    *string = copy;
    return 0;
}

static int check_executable(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return -errno;
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    if (!S_ISREG(status.st_mode) || faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) != 0)
        return -EACCES;
    return 0;
}

/* Sets *path to the first executable `name` in $PATH. As with execvp(3), a file that may not be
 * executed does not end the search, but is remembered for the message. */
static int search(const char *name, char **path)
{
    const char *directories = getenv("PATH");
    int result = -ENOENT;
    if (directories == NULL)
        directories = "/bin:/usr/bin"; /* execvp(3): the default path */
    for (const char *at = directories, *end;; at = end + 1) {
        char *candidate = NULL;
        end = strchrnul(at, ':');
        int length = (int)(end - at);
        /* An empty element is the current directory. */
        if (asprintf(&candidate, "%.*s/%s", length ? length : 1, length ? at : ".", name) < 0)
            return -ENOMEM;
        int error = check_executable(candidate);
        if (error == 0) {
            *path = candidate;
            return 0;
        }
        if (error == -EACCES)
            result = error;
        free(candidate);
        if (*end == '\0')
            return result;
    }
}

static int program_locate(const char *name, char **path)
{
    if (*name == '\0')
        return -ENOENT;
    if (strchr(name, '/') == NULL)
        return search(name, path);
    int error = check_executable(name);
    return error != 0 ? error : replace(path, name);
}

static int cannot_locate(int error, const char *name, char **problem)
{
    if (error == -EACCES)
        return message_problem(problem, CANNOT_RUN,
            "cannot run '%s': it is not executable (chmod +x makes it so)", name);
    if (error == -EISDIR)
        return message_problem(problem, CANNOT_RUN, "cannot run '%s': it is a directory", name);
    if (error == -ENOENT && strchr(name, '/') == NULL)
        return message_problem(
            problem, NOT_FOUND, "cannot find '%s' in the directories of $PATH", name);
    return message_problem(problem, error == -ENOENT || error == -ENOTDIR ? NOT_FOUND : CANNOT_RUN,
        "cannot run '%s': %s", name, strerror(-error));
}

/* The first line of a script, split as Linux does (fs/binfmt_script.c). */
struct script {
    char head[HEAD_SIZE + 1]; /* room for a NUL */
    char *interpreter;
    char *argument; /* the whole rest, or NULL */
};

/* Returns the number of bytes read, or -errno. */
static ssize_t program_read_head(const char *path, char head[HEAD_SIZE])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t size = pread(fd, head, HEAD_SIZE, 0);
    if (size < 0)
        size = -errno;
    close(fd);
    return size;
}

/* The shell runs a text that names no interpreter, as execvp(3) does. */
static void cut_script(struct script *script)
{
    char *line = script->head + 2;
    line[strcspn(line, "\n")] = '\0';
    line += strspn(line, " \t");
    if (strncmp(script->head, "#!", 2) != 0 || *line == '\0')
        line = strcpy(script->head, SHELL);
    for (size_t end = strlen(line); end > 0 && strchr(" \t", line[end - 1]); end--)
        line[end - 1] = '\0';
    size_t length = strcspn(line, " \t");
    char *rest = line + length + strspn(line + length, " \t");
    script->interpreter = line;
    script->argument = *rest ? rest : NULL;
    line[length] = '\0';
}

/* Returns the name of the program that "env NAME" or "env -S NAME ..." will start, or NULL. */
static const char *env_target(const struct script *script)
{
    if (script->argument == NULL || strcmp(path_base_name(script->interpreter), "env") != 0)
        return NULL;
    char *name = script->argument;
    if (strncmp(name, "-S", 2) == 0)
        name += 2 + strspn(name + 2, " \t");
    name[strcspn(name, " \t")] = '\0';
    return *name == '\0' || *name == '-' || strchr(name, '=') ? NULL : name;
}

/* Replaces *image, a script, by its interpreter. */
static int follow_script(char **image, struct script *script, char **problem)
{
    int error = check_executable(script->interpreter);
    if (error != 0)
        return message_problem(problem, CANNOT_RUN, "cannot run '%s': its interpreter '%s': %s",
            *image, script->interpreter, strerror(-error));
    const char *target = env_target(script);
    char *found = NULL;
    if (target != NULL && program_locate(target, &found) == 0) {
        free(*image);
        *image = found;
        return 0;
    }
    return replace(image, script->interpreter) == 0 ? 0 : CANNOT_RUN;
}

/* Follows scripts from the executed file to the ELF file that will run. */
static int find_image(const char *path, char **image, char **problem)
{
    if (replace(image, path) != 0)
        return CANNOT_RUN;
    for (int depth = 0; depth <= SCRIPT_DEPTH_MAX; depth++) {
        struct script script = {.interpreter = NULL};
        ssize_t size = program_read_head(*image, script.head);
        if (size < 0)
            return message_problem(problem, CANNOT_RUN, "cannot trace '%s': cannot read it: %s",
                *image, strerror((int)-size));
        if (size >= SELFMAG && memcmp(script.head, ELFMAG, SELFMAG) == 0)
            return 0;
        if (strncmp(script.head, "#!", 2) != 0 && memchr(script.head, '\0', (size_t)size) != NULL)
            return message_problem(
                problem, CANNOT_RUN, "cannot run '%s': it is not an ELF program", *image);
        cut_script(&script);
        int error = follow_script(image, &script, problem);
        if (error != 0)
            return error;
    }
    return message_problem(
        problem, CANNOT_RUN, "cannot run '%s': too many scripts interpret each other", path);
}

/* What the image's headers say; `interpreter` is "" if there is none. */
struct elf_facts {
    int class, machine, type;
    bool is_dynamic; /* it has something for a dynamic linker to do */
    char interpreter[256];
};

static int read_interpreter(int fd, const Elf64_Phdr *header, struct elf_facts *facts)
{
    size_t size = header->p_filesz;
    if (size == 0 || size >= sizeof facts->interpreter ||
        pread(fd, facts->interpreter, size, (off_t)header->p_offset) != (ssize_t)size)
        return -ENOEXEC;
    facts->interpreter[size] = '\0';
    return 0;
}

static int read_segments(int fd, const Elf64_Ehdr *elf, struct elf_facts *facts)
{
    for (size_t i = 0; i < elf->e_phnum; i++) {
        Elf64_Phdr header;
        off_t at = (off_t)(elf->e_phoff + i * sizeof header);
        if (pread(fd, &header, sizeof header, at) != sizeof header)
            return -ENOEXEC;
        facts->is_dynamic |= header.p_type == PT_DYNAMIC;
        int error = header.p_type == PT_INTERP ? read_interpreter(fd, &header, facts) : 0;
        if (error != 0)
            return error;
    }
    return 0;
}

/* Does not use libelf, which maps the file: unmapping it takes ten times as long as reading what is
 * needed. Files for other processors are refused after their first fields. */
static int read_open_elf(int fd, struct elf_facts *facts)
{
    Elf64_Ehdr header;
    if (pread(fd, &header, sizeof header, 0) < (ssize_t)sizeof(Elf32_Ehdr) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return -ENOEXEC;
    facts->class = header.e_ident[EI_CLASS];
    facts->machine = header.e_ident[EI_DATA] == ELFDATA2LSB ? header.e_machine : EM_NONE;
    facts->type = header.e_type;
    if (facts->class != ELFCLASS64 || facts->machine != ARCH_MACHINE || header.e_phnum == 0)
        return 0;
    if (header.e_phentsize != sizeof(Elf64_Phdr))
        return -ENOEXEC;
    return read_segments(fd, &header, facts);
}

static int read_elf(const char *path, struct elf_facts *facts)
{
    *facts = (struct elf_facts){.class = ELFCLASSNONE};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int error = read_open_elf(fd, facts);
    close(fd);
    return error;
}

static int is_static(const char *name, char **problem)
{
    return message_problem(problem, CANNOT_RUN,
        "cannot trace '%s': it is statically linked, so there is no dynamic linker that could "
        "preload a library; link it dynamically",
        name);
}

/* Checks that it is a program for this processor that glibc's dynamic linker could load. */
static int check_kind(
    const char *image, const char *name, const struct elf_facts *facts, char **problem)
{
    if (facts->class != ELFCLASS64 || facts->machine != ARCH_MACHINE)
        return message_problem(problem, CANNOT_RUN,
            "cannot trace '%s': %s, and only " ARCH_NAME " programs can be traced", name,
            facts->machine == ARCH_MACHINE_32_BIT ? "it is a 32-bit program"
                                                  : "it is not for this processor");
    if (facts->type != ET_EXEC && facts->type != ET_DYN)
        return message_problem(
            problem, CANNOT_RUN, "cannot run '%s': '%s' is not a program", name, image);
    if (!facts->is_dynamic)
        return is_static(name, problem);
    if (strncmp(path_base_name(facts->interpreter), "ld-musl", 7) == 0)
        return message_problem(problem, CANNOT_RUN,
            "cannot trace '%s': it is linked with musl, and only programs of glibc can be traced",
            name);
    return 0;
}

static int check_elf(
    const char *image, const char *name, const struct elf_facts *facts, char **problem)
{
    const char *linker = path_base_name(facts->interpreter);
    int status = check_kind(image, name, facts, problem);
    if (status != 0)
        return status;
    if (*linker == '\0')
        return is_static(name, problem);
    if (strcmp(linker, ARCH_LINKER_NAME) != 0)
        return message_problem(problem, CANNOT_RUN,
            "cannot trace '%s': its dynamic linker '%s' is not that of glibc for " ARCH_NAME, name,
            facts->interpreter);
    if (access(facts->interpreter, X_OK) != 0)
        return message_problem(problem, CANNOT_RUN, "cannot run '%s': its dynamic linker '%s': %s",
            name, facts->interpreter, strerror(errno));
    return 0;
}

/* Checks that running the image does not make AT_SECURE true, with which LD_PRELOAD is ignored
 * (ld.so(8)): the file's mode or capabilities would give this user new rights
 * (cap_bprm_creds_from_file in security/commoncap.c). */
static int check_rights(const char *image, const char *name, char **problem)
{
    struct stat status;
    if (stat(image, &status) != 0)
        return message_problem(problem, CANNOT_RUN, "cannot run '%s': %s", name, strerror(errno));
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return 0;
    if ((status.st_mode & S_ISUID) && status.st_uid != getuid())
        return message_problem(problem, CANNOT_RUN,
            "cannot trace '%s': set-user-ID programs ignore LD_PRELOAD; trace it as its owner "
            "(uid %u), or a copy without that bit",
            name, (unsigned)status.st_uid);
    if ((status.st_mode & S_ISGID) && (status.st_mode & S_IXGRP) && status.st_gid != getgid())
        return message_problem(problem, CANNOT_RUN,
            "cannot trace '%s': set-group-ID programs ignore LD_PRELOAD; trace it with its "
            "group (gid %u), or a copy without that bit",
            name, (unsigned)status.st_gid);
    if (getuid() != 0 && getxattr(image, "security.capability", NULL, 0) > 0)
        return message_problem(problem, CANNOT_RUN,
            "cannot trace '%s': programs with file capabilities ignore LD_PRELOAD; trace it as "
            "root, or a copy without them",
            name);
    return 0;
}

static int take_libraries(struct program *program, const char *name, int error,
    const struct libraries *libraries, char **problem)
{
    if (error != 0)
        return message_problem(problem, CANNOT_RUN,
            "cannot trace '%s': cannot list its libraries: %s", name, strerror(-error));
    program->libraries = libraries->paths;
    program->library_count = libraries->count;
    return 0;
}

static int read_program(
    const struct program *program, const char *name, struct elf_facts *facts, char **problem)
{
    int error = read_elf(program->image, facts);
    return error == 0 ? 0
                      : message_problem(problem, CANNOT_RUN, "cannot run '%s': '%s': %s", name,
                            program->image, strerror(-error));
}

/* Examines the program whose libraries the command lists. Only the rights of the dynamic linker
 * matter, because the kernel executes that, and no interpreter that the program names. */
static int examine_listed(
    struct program *program, const char *name, char *const command[], char **problem)
{
    struct elf_facts facts;
    struct libraries libraries = {.paths = NULL};
    int status = read_program(program, name, &facts, problem);
    if (status == 0)
        status = check_kind(program->image, name, &facts, problem);
    if (status == 0)
        status = check_rights(program->path, program->path, problem);
    if (status != 0)
        return status;
    int error = libraries_ask_by(&libraries, program->image, command);
    return take_libraries(program, name, error, &libraries, problem);
}

/* The dynamic linker is executed as a command. */
static int examine_run_by_linker(struct program *program, char *const argv[], char **problem)
{
    size_t at = linker_command_program(argv);
    const char *name = argv[at];
    if (at == 0)
        return message_problem(problem, CANNOT_RUN,
            "cannot trace '%s': it is the dynamic linker, and its arguments name no program to "
            "run, or have an unknown option",
            argv[0]);
    if (strchr(name, '/') == NULL)
        return message_problem(problem, CANNOT_RUN,
            "cannot trace '%s': the dynamic linker looks for this name among the libraries; give "
            "a path, for example './%s'",
            name, name);
    if (access(name, R_OK) != 0)
        return cannot_locate(-errno, name, problem);
    char **command = linker_command_list(argv, at, program->path);
    int status = CANNOT_RUN;
    if (command && replace(&program->image, name) == 0)
        status = examine_listed(program, name, command, problem);
    free(command);
    return status;
}

static bool is_linker(const struct program *program, const struct elf_facts *facts)
{
    return facts->interpreter[0] == '\0' && strcmp(program->image, program->path) == 0 &&
           linker_command_is_linker(program->image);
}

static int program_examine(struct program *program, char *const argv[], char **problem)
{
    struct elf_facts facts;
    struct libraries libraries = {.paths = NULL};
    const char *name = argv[0];
    int status = find_image(program->path, &program->image, problem);
    if (status == 0)
        status = read_program(program, name, &facts, problem);
    if (status != 0)
        return status;
    if (is_linker(program, &facts))
        return examine_run_by_linker(program, argv, problem);
    status = check_elf(program->image, name, &facts, problem);
    if (status == 0)
        status = check_rights(program->image, name, problem);
    if (status != 0)
        return status;
    int error = libraries_find(&libraries, program->image, facts.interpreter);
    return take_libraries(program, name, error, &libraries, problem);
}

int program_find(struct program *program, char *const argv[], char **problem)
{
    struct program found = {.path = NULL};
    int error = program_locate(argv[0], &found.path);
    if (error != 0)
        return cannot_locate(error, argv[0], problem);
    *problem = NULL;
    int status = program_examine(&found, argv, problem);
    if (status != 0) {
        program_finish(&found);
        return status;
    }
    *program = found;
    return 0;
}

const char *program_library(const struct program *program, const char *prefix)
{
    for (size_t i = 0; i < program->library_count; i++) {
        const char *path = program->libraries[i];
        if (strncmp(path_base_name(path), prefix, strlen(prefix)) == 0)
            return path;
    }
    return NULL;
}

void program_finish(struct program *program)
{
    struct libraries libraries = {.paths = program->libraries, .count = program->library_count};
    libraries_finish(&libraries);
    free(program->image);
    free(program->path);
    *program = (struct program){.path = NULL};
}
