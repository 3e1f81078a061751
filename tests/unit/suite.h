/* suite.h - how a unit test program ends: it runs its suite. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>

/* Runs the suite, prints check's closing line, and returns the program's exit status. */
static inline int suite_run(Suite *suite)
{
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}

#endif
