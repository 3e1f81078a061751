/* left_out.c - clang leaves out the first parameter, so the second one is in the first register. */
static volatile long sum;

__attribute__((noinline)) static void step(void)
{
    sum = sum + 1;
}

__attribute__((noinline)) static long serve(long unused, int key)
{
    (void)unused;
    step();
    sum = sum + key;
    return sum;
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        serve(i, 77);
        serve(5, (int)sum & 3);
    }
    return 0;
}
