/*
 * seeds_options.c - writes command lines for fuzz_options to start from: seeds_options DIRECTORY
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define WORDS_MAX 8

static const char *const seeds[][WORDS_MAX] = {
    {"sleep", "1"},
    {"--root", "net::Server<int>::accept(int)", "--each=7", "--", "prog", "-o"},
    {"--leaf", "-poll,-@sleep,@net,SSL_*", "--leaf=libssl:[bf]read?,::f", "prog", "Server::accept"},
    {"--leaf", "<T as Trait>::f,a<b,(c)>::d,operator()", "prog", "<T as Trait>::f::{closure#0}"},
    {"--hook=plt", "--explain", "--yes-many", "--no-time", "--color", "never", "prog"},
    {"--wait=all", "-o", "file", "--leaf", "raed", "prog", "read", "_ZN1a4readEv"},
    {"report", "--root", "f", "DIR", "--remove", "-ofile"},
    {"--list-leaves"},
    {"--ro", "f", "--leaf", "\033[31m,\xc2\x9b", "a\nb"},
};

static int write_seed(const char *directory, size_t index)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/seed-%zu", directory, index);
    FILE *out = fopen(path, "wb");
    if (out == NULL)
        return 1;
    for (size_t i = 0; i < WORDS_MAX && seeds[index][i]; i++)
        fwrite(seeds[index][i], 1, strlen(seeds[index][i]) + 1, out);
    return fclose(out) != 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: seeds_options DIRECTORY\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        failed |= write_seed(argv[1], i);
    return failed;
}
