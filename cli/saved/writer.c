/*
 * writer.c - writes numbers and texts as sections of a saved file.
 *
 * What is written is collected in a chunk, which is compressed and written when it is full: so it
 * takes the memory of one chunk, however large the file is.
 */
#include "saved/writer.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "base/file_identity.h"
#include "base/hash.h"
#include "base/own_file.h"
#include "saved/layout.h"

/* Fewer bytes are not compressed: a run without hits should not pay for it. */
#define COMPRESSED_MIN 1024
#define WAITING_MAX    4096
#define LEVEL          1 /* a higher one saves a tenth of the size, and takes twice the time */

/* The texts of a section, by hash: each is written once. */
struct text_table {
    const char **list;
    uint32_t *numbers;
    size_t count, capacity; /* the capacity is 0 or a power of two */
};

struct writer {
    int fd, error;
    uint64_t limit, written, chunks;
    ZSTD_CCtx *compressor; /* NULL until it is needed */
    uint32_t section;      /* SAVED_END: none was begun */
    size_t used;           /* of raw[] */
    struct text_table texts;
    size_t waiting; /* bytes of out[] that are to be written; at most WAITING_MAX between chunks */
    uint8_t raw[SAVED_RAW_MAX];
    uint8_t out[WAITING_MAX + SAVED_CHUNK_HEADER + SAVED_STORED_MAX + SAVED_CHUNK_SUM];
};

static void put_little_endian(uint8_t *to, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (uint8_t)(number >> 8 * i);
}

/* Small chunks are written together. */
static void write_waiting(struct writer *writer)
{
    writer->written += writer->waiting;
    if (writer->error == 0 && writer->written > writer->limit)
        writer->error = -E2BIG; /* EFBIG is that of setrlimit(2) */
    if (writer->error == 0)
        writer->error = own_file_write(writer->fd, writer->out, writer->waiting);
    writer->waiting = 0;
}

/* Returns the compressed size, or 0 if the bytes are better stored as they are. */
static size_t compress(struct writer *writer, uint8_t *to)
{
    if (writer->used < COMPRESSED_MIN)
        return 0;
    if (writer->compressor == NULL)
        writer->compressor = ZSTD_createCCtx();
    if (writer->compressor == NULL)
        return 0;
    size_t size = ZSTD_compressCCtx(
        writer->compressor, to, SAVED_STORED_MAX, writer->raw, writer->used, LEVEL);
    return ZSTD_isError(size) || size >= writer->used ? 0 : size;
}

static void write_chunk(struct writer *writer, uint32_t flags)
{
    uint8_t *chunk = writer->out + writer->waiting, *stored = chunk + SAVED_CHUNK_HEADER;
    size_t size = compress(writer, stored);
    if (size > 0) {
        flags |= SAVED_COMPRESSED;
    } else {
        size = writer->used;
        memcpy(stored, writer->raw, size);
    }
    put_little_endian(chunk, writer->section, 4);
    put_little_endian(chunk + 4, size, 4);
    put_little_endian(chunk + 8, writer->used, 4);
    put_little_endian(chunk + 12, flags, 4);
    uint64_t sum = own_file_sum_bytes(chunk, SAVED_CHUNK_HEADER + size);
    put_little_endian(stored + size, sum, SAVED_CHUNK_SUM);
    writer->waiting += SAVED_CHUNK_HEADER + size + SAVED_CHUNK_SUM;
    if (writer->waiting > WAITING_MAX)
        write_waiting(writer);
    writer->used = 0;
    writer->chunks++;
}

struct writer *writer_create(int fd, uint64_t limit)
{
    struct writer *writer = malloc(sizeof *writer); /* not calloc: it would touch the buffers */
    if (writer == NULL)
        return NULL;
    memset(writer, 0, offsetof(struct writer, raw));
    writer->fd = fd;
    writer->limit = limit;
    memcpy(writer->out, SAVED_MAGIC, 8);
    put_little_endian(writer->out + 8, SAVED_MAJOR, 2);
    put_little_endian(writer->out + 10, SAVED_MINOR, 2);
    put_little_endian(writer->out + 12, 0, 4);
    writer->waiting = SAVED_HEADER_SIZE;
    return writer;
}

static void forget_texts(struct text_table *texts)
{
    texts->count = 0;
    if (texts->list)
        memset(texts->list, 0, texts->capacity * sizeof *texts->list);
}

void writer_section(struct writer *writer, uint32_t section)
{
    if (writer->section != SAVED_END)
        write_chunk(writer, SAVED_LAST);
    writer->section = section;
    forget_texts(&writer->texts);
}

static void put_byte(struct writer *writer, uint8_t byte)
{
    if (writer->used == SAVED_RAW_MAX)
        write_chunk(writer, 0);
    writer->raw[writer->used++] = byte;
}

void writer_number(struct writer *writer, uint64_t number)
{
    for (; number >= 0x80; number >>= 7)
        put_byte(writer, (uint8_t)(number | 0x80));
    put_byte(writer, (uint8_t)number);
}

void writer_signed(struct writer *writer, int64_t number)
{
    writer_number(writer, (uint64_t)number << 1 ^ (uint64_t)(number >> 63));
}

void writer_bytes(struct writer *writer, const void *bytes, size_t size)
{
    for (const uint8_t *at = bytes; at < (const uint8_t *)bytes + size; at++)
        put_byte(writer, *at);
}

/* The size of the build id and the build id, or 0 and what stat(2) said. */
void writer_identity(struct writer *writer, const struct file_identity *identity)
{
    writer_number(writer, identity->build_id_size);
    writer_bytes(writer, identity->build_id, identity->build_id_size);
    if (identity->build_id_size > 0)
        return;
    writer_number(writer, identity->device);
    writer_number(writer, identity->inode);
    writer_number(writer, identity->changed_ns);
}

/* ---- texts ---- */

static size_t find_place(const struct text_table *texts, const char *text)
{
    size_t mask = texts->capacity - 1, at = hash_text(HASH_BEGIN, text) & mask;
    while (texts->list[at] && strcmp(texts->list[at], text) != 0)
        at = (at + 1) & mask;
    return at;
}

static void free_texts(struct text_table *texts)
{
    free(texts->list);
    free(texts->numbers);
}

static bool enlarge(struct text_table *texts)
{
    struct text_table larger = {
        .count = texts->count, .capacity = texts->capacity ? 2 * texts->capacity : 64};
    larger.list = calloc(larger.capacity, sizeof *larger.list);
    larger.numbers = calloc(larger.capacity, sizeof *larger.numbers);
    if (larger.list == NULL || larger.numbers == NULL) {
        free_texts(&larger);
        return false;
    }
    for (size_t i = 0; i < texts->capacity; i++) {
        if (texts->list[i] == NULL)
            continue;
        size_t at = find_place(&larger, texts->list[i]);
        larger.list[at] = texts->list[i];
        larger.numbers[at] = texts->numbers[i];
    }
    free_texts(texts);
    *texts = larger;
    return true;
}

static void put_new_text(struct writer *writer, const char *text, size_t length)
{
    writer_number(writer, 1);
    writer_number(writer, length);
    writer_bytes(writer, text, length);
}

/* 0: NULL; 1: a new text, which gets the next number from 2 on; else the number of a text. */
void writer_text(struct writer *writer, const char *text)
{
    if (text == NULL) {
        writer_number(writer, 0);
        return;
    }
    struct text_table *texts = &writer->texts;
    if (2 * (texts->count + 1) > texts->capacity && !enlarge(texts)) {
        writer->error = writer->error ? writer->error : -ENOMEM;
        return;
    }
    size_t at = find_place(texts, text), length = strlen(text);
    if (texts->list[at]) {
        writer_number(writer, texts->numbers[at]);
        return;
    }
    texts->list[at] = text;
    texts->numbers[at] = (uint32_t)(2 + texts->count++);
    put_new_text(writer, text, length);
}

void writer_text_part(struct writer *writer, const char *text, size_t length)
{
    writer->texts.count++; /* it has a number, which is not used again */
    put_new_text(writer, text, length);
}

int writer_end(struct writer *writer)
{
    writer_section(writer, SAVED_END);
    writer_number(writer, writer->chunks);
    write_chunk(writer, SAVED_LAST);
    write_waiting(writer);
    int error = writer->error;
    ZSTD_freeCCtx(writer->compressor);
    free_texts(&writer->texts);
    free(writer);
    return error;
}
