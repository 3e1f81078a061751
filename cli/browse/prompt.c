/*
 * prompt.c - reads a line that the user types at the bottom of the screen.
 */
#include "browse/prompt.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "browse/draw.h"
#include "terminal/screen.h"

#define CONTROL_U 0x15
#define SPACE     0x20

struct typed {
    char *text; /* malloc'ed */
    size_t length, room;
};

/* RFC 3629. Without memory, the character is lost. */
static void prompt_append(struct typed *typed, unsigned key)
{
    if (array_reserve(&typed->text, typed->length, 5, &typed->room, 1) != 0)
        return;
    char *to = typed->text + typed->length, *end = to;
    if (key < 0x80) {
        *end++ = (char)key;
    } else {
        unsigned more = key < 0x800 ? 1 : key < 0x10000 ? 2 : 3;
        unsigned first = 0xff << (7 - more) & 0xff;
        *end++ = (char)(first | key >> 6 * more);
        while (more-- > 0)
            *end++ = (char)(0x80 | (key >> 6 * more & 0x3f));
    }
    *end = '\0';
    typed->length += (size_t)(end - to);
}

static void remove_last(struct typed *typed)
{
    while (typed->length > 0 && ((unsigned char)typed->text[--typed->length] & 0xc0) == 0x80)
        ;
    typed->text[typed->length] = '\0';
}

/* Returns whether the user goes on. */
static bool take(struct typed *typed, int key, bool *is_given_up)
{
    *is_given_up = key == SCREEN_ESCAPE || key == SCREEN_CLOSED ||
                   (key == SCREEN_BACKSPACE && typed->length == 0);
    if (*is_given_up || key == SCREEN_ENTER)
        return false;
    if (key == SCREEN_BACKSPACE) {
        remove_last(typed);
    } else if (key == CONTROL_U) {
        typed->length = 0;
        typed->text[0] = '\0';
    } else if (key >= SPACE && key < KEY_OF_SCREEN) {
        prompt_append(typed, (unsigned)key);
    }
    return true;
}

char *prompt_read(struct state *state, const char *before)
{
    struct typed typed = {.text = calloc(1, 1), .room = 1};
    bool is_given_up = false;
    if (typed.text == NULL)
        return NULL;
    do
        draw_prompt(state, before, typed.text);
    while (take(&typed, screen_read_key(), &is_given_up));
    if (!is_given_up)
        return typed.text;
    free(typed.text);
    return NULL;
}
