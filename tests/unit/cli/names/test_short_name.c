/*
 * test_short_name.c - demangled names as people say them.
 */
// needs: cli
#include "names/short_name.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define STRING "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >"

static void expect(const char *demangled, enum short_name_detail detail, const char *expected)
{
    char *actual = short_name(demangled, "…", detail);
    ck_assert_str_eq(actual, expected);
    free(actual);
}

static void brief(const char *demangled, const char *expected)
{
    expect(demangled, SHORT_NAME_BRIEF, expected);
}

static void unchanged(const char *name)
{
    brief(name, name);
}

START_TEST(strings_and_streams_have_the_names_that_people_write)
{
    brief(STRING "::size() const", "std::string::size");
    brief("std::basic_string<wchar_t>::data()", "std::wstring::data");
    brief("std::__1::basic_string<char, std::__1::char_traits<char>, std::__1::allocator<char> "
          ">::f()",
        "std::string::f");
    brief("std::__ndk1::basic_ostream<char, std::__ndk1::char_traits<char> >::flush()",
        "std::ostream::flush");
    brief("a::f<" STRING " >(int)", "a::f<std::string>");
    brief("std::basic_string_view<char16_t, std::char_traits<char16_t> >::f()",
        "std::u16string_view::f");
    brief("std::basic_ostream<char32_t>::f()", "std::basic_ostream<char32_t>::f");
    brief("own::basic_string<char>::f()", "own::basic_string<char>::f");
}
END_TEST

START_TEST(their_constructors_are_called_likewise)
{
    brief(STRING "::basic_string(char const*)", "std::string::string");
    brief(STRING "::~basic_string()", "std::string::~string");
    brief("std::basic_ostream<wchar_t, std::char_traits<wchar_t> >::~basic_ostream()",
        "std::wostream::~wostream");
    brief("x::basic_string::basic_string()", "x::basic_string::basic_string");
}
END_TEST

START_TEST(inline_namespaces_and_tags_are_not_written)
{
    brief("std::chrono::_V2::steady_clock::now()", "std::chrono::steady_clock::now");
    brief("std::filesystem::__cxx11::path::f[abi:cxx11]() const", "std::filesystem::path::f");
    brief("std::f[abi:v1][abi:v2](int)", "std::f");
    brief("__1::f()", "__1::f");
}
END_TEST

START_TEST(default_arguments_of_the_standard_library_are_not_written)
{
    brief(
        "std::vector<int, std::allocator<int> >::push_back(int&&)", "std::vector<int>::push_back");
    brief("std::map<int, A, std::less<int>, std::allocator<std::pair<int const, A> > >::at(int)",
        "std::map<int, A>::at");
    brief("std::unordered_set<A, std::hash<A>, std::equal_to<A>, std::allocator<A> >::f()",
        "std::unordered_set<A>::f");
    brief("std::unique_ptr<A, std::default_delete<A> >::reset(A*)", "std::unique_ptr<A>::reset");
    brief("std::set<A, std::less<A> >::f()", "std::set<A>::f");
}
END_TEST

START_TEST(other_arguments_are_written)
{
    brief("std::set<A, std::less<void> >::f()", "std::set<A, std::less<void>>::f");
    brief("std::set<A, own::less<A> >::f()", "std::set<A, own::less<A>>::f");
    brief("std::allocator<int>::allocate(unsigned long)", "std::allocator<int>::allocate");
    brief("own::set<A, std::less<A> >::f()", "own::set<A, std::less<A>>::f");
    brief("std::x<A, std::less<A>, int>::f()", "std::x<A, std::less<A>, int>::f");
}
END_TEST

START_TEST(long_arguments_are_an_ellipsis)
{
    brief("f<aaaaaaaaa, bbbbbbbbb, cc>()", "f<aaaaaaaaa, bbbbbbbbb, cc>");
    brief("f<aaaaaaaaa, bbbbbbbbb, ccc>()", "f<…>");
    brief("f<g<aaaaaaaaa, bbbbbbbbb, ccc> >()", "f<g<…>>");
    char *ascii = short_name("f<aaaaaaaaa, bbbbbbbbb, ccc>()", "...", SHORT_NAME_BRIEF);
    ck_assert_str_eq(ascii, "f<...>");
    free(ascii);
}
END_TEST

START_TEST(parameter_lists_are_dropped_wherever_they_are)
{
    brief("f(int, char const*)", "f");
    brief("A::f() const &&", "A::f");
    brief("(anonymous namespace)::f((anonymous namespace)::A)", "(anonymous namespace)::f");
    brief("a::(anonymous namespace)::f(int)", "a::(anonymous namespace)::f");
    brief("run(int)::Local::f(int)", "run::Local::f");
    brief("A::run(void (*)(int)) const::Local::f()", "A::run::Local::f");
    brief("signal(int, void (*)(int))", "signal");
    brief("f<void (*)(int)>(int)", "f<void (*)(int)>");
    brief("f<run(int)::Local>()", "f<run::Local>");
    brief("f(int) requires C<int>", "f");
}
END_TEST

START_TEST(return_types_are_dropped)
{
    brief("void f<int>(int)", "f<int>");
    brief("void f <int>(int)", "f <int>");
    brief("std::enable_if<((N)>(1)), int>::type f<int>(int)", "f<int>");
    brief("decltype ((x)+(y)) f<int>(int)", "f<int>");
    brief("decltype(auto) f<int>(int)", "f<int>");
    brief("void f<int>(int)::{lambda()#1}::operator()() const", "f<int>::{lambda#1}::operator()");
    brief("a<void f<int>(int)::Local>::g()", "a<f<int>::Local>::g");
    brief("void std::f<int>(int)::g<A, std::allocator<A> >()", "std::f<int>::g<A>");
    brief("void (*f<int>(int))(char)", "f<int>");
    brief("void (*(*f<int>(int))(char))(long)", "f<int>");
    brief("char (&f<int>(int)) [5]", "f<int>");
}
END_TEST

START_TEST(operators_keep_their_names)
{
    brief("A::operator()(int) const", "A::operator()");
    brief("A::operator()<int>(int) const", "A::operator()<int>");
    brief("A::operator->() const", "A::operator->");
    brief("bool operator< <int>(A<int> const&)", "operator< <int>");
    brief("std::operator<< <int>(A&, char)", "std::operator<< <int>");
    brief("bool operator><int>(A<int> const&)", "operator><int>");
    brief("A::operator unsigned long() const", "A::operator unsigned long");
    brief("A::operator void (*)(int)() const", "A::operator void (*)(int)");
    brief("A::operator " STRING "() const", "A::operator std::string");
    brief("operator new[](unsigned long)", "operator new[]");
    brief("operator\"\" _s(char const*)", "operator\"\" _s");
    brief("A::operator int() const::{lambda()#2}::operator()() const",
        "A::operator int::{lambda#2}::operator()");
}
END_TEST

START_TEST(brackets_that_compare_are_no_brackets)
{
    brief("f<((N)>(1)), int>(int)", "f<((N)>(1)), int>");
    brief("f<((N)<(1)), int>(int)", "f<((N)<(1)), int>");
    brief("f<(1)<<(3)>(int)", "f<(1)<<(3)>");
    brief("f<((1)<=(3))>(int)", "f<((1)<=(3))>");
    brief("f<(a<b)>(int)", "f<(a<b)>");
    brief("f<decltype (x->y)>(int)", "f<decltype (x->y)>");
}
END_TEST

START_TEST(lambdas_are_written_in_one_way)
{
    brief("main::{lambda(int)#1}::operator()(int) const", "main::{lambda#1}::operator()");
    brief("main::{lambda<typename $T0>($T0)#12}::_FUN(int)", "main::{lambda#12}::_FUN");
    brief("main::'lambda'(int)::operator()(int) const", "main::{lambda#1}::operator()");
    brief("main::'lambda0'(int)::operator()(int) const", "main::{lambda#2}::operator()");
    brief("main::$_0::operator()(int) const", "main::{lambda#1}::operator()");
    brief("main::$_9::__invoke(int)", "main::{lambda#10}::__invoke");
    brief("main::<lambda(int)>::operator()(int) const", "main::{lambda}::operator()");
    brief("main::{unnamed type#1}::f()", "main::{unnamed type#1}::f");
    unchanged("main::'lambdas'");
    unchanged("main::$_x");
}
END_TEST

START_TEST(compilers_clones_have_the_name_of_the_function)
{
    brief("f(int) [clone .isra.0]", "f");
    brief("f(int) [clone .isra.0] [clone .cold]", "f");
    brief("A::f() const (.isra.0)", "A::f");
    brief("f [clone .cold]", "f");
    brief("non-virtual thunk to A::f(int)", "non-virtual thunk to A::f");
    brief("guard variable for f(int)::x", "guard variable for f::x");
}
END_TEST

START_TEST(names_of_rust_lose_hashes_and_long_paths_of_types)
{
    brief("std::io::Read::read::h0123456789abcdef", "std::io::Read::read");
    unchanged("std::io::Read::read::h0123456789abcde");
    unchanged("h0123456789abcdef");
    brief("<alloc::vec::Vec<T> as core::iter::traits::Extend<T>>::extend::h0123456789abcdef",
        "<Vec<T> as Extend<T>>::extend");
    unchanged("<a::T as b::U>::f");
    brief("<a::b::T<u8>>::f", "a::b::T<u8>::f");
    brief("<&mut aaaaaaaaaa::T as bbbbbbbbbbb::U>::f", "<&mut T as U>::f");
    brief("core::fmt::num::<impl core::fmt::Display for u8>::fmt",
        "core::fmt::num::<impl Display for u8>::fmt");
    brief("core::ptr::drop_in_place<alloc::vec::Vec<alloc::string::String>>",
        "core::ptr::drop_in_place<Vec<String>>");
    brief("a::f::<aaaaaaaaaaaaaaaaaa::A, bbbbbbbb::B>::{closure#0}", "a::f::<A, B>::{closure}");
    brief("a::f::<aaaaaaaaaaaaaaaaaaaaaaaaa>::{closure#0}", "a::f::<…>::{closure}");
    brief("<aaaaaaaaaaaaaaaaaa::f::{closure#0} as b::Fn>::call", "<f::{closure} as Fn>::call");
}
END_TEST

START_TEST(closures_are_written_in_one_way)
{
    brief("a::f::{{closure}}::h0123456789abcdef", "a::f::{closure}");
    brief("a::f::{closure#0}", "a::f::{closure}");
    brief("core::ops::FnOnce::call_once{{vtable.shim}}::h0123456789abcdef",
        "core::ops::FnOnce::call_once{vtable.shim}");
    brief("a::f::{shim:vtable#0}", "a::f::{shim:vtable}");
}
END_TEST

START_TEST(what_is_not_understood_is_unchanged)
{
    unchanged("");
    unchanged("read");
    unchanged("main.(*Server).Serve");
    unchanged("main.Map[go.shape.int,go.shape.string]");
    unchanged("-[Foo bar:baz:]");
    unchanged("app.Cache!(int).fill(int)");
    unchanged("$s4main3FooV3baryyF");
    unchanged("main.Foo.bar() -> ()");
    unchanged("LazyCompile:*run /a b/x.js:12");
    unchanged("f(int");
    unchanged("f)int(");
    unchanged("f<int>>(int)");
    unchanged("f(]");
    unchanged("operator");
    unchanged("()");
    unchanged("\xff\x01 (\xfe)");
}
END_TEST

START_TEST(more_detail_says_more)
{
    const char *name = "void f<aaaaaaaaa, bbbbbbbbb, ccc>(" STRING " const&) [clone .cold]";
    expect(name, SHORT_NAME_BRIEF, "f<…>");
    expect(name, SHORT_NAME_PARAMETERS, "f<…>(std::string const&)");
    expect(name, SHORT_NAME_ARGUMENTS, "f<aaaaaaaaa, bbbbbbbbb, ccc>(std::string const&)");
    expect(name, SHORT_NAME_WHOLE, name);
    name = "run(int) const::{lambda(char)#1}::operator()(char) const";
    expect(name, SHORT_NAME_PARAMETERS, name);
    expect("a::f::{closure#1}", SHORT_NAME_PARAMETERS, "a::f::{closure#1}");
    name = "<aaaaaaaaaaaaaaaaaa::A as b::Fn>::call";
    expect(name, SHORT_NAME_PARAMETERS, "<A as Fn>::call");
    expect(name, SHORT_NAME_ARGUMENTS, name);
}
END_TEST

enum { long_length = 100 * 1024 };

/* Returns `text` as often as it fits into long_length bytes. */
static char *repeat(const char *text)
{
    size_t length = strlen(text), count = long_length / length;
    char *all = malloc(count * length + 1);
    for (size_t i = 0; i < count; i++)
        memcpy(all + i * length, text, length);
    all[count * length] = '\0';
    return all;
}

/* Quadratic time would be seen as a timeout, deep recursion as a crash. */
START_TEST(long_names_take_no_long_time)
{
    static const char *const pieces[] = {"<", "(", "f<a", "a<b>::", "a(b)::", "x y(1)::", "&",
        "()&", " [clone a]", "<<T as A>::", "<a::", "operator{", "operator ",
        "std::basic_string<char>::", "std::x<a, std::less<a>, ", "'lambda'(", "$_0", "{{a}}",
        "{closure#", "[abi:a]", "(*", "::", " to "};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        char *name = repeat(pieces[i]);
        for (enum short_name_detail detail = 0; detail <= SHORT_NAME_WHOLE; detail++)
            free(short_name(name, "…", detail));
        free(name);
    }
}
END_TEST

START_TEST(brackets_may_be_nested_deeply)
{
    enum { depth = long_length / 4 };
    char *name = malloc(4 * depth + 3);
    for (size_t i = 0; i < depth; i++)
        memcpy(name + 2 * i, "a<", 2);
    memset(name + 2 * depth, '>', depth);
    memcpy(name + 3 * depth, "()", 3);
    char *actual = short_name(name, "…", SHORT_NAME_BRIEF);
    ck_assert_uint_lt(strlen(actual), 100);
    ck_assert_uint_eq(strncmp(actual, "a<", 2), 0);
    free(actual);
    free(name);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("short_name");
    TCase *tests = tcase_create("short_name");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, strings_and_streams_have_the_names_that_people_write);
    tcase_add_test(tests, their_constructors_are_called_likewise);
    tcase_add_test(tests, inline_namespaces_and_tags_are_not_written);
    tcase_add_test(tests, default_arguments_of_the_standard_library_are_not_written);
    tcase_add_test(tests, other_arguments_are_written);
    tcase_add_test(tests, long_arguments_are_an_ellipsis);
    tcase_add_test(tests, parameter_lists_are_dropped_wherever_they_are);
    tcase_add_test(tests, return_types_are_dropped);
    tcase_add_test(tests, operators_keep_their_names);
    tcase_add_test(tests, brackets_that_compare_are_no_brackets);
    tcase_add_test(tests, lambdas_are_written_in_one_way);
    tcase_add_test(tests, compilers_clones_have_the_name_of_the_function);
    tcase_add_test(tests, names_of_rust_lose_hashes_and_long_paths_of_types);
    tcase_add_test(tests, closures_are_written_in_one_way);
    tcase_add_test(tests, what_is_not_understood_is_unchanged);
    tcase_add_test(tests, more_detail_says_more);
    tcase_add_test(tests, long_names_take_no_long_time);
    tcase_add_test(tests, brackets_may_be_nested_deeply);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
