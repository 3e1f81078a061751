/*
 * notes.c - what a run writes into its session for a later report.
 *
 * The file is a line that names the version, and then texts that end in NUL, each after a letter
 * that tells its kind. A text without its NUL, for example after a full disk, is ignored.
 */
#include "session/notes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/own_file.h"
#include "program/program.h"
#include "session/session.h"

#define FIRST_LINE "scoped-trace " VERSION "\n"

enum { ARGUMENT = 'a', LIBRARY = 'l', TOOL = 't', END = 'e', OTHER_END = 'o' };

static bool write_path(char path[PATH_MAX], const char *directory)
{
    return snprintf(path, PATH_MAX, "%s/" SESSION_NOTES, directory) < PATH_MAX;
}

static int write_whole(int fd, const char *bytes, size_t size)
{
    ssize_t written = write(fd, bytes, size);
    if (written < 0)
        return -errno;
    return (size_t)written == size ? 0 : -ENOSPC;
}

static void put(FILE *out, char kind, const char *text)
{
    putc(kind, out);
    fwrite(text, 1, strlen(text) + 1, out);
}

static int write_new(const char *directory, const char *bytes, size_t size)
{
    char path[PATH_MAX];
    if (!write_path(path, directory))
        return -ENAMETOOLONG;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -errno;
    int error = write_whole(fd, bytes, size);
    close(fd);
    return error;
}

int notes_begin(const char *directory, int argc, char *const *argv, const struct program *program)
{
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL)
        return -ENOMEM;
    fputs(FIRST_LINE, out);
    fprintf(out, "%c%d%c", TOOL, (int)getpid(), 0);
    for (int i = 0; i < argc; i++)
        put(out, ARGUMENT, argv[i]);
    put(out, LIBRARY, program->image);
    for (size_t i = 0; i < program->library_count; i++)
        if (strcmp(program->libraries[i], program->image) != 0)
            put(out, LIBRARY, program->libraries[i]);
    int error = fclose(out) == 0 ? write_new(directory, bytes, size) : -ENOMEM;
    free(bytes);
    return error;
}

static void notes_append(const char *directory, char kind, const char *text)
{
    char path[PATH_MAX], bytes[PATH_MAX + 2];
    int size = snprintf(bytes, sizeof bytes, "%c%s", kind, text);
    if (size >= (int)sizeof bytes || !write_path(path, directory))
        return;
    int fd = open(path, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    write_whole(fd, bytes, (size_t)size + 1);
    close(fd);
}

void notes_add_library(const char *directory, const char *path)
{
    notes_append(directory, LIBRARY, path);
}

static void notes_append_life(const char *directory, char kind, const struct process_life *life)
{
    char text[128];
    snprintf(text, sizeof text, "%d %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %d %d %d",
        life->pid, life->begun_ns, life->ended_ns, life->user_ns, life->system_ns, life->is_whole,
        life->has_status, life->status);
    notes_append(directory, kind, text);
}

void notes_add_end(const char *directory, const struct process_life *life)
{
    notes_append_life(directory, END, life);
}

void notes_add_others(const char *directory, const struct process_life *others, size_t count)
{
    for (size_t i = 0; i < count; i++)
        notes_append_life(directory, OTHER_END, &others[i]);
}

/* ---- reading ---- */

static int read_text(const char *directory, char **text, size_t *size)
{
    char path[PATH_MAX];
    if (!write_path(path, directory))
        return -ENAMETOOLONG;
    int error = own_file_read(path, text, size);
    return error == -EBADMSG ? -EPROTO : error;
}

static int notes_add(char ***list, size_t *count, size_t *room, char *text)
{
    if (array_reserve(list, *count, 2, room, sizeof **list) != 0)
        return -ENOMEM;
    (*list)[(*count)++] = text;
    (*list)[*count] = NULL;
    return 0;
}

static int notes_take_life(struct process_life *life, const char *text)
{
    int is_whole = 0, has_status = 0;
    int fields = sscanf(text, "%d %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %d %d %d",
        &life->pid, &life->begun_ns, &life->ended_ns, &life->user_ns, &life->system_ns, &is_whole,
        &has_status, &life->status);
    life->is_whole = is_whole != 0;
    life->has_status = has_status != 0;
    return fields == 8 ? 0 : -EPROTO;
}

static int notes_take_other(struct notes *notes, const char *text)
{
    struct process_life *grown = reallocarray(notes->others, notes->other_count + 1, sizeof *grown);
    if (grown == NULL)
        return -ENOMEM;
    notes->others = grown;
    grown[notes->other_count] = (struct process_life){.pid = 0};
    return notes_take_life(&grown[notes->other_count++], text);
}

static int notes_take(struct notes *notes, char *text)
{
    switch (text[0]) {
    case ARGUMENT:
        return notes_add(
            &notes->arguments, &notes->argument_count, &notes->argument_room, text + 1);
    case LIBRARY:
        return notes_add(&notes->libraries, &notes->library_count, &notes->library_room, text + 1);
    case TOOL: return sscanf(text + 1, "%d", &notes->tool) == 1 ? 0 : -EPROTO;
    case END: return notes_take_life(&notes->life, text + 1);
    case OTHER_END: return notes_take_other(notes, text + 1);
    default: return -EPROTO;
    }
}

static int take_all(struct notes *notes, char *at, const char *end)
{
    int error = 0;
    while (error == 0 && at < end && memchr(at, '\0', (size_t)(end - at)) != NULL) {
        error = notes_take(notes, at);
        at += strlen(at) + 1;
    }
    return error;
}

int notes_read(struct notes *notes, const char *directory)
{
    struct notes found = {0};
    size_t size = 0, first = strlen(FIRST_LINE);
    int error = read_text(directory, &found.text, &size);
    if (error != 0)
        return error;
    if (size < first || memcmp(found.text, FIRST_LINE, first) != 0)
        error = -EPROTO;
    else
        error = take_all(&found, found.text + first, found.text + size);
    if (error == 0 && (found.argument_count == 0 || found.library_count == 0))
        error = -EPROTO;
    if (error != 0)
        notes_finish(&found);
    else
        *notes = found;
    return error;
}

void notes_finish(struct notes *notes)
{
    free(notes->arguments);
    free(notes->libraries);
    free(notes->others);
    free(notes->text);
    *notes = (struct notes){0};
}
