/*
 * deadlocks.c - threads that wait for one another.
 */
#include "report/objects/deadlocks.h"

#include <stdio.h>

#include "base/message.h"
#include "objects/deadlock.h"
#include "report/printer.h"

#define DEADLOCKS_SHOWN 3
#define WAITS_SHOWN     8

static void write_or_question(FILE *out, const char *text)
{
    message_write_harmless(out, text ? text : "?");
}

static void print_wait(const struct printer *printer, const struct deadlock_wait *wait)
{
    FILE *out = printer->out;
    fprintf(out, "%s ", printer->glyphs->dot);
    write_or_question(out, wait->thread);
    fputs(" waits for ", out);
    paint(printer, PAINT_LEAF);
    write_or_question(out, wait->lock);
    paint(printer, PAINT_NONE);
    fputs(" in ", out);
    write_or_question(out, wait->path);
    putc('\n', out);
}

static void print_deadlock(const struct printer *printer, const struct deadlock *deadlock)
{
    FILE *out = printer->out;
    begin_note(printer);
    if (deadlock->count == 1)
        fputs("deadlock in ", out);
    else
        fprintf(out, "deadlock of %zu threads in ", deadlock->count);
    write_or_question(out, deadlock->process);
    fputs(deadlock->count == 1
              ? ": a thread waits for a lock that it holds itself"
              : ": each waits for a lock that the next one held when the wait began",
        out);
    end_note(printer);
    for (size_t i = 0; i < deadlock->count && i < WAITS_SHOWN; i++)
        print_wait(printer, &deadlock->waits[i]);
    if (deadlock->count > WAITS_SHOWN)
        fprintf(out, "%s and %zu more\n", printer->glyphs->dots, deadlock->count - WAITS_SHOWN);
}

void deadlocks_print(const struct printer *printer, const struct deadlocks *deadlocks)
{
    for (size_t i = 0; deadlocks && i < deadlocks->count && i < DEADLOCKS_SHOWN; i++)
        print_deadlock(printer, &deadlocks->list[i]);
    if (deadlocks && deadlocks->count > DEADLOCKS_SHOWN)
        fprintf(printer->out, "%s and %zu more deadlocks\n", printer->glyphs->dots,
            deadlocks->count - DEADLOCKS_SHOWN);
}
