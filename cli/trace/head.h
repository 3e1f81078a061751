/*
 * head.h - what the header of a trace says that is in no record.
 */
#ifndef TRACE_HEAD_H
#define TRACE_HEAD_H

struct snapshot;
struct trace_header;

/* Sets what needs no check. */
void head_add_numbers(struct snapshot *snapshot, const struct trace_header *header);

/* Sets the title, after the command line: arguments that are unchanged since the process was
 * executed are none. */
void head_add_title(struct snapshot *snapshot, const struct trace_header *header);

void head_add_unhooked(struct snapshot *snapshot, const struct trace_header *header);

#endif
