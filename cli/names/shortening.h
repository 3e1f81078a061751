/*
 * shortening.h - a name that is being shortened: what was read of it, and what has been written.
 *
 * The name is read once, from left to right, and written with what is left of it. Each bracket that
 * is open has a frame, which knows where its parts began in what has been written: so they can be
 * taken back when their end shows what they are.
 */
#ifndef NAMES_SHORTENING_H
#define NAMES_SHORTENING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "names/standard_name.h"

/* The longest growths: "$_9" becomes "{lambda#10}", and one byte an ellipsis. */
#define SHORTENING_GROWTH_MAX 4

struct frame {
    char bracket;         /* '\0': the outermost frame, which has none */
    size_t close;         /* in the name: the bracket that ends it */
    size_t resume;        /* in the name: where reading goes on after it */
    size_t argument_read; /* in the name: where the current template argument began */
    struct piece first;   /* the first template argument, in the name */
    /* In what has been written: */
    size_t start;     /* of the frame's content */
    size_t argument;  /* the current argument, or in the outermost frame the name */
    size_t space;     /* the end of the last space in it; `argument` if there was none */
    size_t path;      /* of the current a::b<c>::d */
    size_t kept;      /* the end of the last argument that is no default */
    bool is_standard; /* the arguments of a template of std:: */
    bool is_type;     /* <T as Trait> of Rust */
    bool is_bare;     /* likewise <T>, without its brackets */
    bool is_reduced;  /* only the ends of paths are written */
};

struct shortening {
    const char *name;
    size_t length, at; /* `at`: what is read next */
    uint32_t *partner; /* brackets.h */
    const char *ellipsis;
    size_t arguments_max; /* bytes; longer template arguments become the ellipsis */
    bool has_parameters;  /* parameter lists stay, and what else tells overloads apart */
    bool is_rust;
    bool is_operator; /* an operator's name was read, in which spaces end no return type */
    char *out;        /* SHORTENING_GROWTH_MAX times as long as the name */
    size_t used;
    size_t alias_end; /* in `out`: the end of the last "std::string" that was "basic_string<...>" */
    struct frame *frames;
    size_t depth, room;
};

static inline struct frame *shortening_top(const struct shortening *s)
{
    return &s->frames[s->depth - 1];
}

/* Returns whether no bracket is open. */
static inline bool shortening_is_outermost(const struct shortening *s)
{
    return s->depth == 1;
}

/* Returns whether the name has the text at `at`. */
static inline bool shortening_follows(const struct shortening *s, size_t at, const char *text)
{
    return at <= s->length && piece_starts_with((struct piece){s->name + at, s->length - at}, text);
}

static inline void shortening_put(struct shortening *s, const char *text, size_t length)
{
    memcpy(s->out + s->used, text, length);
    s->used += length;
}

static inline void shortening_put_text(struct shortening *s, const char *text)
{
    shortening_put(s, text, strlen(text));
}

/* Writes the name up to `end`, as it is. */
void shortening_copy_to(struct shortening *s, size_t end);

/* Returns whether what has been written in this frame ends with the text. */
bool shortening_ends_with(const struct shortening *s, const char *text);

/* Begins the argument again: what was written of it stays, but is no return type. */
void shortening_begin_argument(struct shortening *s);

/* Takes back what was written of the argument up to its last space. */
void shortening_drop_return_type(struct shortening *s);

/* Opens a frame at the bracket at s->at, and writes that. Returns 0 or -ENOMEM. */
int shortening_open_frame(struct shortening *s);

/* The same at a < that begins template arguments, or "<T as Trait>" of Rust. */
int shortening_open_arguments(struct shortening *s);

/* Ends the template argument at s->at. */
void shortening_end_argument(struct shortening *s);

/* Closes the frame at s->at, where its bracket ends. */
void shortening_close_frame(struct shortening *s);

#endif
