/*
 * test_array.c - what every room of cli/ builds upon: arrays, LEB128, names of paths.
 */
// needs: cli
#include "base/array.h"

#include <errno.h>
#include <stdlib.h>

#include "base/leb128.h"
#include "base/path.h"
#include "suite.h"

START_TEST(an_array_grows_and_keeps_what_is_in_it)
{
    int *list = NULL;
    size_t count = 0, room = 0;
    for (int i = 0; i < 1000; i++) {
        ck_assert_int_eq(array_reserve(&list, count, 1, &room, sizeof *list), 0);
        list[count++] = i;
    }
    ck_assert_uint_ge(room, count);
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(list[i], i);
    free(list);
}
END_TEST

START_TEST(many_at_once_have_room)
{
    char *list = NULL;
    size_t room = 0;
    ck_assert_int_eq(array_reserve(&list, 0, 1000, &room, 1), 0);
    ck_assert_uint_ge(room, 1000);
    char *same = list;
    ck_assert_int_eq(array_reserve(&list, 0, room, &room, 1), 0);
    ck_assert_ptr_eq(list, same);
    free(list);
}
END_TEST

START_TEST(without_memory_nothing_changes)
{
    char *list = NULL, *same;
    size_t room = 0;
    ck_assert_int_eq(array_reserve(&list, 0, 1, &room, 1), 0);
    size_t before = room;
    same = list;
    ck_assert_int_eq(array_reserve(&list, room, 1, &room, SIZE_MAX / 4), -ENOMEM);
    ck_assert_ptr_eq(list, same);
    ck_assert_uint_eq(room, before);
    free(list);
}
END_TEST

/* Their difference does not fit into an int. */
START_TEST(addresses_are_sorted_as_unsigned_numbers)
{
    uint64_t list[] = {UINT64_C(1) << 63, 7, UINT64_C(1) << 32, 0};
    array_sort_addresses(list, 4);
    ck_assert(list[0] == 0 && list[1] == 7);
    ck_assert(list[2] == UINT64_C(1) << 32 && list[3] == UINT64_C(1) << 63);
    array_sort_addresses(NULL, 0);
}
END_TEST

/* DWARF 5, tables 7.7 and 7.8. */
START_TEST(numbers_of_variable_length_are_read)
{
    static const struct {
        uint8_t bytes[3];
        bool is_signed;
        int64_t value;
        int size;
    } cases[] = {{{2}, false, 2, 1}, {{127}, false, 127, 1}, {{0x80, 1}, false, 128, 2},
        {{0xb9, 0x64}, false, 12857, 2}, {{2}, true, 2, 1}, {{0x7e}, true, -2, 1},
        {{0xff, 0}, true, 127, 2}, {{0x81, 0x7f}, true, -127, 2}, {{0x80, 0x7f}, true, -128, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint8_t *at = cases[i].bytes;
        uint64_t value;
        ck_assert(leb128_read(&at, at + 3, cases[i].is_signed, &value));
        ck_assert_int_eq((int64_t)value, cases[i].value);
        ck_assert_int_eq(at - cases[i].bytes, cases[i].size);
    }
}
END_TEST

START_TEST(a_number_that_is_cut_off_is_none)
{
    static const uint8_t bytes[] = {0x81, 0x82};
    const uint8_t *at = bytes;
    uint64_t value;
    ck_assert(!leb128_read(&at, bytes + sizeof bytes, false, &value));
    ck_assert_ptr_eq(at, bytes + sizeof bytes);
    ck_assert(!leb128_read(&at, bytes + sizeof bytes, false, &value));
}
END_TEST

START_TEST(a_base_name_follows_the_last_slash)
{
    ck_assert_str_eq(path_base_name("/a/b.so"), "b.so");
    ck_assert_str_eq(path_base_name("b.so"), "b.so");
    ck_assert_str_eq(path_base_name("/a/"), "");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base");
    TCase *cases = tcase_create("base");
    tcase_add_test(cases, an_array_grows_and_keeps_what_is_in_it);
    tcase_add_test(cases, many_at_once_have_room);
    tcase_add_test(cases, without_memory_nothing_changes);
    tcase_add_test(cases, addresses_are_sorted_as_unsigned_numbers);
    tcase_add_test(cases, numbers_of_variable_length_are_read);
    tcase_add_test(cases, a_number_that_is_cut_off_is_none);
    tcase_add_test(cases, a_base_name_follows_the_last_slash);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
