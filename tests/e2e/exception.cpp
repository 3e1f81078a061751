// options: --leaf call_back,@wait
// library: call_back
/* A C++ exception passes through a hooked leaf: thrown in a function that the leaf calls,
 * caught by the leaf's caller. The call of the leaf is left, not unfinished. */
#include <cstdio>
#include <stdexcept>
#include <string>
#include <unistd.h>

#include "lib/call_back.h"

struct Guard {
    ~Guard()
    {
        std::puts("destroyed");
    }
};

static void fail(void *)
{
    Guard guard;
    usleep(1000);
    throw std::runtime_error("thrown");
}

namespace catching
{
template <typename T> __attribute__((noinline)) std::string run(T *argument)
{
    try {
        call_back(fail, argument);
    } catch (const std::exception &error) {
        return error.what();
    }
    return "nothing";
}
} // namespace catching

int main()
{
    int value = 3;
    for (int i = 0; i < value; i++)
        std::puts(catching::run(&value).c_str());
}
