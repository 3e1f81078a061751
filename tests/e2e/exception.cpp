// options: --leaf qsort,@wait
/* A C++ exception passes through a hooked leaf: thrown in qsort's comparison, caught by the
 * caller of qsort. */
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <unistd.h>

struct Guard {
    ~Guard()
    {
        std::puts("destroyed");
    }
};

static int compare(const void *, const void *)
{
    Guard guard;
    usleep(1000);
    throw std::runtime_error("no order");
}

namespace sorting
{
template <typename T> __attribute__((noinline)) std::string sort(T *values, std::size_t count)
{
    try {
        std::qsort(values, count, sizeof *values, compare);
    } catch (const std::exception &error) {
        return error.what();
    }
    return "sorted";
}
} // namespace sorting

int main()
{
    int values[] = {3, 1, 2};
    for (int i = 0; i < 3; i++)
        std::puts(sorting::sort(values, 3).c_str());
}
