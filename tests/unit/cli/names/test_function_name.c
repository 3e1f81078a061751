/*
 * test_function_name.c - what people write for the names that demanglers write.
 */
// needs: cli
#include "names/function_name.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static struct function_name name;

static void tear_down(void)
{
    function_name_finish(&name);
}

static void read_name(const char *demangled)
{
    function_name_finish(&name);
    ck_assert_int_eq(function_name_read(&name, demangled), 0);
}

static void expect_shown(const char *demangled, const char *shown)
{
    read_name(demangled);
    ck_assert_str_eq(name.shown, shown);
}

static void expect_forms(
    const char *demangled, const char *first, const char *second, const char *third)
{
    const char *forms[] = {first, second, third};
    read_name(demangled);
    for (size_t i = 0; i < 3; i++)
        ck_assert_pstr_eq(i < name.form_count ? name.forms[i] : NULL, forms[i]);
}

START_TEST(neither_return_type_nor_parameters_are_shown)
{
    expect_shown("net::Server<int>::accept(int) const", "net::Server<int>::accept");
    ck_assert_str_eq(name.parameters, "(int) const");
    expect_shown("int net::sum<int, char>(int, char)", "net::sum<int, char>");
    expect_shown("Vec::operator()(int)", "Vec::operator()");
    expect_shown("operator<<(std::ostream&, Vec const&)", "operator<<");
    expect_shown(
        "Vec::operator std::pair<int, char>() const", "Vec::operator std::pair<int, char>");
    expect_shown("mycrate::net::poll", "mycrate::net::poll");
    ck_assert_ptr_null(name.parameters);
}
END_TEST

START_TEST(the_function_around_a_lambda_keeps_its_parameters)
{
    expect_shown("run(int)::{lambda(int)#1}::operator()(int) const",
        "run(int)::{lambda(int)#1}::operator()");
}
END_TEST

START_TEST(abi_tags_are_not_shown)
{
    expect_shown("Text::get[abi:cxx11](int)", "Text::get");
    expect_shown("f<g[abi:cxx11]>(int)", "f<g>");
}
END_TEST

START_TEST(nobody_writes_unnamed_and_inline_namespaces)
{
    expect_forms("(anonymous namespace)::helper(int)", "helper", NULL, NULL);
    expect_forms("net::(anonymous namespace)::Pool::get()", "net::Pool::get", NULL, NULL);
    expect_forms(
        "std::__1::vector<int>::push_back(int)", "std::vector<int>::push_back", NULL, NULL);
    ck_assert_str_eq(name.shown, "std::__1::vector<int>::push_back");
}
END_TEST

START_TEST(a_trait_and_its_type_both_own_the_function)
{
    expect_forms("<app::Pool<T> as core::ops::Drop>::drop",
        "<app::Pool<T> as core::ops::Drop>::drop", "app::Pool<T>::drop", "core::ops::Drop::drop");
    expect_forms("<app::Pool>::get", "<app::Pool>::get", "app::Pool::get", NULL);
    expect_forms("<app::F<fn() -> u8> as app::T>::f", "<app::F<fn() -> u8> as app::T>::f",
        "app::F<fn() -> u8>::f", "app::T::f");
    expect_forms("<<app::A as app::B>::C as app::D>::f", "<<app::A as app::B>::C as app::D>::f",
        "<app::A as app::B>::C::f", "app::D::f");
    expect_forms(
        "<dyn app::A as app::D>::f", "<dyn app::A as app::D>::f", "dyn app::A::f", "app::D::f");
}
END_TEST

START_TEST(brackets_that_never_close_do_no_harm)
{
    expect_shown("f<(", "f<(");
    expect_shown("<T as ", "<T as ");
    expect_shown("a)>]", "a)>]");
    expect_shown("", "");
}
END_TEST

START_TEST(plain_names_have_no_arguments)
{
    char *plain = function_name_undecorated("net::Server<int>::accept<char>");
    ck_assert_str_eq(plain, "net::Server::accept");
    free(plain);
    plain = function_name_undecorated("app::poll::<u8>");
    ck_assert_str_eq(plain, "app::poll");
    free(plain);
    plain = function_name_undecorated("Vec::operator<< <int>");
    ck_assert_str_eq(plain, "Vec::operator<<");
    free(plain);
}
END_TEST

static bool is_equal(const char *a, const char *b)
{
    return function_name_is_equal(
        (struct name_text){a, a + strlen(a)}, (struct name_text){b, b + strlen(b)});
}

START_TEST(spaces_count_between_words_only)
{
    ck_assert(is_equal("f<int, char>", "f<int,char>"));
    ck_assert(is_equal("f<g<int> >(char *)", "f<g<int>>(char*)"));
    ck_assert(!is_equal("f<unsigned int>", "f<unsignedint>"));
    ck_assert(!is_equal("f", "f "));
    ck_assert(!is_equal("f<int>", "f<int"));
}
END_TEST

START_TEST(names_of_a_list_end_at_the_comma)
{
    const char *list = "operator bool,read";
    struct name_text text = {list, list + strlen(list)};
    int nesting = 0;
    ck_assert_str_eq(function_name_skip_token(text, &nesting), ",read");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("function_name");
    TCase *tests = tcase_create("function_name");
    tcase_add_checked_fixture(tests, NULL, tear_down);
    tcase_add_test(tests, neither_return_type_nor_parameters_are_shown);
    tcase_add_test(tests, the_function_around_a_lambda_keeps_its_parameters);
    tcase_add_test(tests, abi_tags_are_not_shown);
    tcase_add_test(tests, nobody_writes_unnamed_and_inline_namespaces);
    tcase_add_test(tests, a_trait_and_its_type_both_own_the_function);
    tcase_add_test(tests, brackets_that_never_close_do_no_harm);
    tcase_add_test(tests, plain_names_have_no_arguments);
    tcase_add_test(tests, spaces_count_between_words_only);
    tcase_add_test(tests, names_of_a_list_end_at_the_comma);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
