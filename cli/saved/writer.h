/*
 * writer.h - writes numbers and texts as sections of a saved file.
 *
 * Errors stay in the writer: what follows the first one is not written, and writer_end returns it.
 */
#ifndef SAVED_WRITER_H
#define SAVED_WRITER_H

#include <stddef.h>
#include <stdint.h>

struct writer;

/* Writes to `fd`, at most `limit` bytes. NULL when out of memory. */
struct writer *writer_create(int fd, uint64_t limit);

/* Ends the section before, and begins another one. */
void writer_section(struct writer *writer, uint32_t section);

void writer_number(struct writer *writer, uint64_t number);
void writer_signed(struct writer *writer, int64_t number);

/* `text` may be NULL; it must stay where it is until the section ends. */
void writer_text(struct writer *writer, const char *text);

/* The first bytes of a text, which need not stay where they are. */
void writer_text_part(struct writer *writer, const char *text, size_t length);

struct file_identity;
void writer_identity(struct writer *writer, const struct file_identity *identity);

void writer_bytes(struct writer *writer, const void *bytes, size_t size);

/* Writes the end of the file, and frees the writer. Returns 0 or -errno, -E2BIG if the limit was
 * reached. The caller closes `fd`. */
int writer_end(struct writer *writer);

#endif
