/*
 * test_function_spec.c - which functions are meant by what a person writes.
 */
// needs: cli
#include "names/function_spec.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct function_spec spec;
static char *problem;

static bool is_anywhere; /* of what is parsed */

static void tear_down(void)
{
    function_spec_finish(&spec);
    free(problem);
    problem = NULL;
}

static struct function_spec *parse(const char *written)
{
    function_spec_finish(&spec);
    ck_assert_int_eq(function_spec_parse(&spec, written, &problem), 0);
    spec.is_anywhere = is_anywhere;
    return &spec;
}

static bool names(const char *written, const char *demangled)
{
    parse(written);
    struct function_name name;
    ck_assert_int_eq(function_name_read(&name, demangled), 0);
    bool is_match = function_spec_matches(&spec, demangled, &name);
    function_name_finish(&name);
    return is_match;
}

static bool names_symbol(const char *written, const char *linkage_name)
{
    parse(written);
    return function_spec_matches_linkage(&spec, linkage_name);
}

static bool fits(const char *written, const char *path, const char *soname)
{
    parse(written);
    return function_spec_fits_file(&spec, path, soname);
}

static bool may_match(const char *written, const char *mangled)
{
    parse(written);
    return function_spec_may_match(&spec, mangled);
}

#define YES(written, name) ck_assert_msg(names(written, name), "%s: %s", written, name)
#define NO(written, name)  ck_assert_msg(!names(written, name), "%s: %s", written, name)

START_TEST(what_comes_before_may_be_left_out)
{
    YES("Server::accept", "net::Server<int>::accept(int)");
    YES("net::Server::accept", "net::Server<int>::accept(int)");
    YES("Server<int>::accept", "net::Server<int>::accept(int)");
    NO("Server<char>::accept", "net::Server<int>::accept(int)");
    NO("erver::accept", "net::Server<int>::accept(int)");
    NO("other::Server::accept", "net::Server<int>::accept(int)");
    NO("far::net::Server::accept", "net::Server<int>::accept(int)");
    NO("net::Server", "net::Server<int>::accept(int)");
    YES("net::poll", "mycrate::net::poll");
}
END_TEST

START_TEST(a_name_without_colons_is_in_no_namespace)
{
    YES("baz", "baz(int)");
    YES("baz", "int baz<char>(char)");
    YES("baz", "(anonymous namespace)::baz(int)");
    NO("baz", "net::baz(int)");
    NO("poll", "mycrate::net::poll");
}
END_TEST

START_TEST(a_root_without_colons_may_be_in_any_namespace)
{
    is_anywhere = true;
    YES("baz", "baz(int)");
    YES("baz", "net::Server<int>::baz(int)");
    YES("poll", "mycrate::net::poll");
    NO("baz", "baz::poll(int)");
    is_anywhere = false;
}
END_TEST

START_TEST(colons_in_front_say_that_nothing_is_left_out)
{
    YES("::net::poll", "net::poll()");
    NO("::net::poll", "app::net::poll()");
    YES("::poll", "poll()");
}
END_TEST

START_TEST(parameters_choose_one_overload)
{
    YES("Server::accept(int)", "net::Server<int>::accept(int)");
    YES("accept(int,char const*)", "accept(int, char const*)");
    YES("accept() const", "accept() const");
    NO("accept()", "accept() const");
    NO("accept(char)", "accept(int)");
    YES("int accept<char>(char)", "int accept<char>(char)");
}
END_TEST

START_TEST(operators_and_lambdas_have_names)
{
    YES("Vec::operator()", "math::Vec::operator()(int) const");
    YES("operator<<", "operator<<(std::ostream&, Vec const&)");
    YES("Vec::operator[]", "Vec::operator[](unsigned long)");
    NO("Vec::operator*", "Vec::operator+(int)");
    YES("Vec::operator*", "Vec::operator*(int)");
    YES("Vec::operator bool", "Vec::operator bool() const");
    YES("Server::~Server", "net::Server<int>::~Server()");
    YES("main::{lambda(int)#1}::operator()", "main::{lambda(int)#1}::operator()(int) const");
    NO("main::{lambda(int)#2}::operator()", "main::{lambda(int)#1}::operator()(int) const");
    YES("main::{closure#0}", "mycrate::main::{closure#0}");
    YES("main::{{closure}}", "mycrate::main::{{closure}}");
}
END_TEST

START_TEST(rusts_impls_are_named_by_type_and_by_trait)
{
    YES("Pool::drop", "<app::Pool<T> as core::ops::Drop>::drop");
    YES("Drop::drop", "<app::Pool<T> as core::ops::Drop>::drop");
    YES("<app::Pool<T> as core::ops::Drop>::drop", "<app::Pool<T> as core::ops::Drop>::drop");
    YES("Pool::get", "<app::Pool>::get");
    NO("Other::drop", "<app::Pool<T> as core::ops::Drop>::drop");
}
END_TEST

START_TEST(what_is_shown_is_found_again)
{
    YES("(anonymous namespace)::helper", "(anonymous namespace)::helper(int)");
    YES("std::__1::vector<int>::clear", "std::__1::vector<int>::clear()");
    YES("std::vector::clear", "std::__1::vector<int>::clear()");
}
END_TEST

START_TEST(a_pattern_names_all_of_a_class)
{
    YES("Server::*", "net::Server<int>::accept(int)");
    YES("net::Server*::acc??t", "app::net::Server<int>::accept(int)");
    YES("Server::[ab]ccept", "net::Server<int>::accept(int)");
    YES("Server::*(int)", "net::Server<int>::accept(int)");
    NO("Server::*(char)", "net::Server<int>::accept(int)");
    NO("app::*(int)", "app::poll");
    NO("Server::*", "net::MyServer<int>::accept(int)");
    NO("::Server::*", "net::Server<int>::accept(int)");
    NO("Server::x*", "net::Server<int>::accept(int)");
}
END_TEST

START_TEST(a_pattern_without_colons_begins_at_the_beginning)
{
    YES("*", "net::Server<int>::accept(int)");
    YES("*accept", "net::Server<int>::accept(int)");
    NO("acc*", "net::Server<int>::accept(int)");
    YES("acc*", "accept(int)");
}
END_TEST

START_TEST(linkage_names_match_whole)
{
    ck_assert(names_symbol("SSL_read", "SSL_read"));
    ck_assert(!names_symbol("SSL_read", "SSL_read_ex"));
    ck_assert(names_symbol("SSL_*", "SSL_read"));
    ck_assert(names_symbol("_ZN3net4pollEv", "_ZN3net4pollEv"));
    ck_assert(!names_symbol("_*", "_ZN3net4pollEv"));
    ck_assert(names_symbol("_ZN3net*", "_ZN3net4pollEv"));
    ck_assert(names_symbol("_*", "_exit"));
}
END_TEST

START_TEST(stars_in_types_make_no_pattern)
{
    ck_assert(!parse("f<char*>(char*)")->is_pattern);
    ck_assert(!parse("char* f(int)")->is_pattern);
    ck_assert(!parse("Vec::operator*")->is_pattern);
    ck_assert(!parse("Text::get[abi:cxx11]")->is_pattern);
    ck_assert(parse("f*")->is_pattern);
    ck_assert(parse("[fg]")->is_pattern);
}
END_TEST

START_TEST(a_single_colon_ends_a_library)
{
    ck_assert_str_eq(parse("libssl.so.3:SSL_read")->library, "libssl.so.3");
    ck_assert_str_eq(parse("libssl.so.3:SSL_read")->name, "SSL_read");
    ck_assert_str_eq(parse("libstdc++.so.6:std::terminate")->library, "libstdc++.so.6");
    ck_assert_str_eq(parse("app:::poll")->library, "app");
    ck_assert(parse("app:::poll")->is_whole);
    ck_assert_ptr_null(parse("std::terminate")->library);
    ck_assert_ptr_null(parse("::poll")->library);
    ck_assert_ptr_null(parse("f<a:b>")->library);
}
END_TEST

START_TEST(a_library_is_named_with_or_without_its_version)
{
    ck_assert(fits("SSL_read", "/lib/libssl.so.3", NULL));
    ck_assert(fits("libssl.so.3:SSL_read", "/lib/libssl.so.3", NULL));
    ck_assert(fits("libssl:SSL_read", "/lib/libssl.so.3", NULL));
    ck_assert(fits("libssl.so:SSL_read", "/lib/libssl.so.3.0", NULL));
    ck_assert(fits("libssl.so.3:SSL_read", "/lib/libssl.so.3.0.1", NULL));
    ck_assert(fits("/lib/libssl.so.3:SSL_read", "/lib/libssl.so.3", NULL));
    ck_assert(fits("lib*:SSL_read", "/lib/libssl.so.3", NULL));
    ck_assert(fits("libc.so.6:read", "/lib/libc-2.31.so", "libc.so.6"));
    ck_assert(fits("app:helper", "/usr/bin/app", NULL));
    ck_assert(!fits("ap:helper", "/usr/bin/app", NULL));
    ck_assert(!fits("app:helper", "/usr/bin/app.old", NULL));
    ck_assert(!fits("libss:SSL_read", "/lib/libssl.so.3", NULL));
    ck_assert(!fits("libssl.so.1:SSL_read", "/lib/libssl.so.3", "libssl.so.3"));
}
END_TEST

START_TEST(half_of_a_library_and_function_is_refused)
{
    parse("untouched");
    ck_assert_int_eq(function_spec_parse(&spec, "libssl:", &problem), -EINVAL);
    ck_assert_ptr_nonnull(strstr(problem, "libssl:"));
    free(problem);
    ck_assert_int_eq(function_spec_parse(&spec, ":SSL_read", &problem), -EINVAL);
    ck_assert_ptr_nonnull(strstr(problem, ":SSL_read"));
    ck_assert_str_eq(spec.written, "untouched");
}
END_TEST

START_TEST(commas_in_brackets_end_no_name)
{
    ck_assert_uint_eq(function_spec_length("read,write"), 4);
    ck_assert_uint_eq(function_spec_length("f<int, char>(int, char),g"), 23);
    ck_assert_uint_eq(function_spec_length("[a,b]x,y"), 6);
    ck_assert_uint_eq(function_spec_length("operator<<,read"), 10);
    ck_assert_uint_eq(function_spec_length("operator,,read"), 9);
    ck_assert_uint_eq(function_spec_length("Vec::operator(),f"), 15);
    ck_assert_uint_eq(function_spec_length("f<fn(u8) -> u8>,g"), 15);
    ck_assert_uint_eq(function_spec_length(",x"), 0);
    ck_assert_uint_eq(function_spec_length("a),b"), 2);
}
END_TEST

START_TEST(only_mangled_names_with_the_right_letters_are_demangled)
{
    ck_assert(may_match("Server::accept", "_ZN3net6ServerIiE6acceptEi"));
    ck_assert(!may_match("Server::accept", "_ZN3net6ServerIiE4pollEi"));
    ck_assert(!may_match("Server::accept", "Server_accept"));
    ck_assert(!may_match("Server::accept", "_ZThn8_N3net6Server6acceptEi"));
    ck_assert(may_match("Server::*", "_ZN3net6ServerIiE4pollEi"));
    ck_assert(may_match("*lambda*", "_ZZ4mainENKUliE_clEi"));
    ck_assert(may_match("*clos*", "_RNCNvCs4fqI2P2rA04_3app4main0B3_"));
    ck_assert(may_match("main::{closure#0}", "_RNCNvCs4fqI2P2rA04_3app4main0B3_"));
    ck_assert(may_match("Vec::operator int", "_ZN3VeccviEv"));
}
END_TEST

START_TEST(letters_that_mangling_shortens_prove_nothing)
{
    ck_assert(may_match("std::string::append", "_ZNSs6appendEPKc"));
    ck_assert(may_match("string::string", "_ZNSsC1Ev"));
    ck_assert(may_match("*tring*", "_ZNSs4swapERSs"));
    ck_assert(may_match("*ew", "_Znwm"));
    ck_assert(may_match("app::g\xc3\xb6", "_RNvCs4fqI2P2rA04_3appu5g_5qa"));
    ck_assert(may_match("[xy]z::f", "_ZN2yz1fEv"));
    ck_assert(may_match("[]letters]z::f", "_ZN2lz1fEv"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("function_spec");
    TCase *tests = tcase_create("function_spec");
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_test(tests, what_comes_before_may_be_left_out);
    tcase_add_test(tests, a_name_without_colons_is_in_no_namespace);
    tcase_add_test(tests, a_root_without_colons_may_be_in_any_namespace);
    tcase_add_test(tests, colons_in_front_say_that_nothing_is_left_out);
    tcase_add_test(tests, parameters_choose_one_overload);
    tcase_add_test(tests, operators_and_lambdas_have_names);
    tcase_add_test(tests, rusts_impls_are_named_by_type_and_by_trait);
    tcase_add_test(tests, what_is_shown_is_found_again);
    tcase_add_test(tests, a_pattern_names_all_of_a_class);
    tcase_add_test(tests, a_pattern_without_colons_begins_at_the_beginning);
    tcase_add_test(tests, linkage_names_match_whole);
    tcase_add_test(tests, stars_in_types_make_no_pattern);
    tcase_add_test(tests, a_single_colon_ends_a_library);
    tcase_add_test(tests, a_library_is_named_with_or_without_its_version);
    tcase_add_test(tests, half_of_a_library_and_function_is_refused);
    tcase_add_test(tests, commas_in_brackets_end_no_name);
    tcase_add_test(tests, only_mangled_names_with_the_right_letters_are_demangled);
    tcase_add_test(tests, letters_that_mangling_shortens_prove_nothing);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
