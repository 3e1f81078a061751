/*
 * reader.c - reads numbers and texts from the sections of a saved file, and trusts none of them.
 *
 * A chunk is checked before anything in it is used. A file of some bytes can stand for gigabytes
 * when it is decompressed, so there is a limit.
 */
#include "saved/reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/array.h"
#include "base/file_identity.h"
#include "base/own_file.h"
#include "saved/layout.h"

#define RAW_TOTAL_MAX (UINT64_C(1) << 30)
#define TEXT_MAX      (1u << 20)
#define BLOCK_SIZE    (64u << 10)

struct reader_memory {
    struct reader_memory *next;
    size_t used, size; /* of bytes[] */
    _Alignas(max_align_t) uint8_t bytes[];
};

struct reader {
    int fd;
    const char *problem;
    ZSTD_DCtx *decompressor; /* NULL until it is needed */
    uint64_t raw_total, chunks;
    uint32_t section, flags; /* of the chunk in raw[] */
    bool has_chunk;          /* no: the first one was not read yet */
    const uint8_t *at, *end; /* what is left of it */
    const char **texts;      /* of this section */
    size_t text_count, text_room;
    struct reader_memory *memory;
    uint8_t raw[SAVED_RAW_MAX];
    uint8_t chunk[SAVED_CHUNK_HEADER + SAVED_STORED_MAX + SAVED_CHUNK_SUM];
};

static const char cut_off[] = "it is cut off";
static const char damaged[] = "it is damaged";

const char *reader_problem(const struct reader *reader)
{
    return reader->problem;
}

void reader_fail(struct reader *reader, const char *why)
{
    if (reader->problem == NULL)
        reader->problem = why;
    reader->at = reader->end = reader->raw;
}

static uint64_t little_endian(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

/* Returns how many bytes could be read, or -errno. */
static ssize_t read_all(int fd, uint8_t *bytes, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(fd, bytes + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static bool read_or_fail(struct reader *reader, uint8_t *bytes, size_t size)
{
    ssize_t got = read_all(reader->fd, bytes, size);
    if (got != (ssize_t)size)
        reader_fail(reader, got < 0 ? strerror((int)-got) : cut_off);
    return reader->problem == NULL;
}

static const char *reader_check_header(const uint8_t *header, ssize_t size)
{
    if (size == 0)
        return "it is empty";
    size_t known = (size_t)size < 8 ? (size_t)size : 8;
    if (memcmp(header, SAVED_MAGIC, known) != 0)
        return "scoped-trace has not saved it";
    if (size < SAVED_HEADER_SIZE)
        return cut_off;
    return little_endian(header + 8, 2) > SAVED_MAJOR
               ? "a newer version of scoped-trace has saved it, which this one cannot read"
               : NULL;
}

int reader_create(struct reader **reader, int fd, const char **why)
{
    uint8_t header[SAVED_HEADER_SIZE];
    ssize_t size = read_all(fd, header, sizeof header);
    *why = size < 0 ? strerror((int)-size) : reader_check_header(header, size);
    if (*why)
        return size < 0 ? (int)size : -EPROTO;
    struct reader *made = malloc(sizeof *made); /* not calloc: it would touch the buffers */
    *why = "out of memory";
    if (made == NULL)
        return -ENOMEM;
    memset(made, 0, offsetof(struct reader, raw));
    made->fd = fd;
    made->at = made->end = made->raw;
    *reader = made;
    return 0;
}

void reader_destroy(struct reader *reader)
{
    if (reader == NULL)
        return;
    ZSTD_freeDCtx(reader->decompressor);
    reader_free_memory(reader->memory);
    free(reader->texts);
    free(reader);
}

/* ---- chunks ---- */

static bool decompress(struct reader *reader, size_t stored, size_t raw)
{
    const uint8_t *bytes = reader->chunk + SAVED_CHUNK_HEADER;
    if (!(reader->flags & SAVED_COMPRESSED)) {
        memcpy(reader->raw, bytes, stored);
        return stored == raw;
    }
    if (reader->decompressor == NULL)
        reader->decompressor = ZSTD_createDCtx();
    return reader->decompressor &&
           ZSTD_decompressDCtx(reader->decompressor, reader->raw, raw, bytes, stored) == raw;
}

static bool is_sound(const struct reader *reader, size_t stored)
{
    const uint8_t *sum = reader->chunk + SAVED_CHUNK_HEADER + stored;
    return own_file_sum_bytes(reader->chunk, SAVED_CHUNK_HEADER + stored) ==
           little_endian(sum, SAVED_CHUNK_SUM);
}

/* Reads the next chunk into raw[]. */
static void next_chunk(struct reader *reader)
{
    uint8_t *chunk = reader->chunk;
    if (!read_or_fail(reader, chunk, SAVED_CHUNK_HEADER))
        return;
    size_t stored = little_endian(chunk + 4, 4), raw = little_endian(chunk + 8, 4);
    if (stored > SAVED_STORED_MAX || raw > SAVED_RAW_MAX) {
        reader_fail(reader, damaged);
        return;
    }
    if (!read_or_fail(reader, chunk + SAVED_CHUNK_HEADER, stored + SAVED_CHUNK_SUM))
        return;
    reader->section = (uint32_t)little_endian(chunk, 4);
    reader->flags = (uint32_t)little_endian(chunk + 12, 4);
    reader->raw_total += raw;
    if (!is_sound(reader, stored) || !decompress(reader, stored, raw))
        reader_fail(reader, damaged);
    else if (reader->raw_total > RAW_TOTAL_MAX)
        reader_fail(reader, "it is too large");
    if (reader->problem)
        return;
    reader->at = reader->raw;
    reader->end = reader->raw + raw;
    reader->chunks += reader->section != SAVED_END;
}

/* All chunks but the last of a section are full, so there is something in the next one. */
static bool has_bytes(struct reader *reader)
{
    uint32_t section = reader->section;
    if (reader->at < reader->end)
        return true;
    if (reader->problem == NULL && reader->flags & SAVED_LAST)
        reader_fail(reader, damaged);
    if (reader->problem)
        return false;
    next_chunk(reader);
    if (reader->section != section || reader->at == reader->end)
        reader_fail(reader, damaged);
    return reader->problem == NULL;
}

static void skip_section(struct reader *reader)
{
    while (reader->problem == NULL && reader->has_chunk && !(reader->flags & SAVED_LAST))
        next_chunk(reader);
}

uint32_t reader_section(struct reader *reader)
{
    skip_section(reader);
    if (reader->problem)
        return SAVED_END;
    next_chunk(reader);
    reader->has_chunk = true;
    reader->text_count = 0;
    if (reader->problem == NULL && reader->section == SAVED_END &&
        reader_number(reader) != reader->chunks)
        reader_fail(reader, damaged);
    return reader->problem ? SAVED_END : reader->section;
}

/* ---- numbers and texts ---- */

uint64_t reader_number(struct reader *reader)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && has_bytes(reader); shift += 7) {
        uint8_t byte = *reader->at++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
    reader_fail(reader, damaged);
    return 0;
}

int64_t reader_signed(struct reader *reader)
{
    uint64_t number = reader_number(reader);
    return (int64_t)(number >> 1 ^ (0 - (number & 1)));
}

uint64_t reader_number_to(struct reader *reader, uint64_t max)
{
    uint64_t number = reader_number(reader);
    if (number <= max)
        return number;
    reader_fail(reader, damaged);
    return 0;
}

void reader_bytes(struct reader *reader, void *bytes, size_t size)
{
    uint8_t *to = bytes;
    memset(to, 0, size);
    while (size > 0 && has_bytes(reader)) {
        size_t left = (size_t)(reader->end - reader->at), now = size < left ? size : left;
        memcpy(to, reader->at, now);
        reader->at += now;
        to += now;
        size -= now;
    }
}

void reader_identity(struct reader *reader, struct file_identity *identity)
{
    *identity = (struct file_identity){0};
    identity->build_id_size = reader_number_to(reader, sizeof identity->build_id);
    reader_bytes(reader, identity->build_id, identity->build_id_size);
    if (identity->build_id_size > 0)
        return;
    identity->device = reader_number(reader);
    identity->inode = reader_number(reader);
    identity->changed_ns = reader_number(reader);
}

static const char *new_text(struct reader *reader)
{
    size_t length = reader_number_to(reader, TEXT_MAX);
    if (!reader_grow(
            reader, &reader->texts, reader->text_count, &reader->text_room, sizeof *reader->texts))
        return NULL;
    char *text = reader_take(reader, length + 1, 1);
    if (text == NULL)
        return NULL;
    reader_bytes(reader, text, length);
    if (strlen(text) != length) {
        reader_fail(reader, damaged);
        return NULL;
    }
    return reader->texts[reader->text_count++] = text;
}

const char *reader_text(struct reader *reader)
{
    uint64_t number = reader_number(reader);
    if (number == 0)
        return NULL;
    if (number == 1)
        return new_text(reader);
    if (number - 2 < reader->text_count)
        return reader->texts[number - 2];
    reader_fail(reader, damaged);
    return NULL;
}

const char *reader_text_or(struct reader *reader, const char *if_null)
{
    const char *text = reader_text(reader);
    return text ? text : if_null;
}

/* ---- memory ---- */

static bool add_block(struct reader *reader, size_t size)
{
    size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    struct reader_memory *block = malloc(sizeof *block + room);
    if (block == NULL)
        return false;
    *block = (struct reader_memory){.next = reader->memory, .size = room};
    reader->memory = block;
    return true;
}

void *reader_take(struct reader *reader, size_t count, size_t size)
{
    size_t align = _Alignof(max_align_t), bytes;
    if (reader->problem)
        return NULL;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        reader_fail(reader, "out of memory");
        return NULL;
    }
    bytes = size == 1 ? bytes : (bytes + align - 1) / align * align;
    struct reader_memory *block = reader->memory;
    if (block && size > 1)
        block->used = (block->used + align - 1) / align * align;
    if ((block == NULL || block->used > block->size || bytes > block->size - block->used) &&
        !add_block(reader, bytes)) {
        reader_fail(reader, "out of memory");
        return NULL;
    }
    block = reader->memory;
    void *taken = block->bytes + block->used;
    block->used += bytes;
    return memset(taken, 0, bytes);
}

bool reader_grow(struct reader *reader, void *list, size_t count, size_t *room, size_t size)
{
    if (reader->problem == NULL && array_reserve(list, count, 1, room, size) != 0)
        reader_fail(reader, "out of memory");
    return reader->problem == NULL;
}

struct reader_memory *reader_keep_memory(struct reader *reader)
{
    struct reader_memory *memory = reader->memory;
    reader->memory = NULL;
    return memory;
}

void reader_free_memory(struct reader_memory *memory)
{
    while (memory) {
        struct reader_memory *next = memory->next;
        free(memory);
        memory = next;
    }
}
