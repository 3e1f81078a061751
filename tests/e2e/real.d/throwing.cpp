/* throwing.cpp - exceptions from one library pass through the leaves of another one.
 *
 * usage: throwing caught | uncaught | unexpected | threads      the middle two end in abort
 */
#include "throwing.h"

#include <cstdio>
#include <cstring>
#include <exception>
#include <thread>
#include <vector>

typedef int applier(int (*function)(int), int value);

static void tell(const std::exception &error)
{
    std::printf("caught %s", error.what());
    try {
        std::rethrow_if_nested(error);
    } catch (const std::exception &inner) {
        std::printf(" around %s", inner.what());
    } catch (int number) {
        std::printf(" around number %d", number);
    }
    std::printf("\n");
}

static void try_one(applier *apply_it, int (*function)(int), int value)
{
    try {
        std::printf("returned %d\n", apply_it(function, value));
    } catch (const std::exception &error) {
        tell(error);
    } catch (int number) {
        std::printf("caught number %d\n", number);
    }
}

static void try_all(int rounds)
{
    for (int value = 0; value < rounds; value++)
        for (applier *apply_it : {apply, apply_guarded, apply_rethrow, apply_nested})
            for (int (*function)(int) : {odd_ones_throw, odd_ones_throw_int})
                try_one(apply_it, function, value);
}

/* Exceptions at the same time in several threads, and one that is carried from one to another. */
static void in_threads()
{
    int caught[4] = {};
    std::exception_ptr carried;
    std::vector<std::thread> threads;
    for (int &count : caught)
        threads.emplace_back([&count] {
            for (int value = 0; value < 200; value++) {
                try {
                    apply_rethrow(odd_ones_throw, value);
                } catch (const Failure &) {
                    count++;
                }
            }
        });
    for (std::thread &thread : threads)
        thread.join();
    for (int count : caught)
        std::printf("caught %d\n", count);
    std::thread([&carried] {
        try {
            apply_nested(odd_ones_throw, 7);
        } catch (...) {
            carried = std::current_exception();
        }
    }).join();
    try {
        std::rethrow_exception(carried);
    } catch (const std::exception &error) {
        tell(error);
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "caught";
    if (std::strcmp(what, "caught") == 0)
        try_all(4);
    else if (std::strcmp(what, "uncaught") == 0)
        apply_guarded(odd_ones_throw, 3);
    else if (std::strcmp(what, "unexpected") == 0)
        apply_noexcept(odd_ones_throw, 3);
    else
        in_threads();
    return 0;
}
