// options: --leaf Server::accept,largest,Count::operator(),*lambda*
/* Leaves of C++: all overloads of a method by one name, instances of a template, an operator, and
 * a lambda by a pattern. */
#include <array>
#include <string>

static volatile int sum;

namespace net
{
class Server
{
  public:
    __attribute__((noinline)) void accept(int client)
    {
        sum = sum + client;
    }
    __attribute__((noinline)) void accept(const std::string &client)
    {
        sum = sum + static_cast<int>(client.size());
    }
    __attribute__((noinline)) void reject()
    {
        sum = sum - 1;
    }
};
} // namespace net

template <typename T> __attribute__((noinline)) T largest(T a, T b)
{
    sum = sum + 1;
    return a < b ? b : a;
}

struct Count {
    int count = 0;
    __attribute__((noinline)) void operator()(int step)
    {
        count += step;
        sum = sum + count;
    }
};

int main()
{
    net::Server server;
    Count count;
    std::array<int, 3> numbers = {1, 2, 3};
    auto closure = [&count](int n) __attribute__((noinline))
    {
        sum = sum + n + count.count;
    };

    server.accept(1);
    server.accept("two");
    server.reject();
    sum = sum + largest(1, 2) + static_cast<int>(largest(1.5, 2.5));
    count(3);
    for (int number : numbers)
        closure(number);
    return 0;
}
