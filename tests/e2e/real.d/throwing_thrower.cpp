/* throwing_thrower.cpp - where the exceptions come from. */
#include "throwing.h"

#include <string>
#include <unistd.h>

int odd_ones_throw(int value)
{
    usleep(10);
    if (value & 1)
        throw Failure("odd " + std::to_string(value));
    return value;
}

int odd_ones_throw_int(int value)
{
    usleep(10);
    if (value & 1)
        throw value;
    return value;
}
