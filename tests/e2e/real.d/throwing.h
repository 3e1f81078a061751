/* throwing.h - three parts of a program: main calls the library `between`, whose functions are the
 * leaves and call back into the library `thrower`. */
#ifndef THROWING_H
#define THROWING_H

#include <stdexcept>

struct Failure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/* Library `between`. */
int apply(int (*function)(int), int value);         /* calls it, and that is all */
int apply_guarded(int (*function)(int), int value); /* has something to destroy */
int apply_rethrow(int (*function)(int), int value); /* catches, and throws again */
int apply_nested(int (*function)(int), int value);  /* throws another one around it */
int apply_noexcept(int (*function)(int), int value) noexcept;

/* Library `thrower`: throws where the value is odd. */
int odd_ones_throw(int value);
int odd_ones_throw_int(int value);

#endif
