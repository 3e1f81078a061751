/* What tests/e2e/plugin.c loads. */
void run(int n);

static volatile int sum;

__attribute__((noinline)) static int ask(int n)
{
    sum += n;
    return n;
}

__attribute__((noinline)) static void work(int n)
{
    sum += ask(n) + ask(n + 1);
}

void run(int n)
{
    for (int i = 0; i < n; i++)
        work(i);
}
