/*
 * head.c - what the header of a trace says that is in no record.
 */
#include "trace/head.h"

#include <string.h>

#include "trace/contents.h"
#include "trace/words.h"
#include "trace_format.h"

void head_add_numbers(struct snapshot *snapshot, const struct trace_header *header)
{
    snapshot->pid = header->pid;
    snapshot->parent_pid = header->parent_pid;
    snapshot->birth = header->birth;
    snapshot->forked = header->forked != 0;
    snapshot->start_ns = header->start_ns;
    snapshot->untraced_more = header->untraced_more;
    snapshot->unseen_calls = header->unseen_calls;
    snapshot->deep_calls = header->deep_calls;
    snapshot->lost_turns = header->lost_turns;
    snapshot->has_clock_stopped = header->clock_stopped != 0;
    snapshot->has_missed_libraries = header->missed_libraries != 0;
    snapshot->has_unmapped = header->unmapped != 0;
    for (size_t i = 0; i < TRACE_LOSS_KINDS; i++)
        snapshot->losses[i] = header->losses[i];
}

_Static_assert(
    sizeof(((struct snapshot *)0)->title) == TRACE_TITLE_SIZE, "snapshot.h takes all of it");

void head_add_title(struct snapshot *snapshot, const struct trace_header *header)
{
    char *title = snapshot->title;
    memcpy(title, header->title, TRACE_TITLE_SIZE);
    title[TRACE_TITLE_SIZE - 1] = '\0';
    size_t length = strlen(title);
    bool is_cut = length == TRACE_TITLE_SIZE - 1;
    if (strncmp(snapshot->command, title, length) == 0 &&
        (is_cut || snapshot->command[length] == ' ' || snapshot->command[length] == '\0'))
        title[0] = '\0';
    length = strlen(title);
    while (length > 0 && title[length - 1] == ' ')
        title[--length] = '\0';
}

_Static_assert(SNAPSHOT_UNHOOKED == TRACE_UNHOOKED_KINDS * 2, "all of them");
_Static_assert(SNAPSHOT_UNHOOKED_NAMES == TRACE_UNHOOKED_NAMES, "all of them");
_Static_assert(sizeof((struct snapshot_unhooked *)0)->names[0] == TRACE_UNHOOKED_NAME_SIZE,
    "as it is written");

void head_add_unhooked(struct snapshot *snapshot, const struct trace_header *header)
{
    const struct trace_unhooked *unhooked = header->unhooked[0];
    for (size_t i = 0; i < SNAPSHOT_UNHOOKED; i++) {
        struct snapshot_unhooked *to = &snapshot->unhooked[i];
        to->why = trace_unhooked_text(i);
        to->count = unhooked[i].count;
        to->is_linked = i % 2;
        for (size_t k = 0; k < SNAPSHOT_UNHOOKED_NAMES; k++)
            memcpy(to->names[k], unhooked[i].names[k], sizeof to->names[k] - 1);
    }
}
