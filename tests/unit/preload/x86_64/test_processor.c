/* test_processor.c - what libc knows of the processor is what that says itself. */
// needs: preload/x86_64/processor.c preload/base/linkmap.c tests/unit/preload/stand_ins.c
#include <cpuid.h>
#include <stdlib.h>

#include "arch.h"
#include "base/linkmap.h"
#include "suite.h"

extern int vectors_have_xsave;

static unsigned ask(unsigned leaf, bool is_ecx)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(leaf, &a, &b, &c, &d))
        return 0;
    return is_ecx ? c : d;
}

START_TEST(answers_are_the_processors)
{
    arch_begin(linkmap_find_next);
    ck_assert_int_eq(vectors_have_xsave, ask(1, true) >> 27 & 1);
    ck_assert_uint_eq(arch_has_steady_ticks(linkmap_find_next), ask(0x80000007, false) >> 8 & 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("processor");
    TCase *answers = tcase_create("answers");
    tcase_add_test(answers, answers_are_the_processors);
    suite_add_tcase(suite, answers);
    return suite_run(suite);
}
