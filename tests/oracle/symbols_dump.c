/*
 * symbols_dump.c - symbols_resolve on the command line, for comparison with other tools.
 *
 * symbols_dump FILE reads return addresses in hexadecimal, one a line, and prints each chain
 * as llvm-symbolizer does: innermost first, linkage name, file:line:column, an empty line.
 * With -d before FILE it prints demangled names. With -t it prints nothing but the time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "symbols/symbols.h"

static const char *or_unknown(const char *text)
{
    return text ? text : "??";
}

static void print_chain(const struct symbol_chain *chain, bool is_demangled)
{
    for (size_t i = chain->count; i-- > 0;) {
        const struct symbol_frame *frame = &chain->frames[i];
        printf("%s\n%s:%d:%d\n", or_unknown(is_demangled ? frame->function : frame->linkage_name),
            or_unknown(frame->file), frame->line, frame->column);
    }
    putchar('\n');
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
    const char *option = argc == 3 ? argv[1] : "", *path = argv[argc - 1];
    char line[64];
    double first = 0, begin = seconds();
    size_t count = 0;

    if (argc < 2 || argc > 3)
        return 2;
    struct symbols *symbols = symbols_create();
    if (!symbols)
        return 1;
    for (; fgets(line, sizeof(line), stdin); count++) {
        uint64_t address = strtoull(line, NULL, 16);
        const struct symbol_chain *chain = symbols_resolve(symbols, path, NULL, address, true);
        if (count == 0)
            first = seconds() - begin;
        if (strcmp(option, "-t") != 0)
            print_chain(chain, strcmp(option, "-d") == 0);
    }
    const char *problem = symbols_problem(symbols, path);
    if (problem)
        fprintf(stderr, "%s: %s\n", path, problem);
    if (strcmp(option, "-t") == 0)
        printf("%zu addresses in %.4f s, the first took %.4f s\n", count, seconds() - begin, first);
    symbols_destroy(symbols);
    return problem ? 1 : 0;
}
