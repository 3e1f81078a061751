/*
 * reader.h - reads numbers and texts from the sections of a saved file, and trusts none of them.
 *
 * After the first thing that is wrong, everything that is read is 0 or NULL, and reader_problem
 * tells what it was.
 */
#ifndef SAVED_READER_H
#define SAVED_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader;

/* Reads from `fd`, which the caller closes. Returns 0 and a reader, to be freed with
 * reader_destroy, or -errno; then *why is a phrase with the reason (static string). */
int reader_create(struct reader **reader, int fd, const char **why);
void reader_destroy(struct reader *reader);

/* Leaves out what was not read of the section, and goes to the next one. Returns its number;
 * SAVED_END at the end of the file, or when something is wrong. */
uint32_t reader_section(struct reader *reader);

uint64_t reader_number(struct reader *reader);
int64_t reader_signed(struct reader *reader);

/* A number that is at most `max`. */
uint64_t reader_number_to(struct reader *reader, uint64_t max);

/* The text may be NULL. It lives until reader_free_memory. */
const char *reader_text(struct reader *reader);
const char *reader_text_or(struct reader *reader, const char *if_null);

struct file_identity;
void reader_identity(struct reader *reader, struct file_identity *identity);

void reader_bytes(struct reader *reader, void *bytes, size_t size);

/* Returns zeroed memory that lives until reader_free_memory; NULL when something is wrong, or when
 * out of memory, which is then what is wrong. */
void *reader_take(struct reader *reader, size_t count, size_t size);

/* Grows an array as array_reserve does by one element. Returns false when something is wrong. */
bool reader_grow(struct reader *reader, void *list, size_t count, size_t *room, size_t size);

/* What was read is inconsistent. */
void reader_fail(struct reader *reader, const char *why);

/* Returns what is wrong (static string), or NULL. */
const char *reader_problem(const struct reader *reader);

/* Takes the texts and the other memory over from the reader. */
struct reader_memory;
struct reader_memory *reader_keep_memory(struct reader *reader);
void reader_free_memory(struct reader_memory *memory);

#endif
