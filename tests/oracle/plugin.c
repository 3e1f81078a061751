/* plugin.c - a library that calls back, to be loaded and unloaded by stress.cpp. */
void plugin_call(void (*function)(void *), void *argument);
void plugin_call_large(void (*function)(void *), void *argument);

void plugin_call(void (*function)(void *), void *argument)
{
    function(argument);
    __asm__ volatile("");
}

void plugin_call_large(void (*function)(void *), void *argument)
{
    volatile char buffer[777];
    buffer[0] = 1;
    function(argument);
    buffer[1] = buffer[0];
}
