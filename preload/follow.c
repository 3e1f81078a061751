/*
 * follow.c - whether a program that is executed will be traced as well.
 */
#include "follow.h"

#include <stddef.h>
#include <unistd.h>

#include "hook.h"
#include "kernel.h"
#include "preload.h"
#include "trace_format.h"
#include "forbidden.h"

#define OWN_ENVIRONMENT (-1)
#define NO_EXECUTION    (-2)
#define VARIABLES_MAX   10000

/* Which of the arguments is the environment. Not here: execle, which has it after a list. */
static const struct {
    const char *name;
    int environment;
} functions[] = {
    {"execve", 2},
    {"execvpe", 2},
    {"fexecve", 2},
    {"execveat", 3},
    {"posix_spawn", 5},
    {"posix_spawnp", 5},
    {"execv", OWN_ENVIRONMENT},
    {"execvp", OWN_ENVIRONMENT},
    {"execl", OWN_ENVIRONMENT},
    {"execlp", OWN_ENVIRONMENT},
};

static int environment_of(const char *name)
{
    for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++)
        if (text_equal(name, functions[i].name))
            return functions[i].environment;
    return NO_EXECUTION;
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
        has_library |= preload && holds(&texts, preload, "libscoped-trace.so");
        has_session |= after(&texts, variables[i], TRACE_SESSION_ENV "=") != NULL;
    }
    return has_library && has_session;
}

bool follow_note(const struct hook_call *call, const char *name)
{
    int at = environment_of(name);
    if (at == NO_EXECUTION)
        return false;
    if (kernel_is_forbidden)
        return true;
    char **variables = at == OWN_ENVIRONMENT ? environ : (char **)call->arguments[at];
    if (!preload_can_be_followed() || !has_what_it_needs(variables))
        preload_note_unfollowed();
    return true;
}
