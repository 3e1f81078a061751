/*
 * function_name.c - the parts of a demangled name, or of a name that a user typed.
 */
#include "names/function_name.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool starts_with(struct name_text text, const char *prefix)
{
    size_t length = strlen(prefix);
    return (size_t)(text.end - text.start) >= length && memcmp(text.start, prefix, length) == 0;
}

/* Returns whether the character belongs to an identifier, or to what compilers add to one
 * (foo.isra.0, main::$_0, UTF-8). */
static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c & 0x80) || (c && strchr("_$.#", c));
}

/* Skips the spaces at `text` that do not separate words. `start` is the beginning of the whole
 * text. */
static const char *skip_spaces(const char *start, struct name_text text)
{
    const char *at = text.start;
    while (at < text.end && *at == ' ')
        at++;
    bool follows_word = text.start > start && is_word(text.start[-1]);
    return follows_word && (at == text.end || is_word(*at)) ? text.start : at;
}

bool function_name_is_equal(struct name_text a, struct name_text b)
{
    const char *a_start = a.start, *b_start = b.start;
    while (true) {
        a.start = skip_spaces(a_start, a);
        b.start = skip_spaces(b_start, b);
        if (a.start == a.end || b.start == b.end)
            return a.start == a.end && b.start == b.end;
        if (*a.start++ != *b.start++)
            return false;
    }
}

static const char *skip_group(struct name_text text);

/* Skips an operator's name; `text` follows the word "operator". */
static const char *skip_operator(struct name_text text)
{
    /* Longest first, so that "<<" is not read as "<" and template arguments. */
    static const char *const symbols[] = {"<=>", "<<=", ">>=", "->*", "()", "[]", "<<", ">>",
        "<=", ">=", "->", "==", "!=", "&&", "||", "++", "--",
        "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<", ">", "+", "-", "*", "/", "%", "^", "&",
        "|", "~", "!", "=", ","};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (starts_with(text, symbols[i]))
            return text.start + strlen(symbols[i]);
    /* "operator new[]", "operator std::string", "operator\"\" _s": ends at the parameters, or at
     * the next name of a list. */
    while (text.start < text.end && *text.start != '(' && *text.start != ',')
        text.start = skip_group(text);
    return text.start;
}

const char *function_name_skip_token(struct name_text text, int *nesting)
{
    const char *at = text.start;
    while (at < text.end && is_word(*at))
        at++;
    bool is_operator = (size_t)(at - text.start) == strlen("operator") &&
                       starts_with(text, "operator");
    if (at > text.start)
        return is_operator ? skip_operator((struct name_text){at, text.end}) : at;
    if (starts_with(text, "->"))
        return at + 2;
    *nesting += strchr("(<[{", *at) ? 1 : strchr(")>]}", *at) ? -1 : 0;
    return at + 1;
}

/* Skips a token, or a bracket and everything up to its end. */
static const char *skip_group(struct name_text text)
{
    int nesting = 0;
    do
        text.start = function_name_skip_token(text, &nesting);
    while (nesting > 0 && text.start < text.end);
    return text.start;
}

/* Skips the parameter list at `text` if the name continues after it, as for a lambda or a local
 * class ("run(int) const::{lambda()#1}::operator()"). Returns NULL if it does not continue. */
static const char *skip_outer_parameters(struct name_text text)
{
    static const char *const qualifiers[] = {" const", " volatile", "&", " "};
    text.start = skip_group(text);
    for (size_t i = 0; i < sizeof qualifiers / sizeof *qualifiers; i++)
        while (starts_with(text, qualifiers[i]))
            text.start += strlen(qualifiers[i]);
    return starts_with(text, "::") ? text.start : NULL;
}

struct name_text function_name_strip(const char *name, const char **parameters)
{
    struct name_text all = {name, name + strlen(name)}, rest = all, bare = all;
    *parameters = NULL;
    while (rest.start < rest.end) {
        char c = *rest.start;
        bool begins_part = rest.start == bare.start || rest.start[-1] == ':';
        if (c == '(' && !begins_part) {
            const char *next = skip_outer_parameters(rest);
            if (next == NULL) {
                *parameters = bare.end = rest.start;
                return bare;
            }
            rest.start = next;
            continue;
        }
        rest.start = skip_group(rest);
        /* The text before a space was the return type, except for "operator< <int>", which has a
         * space to keep the two apart. */
        if (c == ' ' && !starts_with(rest, "<"))
            bare.start = rest.start;
    }
    bare.end = all.end;
    return bare;
}

bool function_name_next_part(struct name_text *rest, struct name_part *part)
{
    const char *name_end = NULL;
    struct name_text text = *rest;
    if (text.start >= text.end)
        return false;
    while (text.start < text.end) {
        bool is_turbofish = starts_with(text, "::<"); /* Rust: poll::<T> */
        if (starts_with(text, "::") && !is_turbofish)
            break;
        bool is_decoration = is_turbofish || starts_with(text, " <") || strchr("<[(", *text.start);
        if (is_decoration && text.start > rest->start && name_end == NULL)
            name_end = text.start;
        text.start = is_turbofish ? text.start + 2 : skip_group(text);
    }
    part->whole = (struct name_text){rest->start, text.start};
    part->name_end = name_end ? name_end : text.start;
    rest->start = text.start < text.end ? text.start + 2 : text.end;
    return true;
}

size_t function_name_count_parts(struct name_text name)
{
    struct name_part part;
    size_t count = 0;
    while (function_name_next_part(&name, &part))
        count++;
    return count;
}

bool function_name_part_matches(const struct name_part *wanted, const struct name_part *part)
{
    struct name_text name = {part->whole.start, part->name_end};
    if (function_name_is_equal(wanted->whole, part->whole))
        return true;
    return wanted->name_end == wanted->whole.end && function_name_is_equal(wanted->whole, name);
}

static bool is_text(struct name_text text, const char *other)
{
    return starts_with(text, other) && (size_t)(text.end - text.start) == strlen(other);
}

static char *function_name_append(char *to, struct name_text text)
{
    size_t length = (size_t)(text.end - text.start);
    memcpy(to, text.start, length);
    to[length] = '\0';
    return to + length;
}

/* Removes ABI tags: "read[abi:cxx11]". */
static char *without_tags(struct name_text name)
{
    char *copy = malloc((size_t)(name.end - name.start) + 1), *to = copy;
    if (copy == NULL)
        return NULL;
    while (name.start < name.end) {
        if (starts_with(name, "[abi:"))
            name.start = skip_group(name);
        else
            *to++ = *name.start++;
    }
    *to = '\0';
    return copy;
}

/* Returns whether users do not write this namespace: it has no name, or is an inline one of its
 * library. */
static bool is_unwritten(struct name_text part)
{
    static const char *const names[] = {"(anonymous namespace)", "__cxx11", "__1", "__ndk1", "_V2"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_text(part, names[i]))
            return true;
    return false;
}

/* Joins the parts that users write, each whole or as its plain name. */
static char *join_parts(const char *name, bool is_whole)
{
    struct name_text rest = {name, name + strlen(name)};
    struct name_part part;
    char *joined = malloc(strlen(name) + 1), *to = joined;
    if (joined == NULL)
        return NULL;
    *to = '\0';
    while (function_name_next_part(&rest, &part)) {
        if (is_whole && is_unwritten(part.whole) && rest.start < rest.end)
            continue;
        if (to > joined)
            to = stpcpy(to, "::");
        to = function_name_append(
            to, is_whole ? part.whole : (struct name_text){part.whole.start, part.name_end});
    }
    return joined;
}

char *function_name_undecorated(const char *name)
{
    return join_parts(name, false);
}

static int add_form(struct function_name *name, struct name_text owner, struct name_text rest)
{
    char *form = malloc((size_t)(owner.end - owner.start) + (size_t)(rest.end - rest.start) + 1);
    if (form == NULL)
        return -ENOMEM;
    function_name_append(function_name_append(form, owner), rest);
    name->forms[name->form_count++] = form;
    return 0;
}

/* Rust: adds the forms for "<T as Trait>::f" and "<T>::f", where T may be anything. */
static int add_owners(struct function_name *name, const char *form)
{
    struct name_text rest = {form, form + strlen(form)}, inner = {form + 1, NULL};
    if (!starts_with(rest, "<"))
        return 0;
    rest.start = skip_group(rest);
    if (!starts_with(rest, "::"))
        return 0;
    inner.end = rest.start - 1;
    struct name_text type = inner;
    while (inner.start < inner.end && !starts_with(inner, " as "))
        inner.start = skip_group(inner);
    type.end = inner.start;
    int error = add_form(name, type, rest);
    if (error != 0 || inner.start == inner.end)
        return error;
    inner.start += strlen(" as ");
    return add_form(name, inner, rest);
}

int function_name_read(struct function_name *name, const char *demangled)
{
    struct function_name read = {.form_count = 0};
    struct name_text bare = function_name_strip(demangled, &read.parameters);
    int error = -ENOMEM;
    read.shown = without_tags(bare);
    if (read.shown == NULL)
        goto out;
    read.forms[0] = join_parts(read.shown, true);
    if (read.forms[0] == NULL)
        goto out;
    read.form_count = 1;
    error = add_owners(&read, read.forms[0]);
out:
    if (error == 0)
        *name = read;
    else
        function_name_finish(&read);
    return error;
}

void function_name_finish(struct function_name *name)
{
    free(name->shown);
    for (size_t i = 0; i < name->form_count; i++)
        free(name->forms[i]);
    *name = (struct function_name){.form_count = 0};
}
