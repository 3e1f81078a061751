/* dying_plugin.c - what dying.c loads and unloads all the time. */
void call_it(void (*function)(int), int value);

void call_it(void (*function)(int), int value)
{
    function(value);
    __asm__ volatile("");
}
