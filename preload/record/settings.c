/*
 * settings.c - what the tool has told this process.
 */
#include "record/settings.h"

#include <stddef.h>
#include <unistd.h>

#include "base/kernel.h"
#include "base/linkmap.h"
#include "base/text.h"
#include "session_names.h"
#include "trace_format.h"
#include "base/forbidden.h"

struct settings settings = {.library = ""};

/* What the dynamic linker has passed to our constructor. That runs before libc's, which sets
 * `environ`. */
static char **variables;

void settings_take_variables(char **from)
{
    variables = from;
}

/* Finds NAME=value in the environment without getenv, which may be a leaf. */
static const char *find_variable(const char *name)
{
    size_t length = text_length(name);
    for (char **entry = variables ? variables : environ; entry && *entry; entry++)
        if (memory_equal(*entry, name, length) && (*entry)[length] == '=')
            return *entry + length + 1;
    return NULL;
}

static bool wants_none(const char *value)
{
    return value && text_equal(value, "none");
}

static void read_root(void)
{
    const char *each = find_variable(SESSION_EACH_ENV), *by = find_variable(SESSION_BY_ENV);
    struct root_settings root = {.limit = text_number(each, ROOT_LIMIT_MAX)};
    while (each && *each >= '0' && *each <= '9')
        each++;
    root.is_innermost = each && *each == SESSION_EACH_INNERMOST;
    if (by && by[0] >= '1' && by[0] <= '6' && by[1] >= '1' && by[1] <= '8') {
        root.argument = (uint8_t)(by[0] - '0');
        root.bytes = (uint8_t)(by[1] - '0');
        root.form = by[2] >= '0' && by[2] <= '3' ? (uint8_t)(by[2] - '0') : TRACE_VALUE_UNKNOWN;
    }
    settings.root = root;
}

void settings_read(void)
{
    const char *value = find_variable(SESSION_ENV);
    size_t length = value ? text_length(value) : 0;
    if (length > 0 && length < sizeof settings.directory && value[0] == '/')
        memory_copy(settings.directory, value, length + 1);
    settings.clock = find_variable(SESSION_CLOCK_ENV);
    settings.wants_objects = !wants_none(find_variable(SESSION_WHAT_ENV));
    read_root();
}

void settings_find_files(void)
{
    const struct link_map *interposer = linkmap_interposer();
    settings.library = linkmap_of((uint64_t)settings_find_files)->l_name;
    settings.interposer = interposer ? interposer->l_name : NULL;
}
