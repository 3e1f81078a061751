/*
 * short_name.c - a demangled name as people say it.
 *
 * Each function reads what begins with one kind of character, and writes what is left of it.
 */
#include "names/short_name.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "names/brackets.h"
#include "names/shortening.h"
#include "names/standard_name.h"

#define CLONES_MAX 8 /* suffixes of one name; more are not understood */

/* Where reading goes on after the parts that end names. */

static size_t skip_qualifiers(const struct shortening *s, size_t at)
{
    static const char *const qualifiers[] = {
        " const", " volatile", " restrict", " noexcept", " &", "&"};
    for (size_t i = 0; i < sizeof qualifiers / sizeof *qualifiers; i++) {
        if (!shortening_follows(s, at, qualifiers[i]))
            continue;
        at += strlen(qualifiers[i]);
        i = SIZE_MAX; /* from the first one again */
    }
    return at;
}

/* Skips " [clone .isra.0]" and LLVM's " (.isra.0)". */
static size_t skip_clones(const struct shortening *s, size_t at)
{
    for (int i = 0; i < CLONES_MAX &&
                    (shortening_follows(s, at, " [clone ") || shortening_follows(s, at, " (."));
         i++)
        at = s->partner[at + 1] + 1;
    return at;
}

static bool is_end(const struct shortening *s, size_t at)
{
    return shortening_follows(s, at, " requires ") || skip_clones(s, at) == s->length;
}

/* Words. */

static size_t short_name_word_end(const struct shortening *s, size_t at)
{
    while (at < s->length && brackets_is_word(s->name[at]))
        at++;
    return at;
}

/* Returns the number that the text has from `at` to `end`, or -1. */
static long short_name_number_at(const struct shortening *s, size_t at, size_t end)
{
    long number = 0;
    if (at >= end || end - at > 9)
        return -1;
    for (; at < end; at++) {
        if (s->name[at] < '0' || s->name[at] > '9')
            return -1;
        number = number * 10 + (s->name[at] - '0');
    }
    return number;
}

static void put_lambda(struct shortening *s, long number)
{
    s->used += (size_t)sprintf(s->out + s->used, "{lambda#%ld}", number);
}

/* "::h0123456789abcdef" at the end of a legacy name of Rust. */
static bool is_hash(const struct shortening *s, size_t end)
{
    struct piece word = {s->name + s->at, end - s->at};
    return shortening_is_outermost(s) && word.length == 17 && *word.text == 'h' &&
           strspn(word.text + 1, "0123456789abcdef") >= 16 && shortening_ends_with(s, "::") &&
           is_end(s, end);
}

/* Returns whether the word is the constructor or destructor of the alias that precedes it. */
static bool follows_alias(const struct shortening *s)
{
    size_t between = s->used - s->alias_end;
    return s->alias_end > 0 && shortening_follows(s, s->at, "basic_") &&
           ((between == 2 && shortening_ends_with(s, "::")) ||
               (between == 3 && shortening_ends_with(s, "::~")));
}

/* Writes "string" for the "basic_string" of "std::string::basic_string". */
static void put_alias(struct shortening *s, size_t end)
{
    size_t start = s->alias_end;
    while (s->out[start - 1] != ':')
        start--;
    size_t length = s->alias_end - start;
    memmove(s->out + s->used, s->out + start, length);
    s->used += length;
    s->at = end;
}

/* "decltype (x)", "sizeof...(T)": what is in the brackets is no parameter list. */
static bool takes_expression(struct piece word)
{
    return piece_is(word, "decltype") || piece_is(word, "noexcept") || piece_is(word, "sizeof") ||
           piece_is(word, "sizeof...") || piece_is(word, "alignof");
}

static int read_word(struct shortening *s)
{
    size_t end = short_name_word_end(s, s->at);
    struct piece word = {s->name + s->at, end - s->at};
    long number = shortening_follows(s, s->at, "$_") ? short_name_number_at(s, s->at + 2, end) : -1;
    if (s->partner[s->at] != 0) {
        s->is_operator = s->is_operator || shortening_is_outermost(s);
        shortening_copy_to(s, s->partner[s->at]);
    } else if (shortening_ends_with(s, "::") && standard_name_is_inline(word) &&
               shortening_follows(s, end, "::")) {
        s->at = end + strlen("::");
    } else if (number >= 0) {
        put_lambda(s, number + 1);
        s->at = end;
    } else if (is_hash(s, end)) {
        s->used -= strlen("::");
        s->at = end;
    } else if (follows_alias(s)) {
        put_alias(s, end);
    } else {
        shortening_copy_to(s, end);
    }
    if (!takes_expression(word))
        return 0;
    shortening_copy_to(s, s->at + shortening_follows(s, s->at, " ("));
    return shortening_follows(s, s->at, "(") ? shortening_open_frame(s) : 0;
}

/* Parentheses. */

/* "void (*f(int))(char)": the name is in the brackets. */
static int enter_declarator(struct shortening *s)
{
    size_t open = s->at, close = s->partner[open], at = close + 1;
    at += shortening_follows(s, at, " [");
    while (at < s->length && strchr("([", s->name[at]))
        at = s->partner[at] + 1;
    if (at == close + 1 || !is_end(s, skip_qualifiers(s, at)))
        return -EINVAL;
    s->used = shortening_top(s)->argument;
    shortening_begin_argument(s);
    s->at = open + 1 + strspn(s->name + open + 1, "*& ");
    s->length = close;
    return 0;
}

/* Reads the parameter list at s->at; the name goes on at `after`. */
static int read_parameters(struct shortening *s, size_t after)
{
    shortening_drop_return_type(s);
    if (!s->has_parameters) {
        s->at = after;
        return 0;
    }
    int error = shortening_open_frame(s);
    if (error == 0)
        shortening_top(s)->resume = after;
    return error;
}

static bool follows_name(const struct shortening *s)
{
    char before = s->at > 0 ? s->name[s->at - 1] : '\0';
    return brackets_is_word(before) || (before && strchr(">)]}'", before));
}

static int read_parenthesis(struct shortening *s)
{
    size_t close = s->partner[s->at];
    size_t after = skip_qualifiers(s, close + 1);
    if (shortening_follows(s, s->at, "(anonymous") && !follows_name(s)) {
        shortening_copy_to(s, close + 1);
        return 0;
    }
    bool is_name = follows_name(s) || (shortening_is_outermost(s) && s->is_operator);
    if (is_name && shortening_follows(s, after, "::"))
        return read_parameters(s, after);
    if (!shortening_is_outermost(s))
        return shortening_open_frame(s);
    if (s->is_operator && shortening_follows(s, close + 1, "("))
        return shortening_open_frame(s); /* "operator void (*)(int)()" */
    if (is_name && is_end(s, after))
        return read_parameters(s, after);
    if (shortening_follows(s, s->at, "(*") || shortening_follows(s, s->at, "(&"))
        return enter_declarator(s);
    return -EINVAL;
}

/* Braces. */

/* "{lambda(int)#1}" */
static bool read_lambda(struct shortening *s)
{
    size_t close = s->partner[s->at], digits = close;
    if (!shortening_follows(s, s->at, "{lambda") || s->has_parameters)
        return false;
    while (s->name[digits - 1] >= '0' && s->name[digits - 1] <= '9')
        digits--;
    long number = short_name_number_at(s, digits, close);
    if (number < 0 || s->name[digits - 1] != '#')
        return false;
    put_lambda(s, number);
    s->at = close + 1;
    return true;
}

/* Writes "{closure}" for "{{closure}}", and in the briefest form for "{closure#0}". */
static bool read_closure(struct shortening *s)
{
    size_t close = s->partner[s->at], end;
    if (shortening_follows(s, s->at, "{{") && s->partner[s->at + 1] + 1 == close) {
        s->at++;
        shortening_copy_to(s, close);
        s->at++;
        return true;
    }
    if (s->has_parameters ||
        !(shortening_follows(s, s->at, "{closure#") || shortening_follows(s, s->at, "{shim:")))
        return false;
    for (end = s->at; end < close && s->name[end] != '#'; end++)
        ;
    shortening_copy_to(s, end);
    shortening_put_text(s, "}");
    s->at = close + 1;
    return true;
}

static int read_brace(struct shortening *s)
{
    return read_lambda(s) || read_closure(s) ? 0 : shortening_open_frame(s);
}

/* Other characters. */

/* LLVM's 'lambda'(int), which is the first one, and 'lambda0'(int). */
static void read_quote(struct shortening *s)
{
    static const char word[] = "'lambda";
    size_t digits = s->at + sizeof word - 1, end = short_name_word_end(s, digits);
    long number = end == digits ? -1 : short_name_number_at(s, digits, end);
    bool is_lambda = shortening_follows(s, s->at, word) && shortening_follows(s, end, "'");
    if (!is_lambda || (end > digits && number < 0) || s->has_parameters) {
        shortening_copy_to(s, s->at + 1);
        shortening_top(s)->path = s->used;
        return;
    }
    put_lambda(s, number + 2);
    s->at = end + 1;
    while (s->at < s->length && strchr("<(", s->name[s->at]) && s->partner[s->at] != 0)
        s->at = s->partner[s->at] + 1;
    s->at = shortening_follows(s, skip_qualifiers(s, s->at), "::") ? skip_qualifiers(s, s->at)
                                                                   : s->at;
}

static int read_angle(struct shortening *s)
{
    size_t close = s->partner[s->at];
    if (close != 0 && shortening_follows(s, s->at, "<lambda(") && !s->has_parameters) {
        shortening_put_text(s, "{lambda}"); /* as gcc names it in debug information */
        s->at = close + 1;
        return 0;
    }
    if (close != 0)
        return shortening_open_arguments(s);
    shortening_copy_to(s, s->at + 1);
    return 0;
}

static int read_square(struct shortening *s)
{
    if (!shortening_follows(s, s->at, "[abi:"))
        return shortening_open_frame(s);
    s->at = s->partner[s->at] + 1;
    return 0;
}

static void read_comma(struct shortening *s)
{
    size_t end = s->at + 1;
    if (shortening_top(s)->bracket == '<')
        shortening_end_argument(s);
    end += strspn(s->name + end, " ");
    shortening_copy_to(s, end);
    shortening_begin_argument(s);
    shortening_top(s)->argument_read = end;
}

/* "non-virtual thunk to f()", "guard variable for f()::x" */
static bool ends_prefix(const struct shortening *s)
{
    return shortening_is_outermost(s) &&
           (shortening_ends_with(s, " to ") || shortening_ends_with(s, " for "));
}

static void read_space(struct shortening *s)
{
    struct frame *frame = shortening_top(s);
    if (shortening_is_outermost(s) && is_end(s, s->at)) {
        s->at = s->length;
        return;
    }
    if (frame->bracket == '<' && s->at + 1 == frame->close) { /* "> >" */
        s->at++;
        return;
    }
    shortening_copy_to(s, s->at + 1);
    frame->path = s->used;
    bool is_part_of_name = (shortening_is_outermost(s) && s->is_operator) ||
                           shortening_follows(s, s->at, "<");
    if (ends_prefix(s))
        shortening_begin_argument(s);
    else if (!is_part_of_name)
        frame->space = s->used;
}

static void read_colon(struct shortening *s)
{
    struct frame *frame = shortening_top(s);
    if (!shortening_follows(s, s->at, "::")) {
        shortening_copy_to(s, s->at + 1);
        return;
    }
    shortening_copy_to(s, s->at + 2);
    if (frame->is_reduced && !shortening_follows(s, s->at, "<") &&
        !shortening_follows(s, s->at, "{"))
        s->used = frame->path;
}

static int read_next(struct shortening *s)
{
    char c = s->name[s->at];
    if (!shortening_is_outermost(s) && s->at == shortening_top(s)->close) {
        shortening_close_frame(s);
        return 0;
    }
    if (brackets_is_word(c))
        return read_word(s);
    switch (c) {
    case '(': return read_parenthesis(s);
    case '<': return read_angle(s);
    case '{': return read_brace(s);
    case '[': return read_square(s);
    case '\'': read_quote(s); return 0;
    case ',': read_comma(s); return 0;
    case ' ': read_space(s); return 0;
    case ':': read_colon(s); return 0;
    }
    shortening_copy_to(s, s->at + 1);
    if (c != '~')
        shortening_top(s)->path = s->used;
    return 0;
}

/* Rust and C++ differ in what they have in brackets, and only Rust's paths are not needed there. */
static bool is_rust(const char *name)
{
    static const char *const signs[] = {
        " as ", "::{{", "{closure#", "{shim:", "{impl#", "::<impl ", "core::ptr::drop_in_place<"};
    const char *hash = strrchr(name, ':');
    if (*name == '<')
        return true;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strstr(name, signs[i]))
            return true;
    return hash && hash[1] == 'h' && strspn(hash + 2, "0123456789abcdef") == 16;
}

/* Returns 0, -EINVAL if the name is not understood, or -ENOMEM. */
static int shorten(struct shortening *s)
{
    int error = 0;
    if (array_reserve(&s->frames, 0, 1, &s->room, sizeof *s->frames) != 0)
        return -ENOMEM;
    s->frames[s->depth++] = (struct frame){.close = s->length};
    while (error == 0 && s->at < s->length)
        error = read_next(s);
    s->out[s->used] = '\0';
    return error != 0 ? error : s->used == 0 ? -EINVAL : 0;
}

char *short_name(const char *demangled, const char *ellipsis, enum short_name_detail detail)
{
    struct shortening s = {.name = demangled, .length = strlen(demangled), .ellipsis = ellipsis};
    int error = -ENOMEM;
    char *name = NULL;
    if (detail == SHORT_NAME_WHOLE || s.length > UINT32_MAX / (2 * SHORTENING_GROWTH_MAX))
        return strdup(demangled);
    s.has_parameters = detail >= SHORT_NAME_PARAMETERS;
    s.arguments_max = detail >= SHORT_NAME_ARGUMENTS ? SIZE_MAX : SHORT_NAME_ARGUMENTS_MAX;
    s.is_rust = is_rust(demangled);
    s.partner = malloc((s.length + 1) * sizeof *s.partner);
    s.out = malloc(s.length * SHORTENING_GROWTH_MAX + 1);
    if (s.partner == NULL || s.out == NULL)
        goto out;
    error = brackets_match(s.name, s.length, s.partner) ? shorten(&s) : -EINVAL;
    if (error != -ENOMEM)
        name = strdup(error == 0 ? s.out : demangled);
out:
    free(s.frames);
    free(s.partner);
    free(s.out);
    return name;
}
