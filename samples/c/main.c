/*
 * How a firmware host embeds EcgGate: it brings each sample as its converter delivers it, and owns the pulse line. Here the
 * "converter" is a text file with one value in mV a line, and the "line" counts its edges.
 *
 *   ecg-host RATE FILE            as fast as the machine allows (virtual time, for tests of your own)
 *   ecg-host RATE FILE realtime   as a converter would bring it
 *
 * Build: gcc -O2 -I PATH/TO/INCLUDE main.c -o ecg-host PATH/TO/libecggate.so -Wl,-rpath,PATH/TO
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ecggate.h"

#define EVENTS 1024

struct trigger { long raised, lowered; };

/* Called from the pulse thread: set the output register and return. */
static int raise_trigger(void *user) { ((struct trigger *)user)->raised++; return 0; }
static int lower_trigger(void *user) { ((struct trigger *)user)->lowered++; return 0; }

static void die(const char *what)
{
    char text[1024];
    ecggate_last_error(text, sizeof text);
    fprintf(stderr, "%s: %s\n", what, text);
    exit(1);
}

static void sleep_until(int64_t ns)
{
    struct timespec until = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) { }
}

/* A firmware host does this in its ordinary, not its real-time, part. */
static void print_events(ecggate_engine *engine, double rate)
{
    static const char *outcome[] = { "fired", "withheld", "missed" };
    ecggate_event event = { .size = sizeof event };
    while (ecggate_next_event(engine, &event) == ECGGATE_OK) {
        if (event.kind == ECGGATE_EVENT_BEAT_OUTCOME)
            printf("%lld %.6f %s %d %.6f\n", (long long)event.beat_number, event.r_sample / rate,
                   outcome[event.outcome], event.beat_reason, event.pulse_sample / rate);
        event.size = sizeof event;
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: ecg-host RATE FILE [realtime]\n");
        return 2;
    }

    const double rate = atof(argv[1]);
    const int realtime = argc > 3 && strcmp(argv[3], "realtime") == 0;
    FILE *file = fopen(argv[2], "r");
    if (!file) {
        perror(argv[2]);
        return 2;
    }

    struct trigger trigger = { 0, 0 };
    const ecggate_line line = { .size = sizeof line, .raise = raise_trigger, .lower = lower_trigger, .user = &trigger };
    void *events = malloc(ECGGATE_EVENT_MEMORY_BYTES(EVENTS));

    ecggate_options options = { .size = sizeof options };
    if (ecggate_options_default(&options) != ECGGATE_OK) die("defaults");
    options.clock = realtime ? ECGGATE_CLOCK_HOST : ECGGATE_CLOCK_SAMPLES;
    options.source_uri = "push:";
    options.sampling_rate_hz = rate;
    options.line_uri = "callback:";
    options.line = &line;
    options.event_memory = events;
    options.event_memory_bytes = ECGGATE_EVENT_MEMORY_BYTES(EVENTS);

    ecggate_engine *engine;
    if (ecggate_create(ECGGATE_ABI_VERSION, &options, &engine) != ECGGATE_OK) die("create");
    if (ecggate_start(engine) != ECGGATE_OK) die("start");
    if (ecggate_arm(engine) != ECGGATE_OK) die("arm");

    const int64_t begin = ecggate_now_ns();
    ecggate_sample sample = { .size = sizeof sample };
    char text[64];
    for (int64_t i = 0; fgets(text, sizeof text, file); i++) {
        const int64_t ready = begin + (int64_t)((double)i * 1e9 / rate);
        if (realtime) sleep_until(ready);
        sample.index = i;
        sample.lead0_mv = strtof(text, NULL);
        if (ecggate_push(engine, &sample, 1, ready) != ECGGATE_OK) die("push");
        if (i % 64 == 0) print_events(engine, rate);
    }

    if (ecggate_stop(engine) != ECGGATE_OK) die("stop");
    print_events(engine, rate);

    ecggate_statistics is = { .size = sizeof is };
    if (ecggate_get_statistics(engine, &is) != ECGGATE_OK) die("statistics");
    printf("beats %lld = fired %lld + withheld %lld + missed %lld; edges %ld; collections %lld; dropped events %lld\n",
           (long long)is.beats, (long long)is.beats_fired, (long long)is.beats_withheld, (long long)is.beats_missed,
           trigger.raised, (long long)is.collections, (long long)is.dropped_events);

    if (ecggate_destroy(engine) != ECGGATE_OK) die("destroy");
    free(events);
    fclose(file);
    return 0;
}
