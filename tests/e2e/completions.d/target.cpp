// Functions to be named.
#include <ctime>

namespace net
{
template <class T> struct Server {
    __attribute__((noinline)) void accept_all(T count)
    {
        timespec pause = {0, 1000};
        for (T i = 0; i < count; i++)
            nanosleep(&pause, nullptr);
    }
};
} // namespace net

extern "C" __attribute__((noinline)) void answer_all(void)
{
    net::Server<int>().accept_all(2);
}

int main()
{
    answer_all();
}
