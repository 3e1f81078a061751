// method.cpp - a method is the root, and its object the first argument; some calls end by an
// exception.
#include <cstdio>
#include <stdexcept>

static volatile long sum;

__attribute__((noinline)) static void step()
{
    sum = sum + 1;
}

namespace pool
{

class Connection
{
  public:
    __attribute__((noinline)) int handle(bool &done, long size)
    {
        for (long i = 0; i < size; i++)
            step();
        if (size == 3)
            throw std::runtime_error("failed");
        done = true;
        return ++count;
    }

  private:
    int count = 0;
};

} // namespace pool

int main()
{
    pool::Connection connections[3];
    bool done = false;
    for (int i = 0; i < 3; i++) {
        for (long size = 0; size <= 3 + i; size++) {
            try {
                connections[i].handle(done, size);
            } catch (const std::runtime_error &) {
                sum = sum + 1;
            }
        }
    }
    for (int i = 0; i < 3; i++) /* 0 + 1 + 2 + 3, and 4, and 5 */
        std::printf("%p: %d calls, %d hits\n", static_cast<void *>(&connections[i]), 4 + i,
            (3 + i) * (4 + i) / 2);
}
