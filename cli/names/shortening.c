/*
 * shortening.c - a name that is being shortened: what was read of it, and what has been written.
 */
#include "names/shortening.h"

#include <errno.h>

#include "base/array.h"
#include "names/brackets.h"

void shortening_copy_to(struct shortening *s, size_t end)
{
    shortening_put(s, s->name + s->at, end - s->at);
    s->at = end;
}

bool shortening_ends_with(const struct shortening *s, const char *text)
{
    size_t length = strlen(text);
    return s->used >= shortening_top(s)->start + length &&
           memcmp(s->out + s->used - length, text, length) == 0;
}

void shortening_begin_argument(struct shortening *s)
{
    struct frame *frame = shortening_top(s);
    frame->argument = frame->space = frame->path = s->used;
}

void shortening_drop_return_type(struct shortening *s)
{
    struct frame *frame = shortening_top(s);
    size_t dropped = frame->space - frame->argument;
    memmove(s->out + frame->argument, s->out + frame->space, s->used - frame->space);
    s->used -= dropped;
    frame->path = frame->path > frame->space ? frame->path - dropped : frame->argument;
    frame->space = frame->argument;
}

int shortening_open_frame(struct shortening *s)
{
    if (array_reserve(&s->frames, s->depth, 1, &s->room, sizeof *s->frames) != 0)
        return -ENOMEM;
    const struct frame *outer = shortening_top(s);
    struct frame frame = {.bracket = s->name[s->at], .close = s->partner[s->at]};
    frame.resume = frame.close + 1;
    frame.is_reduced = outer->is_reduced;
    shortening_copy_to(s, s->at + 1);
    frame.argument_read = s->at;
    frame.start = frame.argument = frame.space = frame.path = frame.kept = s->used;
    s->frames[s->depth++] = frame;
    return 0;
}

static struct piece written(const struct shortening *s, size_t from, size_t to)
{
    return (struct piece){s->out + from, to - from};
}

/* Returns whether a path is all that is in the brackets at s->at. */
static bool has_path_only(const struct shortening *s)
{
    size_t at = s->at + 1;
    while (brackets_is_word(s->name[at]) || s->name[at] == ':' || s->name[at] == '<') {
        bool is_open = s->name[at] == '<' && s->partner[at] != 0;
        at = is_open ? s->partner[at] + 1 : at + 1;
    }
    return at == s->partner[s->at];
}

/* Rust's "<a::T>::f" is written as "a::T::f", as its older names are. */
static int open_bare_type(struct shortening *s)
{
    int error = shortening_open_frame(s);
    if (error != 0)
        return error;
    s->used--;
    shortening_top(s)->is_bare = true;
    shortening_top(s)->start = s->used;
    shortening_begin_argument(s);
    return 0;
}

int shortening_open_arguments(struct shortening *s)
{
    struct frame outer = *shortening_top(s);
    size_t length = s->partner[s->at] - s->at - 1;
    bool begins_path = s->used == outer.path || shortening_follows(s, s->at, "<impl ");
    if (s->is_rust && s->used == outer.path && has_path_only(s))
        return open_bare_type(s);
    bool is_standard = piece_starts_with(written(s, outer.path, s->used), "std::");
    int error = shortening_open_frame(s);
    if (error != 0)
        return error;
    shortening_top(s)->is_standard = is_standard;
    shortening_top(s)->is_type = s->is_rust && begins_path;
    if (s->is_rust && length > s->arguments_max)
        shortening_top(s)->is_reduced = true;
    return 0;
}

void shortening_end_argument(struct shortening *s)
{
    struct frame *frame = shortening_top(s);
    struct piece argument = {s->name + frame->argument_read, s->at - frame->argument_read};
    while (argument.length > 0 && argument.text[argument.length - 1] == ' ')
        argument.length--;
    if (frame->first.text == NULL)
        frame->first = argument;
    else if (frame->is_standard && standard_name_is_default(argument, frame->first))
        return;
    frame->kept = s->used;
}

/* Writes "std::string" over "std::basic_string<char". */
static bool write_alias(struct shortening *s)
{
    const struct frame *frame = shortening_top(s);
    size_t path = s->frames[s->depth - 2].path;
    struct piece name = written(s, path, frame->start - 1), plain;
    const char *prefix;
    if (!standard_name_find(name, written(s, frame->start, s->used), &prefix, &plain))
        return false;
    s->used = path + strlen("std::");
    shortening_put_text(s, prefix);
    memmove(s->out + s->used, plain.text, plain.length);
    s->used += plain.length;
    s->alias_end = s->used;
    return true;
}

static void close_arguments(struct shortening *s)
{
    struct frame *frame = shortening_top(s);
    shortening_end_argument(s);
    s->used = frame->kept;
    if (write_alias(s))
        return;
    bool is_long = s->used - frame->start > s->arguments_max;
    if (is_long && !frame->is_type) {
        s->used = frame->start;
        shortening_put_text(s, s->ellipsis);
    }
    shortening_put_text(s, ">");
}

void shortening_close_frame(struct shortening *s)
{
    struct frame frame = *shortening_top(s);
    if (frame.bracket == '<' && !frame.is_bare)
        close_arguments(s);
    else if (!frame.is_bare)
        shortening_put(s, s->name + frame.close, 1);
    s->depth--;
    s->at = frame.close + 1;
    if (frame.resume > s->at) /* behind a parameter list: its qualifiers stay */
        shortening_copy_to(s, frame.resume);
}
