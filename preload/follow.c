/*
 * follow.c - whether a program that is executed will be traced as well.
 */
#include "follow.h"

#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "hook.h"
#include "kernel.h"
#include "library_name.h"
#include "preload.h"
#include "trace_format.h"
#include "forbidden.h"

#define OWN_ENVIRONMENT (-1)
#define NO_PATH         (-1)
#define VARIABLES_MAX   10000

/* Which of the arguments are the environment and the path of the file, where it is one. Not here:
 * execle, which has its environment after a list. */
static const struct function {
    const char *name;
    int environment, path;
} functions[] = {
    {"execve", 2, 0},
    {"execvpe", 2, NO_PATH},
    {"fexecve", 2, NO_PATH},
    {"execveat", 3, NO_PATH},
    {"posix_spawn", 5, 1},
    {"posix_spawnp", 5, NO_PATH},
    {"execv", OWN_ENVIRONMENT, 0},
    {"execvp", OWN_ENVIRONMENT, NO_PATH},
    {"execl", OWN_ENVIRONMENT, 0},
    {"execlp", OWN_ENVIRONMENT, NO_PATH},
};

static const struct function *find_function(const char *name)
{
    for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++)
        if (text_equal(name, functions[i].name))
            return &functions[i];
    return NULL;
}

/* The page that is known to be readable. What a program passes may be anything. */
struct reader {
    uint64_t page;
};

static bool can_read(struct reader *reader, const void *memory)
{
    uint64_t address = (uint64_t)memory, page = address / KERNEL_PAGE;
    if (page == reader->page)
        return true;
    if (!kernel_is_readable(address & ~UINT64_C(7)))
        return false;
    reader->page = page;
    return true;
}

/* What follows `prefix` in the text, or NULL. */
static const char *after(struct reader *reader, const char *text, const char *prefix)
{
    for (; *prefix; text++, prefix++)
        if (!can_read(reader, text) || *text != *prefix)
            return NULL;
    return text;
}

static bool holds(struct reader *reader, const char *text, const char *part)
{
    for (; can_read(reader, text) && *text; text++)
        if (after(reader, text, part))
            return true;
    return false;
}

static bool has_what_it_needs(char **variables)
{
    struct reader array = {0}, texts = {0};
    bool has_library = false, has_session = false;
    for (unsigned i = 0; variables && i < VARIABLES_MAX; i++) {
        if ((uint64_t)&variables[i] % 8 != 0 || !can_read(&array, &variables[i]) || !variables[i])
            break;
        const char *preload = after(&texts, variables[i], "LD_PRELOAD=");
        has_library |= preload && holds(&texts, preload, LIBRARY_NAME);
        has_session |= after(&texts, variables[i], TRACE_SESSION_ENV "=") != NULL;
    }
    return has_library && has_session;
}

/* Whether the file has rights of its own (execve(2)), so that the dynamic linker preloads nothing
 * (ld.so(8), secure-execution mode). The kernel reads the path, whatever it is. */
static bool has_rights_of_its_own(const char *path)
{
    struct stat status;
    if (KERNEL_CALL2(SYS_stat, path, &status) != 0)
        return false;
    uid_t user = (uid_t)KERNEL_CALL0(SYS_getuid);
    bool is_user = status.st_mode & S_ISUID && status.st_uid != user;
    bool is_group = (status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP) &&
                    status.st_gid != (gid_t)KERNEL_CALL0(SYS_getgid);
    bool has_capabilities = user != 0 &&
                            KERNEL_CALL4(SYS_getxattr, path, "security.capability", NULL, 0) > 0;
    return (is_user || is_group || has_capabilities) &&
           KERNEL_CALL6(SYS_prctl, PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0, 0) == 0;
}

bool follow_note(const struct hook_call *call, const char *name)
{
    const struct function *function = find_function(name);
    if (function == NULL)
        return false;
    if (kernel_is_forbidden)
        return true;
    char **variables = environ;
    if (function->environment != OWN_ENVIRONMENT)
        variables = (char **)call->arguments[function->environment];
    if (!preload_can_be_followed() || !has_what_it_needs(variables) ||
        (function->path != NO_PATH &&
            has_rights_of_its_own((const char *)call->arguments[function->path])))
        preload_note_unfollowed();
    return true;
}
