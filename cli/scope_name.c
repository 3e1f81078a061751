/*
 * scope_name.c - whether a name that the user typed names a function.
 *
 * Demangled names are read as the demanglers write them: C++ after the Itanium ABI ("int
 * net::Server<int>::accept<char>(int) const"), Rust with paths, turbofish and "<T as Trait>".
 * A name is cut into parts at the "::" outside of brackets; a part is its plain name, then
 * what decorates it: template arguments, ABI tags, or the parameter list of a function within
 * which it is local.
 */
#include "scope.h"

#include <string.h>

struct span {
    const char *start, *end;
};

struct part {
    struct span whole;
    const char *name_end; /* where the decoration begins */
};

static bool starts_with(struct span text, const char *prefix)
{
    size_t length = strlen(prefix);
    return (size_t)(text.end - text.start) >= length && memcmp(text.start, prefix, length) == 0;
}

static bool is_equal(struct span a, struct span b)
{
    size_t length = (size_t)(a.end - a.start);
    return length == (size_t)(b.end - b.start) && memcmp(a.start, b.start, length) == 0;
}

/* Of an identifier, or of what compilers put in one (foo.isra.0, main::$_0, UTF-8). */
static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c & 0x80) || (c && strchr("_$.#", c));
}

/* Past an operator's name, `text` being what follows the word "operator". */
static const char *skip_operator(struct span text)
{
    /* The longest first, so that "<<" isn't taken for "<" and template arguments. */
    static const char *const symbols[] = {"<=>", "<<=", ">>=", "->*", "()", "[]", "<<", ">>",
        "<=", ">=", "->", "==", "!=", "&&", "||", "++", "--",
        "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<", ">", "+", "-", "*", "/", "%", "^", "&",
        "|", "~", "!", "=", ","};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
        if (starts_with(text, symbols[i]))
            return text.start + strlen(symbols[i]);
    /* "operator new[]", "operator std::string", "operator\"\" _s": up to the parameters. */
    const char *parameters = memchr(text.start, '(', (size_t)(text.end - text.start));
    return parameters ? parameters : text.end;
}

/* Past a word, "->", or one character; *nesting follows the brackets. */
static const char *skip_token(struct span text, int *nesting)
{
    const char *at = text.start;
    while (at < text.end && is_word(*at))
        at++;
    bool is_operator = (size_t)(at - text.start) == strlen("operator") &&
                       starts_with(text, "operator");
    if (at > text.start)
        return is_operator ? skip_operator((struct span){at, text.end}) : at;
    if (starts_with(text, "->"))
        return at + 2;
    *nesting += strchr("(<[{", *at) ? 1 : strchr(")>]}", *at) ? -1 : 0;
    return at + 1;
}

/* Past a token, or past a bracket and all that it holds. */
static const char *skip_group(struct span text)
{
    int nesting = 0;
    do
        text.start = skip_token(text, &nesting);
    while (nesting > 0 && text.start < text.end);
    return text.start;
}

/* Past the list of parameters at `text` when the name goes on after it, as that of a lambda
 * or a local class does ("run(int) const::{lambda()#1}::operator()"), else NULL. */
static const char *skip_outer_parameters(struct span text)
{
    static const char *const qualifiers[] = {" const", " volatile", "&", " "};
    text.start = skip_group(text);
    for (size_t i = 0; i < sizeof qualifiers / sizeof *qualifiers; i++)
        while (starts_with(text, qualifiers[i]))
            text.start += strlen(qualifiers[i]);
    return starts_with(text, "::") ? text.start : NULL;
}

/* The name without return type and list of parameters. */
static struct span strip(const char *name, bool *has_parameters)
{
    struct span all = {name, name + strlen(name)}, rest = all, bare = all;
    *has_parameters = false;
    while (rest.start < rest.end) {
        char c = *rest.start;
        bool begins_part = rest.start == bare.start || rest.start[-1] == ':';
        if (c == '(' && !begins_part) {
            const char *next = skip_outer_parameters(rest);
            *has_parameters = next == NULL;
            bare.end = rest.start;
            if (next == NULL)
                return bare;
            rest.start = next;
            continue;
        }
        rest.start = skip_group(rest);
        /* What stood before a space was the return type, but for "operator< <int>", which is
         * written so to keep the two apart. */
        if (c == ' ' && !starts_with(rest, "<"))
            bare.start = rest.start;
    }
    bare.end = all.end;
    return bare;
}

/* Takes the first part off `rest`. */
static bool next_part(struct span *rest, struct part *part)
{
    const char *name_end = NULL;
    struct span text = *rest;
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
    part->whole = (struct span){rest->start, text.start};
    part->name_end = name_end ? name_end : text.start;
    rest->start = text.start < text.end ? text.start + 2 : text.end;
    return true;
}

static size_t count_parts(struct span name)
{
    struct part part;
    size_t count = 0;
    while (next_part(&name, &part))
        count++;
    return count;
}

static bool part_matches(const struct part *wanted, const struct part *part)
{
    struct span name = {part->whole.start, part->name_end};
    if (is_equal(wanted->whole, part->whole))
        return true;
    return wanted->name_end == wanted->whole.end && is_equal(wanted->whole, name);
}

bool scope_name_matches(const char *wanted, const char *function, const char *linkage_name)
{
    if (linkage_name && strcmp(wanted, linkage_name) == 0)
        return true;
    if (function == NULL)
        return false;
    if (strcmp(wanted, function) == 0)
        return true;

    bool wants_parameters, has_parameters;
    struct span wanted_name = strip(wanted, &wants_parameters);
    struct span name = strip(function, &has_parameters);
    size_t wanted_count = count_parts(wanted_name), count = count_parts(name);
    if (wants_parameters || wanted_count == 0 || wanted_count > count)
        return false;

    struct part part, wanted_part;
    for (size_t i = count - wanted_count; i > 0; i--)
        next_part(&name, &part);
    while (next_part(&name, &part) && next_part(&wanted_name, &wanted_part))
        if (!part_matches(&wanted_part, &part))
            return false;
    return true;
}
