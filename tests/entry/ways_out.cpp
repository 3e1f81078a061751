// ways_out.cpp - a leaf is left by exceptions and by longjmp, and looked at by backtrace.
#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <execinfo.h>
#include <stdexcept>
#include <string>

#include "leaf.h"

extern "C" {
void thrower(int number);
void jumper(void);
void looker(void);
int main(void);
}

LEAF(thrower, thrower_really);
LEAF(jumper, jumper_really);
LEAF(looker, looker_really);

static std::jmp_buf place;
static int in_main;

extern "C" IMPLEMENTATION void thrower_really(int number)
{
    throw std::runtime_error(std::to_string(number));
}

extern "C" IMPLEMENTATION void jumper_really(void)
{
    std::longjmp(place, 1);
}

extern "C" IMPLEMENTATION void looker_really(void)
{
    void *frames[32];
    int count = backtrace(frames, 32);
    for (int i = 0; i < count; i++)
        in_main += frames[i] > (void *)&main && frames[i] < (char *)&main + 1000;
}

int main(void)
{
    volatile int jumps = 0;
    for (int i = 0; i < 3; i++) {
        try {
            thrower(i);
        } catch (const std::runtime_error &error) {
            std::printf("caught %s\n", error.what());
        }
    }
    if (setjmp(place) < 1 || jumps < 5) {
        jumps = jumps + 1;
        if (jumps < 5)
            jumper();
    }
    looker();
    std::printf("%d jumps, main is %s\n", jumps, in_main ? "seen" : "not seen");
    return 0;
}
