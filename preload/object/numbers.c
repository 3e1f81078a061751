/*
 * numbers.c - calls by which the program changes what its descriptors stand for.
 *
 * They are noted before the call: later another thread could have the same number already. Calls
 * that give a number that is in use another meaning are noted again when they have returned,
 * because other threads may use the number meanwhile.
 */
#include "object/object.h"

#include <sys/syscall.h>

#include "object/ready.h"
#include "base/forbidden.h"

/* All functions that are watched for this, by what distinguishes their names
 * (watched_functions.h). */
static bool is_dup(const char *name)
{
    return text_equal(name, "dup2") || text_equal(name, "dup3") || text_equal(name, "__dup2");
}

static bool closes_one(const char *name)
{
    return text_equal(name, "close") || text_equal(name, "__close_nocancel") ||
           text_equal(name, "__close") || text_equal(name, "mq_close") ||
           text_equal(name, "connect") || text_equal(name, "__connect");
}

void object_note_numbers(struct call_frame *call, const char *name)
{
    const uint64_t *arguments = call->registers.arguments;
    if (!objects_are_wanted)
        return;
    if (closes_one(name)) {
        descriptors_forget((uint32_t)arguments[0]);
    } else if (is_dup(name)) {
        descriptors_forget((uint32_t)arguments[1]);
        call->registers.saved[CALL_ARGUMENT] = arguments[1];
    } else if (text_equal(name, "epoll_ctl")) {
        ready_note_control(arguments, (uint64_t)call->stack);
    } else {
        descriptors_forget_all(); /* close_range, fclose, ... */
    }
}

void object_note_numbers_changed(const struct call_frame *call, const char *name)
{
    if (objects_are_wanted && is_dup(name))
        descriptors_forget((uint32_t)call->registers.saved[CALL_ARGUMENT]);
}

void object_note_system_call(const struct call_frame *call)
{
    const uint64_t *arguments = call->registers.arguments;
    if (!objects_are_wanted)
        return;
    switch (arguments[0]) {
    case SYS_close: descriptors_forget((uint32_t)arguments[1]); break;
#ifdef SYS_dup2
    case SYS_dup2:
#endif
    case SYS_dup3: descriptors_forget((uint32_t)arguments[2]); break;
    case SYS_connect: descriptors_forget((uint32_t)arguments[1]); break;
    case SYS_epoll_ctl: ready_note_control(arguments + 1, (uint64_t)call->stack); break;
    case SYS_close_range: descriptors_forget_all(); break;
    default: break;
    }
}
