/*
 * settings.h - what the tool has told this process: the session, the clock, the calls to keep,
 * objects.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "root/root_settings.h"

struct settings {
    char directory[200];       /* the session's; empty: there is none */
    const char *clock;         /* the value of SESSION_CLOCK_ENV, or NULL */
    struct root_settings root; /* of SESSION_EACH_ENV and SESSION_BY_ENV */
    bool wants_objects;        /* unless SESSION_WHAT_ENV says no */
    const char *library;       /* paths, as the dynamic linker knows them: the library's own */
    const char *interposer;    /* NULL: there is none */
};

extern struct settings settings;

/* Notes the environment, as constructors get it. Without this call, `environ` is used. */
void settings_take_variables(char **variables);

/* Reads the environment. May run twice, with the same result. */
void settings_read(void);

/* Finds the paths of the library and of the interposer. Called once, at the start. */
void settings_find_files(void);

#endif
