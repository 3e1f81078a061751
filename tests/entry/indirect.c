/* indirect.c - an IFUNC, which stands for a function that nobody else can name. */
#include <stdio.h>

#include "leaf.h"

int chosen(int number);
int chosen_here(int number);
int other(int number);

LEAF(chosen_here, chosen_really);
LEAF(other, chosen_really);

IMPLEMENTATION int chosen_really(int number)
{
    return number + 1;
}

__attribute__((used)) static int (*choose(void))(int)
{
    return chosen_here;
}

int chosen(int number) __attribute__((ifunc("choose")));

int main(void)
{
    int (*volatile pointer)(int) = chosen;
    printf("%d %d\n", pointer(1), chosen(2));
    return 0;
}
