/*
 * seeds_names.c - writes names for fuzz_names to start from: seeds_names DIRECTORY
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define NAMES_MAX 8

static const char *const seeds[][NAMES_MAX] = {
    {"std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> "
     ">::~basic_string()",
        "std::map<int, A, std::less<int>, std::allocator<std::pair<int const, A> > >::at(int)"},
    {"void f<int>(int)::{lambda(char)#2}::operator()(char) const [clone .isra.0]",
        "main::'lambda0'(int)::operator()(int) const", "main::$_0::operator()()"},
    {"void (*(*f<int>(int))(char))(long)", "char (&f<int>(int)) [5]",
        "A::operator void (*)(int)()"},
    {"decltype ((x)+(y)) f<((N)>(1)), (1)<<(3)>(int)", "bool operator< <int>(A<int> const&)"},
    {"f(int)", "f(long)", "f", "f(int) [clone .cold]", "g[abi:cxx11](int)"},
    {"<alloc::vec::Vec<T> as core::iter::traits::Extend<T>>::extend::h0123456789abcdef",
        "core::num::<impl core::fmt::Display for u8>::fmt",
        "<aaaaaaaaaaaaaaaaaaaaaaaaaaa::T<u8>>::f"},
    {"a::f::{closure#0}", "a::f::{closure#1}", "a::f::{{closure}}", "a::call_once{{vtable.shim}}"},
    {"/home/me/project/build", "/home/me/project/build/../src//a.c", "./a/../../b.c", "/a/../.."},
    {"/rustc/4b91a6ea7258a947e59c6522cd5898e7c0a6a88f/library/std/src/io/mod.rs",
        "/root/.cargo/registry/src/github.com-1ecc6299db9ec823/a-1/b.rs"},
    {"main.(*Server).Serve", "app.Cache!(int).fill(int)", "-[Foo bar:baz:]",
        "\xe6\xbc\xa2u\xcc\x88\xff"},
};

static int write_seed(const char *directory, size_t index)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/seed-%zu", directory, index);
    FILE *out = fopen(path, "wb");
    if (out == NULL)
        return 1;
    fputc((int)(8 * index), out);
    for (size_t i = 0; i < NAMES_MAX && seeds[index][i]; i++)
        fwrite(seeds[index][i], 1, strlen(seeds[index][i]) + 1, out);
    return fclose(out) != 0;
}

int main(int argc, char **argv)
{
    int failed = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: seeds_names DIRECTORY\n");
        return 2;
    }
    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++)
        failed |= write_seed(argv[1], i);
    return failed;
}
