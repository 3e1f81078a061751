/*
 * calls_wish.c - how the user wants calls of the root to be told apart.
 */
#include "options/calls_wish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"

#define EACH_DEFAULT 100
#define EACH_MAX     10000
#define BY_DEFAULT   1000

static bool read_number_of_each(const char *text, size_t length, unsigned *number)
{
    char *end;
    unsigned long value = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
    if (value < 1 || value > EACH_MAX || end != text + length)
        return false;
    *number = (unsigned)value;
    return true;
}

int calls_wish_each(struct calls_wish *wish, const char *value, char **problem)
{
    static const char innermost[] = "innermost";
    wish->each = 0;
    wish->is_innermost = false;
    for (const char *word = value; word;) {
        size_t length = strcspn(word, ",");
        if (length == sizeof innermost - 1 && strncmp(word, innermost, length) == 0)
            wish->is_innermost = true;
        else if (!read_number_of_each(word, length, &wish->each))
            return message_problem(problem, -EINVAL,
                "--each takes a number from 1 to %d, or innermost, not '%s'", EACH_MAX, value);
        word = word[length] ? word + length + 1 : NULL;
    }
    wish->each_is_default = wish->each == 0;
    if (wish->each_is_default)
        wish->each = EACH_DEFAULT;
    return 0;
}

static bool is_name(const char *text)
{
    for (const char *at = text; *at; at++) {
        bool is_letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '_';
        if (!is_letter && (at == text || *at < '0' || *at > '9'))
            return false;
    }
    return *text != '\0';
}

int calls_wish_by(struct calls_wish *wish, const char *argument, char **problem)
{
    bool is_number = argument[0] >= '1' && argument[0] <= '6' && argument[1] == '\0';
    if (!is_number && !is_name(argument))
        return message_problem(problem, -EINVAL,
            "--by takes the name of a parameter, or its number from 1 to 6, not '%s'", argument);
    wish->by = argument;
    return 0;
}

int calls_wish_check(struct calls_wish *wish, bool root_is_default, char **problem)
{
    if (root_is_default)
        return message_problem(problem, -EINVAL, "--by needs --root FUNCTION");
    if (wish->each == 0 || wish->each_is_default)
        wish->each = BY_DEFAULT;
    return 0;
}
