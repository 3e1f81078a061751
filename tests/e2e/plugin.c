// options: --leaf libplugin:work,ask
// plugin: plugin
/* Functions of a library that is loaded later: those named after it, and not their namesake here;
 * also when it calls its own function, and when it was unloaded and loaded again. */
#include <dlfcn.h>

static volatile int sum;

__attribute__((noinline)) static void work(int n)
{
    sum += n;
}

static int use_plugin(int n)
{
    void *plugin = dlopen("libplugin.so", RTLD_NOW);
    if (plugin == 0)
        return 1;
    void (*run)(int) = (void (*)(int))dlsym(plugin, "run");
    run(n);
    dlclose(plugin);
    return 0;
}

int main(void)
{
    work(1);
    return use_plugin(2) + use_plugin(3);
}
