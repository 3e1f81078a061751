/*
 * test_short_path.c - paths of source files as people say them.
 */
// needs: cli
#include "names/short_path.h"
#include "suite.h"

#include <stdlib.h>

#define HASH    "4b91a6ea7258a947e59c6522cd5898e7c0a6a88f"
#define CRATES  "/home/me/.cargo/registry/src/index.crates.io-6f17d22bba15001f/"
#define PROJECT "/home/me/project"

static void expect_in(const char *directory, const char *path, const char *expected)
{
    char *actual = short_path(path, directory);
    ck_assert_str_eq(actual, expected);
    free(actual);
}

static void expect(const char *path, const char *expected)
{
    expect_in(NULL, path, expected);
}

START_TEST(the_standard_library_of_rust_has_no_place)
{
    expect("/rustc/" HASH "/library/std/src/io/mod.rs", "std/src/io/mod.rs");
    expect("/rustc/" HASH "//library/std/src/io/mod.rs", "std/src/io/mod.rs");
    expect("/rustc/" HASH "/compiler/rustc_span/src/lib.rs", "compiler/rustc_span/src/lib.rs");
    expect("/usr/src/rustc-1.63.0/library/core/src/fmt/mod.rs", "core/src/fmt/mod.rs");
    expect("/home/me/.rustup/toolchains/stable/lib/rustlib/src/rust/library/std/src/io.rs",
        "std/src/io.rs");
    expect("/rust/deps/hashbrown-0.14.5/src/raw/mod.rs", "hashbrown-0.14.5/src/raw/mod.rs");
    expect("/rustc/mine/library/a.c", "/rustc/mine/library/a.c");
    expect("/rustc/" HASH, "/rustc/" HASH);
}
END_TEST

START_TEST(libraries_of_cargo_begin_with_their_name)
{
    expect(CRATES "tokio-1.2.3/src/x.rs", "tokio-1.2.3/src/x.rs");
    expect("/root/.cargo/registry/src/github.com-1ecc6299db9ec823/a-1/b.rs", "a-1/b.rs");
    expect("/usr/share/cargo/registry/regex-1.7.1/src/lib.rs", "regex-1.7.1/src/lib.rs");
    expect("/registry/src/main.c", "/registry/src/main.c");
    expect_in("/home/me", CRATES "tokio-1.2.3/src/x.rs", "tokio-1.2.3/src/x.rs");
}
END_TEST

START_TEST(detours_are_left_out)
{
    expect("./foo/../bar.c", "bar.c");
    expect("a//b/./c.c", "a/b/c.c");
    expect("a/b/../../c.c", "c.c");
    expect("/a/../../b.c", "/b.c");
    expect("a/..", ".");
    expect("a/..b/...", "a/..b/...");
    expect("/", "/");
    expect("", "");
}
END_TEST

START_TEST(a_parent_of_nothing_stays)
{
    expect("../sysdeps/unix/sysv/linux/read.c", "../sysdeps/unix/sysv/linux/read.c");
    expect("../../a/../b.c", "../../b.c");
    expect("a/../../b.c", "../b.c");
}
END_TEST

START_TEST(what_is_below_the_directory_is_relative_to_it)
{
    expect_in(PROJECT, PROJECT "/src/a.c", "src/a.c");
    expect_in(PROJECT "/build/..//", PROJECT "/src/a.c", "src/a.c");
    expect_in(PROJECT, PROJECT "/build/../src/a.c", "src/a.c");
    expect_in(PROJECT, PROJECT "s/src/a.c", PROJECT "s/src/a.c");
    expect_in(PROJECT, PROJECT, PROJECT);
    expect_in(PROJECT, "src/a.c", "src/a.c");
    expect_in("/", "/src/a.c", "/src/a.c");
    expect_in("src", "src/a.c", "src/a.c");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("short_path");
    TCase *tests = tcase_create("short_path");
    tcase_add_test(tests, the_standard_library_of_rust_has_no_place);
    tcase_add_test(tests, libraries_of_cargo_begin_with_their_name);
    tcase_add_test(tests, detours_are_left_out);
    tcase_add_test(tests, a_parent_of_nothing_stays);
    tcase_add_test(tests, what_is_below_the_directory_is_relative_to_it);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
