/*
 * kind.c - which processes do the same: the program and the role in it.
 *
 * Programs write titles as they like. Most are "PROGRAM: ROLE ...", or begin with a name that is
 * not the program's ("redis-rdb-bgsave *:6379"). The role is the words up to the first one that is
 * no plain word: addresses, numbers, paths and options change from process to process. Brackets
 * around a plain word are the end of a role ("sshd: user [priv]"), since a state follows.
 */
#include "tree/kind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "tree/process.h"
#include "tree/tree.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

/* A part of a title. */
struct span {
    const char *start;
    size_t length;
};

static bool kind_is_text(struct span span, const char *text)
{
    return strlen(text) == span.length && strncmp(span.start, text, span.length) == 0;
}

/* A plain word is letters, then also digits, and ends before a blank or one of "[(@:". */
static struct span read_plain(const char *text)
{
    size_t length = strspn(text, LETTERS) ? strspn(text, LETTERS DIGITS "-_") : 0;
    return (struct span){text, strchr(" [(@:", text[length]) ? length : 0};
}

/* Returns "[word]", or an empty span. */
static struct span read_bracketed(const char *text)
{
    size_t length = *text == '[' ? 1 + strspn(text + 1, LETTERS "-_") : 0;
    return (struct span){text, length > 1 && text[length] == ']' ? length + 1 : 0};
}

/* What follows one of these is whom a process works for. */
static bool is_preposition(struct span word)
{
    static const char *const words[] = {"for", "from", "of", "on", "to"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (kind_is_text(word, words[i]))
            return true;
    return false;
}

/* Appends the word at `to`, with # for each row of digits. Returns the new end. */
static char *append_word(char *to, struct span word)
{
    const char *start = to;
    for (size_t i = 0; i < word.length; i++) {
        bool is_digit = strchr(DIGITS, word.start[i]) != NULL;
        if (is_digit && to > start && to[-1] == '#')
            continue;
        *to++ = is_digit ? '#' : word.start[i];
    }
    return to;
}

/* Several instances of a program may have names: "postgres: main: checkpointer". */
static const char *skip_instance(const char *text)
{
    size_t length = strcspn(text, " ");
    return length > 0 && text[length - 1] == ':' ? text + length + strspn(text + length, " ")
                                                 : text;
}

/* nginx: "master process nginx -c FILE". The title may be cut. */
static bool begins_command(const char *text, const char *command)
{
    size_t length = strlen(text), whole = strlen(command), least = strcspn(command, " ");
    return least > 0 && length >= least &&
           strncmp(text, command, length < whole ? length : whole) == 0;
}

/* Appends the words of the role. Returns the end. */
static char *append_role(char *to, const char *text, const char *command)
{
    for (;;) {
        text += strspn(text, " ");
        struct span bracketed = read_bracketed(text), word = read_plain(text);
        bool is_last = bracketed.length > 0;
        word = is_last ? bracketed : word;
        if (word.length == 0 || is_preposition(word) || begins_command(text, command))
            return to;
        *to++ = ' ';
        to = append_word(to, word);
        text += word.length;
        if (is_last || *text != ' ')
            return to;
    }
}

/* Returns the first word without directories and colon. */
static struct span program_in(const char *title)
{
    size_t length = strcspn(title, " ");
    const char *start = title, *end = title + length;
    for (const char *c = title; c < end; c++)
        if (*c == '/')
            start = c + 1;
    return (struct span){start, (size_t)(end - start) - (end > start && end[-1] == ':')};
}

/* Writes the kind to `to`, which has room for the title; "" if the title says no role. */
static void kind_write(char *to, const struct tree_process *process, const char *name)
{
    struct span program = program_in(process->title);
    const char *rest = program.start + program.length;
    bool has_colon = *rest == ':';
    char *start = to;
    *to = '\0';
    if (read_plain(program.start).length == 0 || (!has_colon && kind_is_text(program, name)))
        return;
    to = append_word(to, program);
    if (has_colon)
        *to++ = ':';
    char *end = append_role(
        to, has_colon ? skip_instance(rest + strspn(rest, ": ")) : rest, process->command);
    *(has_colon && end == to ? start : end) = '\0';
}

char *tree_process_kind(const struct tree_process *process)
{
    char *name = tree_process_name(process);
    char *kind = malloc(strlen(process->title) + 1);
    if (name && kind)
        kind_write(kind, process, name);
    bool has_role = name && kind && kind[0];
    free(has_role ? name : kind);
    return has_role ? kind : name;
}
