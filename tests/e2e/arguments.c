// options: --leaf sum_of_ten,sum_of_large,sum_of_variadic
// library: call_back
/* Arguments on the stack, large structures by value, and variadic doubles reach a leaf whose
 * signature nobody knows, and its results come back. */
#include <stdio.h>

#include "lib/call_back.h"

int main(void)
{
    struct large left, right;
    for (int i = 0; i < 60; i++) {
        left.value[i] = i;
        right.value[i] = 100 - i;
    }
    printf("%ld\n", sum_of_ten(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    struct large sum = sum_of_large(left, 0.5, right);
    printf("%g %g %g\n", sum.value[0], sum.value[30], sum.value[59]);
    printf("%Lg\n", sum_of_variadic(14, 1, 0.5, 2, 0.25, 3, 1.5, 4, 2.5, 5, 3.5, 6, 4.5, 7, 5.5));
    return 0;
}
