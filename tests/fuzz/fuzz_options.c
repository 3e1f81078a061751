/*
 * fuzz_options.c - whatever is on the command line, it is refused with a reason or means something;
 * and what leaves and functions may be called matches, or not, and prints nothing that steers a
 * terminal.
 *
 * The input is the arguments, each ended by NUL. For libFuzzer.
 */
// needs: cli
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "options/options.h"
#include "leaves/leaves.h"
#include "names/function_name.h"
#include "names/function_spec.h"
#include "names/near_miss.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

#define ARGUMENTS_MAX 64

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "this does not hold: %s\n", what);
    abort();
}

static void check_harmless(const char *text)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&printed, &size);
    message_write_harmless(out, text);
    fclose(out);
    for (size_t i = 0; i < size; i++)
        check((unsigned char)printed[i] >= 0x20 && printed[i] != 0x7f, "a control character");
    free(printed);
}

/* Refused: with -EINVAL and a reason. */
static void check_problem(int error, char *problem)
{
    check(error == -EINVAL && problem != NULL && *problem != '\0', "why it was refused");
    check_harmless(problem);
    free(problem);
}

/* Every argument is a function's name, too, of a symbol or demangled. */
static void match(const struct function_spec *spec, const char *name)
{
    struct function_name parts;
    function_spec_matches_linkage(spec, name);
    function_spec_may_match(spec, name);
    function_spec_fits_file(spec, name, NULL);
    function_spec_fits_file(spec, "/lib/libc.so.6", name);
    if (function_name_read(&parts, name) != 0)
        return;
    function_spec_matches(spec, name, &parts);
    function_name_finish(&parts);
}

static void ask_back(const char *wanted, char *const *names)
{
    struct near_miss near;
    near_miss_begin(&near, wanted);
    for (; *names; names++)
        near_miss_consider(&near, *names, strlen(*names));
    char *question = near_miss_question(&near);
    check(question != NULL, "a question");
    check_harmless(question);
    free(question);
}

static void try_leaves(const struct leaves *leaves, char *const *names)
{
    check(leaves->count > 0, "there are leaves");
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = &leaves->list[i];
        check(leaf->symbol && leaf->shown, "a leaf has names");
        if (leaf->spec == NULL)
            continue;
        ask_back(leaf->symbol, names);
        for (char *const *name = names; *name; name++)
            match(leaf->spec, *name);
    }
}

static void try_run(const struct options *options, char *const *names)
{
    struct leaves leaves;
    char *problem = NULL;
    check(options->program[0] != NULL, "there is a program");
    check(options->root[0] != '\0', "there is a root");
    int error = leaves_select(&leaves, options->leaves, options->leaf_count, &problem);
    if (error != 0) {
        check_problem(error, problem);
        return;
    }
    if (options->each)
        error = leaves_add_root(&leaves, options->root, &problem);
    if (error != 0)
        check_problem(error, problem);
    else
        try_leaves(&leaves, names);
    leaves_finish(&leaves);
}

static void try_options(int argc, char **argv)
{
    struct options options;
    char *problem = NULL;
    int error = options_parse(&options, argc, argv, &problem);
    if (error != 0) {
        check_problem(error, problem);
        return;
    }
    check(problem == NULL, "all is well");
    if (options.action == ACTION_RUN)
        try_run(&options, argv + 1);
    options_finish(&options);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *argv[ARGUMENTS_MAX + 1] = {(char[]){"scoped-trace"}};
    int argc = 1;
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, bytes, size);
    text[size] = '\0';
    for (char *at = text; at < text + size && argc < ARGUMENTS_MAX; at += strlen(at) + 1) {
        check_harmless(at);
        argv[argc++] = at;
    }
    argv[argc] = NULL;
    try_options(argc, argv);
    free(text);
    return 0;
}
