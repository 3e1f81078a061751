/*
 * function_spec.c - what a user writes to name functions, and whether a function matches it.
 *
 * A big library has a hundred thousand mangled names, and demangling one takes microseconds. But
 * mangled names contain identifiers unchanged. So a name that lacks the letters of the longest
 * written identifier need not be demangled.
 */
#include "names/function_spec.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "base/path.h"

static struct name_text text_of(const char *string)
{
    return (struct name_text){string, string + strlen(string)};
}

static size_t length_of(struct name_text text)
{
    return (size_t)(text.end - text.start);
}

size_t function_spec_length(const char *list)
{
    struct name_text rest = text_of(list);
    int nesting = 0;
    while (rest.start < rest.end && (nesting > 0 || *rest.start != ','))
        rest.start = function_name_skip_token(rest, &nesting);
    return (size_t)(rest.start - list);
}

/* Returns the colon after a library's name, or NULL. */
static const char *find_colon(const char *text)
{
    struct name_text rest = text_of(text);
    int nesting = 0;
    while (rest.start < rest.end) {
        size_t colons = strspn(rest.start, ":");
        if (nesting <= 0 && (colons == 1 || colons == 3))
            return rest.start;
        if (colons > 0)
            rest.start += colons;
        else
            rest.start = function_name_skip_token(rest, &nesting);
    }
    return NULL;
}

static bool has_wildcards(struct name_text name)
{
    int nesting = 0;
    while (name.start < name.end) {
        bool is_tag = strncmp(name.start, "[abi:", 5) == 0;
        if (nesting <= 0 && strchr("*?[", *name.start) != NULL && !is_tag)
            return true;
        name.start = function_name_skip_token(name, &nesting);
    }
    return false;
}

static bool is_identifier_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Returns whether demanglers write this word without reading these letters in the mangled name
 * (Itanium ABI, 5.1.5 and 5.1.10; Rust's closures), so that it is useless as a key. */
static bool is_abbreviated(struct name_text word)
{
    static const char expansions[] =
        "std allocator basic_string string char_traits basic_istream istream basic_ostream ostream "
        "basic_iostream iostream operator new delete co_await void bool char signed unsigned short "
        "int long __int128 float double const volatile lambda auto unnamed type anonymous "
        "namespace "
        "closure shim vtable impl for as dyn";
    return memmem(expansions, strlen(expansions), word.start, length_of(word)) != NULL;
}

/* Takes the longest run of letters in the token as key if it is not shorter than the present one:
 * the fewest names share the last part of a name. */
static void improve_key(struct name_text *key, struct name_text token)
{
    while (token.start < token.end) {
        struct name_text word = {token.start, token.start};
        while (word.end < token.end && is_identifier_letter(*word.end))
            word.end++;
        if (length_of(word) >= length_of(*key) && !is_abbreviated(word))
            *key = word;
        token.start = word.end == token.start ? word.end + 1 : word.end;
    }
}

/* Rust's encodings of non-ASCII text keep the order of the ASCII letters in it. */
static struct name_text find_key(struct name_text name)
{
    struct name_text key = {name.start, name.start};
    int nesting = 0;
    while (name.start < name.end && strchr("[\\", *name.start) == NULL) {
        struct name_text token = {name.start, function_name_skip_token(name, &nesting)};
        bool is_operator = strncmp(token.start, "operator", 8) == 0;
        if (nesting <= 0 && !is_operator)
            improve_key(&key, token);
        name.start = token.end;
    }
    return key;
}

static bool is_identifier(const char *name)
{
    while (is_identifier_letter(*name) || *name == '.' || *name == '$' || *name < 0)
        name++;
    return *name == '\0';
}

static int check_halves(const char *written, const char *colon, char **problem)
{
    if (colon == written)
        return message_problem(problem, -EINVAL,
            "'%s' names no function: a library's name must precede the colon", written);
    if (colon != NULL && colon[1] == '\0')
        return message_problem(problem, -EINVAL,
            "'%s' names no function: a function's name must follow the colon", written);
    return 0;
}

static void function_spec_read_name(struct function_spec *spec, const char *name)
{
    const char *parameters;
    spec->is_whole = strncmp(name, "::", 2) == 0;
    spec->name = name + (spec->is_whole ? 2 : 0);
    struct name_text bare = function_name_strip(spec->name, &parameters);
    spec->has_parameters = parameters != NULL;
    spec->is_pattern = has_wildcards(bare);
    spec->is_identifier = is_identifier(spec->name);
    spec->key = find_key(bare);
}

int function_spec_parse(struct function_spec *spec, const char *written, char **problem)
{
    struct function_spec parsed = {.library = NULL};
    size_t size = strlen(written) + 1;
    const char *colon = find_colon(written);
    int error = check_halves(written, colon, problem);
    if (error != 0)
        return error;
    parsed.written = malloc(2 * size);
    if (parsed.written == NULL)
        return -ENOMEM;
    memcpy(parsed.written, written, size);
    char *text = memcpy(parsed.written + size, written, size), *name = text;
    if (colon != NULL) {
        text[colon - written] = '\0';
        parsed.library = text;
        name = text + (colon - written) + 1;
    }
    function_spec_read_name(&parsed, name);
    *spec = parsed;
    return 0;
}

void function_spec_finish(struct function_spec *spec)
{
    free(spec->written);
    *spec = (struct function_spec){.written = NULL};
}

/* "libssl", "libssl.so" and "libssl.so.3" name libssl.so.3.0.1. */
static bool is_file_name(const char *wanted, const char *name)
{
    size_t length = strlen(wanted);
    if (fnmatch(wanted, name, 0) == 0)
        return true;
    if (strncmp(wanted, name, length) != 0)
        return false;
    const char *rest = name + length;
    return strncmp(rest, ".so", 3) == 0 || (*rest == '.' && strstr(wanted, ".so") != NULL);
}

bool function_spec_fits_file(const struct function_spec *spec, const char *path, const char *soname)
{
    if (spec->library == NULL || strcmp(spec->library, path) == 0)
        return true;
    return is_file_name(spec->library, path_base_name(path)) ||
           (soname != NULL && is_file_name(spec->library, soname));
}

/* "_*" must not match the functions of all mangled names. */
static bool is_mangled(const char *name)
{
    return name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
}

bool function_spec_matches_linkage(const struct function_spec *spec, const char *linkage_name)
{
    if (!spec->is_pattern)
        return strcmp(spec->name, linkage_name) == 0;
    if (is_mangled(linkage_name) && !is_mangled(spec->name))
        return false;
    return fnmatch(spec->name, linkage_name, 0) == 0;
}

/* Thunks, tables and the like (_ZT, _ZG) demangle to "... for NAME", but nobody has written these
 * functions. */
bool function_spec_may_match(const struct function_spec *spec, const char *mangled)
{
    if (!is_mangled(mangled) || strncmp(mangled, "_ZT", 3) == 0 || strncmp(mangled, "_ZG", 3) == 0)
        return false;
    return memmem(mangled, strlen(mangled), spec->key.start, length_of(spec->key)) != NULL;
}

static bool function_spec_ends_in(
    const struct function_spec *spec, struct name_text wanted, const char *form)
{
    struct name_text rest = text_of(form);
    struct name_part part, wanted_part;
    size_t wanted_count = function_name_count_parts(wanted);
    size_t count = function_name_count_parts(rest);
    bool must_be_whole = spec->is_whole || (wanted_count == 1 && !spec->is_anywhere);
    if (wanted_count > count || (must_be_whole && wanted_count < count))
        return false;
    for (size_t i = count - wanted_count; i > 0; i--)
        function_name_next_part(&rest, &part);
    while (function_name_next_part(&rest, &part) && function_name_next_part(&wanted, &wanted_part))
        if (!function_name_part_matches(&wanted_part, &part))
            return false;
    return true;
}

static bool matches_name(const struct function_spec *spec, const struct function_name *name)
{
    const char *parameters;
    struct name_text wanted = function_name_strip(spec->name, &parameters);
    if (parameters != NULL &&
        (name->parameters == NULL ||
            !function_name_is_equal(text_of(parameters), text_of(name->parameters))))
        return false;
    for (size_t i = 0; i < name->form_count; i++)
        if (function_spec_ends_in(spec, wanted, name->forms[i]))
            return true;
    return function_spec_ends_in(spec, wanted, name->shown);
}

/* Matches the pattern with the whole text and, if it has a "::", with the text after each "::"
 * there. */
static bool matches_text(const struct function_spec *spec, const char *text)
{
    struct name_text rest = text_of(text);
    struct name_part part;
    bool is_bound = spec->is_whole || strstr(spec->name, "::") == NULL;
    do
        if (fnmatch(spec->name, rest.start, 0) == 0)
            return true;
    while (!is_bound && function_name_next_part(&rest, &part) && rest.start < rest.end);
    return false;
}

static bool pattern_matches_form(
    const struct function_spec *spec, const char *form, const char *parameters)
{
    char *text = NULL;
    if (!spec->has_parameters)
        return matches_text(spec, form);
    if (parameters == NULL)
        return false;
    text = malloc(strlen(form) + strlen(parameters) + 1);
    bool is_match = text && matches_text(spec, strcat(strcpy(text, form), parameters));
    free(text);
    return is_match;
}

/* Tries the name as it is, and without template arguments. */
static bool pattern_matches(
    const struct function_spec *spec, const char *form, const char *parameters)
{
    if (pattern_matches_form(spec, form, parameters))
        return true;
    char *plain = function_name_undecorated(form);
    bool is_match = plain != NULL && pattern_matches_form(spec, plain, parameters);
    free(plain);
    return is_match;
}

static bool pattern_matches_name(const struct function_spec *spec, const struct function_name *name)
{
    for (size_t i = 0; i < name->form_count; i++)
        if (pattern_matches(spec, name->forms[i], name->parameters))
            return true;
    return pattern_matches(spec, name->shown, name->parameters);
}

bool function_spec_matches(
    const struct function_spec *spec, const char *demangled, const struct function_name *name)
{
    if (strcmp(spec->name, demangled) == 0)
        return true;
    return spec->is_pattern ? pattern_matches_name(spec, name) : matches_name(spec, name);
}
