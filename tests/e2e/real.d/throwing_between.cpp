/* throwing_between.cpp - functions that exceptions pass on their way out. */
#include "throwing.h"

#include <cstdio>
#include <exception>

struct Guard {
    int value;
    ~Guard()
    {
        std::printf("destroyed %d\n", value);
    }
};

int apply(int (*function)(int), int value)
{
    return function(value) + 1;
}

int apply_guarded(int (*function)(int), int value)
{
    Guard guard{value};
    return function(value) + 1;
}

int apply_rethrow(int (*function)(int), int value)
{
    try {
        return apply(function, value) + 1;
    } catch (const Failure &) {
        throw;
    } catch (int number) {
        throw number + 100;
    }
}

int apply_nested(int (*function)(int), int value)
{
    try {
        return apply_guarded(function, value) + 1;
    } catch (...) {
        std::throw_with_nested(Failure("around it"));
    }
}

int apply_noexcept(int (*function)(int), int value) noexcept
{
    return function(value) + 1;
}
