// Coroutines of C++20: what runs between two suspensions is called by who resumes it.
#include <coroutine>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <unistd.h>

static int zeroes, hits;

__attribute__((noinline)) static void count_hit()
{
    char byte;
    hits++;
    if (read(zeroes, &byte, 1) != 1)
        throw 1;
    __asm__ volatile("");
}

struct counter {
    struct promise_type {
        int value = 0; // count(0) yields none
        counter get_return_object()
        {
            return {std::coroutine_handle<promise_type>::from_promise(*this)};
        }
        std::suspend_always initial_suspend()
        {
            count_hit();
            return {};
        }
        std::suspend_always final_suspend() noexcept
        {
            count_hit();
            return {};
        }
        std::suspend_always yield_value(int next)
        {
            value = next;
            count_hit();
            return {};
        }
        void return_void()
        {
        }
        void unhandled_exception()
        {
            count_hit();
            throw;
        }
    };
    std::coroutine_handle<promise_type> handle;
};

static counter count(int limit)
{
    for (int i = 0; i < limit; i++) {
        count_hit();
        co_yield i;
    }
    if (limit == 3)
        throw limit;
}

static int use(counter counted)
{
    int sum = 0;
    try {
        while (!counted.handle.done()) {
            counted.handle.resume();
            sum += counted.handle.promise().value;
        }
    } catch (int thrown) {
        sum += 100 * thrown;
    }
    counted.handle.destroy();
    return sum;
}

int main()
{
    zeroes = open("/dev/zero", O_RDONLY);
    for (int limit = 0; limit < 5; limit++)
        std::printf("%d\n", use(count(limit)));
    std::printf("hits %d\n", hits);
    return 0;
}
