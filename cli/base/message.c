/*
 * message.c - the tool's one-line messages on stderr.
 */
#include "base/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char out_of_memory[] = "out of memory";

/* Returns the length of the well-formed UTF-8 character at `text` (Unicode 15, table 3-7), or 0. */
static size_t utf8_length(const unsigned char *text)
{
    unsigned char first = text[0], low = 0x80, high = 0xbf;
    if (first < 0x80)
        return 1;
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    if (first == 0xe0)
        low = 0xa0; /* otherwise the form would be too long */
    if (first == 0xed)
        high = 0x9f; /* no surrogates */
    if (first == 0xf0)
        low = 0x90;
    if (first == 0xf4)
        high = 0x8f; /* nothing above U+10FFFF */
    for (size_t i = 1; i < length; i++, low = 0x80, high = 0xbf)
        if (text[i] < low || text[i] > high)
            return 0;
    return length;
}

static uint32_t code_point(const unsigned char *text, size_t length)
{
    uint32_t point = length == 1 ? text[0] : text[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++)
        point = point << 6 | (text[i] & 0x3f);
    return point;
}

/* Returns whether the character is a control, or changes the order or the line in which text is
 * read (Unicode 15, 23.1, 23.2 and UAX #9, "Directional Formatting Characters"). */
static bool steers(uint32_t point)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0, 0x1f}, {0x7f, 0x9f}, {0x61c, 0x61c}, {0x200e, 0x200f}, {0x2028, 0x202e},
        {0x2066, 0x2069}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (point >= ranges[i].first && point <= ranges[i].last)
            return true;
    return false;
}

void message_write_harmless(FILE *out, const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    while (*at) {
        size_t length = utf8_length(at);
        if (length != 0 && !steers(code_point(at, length))) {
            fwrite(at, 1, length, out);
            at += length;
            continue;
        }
        for (size_t i = 0; i < (length ? length : 1); i++)
            fprintf(out, "\\x%02x", at[i]);
        at += length ? length : 1;
    }
}

static const char *words_for(int error)
{
    return error == -ENOMEM ? out_of_memory : strerror(-error);
}

/* The line is built first, for one write: stderr has no buffer, and the program may write there,
 * too. */
static void write_line(const char *text, const char *why)
{
    char *line = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&line, &size);
    if (out == NULL)
        return;
    fputs("scoped-trace: ", out);
    message_write_harmless(out, text);
    if (why)
        fprintf(out, ": %s", why);
    fputc('\n', out);
    if (fclose(out) == 0)
        fwrite(line, 1, size, stderr);
    free(line);
}

void message(int error, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    write_line(text, error ? words_for(error) : NULL);
    free(text);
}

int message_problem(char **problem, int error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(problem, format, arguments) < 0)
        *problem = NULL;
    va_end(arguments);
    return error;
}

int message_fail(int status, char *problem)
{
    message(0, "%s", problem ? problem : out_of_memory);
    free(problem);
    return status;
}
