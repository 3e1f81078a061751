/*
 * words.h - reads from the memory of a process what its tasks say of themselves.
 */
#ifndef COMMANDS_NOW_WORDS_H
#define COMMANDS_NOW_WORDS_H

struct snapshot;

/* Settles the states of tasks of a running process that its memory tells: see trace/tasks/word.h.
 * The process is not stopped. Without the right to read its memory (ptrace(2), "Ptrace access mode
 * checking"), the states stay as they are. */
void words_settle_tasks(struct snapshot *snapshot);

#endif
