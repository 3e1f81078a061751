/*
 * message.c - the tool's one-line messages on stderr.
 */
#include "base/message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/character.h"
#include "base/progress.h"

static const char out_of_memory[] = "out of memory";

void message_write_harmless(FILE *out, const char *text)
{
    for (struct character at; at = character_at(text), at.length > 0; text += at.length) {
        if (at.is_harmless) {
            fwrite(text, 1, at.length, out);
            continue;
        }
        for (size_t i = 0; i < at.length; i++)
            fprintf(out, "\\x%02x", (unsigned char)text[i]);
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
    progress_hide();
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
