/*
 * How long it takes from loading the library to the first sample decided on, and how long a push takes.
 *
 *   start PATH/TO/libecggate.so
 *
 * Build: gcc -O2 -I PATH/TO/INCLUDE start.c -o start -ldl
 */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ecggate.h"

#define EVENTS 256
#define SAMPLES 20000

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec * 1e-3;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* ISO C has no conversion from an object pointer to a function pointer; POSIX has, by way of memory. */
#define LOAD(name) __typeof__(&name) name##_ = NULL; { void *address = dlsym(library, #name); memcpy(&name##_, &address, sizeof address); }

int main(int argc, char **argv)
{
    static double took[SAMPLES];
    const double begin = now_us();
    void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
    if (!library) {
        fprintf(stderr, "usage: start PATH/TO/libecggate.so\n");
        return 2;
    }

    LOAD(ecggate_options_default)
    LOAD(ecggate_create)
    LOAD(ecggate_start)
    LOAD(ecggate_arm)
    LOAD(ecggate_push)
    LOAD(ecggate_destroy)
    ecggate_options options = { .size = sizeof options };
    ecggate_options_default_(&options);
    const double runs = now_us();

    options.source_uri = "push:";
    options.sampling_rate_hz = 1000;
    options.event_memory_bytes = ECGGATE_EVENT_MEMORY_BYTES(EVENTS);
    options.event_memory = malloc(ECGGATE_EVENT_MEMORY_BYTES(EVENTS));
    ecggate_engine *engine;
    if (ecggate_create_(ECGGATE_ABI_VERSION, &options, &engine) != ECGGATE_OK) return 1;
    ecggate_start_(engine);
    ecggate_arm_(engine);
    ecggate_sample sample = { .size = sizeof sample };
    ecggate_push_(engine, &sample, 1, (int64_t)(now_us() * 1e3));
    const double first = now_us();

    /* Something like a QRS, 75 a minute. */
    for (int i = 0; i < SAMPLES; i++) {
        const int in_beat = i % 800;
        sample.index = i + 1;
        sample.lead0_mv = in_beat < 20 ? (float)in_beat / 20 : in_beat < 40 ? (float)(40 - in_beat) / 20 : 0;
        const double before = now_us();
        ecggate_push_(engine, &sample, 1, (int64_t)(before * 1e3));
        took[i] = now_us() - before;
    }

    ecggate_destroy_(engine);
    qsort(took, SAMPLES, sizeof took[0], by_size);
    printf("first sample decided on %.1f ms after loading began (the runtime took %.1f ms of them)\n", (first - begin) / 1e3, (runs - begin) / 1e3);
    printf("push: p50 %.2f us, p99 %.2f us, max %.1f us\n", took[SAMPLES / 2], took[SAMPLES * 99 / 100], took[SAMPLES - 1]);
    return 0;
}
