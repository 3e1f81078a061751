// cflags: -O2 -g -fcf-protection=full
// options: --leaf step,call
/* Functions that begin with endbr64, which has to stay where it is: called directly, and through
 * a pointer. */
static volatile int sum;

__attribute__((noinline)) static void step(int n)
{
    sum += n;
}

__attribute__((noinline)) static void call(void (*function)(int))
{
    function(2);
}

int main(void)
{
    void (*volatile pointer)(int) = step;
    step(1);
    call(pointer);
    return 0;
}
