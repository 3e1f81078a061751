/*
 * parts.h - the parts of a saved file, each of which one source writes and reads.
 */
#ifndef SAVED_PARTS_H
#define SAVED_PARTS_H

#include <stdbool.h>

struct reader;
struct saved;
struct saved_run;
struct writer;

/* A redacted writer gets base names instead of paths. */
const char *saved_path(const char *path, bool redacts);

void saved_put_run(struct writer *writer, const struct saved_run *run, bool redacts);
void saved_get_run(struct reader *reader, struct saved_run *run);

void saved_put_processes(struct writer *writer, const struct saved *saved, bool redacts);
void saved_get_processes(struct reader *reader, struct saved *saved);

void saved_put_threads(struct writer *writer, const struct saved *saved);
void saved_get_threads(struct reader *reader, struct saved *saved);

/* The processes are read before. */
void saved_put_durations(struct writer *writer, const struct saved *saved);
void saved_get_durations(struct reader *reader, struct saved *saved);

/* Returns false when out of memory. */
bool saved_put_names(struct writer *writer, const struct saved *saved, bool redacts);
void saved_get_names(struct reader *reader, struct saved *saved);

/* Come after the processes. */
void saved_put_objects(struct writer *writer, const struct saved *saved, bool redacts);
void saved_get_objects(struct reader *reader, struct saved *saved);

/* The same. Returns false when out of memory. */
bool saved_put_values(struct writer *writer, const struct saved *saved, bool redacts);
void saved_get_values(struct reader *reader, struct saved *saved);

/* Come after the objects. */
void saved_put_sets(struct writer *writer, const struct saved *saved);
void saved_get_sets(struct reader *reader, struct saved *saved);
void saved_put_open_calls(struct writer *writer, const struct saved *saved);
void saved_get_open_calls(struct reader *reader, struct saved *saved);

/* The same. */
void saved_put_tasks(struct writer *writer, const struct saved *saved);
void saved_get_tasks(struct reader *reader, struct saved *saved);

void saved_put_leaves(struct writer *writer, const struct saved *saved, bool redacts);
void saved_get_leaves(struct reader *reader, struct saved *saved);

#endif
