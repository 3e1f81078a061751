/*
 * draft.h - an object before it has a record in the trace.
 */
#ifndef DRAFT_H
#define DRAFT_H

#include <stdint.h>

#include "base/kernel.h"
#include "trace_format.h"

struct object_draft {
    struct trace_object object; /* without kind and text */
    const char *text;
    uint32_t length; /* 0: no text */
};

static inline void draft_begin(struct object_draft *draft, enum trace_object_type type, uint64_t id)
{
    memory_zero(draft, sizeof *draft);
    draft->object.type = type;
    draft->object.id = id;
}

static inline void draft_set_text(struct object_draft *draft, const char *text, uint64_t length)
{
    draft->text = text;
    draft->length = (uint32_t)length;
}

#endif
