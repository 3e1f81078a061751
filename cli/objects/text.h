/*
 * text.h - an object as people say it.
 */
#ifndef OBJECTS_TEXT_H
#define OBJECTS_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "objects/peers.h"

struct snapshot;
struct snapshot_object;

struct object_text {
    const char *kind;  /* "file", "mutex"; static */
    char *text;        /* "pipe from sort[4711]"; malloc'ed */
    char *general;     /* the same for several objects that are one for a reader: "pipe from sort";
                        * malloc'ed */
    bool says_nothing; /* it is not known which object it is */
    uint64_t space; /* objects of other spaces are others even if they have the same text: those of
                     * a process; 0: there is one space */
};

/* Makes the text of an object that is used in this direction. Paths below `directory` (NULL: none)
 * become relative to it. Returns 0 or -ENOMEM. */
int object_text_make(struct object_text *text, const struct peers *peers,
    const struct snapshot *snapshot, const struct snapshot_object *object, enum direction direction,
    const char *directory);
void object_text_finish(struct object_text *text);

#endif
