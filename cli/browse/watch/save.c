/*
 * save.c - saves what is shown in a file.
 */
#include "browse/watch/save.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "browse/prompt.h"
#include "browse/state.h"
#include "saved/store.h"

/* "redis-server-093015.run", by the time at which the period began. */
static char *default_name(const struct saved_run *run)
{
    time_t begun = (time_t)(run->begun_ns / 1000000000);
    struct tm local;
    char moment[16] = "", *name = NULL;
    if (localtime_r(&begun, &local))
        strftime(moment, sizeof moment, "%H%M%S", &local);
    return asprintf(&name, "%s-%s.run", saved_program(run), moment) < 0 ? NULL : name;
}

/* Returns the name, malloc'ed; NULL: the user has given up, or there is no memory. */
static char *ask_name(struct state *state)
{
    char *name = default_name(&state->run->saved.run), *before = NULL;
    if (name == NULL || asprintf(&before, "save as (%s): ", name) < 0)
        before = NULL;
    char *typed = before ? prompt_read(state, before) : NULL;
    free(before);
    if (typed && *typed) {
        free(name);
        return typed;
    }
    bool is_given_up = typed == NULL;
    free(typed);
    if (!is_given_up)
        return name;
    free(name);
    return NULL;
}

/* A file that is there is never replaced: its name was typed in a moment of haste. */
static char *store(const struct saved *saved, const char *name)
{
    const struct saved_options options = {.limit = UINT64_MAX};
    char *said = NULL;
    int error = 0;
    if (access(name, F_OK) == 0)
        return asprintf(&said, "'%s' is there already", name) < 0 ? NULL : said;
    error = store_saved(name, saved, &options);
    int length = error ? asprintf(&said, "cannot save in '%s': %s", name, strerror(-error))
                       : asprintf(&said, "saved: scoped-trace report %s", name);
    return length < 0 ? NULL : said;
}

void save_period(struct state *state)
{
    if (state->scope.view == NULL)
        return;
    char *name = ask_name(state);
    if (name) {
        free(state->status);
        state->status = store(&state->run->saved, name);
    }
    free(name);
}
