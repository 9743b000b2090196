/*
 * ecggate.h - EcgGate's real-time core: reads an ECG, finds each R wave, and places a pulse into the ventricular
 * refractory period, or withholds it and says why. Research software, no medical device.
 *
 * The library holds a managed runtime of its own. After start it allocates nothing in its threads and in the calls that
 * are marked "real time", so that its runtime never has a reason to collect.
 *
 * Conventions
 *   Units are in the names: _ns nanoseconds on CLOCK_MONOTONIC or of duration, _hz per second, _mv millivolts.
 *   "_sample" is a moment on the source's own time axis, in samples since its start; fractions lie between two samples.
 *   Each struct begins with its size, which the caller sets to sizeof(struct) before a call that reads or fills it.
 *     A library that knows a later version fills what there is room for, and takes options that are not there for 0. One that is given more options than it knows
 *     takes them where they are 0, and refuses them otherwise.
 *   Text is UTF-8. Text and structs that are given to a call are copied; event_memory and input_memory alone stay in use.
 *   No call throws, longjmps, or ends the process because of what it is given. A call on a NULL engine, or on one that was
 *   destroyed, returns ECGGATE_BAD_HANDLE.
 *   The library makes its own threads. It cannot be unloaded (dlclose does nothing), nor be used after fork() in the child.
 *
 * Threads and blocking
 *   Any thread may call anything, except: one thread at a time pushes (checked: ECGGATE_BUSY), one at a time takes events, and one
 *   inputs (not checked), and nothing else may be under way with an engine while it is destroyed.
 *   "Real time" below means: takes no lock that a slower thread may hold for long, allocates nothing, makes no system call
 *   that can block.
 */
#ifndef ECGGATE_H
#define ECGGATE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised whenever a struct or the meaning of a call changes; appending a field to a struct does not raise it. */
#define ECGGATE_ABI_VERSION 1u

typedef struct ecggate_engine ecggate_engine;

typedef enum ecggate_status {
    ECGGATE_OK = 0,
    ECGGATE_EMPTY = 1,          /* no event waits */
    ECGGATE_TIMED_OUT = 2,      /* it is not over yet */
    ECGGATE_BAD_ARGUMENT = -1,  /* what was given cannot be used; ecggate_last_error says what and why */
    ECGGATE_BAD_STATE = -2,     /* not now: not started, started before, or stopped */
    ECGGATE_BAD_HANDLE = -3,    /* no engine, or one that was destroyed */
    ECGGATE_SOURCE_FAILED = -4, /* the source or its device cannot be opened */
    ECGGATE_BUSY = -5,          /* another thread pushes */
    ECGGATE_ABI_MISMATCH = -6,  /* built with another ecggate.h */
    ECGGATE_INTERNAL = -7       /* an error in the library */
} ecggate_status;

typedef enum ecggate_clock {
    /* Real time: pulses are made by the library's pulse thread. */
    ECGGATE_CLOCK_HOST = 0,
    /* Virtual time at the nominal rate: replay. Pulses stand exactly on their deadlines, made within ecggate_push. */
    ECGGATE_CLOCK_SAMPLES = 1,
    /* Virtual time that goes by the stamps pushed with the samples: simulation. */
    ECGGATE_CLOCK_STAMPS = 2
} ecggate_clock;

/* Bits of ecggate_sample.status. */
typedef enum ecggate_sample_status {
    ECGGATE_SAMPLE_LEAD0_OFF = 1,
    ECGGATE_SAMPLE_LEAD1_OFF = 2,
    ECGGATE_SAMPLE_LEAD0_SATURATED = 4,
    ECGGATE_SAMPLE_LEAD1_SATURATED = 8,
    ECGGATE_SAMPLE_GAP_BEFORE = 16, /* samples were lost just before this one; index counts on over them */
    ECGGATE_SAMPLE_LEAD0_INVALID = 32,
    ECGGATE_SAMPLE_LEAD1_INVALID = 64
} ecggate_sample_status;

/* One moment of the ECG. All samples of an array have the size of its first. */
typedef struct ecggate_sample {
    uint32_t size;
    uint32_t status;  /* bits of ecggate_sample_status */
    int64_t index;    /* from 0; rises by one, or by more over lost samples */
    float lead0_mv;   /* the lead that is gated on, referred to the electrodes */
    float lead1_mv;   /* 0 where there is one lead */
} ecggate_sample;

/*
 * A pulse line of the host's. Both functions return 0 where they succeeded; anything else is a fault that disarms.
 * They are called from the pulse thread (in virtual time, from the thread that pushes), and once by ecggate_create and
 * by ecggate_destroy to make the line inactive. They must return within about a microsecond, and must not call the
 * library for the same engine.
 */
typedef struct ecggate_line {
    uint32_t size;
    uint32_t reserved;          /* 0 */
    int (*raise)(void *user);   /* makes the line active */
    int (*lower)(void *user);   /* makes it inactive */
    void *user;
} ecggate_line;

typedef enum ecggate_event_kind {
    ECGGATE_EVENT_BEAT_OUTCOME = 0,  /* a beat got its line in the ledger; each beat gets exactly one */
    ECGGATE_EVENT_STATE_CHANGED = 1, /* state and reason */
    ECGGATE_EVENT_BEAT_REFUTED = 2,  /* the verifier takes back the beat at r_sample, which keeps its line */
    ECGGATE_EVENT_PERMITTED = 3      /* ecggate_permit was heard: beat_number pulses in all, due by pulse_sample */
} ecggate_event_kind;

typedef enum ecggate_state {
    ECGGATE_STATE_DISARMED = 0,
    ECGGATE_STATE_ARMED = 1,
    ECGGATE_STATE_LEARNING = 2,
    ECGGATE_STATE_READY = 3,
    ECGGATE_STATE_INHIBITED = 4,
    ECGGATE_STATE_STOPPED = 5,
    ECGGATE_STATE_FAULTED = 6
} ecggate_state;

typedef enum ecggate_reason {
    ECGGATE_REASON_NONE = 0,
    ECGGATE_REASON_NOT_ARMED = 1,
    ECGGATE_REASON_LEARNING = 2,
    ECGGATE_REASON_RATE_TOO_HIGH = 3,
    ECGGATE_REASON_RATE_TOO_LOW = 4,
    ECGGATE_REASON_PREMATURE = 5,
    ECGGATE_REASON_IRREGULAR = 6,
    ECGGATE_REASON_ECTOPIC = 7,
    ECGGATE_REASON_POOR_SIGNAL = 8,
    ECGGATE_REASON_LEAD_OFF = 9,
    ECGGATE_REASON_SATURATED = 10,
    ECGGATE_REASON_PACING = 11,
    ECGGATE_REASON_BLANKING = 12,
    ECGGATE_REASON_RECHARGING = 13,
    ECGGATE_REASON_MINIMUM_INTERVAL = 14,
    ECGGATE_REASON_DECIDED_TOO_LATE = 15,
    ECGGATE_REASON_TIMER_LATE = 16,
    ECGGATE_REASON_SCHEDULE_FULL = 17,
    ECGGATE_REASON_SOURCE_GAP = 18,
    ECGGATE_REASON_FAULT = 19,
    ECGGATE_REASON_STOPPED = 20,
    ECGGATE_REASON_EXPIRED = 21
} ecggate_reason;

typedef enum ecggate_outcome {
    ECGGATE_OUTCOME_FIRED = 0,
    ECGGATE_OUTCOME_WITHHELD = 1,
    ECGGATE_OUTCOME_MISSED = 2
} ecggate_outcome;

typedef enum ecggate_beat_class {
    ECGGATE_BEAT_CLASS_NORMAL = 0,
    ECGGATE_BEAT_CLASS_ECTOPIC = 1,
    ECGGATE_BEAT_CLASS_PACED = 2,
    ECGGATE_BEAT_CLASS_DOUBTFUL = 3
} ecggate_beat_class;

typedef struct ecggate_event {
    uint32_t size;
    int32_t kind;            /* ecggate_event_kind */
    int64_t sample_index;    /* the sample with which it happened */
    int32_t state;           /* ecggate_state after it */
    int32_t reason;          /* ecggate_reason of a change of state */
    int64_t beat_number;     /* from 1; from here on about the beat */
    double r_sample;         /* R */
    int64_t decision_sample; /* the sample with which it was decided on */
    double pulse_sample;     /* the pulse's edge; NaN where there was none */
    int64_t lateness_ns;     /* edge minus deadline; 0 where nothing was ordered */
    int32_t beat_class;      /* ecggate_beat_class */
    int32_t outcome;         /* ecggate_outcome */
    int32_t beat_reason;     /* ecggate_reason why not fired */
    int32_t is_late;         /* 1: found too late to fire on, serves the rhythm only */
    float confidence;        /* 0 to 1, an ordering */
    float template_residual; /* 0 fits the rhythm's shape perfectly; NaN without one */
    float amplitude_mv;      /* signed */
    float rr_interval_ms;    /* from the R before; NaN for the first and after a gap */
} ecggate_event;

/*
 * The head of the memory that options.event_memory points to; the events follow it. A host may look at it from any
 * thread, or from another process that it shares the memory with; only ecggate_next_event writes "taken".
 * Event number n (from 0) is at n modulo capacity. "written" is published with release semantics after the event.
 */
typedef struct ecggate_event_memory {
    uint32_t size;       /* of this head */
    uint32_t event_size; /* of each event, as the library has it */
    uint64_t capacity;   /* events that fit: a power of two */
    uint64_t reserved0[6];
    uint64_t written;    /* events written since creation */
    uint64_t dropped;    /* events that found it full */
    uint64_t reserved1[6];
    uint64_t taken;      /* events taken since creation */
    uint64_t reserved2[7];
} ecggate_event_memory;

/* How many bytes so many events need; the largest power of two that fits is used. */
#define ECGGATE_EVENT_MEMORY_BYTES(events) (sizeof(ecggate_event_memory) + (size_t)(events) * sizeof(ecggate_event))

typedef enum ecggate_input_kind {
    ECGGATE_INPUT_SAMPLE = 0,  /* number: its index; code: bits of ecggate_sample_status; the leads */
    ECGGATE_INPUT_ARM = 1,     /* also where an arming was renewed */
    ECGGATE_INPUT_DISARM = 2,
    ECGGATE_INPUT_STOP = 3,
    ECGGATE_INPUT_FAULT = 4,
    ECGGATE_INPUT_REPORT = 5,  /* of the pulse on beat "number". code: 0 fired, 1 dropped late, 2 cancelled, 3 fault */
    ECGGATE_INPUT_REFUSAL = 6, /* the pulse thread did not take the order of beat "number"; code: ecggate_reason */
    ECGGATE_INPUT_PERMIT = 7,  /* number: pulses in all; lateness_ns: for how long it holds */
    ECGGATE_INPUT_LOST = 8     /* so many inputs found the memory full here: what follows cannot be replayed */
} ecggate_input_kind;

/* One thing that entered the core. All of them, in order, lead an equal core to equal events, bit for bit. */
typedef struct ecggate_input {
    uint32_t size;
    int32_t kind;        /* ecggate_input_kind */
    int64_t number;
    int32_t code;
    uint32_t reserved;   /* 0 */
    double edge_sample;  /* of a report; NaN where no edge was made */
    int64_t lateness_ns; /* of a report: edge, or drop, minus deadline */
    float lead0_mv;
    float lead1_mv;
} ecggate_input;

/* Inputs lie behind the same head as events; its event_size is then that of an input. */
#define ECGGATE_INPUT_MEMORY_BYTES(inputs) (sizeof(ecggate_event_memory) + (size_t)(inputs) * sizeof(ecggate_input))

/* Bits of core_flags and pulse_flags. */
typedef enum ecggate_thread_flags {
    ECGGATE_THREAD_LOCK_MEMORY = 1,         /* mlockall, once for the process */
    ECGGATE_THREAD_HOLD_PROCESSOR_AWAKE = 2, /* /dev/cpu_dma_latency at 0 */
    ECGGATE_THREAD_TIMER_SLACK_REMOVED = 4   /* only told, in the statistics */
} ecggate_thread_flags;

typedef enum ecggate_board_part {
    ECGGATE_BOARD_PART_ADS1292R = 0,
    ECGGATE_BOARD_PART_ADS1298 = 1, /* 500 samples per second and more */
    ECGGATE_BOARD_PART_MCP3208 = 2, /* behind an AD8232, lead 0 alone */
    ECGGATE_BOARD_PART_ADS1115 = 3  /* the same; at its own 860 samples per second, whatever board_rate_hz says */
} ecggate_board_part;

/* Filled by ecggate_options_default; then set what differs. Times are whole multiples of 100 ns. */
typedef struct ecggate_options {
    uint32_t size;
    int32_t clock;             /* ecggate_clock; other than 0 with push: only */

    /*
     * "push:"      the host brings samples with ecggate_push: sampling_rate_hz (125 to 2,000), lead_count, fixed_delay_ns
     * "ads1292r:/dev/spidev0.0?drdy=25"   a real board; also "ads1298:/dev/spidev0.0?drdy=25&leads=II,V2"
     * "alsa:hw:1?rate=48000&period=2ms"   a sound card's line input
     * "patient:sinus-pvc?noise=muscle:0.1" a virtual patient on an emulated board of board_rate_hz
     * "samples:"   samples[sample_count], of sampling_rate_hz and lead_count, played through that emulated board
     */
    const char *source_uri;
    const char *source_name;   /* for messages; NULL for the URI */
    double sampling_rate_hz;
    int64_t fixed_delay_ns;    /* how long before its stamp a sample's voltage stood at the electrodes */
    int32_t lead_count;        /* 1 or 2 */
    int32_t board_rate_hz;     /* 125, 250, 500, 1000 or 2000 */
    const ecggate_sample *samples;
    uint64_t sample_count;

    const char *line_uri;      /* "null:" (also NULL), "callback:" for line, "emulated:" with an emulated source,
                                  "gpio:/dev/gpiochip0?line=17&active=low" */
    const ecggate_line *line;

    /* Aligned to 8 bytes; in use until ecggate_destroy has returned ECGGATE_OK. */
    void *event_memory;
    uint64_t event_memory_bytes;

    int64_t target_delay_ns;      /* R to pulse: 50 ms; 20 to 100 ms */
    int64_t cutoff_ns;            /* latest edge after R: 70 ms; at most 100 ms */
    int64_t edge_tolerance_ns;    /* 1 ms */
    int64_t order_lead_ns;        /* 1 ms */
    int64_t pulse_width_ns;       /* 1 ms */
    double minimum_rate_per_minute; /* 40 */
    double maximum_rate_per_minute; /* 120 */
    int64_t minimum_interval_ns;  /* between two pulses: 900 ms; 0 tries every beat */
    double premature_fraction;    /* 0.15 */
    double pause_fraction;        /* 0.40 */
    double shape_tolerance;       /* 1; 0.4 to 1.6: how far a beat may be from its shape, as a multiple */
    int64_t asystole_after_ns;    /* 2 s */
    int64_t blanking_ns;          /* 60 ms */
    int64_t armed_for_ns;         /* 10 minutes; 0 without end */
    int32_t learning_beats;       /* 8 */

    int32_t report_capacity;      /* 64 */
    int32_t core_priority;        /* SCHED_FIFO of the thread that reads the source: 75; 0 ordinary. Not for push: */
    int32_t core_processor;       /* -1 for any */
    int32_t core_flags;           /* ecggate_thread_flags */
    int32_t pulse_priority;       /* SCHED_FIFO of the pulse thread: 80; 0 ordinary */
    int32_t pulse_processor;      /* -1 for any; better one of its own */
    int32_t pulse_flags;
    int64_t initial_spin_margin_ns; /* 500 us: so long before a deadline the pulse thread watches the clock */
    int64_t minimum_spin_margin_ns; /* 200 us */
    int64_t maximum_spin_margin_ns; /* 1 ms; at most 10 ms */

    /* From here on appended since the first version: 0 for whoever does not know of it. */
    int32_t needs_permits;          /* 1: each pulse needs ecggate_permit; 0 */
    int32_t board_part;             /* ecggate_board_part: which the emulated board is; 0 */
    /* Like event_memory, for ecggate_next_inputs; NULL and 0 keep none. */
    void *input_memory;
    uint64_t input_memory_bytes;
} ecggate_options;

typedef struct ecggate_info {
    uint32_t size;
    int32_t lead_count;
    double sampling_rate_hz; /* the rate that is gated at */
    int64_t fixed_delay_ns;
    int64_t zero_time_ns;    /* CLOCK_MONOTONIC at an emulated patient's 0 s; 0 otherwise */
    double duration_s;       /* of an emulated signal; NaN where it has no end */
    int64_t block_delay_ns;  /* how long the first sample of a block waits for its last */
} ecggate_info;

typedef struct ecggate_statistics {
    uint32_t size;
    int32_t is_running;
    int32_t state;            /* ecggate_state; it and the beats may be one sample old while running */
    int32_t fault;            /* 0 none, 1 raise refused, 2 lower refused, 3 edge late */
    int64_t samples;
    int64_t missing_samples;  /* by the jumps in their indexes */
    int64_t dropped_events;
    int64_t beats;            /* = fired + withheld + missed once stopped */
    int64_t beats_fired;
    int64_t beats_withheld;
    int64_t beats_missed;
    int64_t pulses_fired;     /* from here on the pulse thread's own account; 0 in virtual time */
    int64_t pulses_dropped_late;
    int64_t pulses_cancelled;
    int64_t pulses_faulted;
    int64_t woke_after_deadline;
    int64_t largest_spin_gap_ns;
    int64_t spin_margin_ns;
    int64_t core_allocated_bytes;  /* of the thread that runs the core, as of its last samples: stands still */
    int64_t pulse_allocated_bytes; /* of the pulse thread, as of its last order: stands still */
    int64_t collections;           /* of the library's own runtime since ecggate_start: stays 0 */
    int64_t collection_pause_ns;
    int32_t core_priority;    /* what was granted; 0 and -1 for the thread of a host that pushes */
    int32_t core_processor;
    int32_t core_flags;
    int32_t pulse_priority;
    int32_t pulse_processor;
    int32_t pulse_flags;
    int64_t dropped_inputs;
} ecggate_statistics;

/* A pulse as the emulated generator saw it, by its own clock. */
typedef struct ecggate_pulse {
    uint32_t size;
    uint32_t reserved;
    int64_t edge_ns;
    int64_t width_ns; /* -1 while the line is active */
} ecggate_pulse;

/* One value of a histogram, to three digits, and how often it came. */
typedef struct ecggate_bucket {
    uint32_t size;
    uint32_t reserved;
    int64_t value_ns;
    int64_t count;
} ecggate_bucket;

typedef enum ecggate_text {
    ECGGATE_TEXT_FAILURE = 1,        /* why the engine stopped by itself; empty where it did not */
    ECGGATE_TEXT_CORE_WARNINGS = 2,  /* what the system refused the core thread, and the cure; one a line */
    ECGGATE_TEXT_PULSE_WARNINGS = 3, /* the same of the pulse thread */
    ECGGATE_TEXT_SOURCE_NAME = 4
} ecggate_text;

typedef enum ecggate_histogram {
    ECGGATE_HISTOGRAM_LATENESS = 1,        /* edge minus deadline of each pulse */
    ECGGATE_HISTOGRAM_WAKE_UP_LATENESS = 2 /* how late the pulse thread woke from its sleeps */
} ecggate_histogram;

/* The library's own ECGGATE_ABI_VERSION. Real time. */
uint32_t ecggate_abi_version(void);

/* The library's version, such as "0.1.0"; static. Real time. */
const char *ecggate_version(void);

/* CLOCK_MONOTONIC, for stamps. Real time. */
int64_t ecggate_now_ns(void);

/*
 * The text of the last call on this thread that failed: up to size - 1 bytes of it and a 0. Returns how long it is without
 * the 0. buffer may be NULL. Allocates; ask only where a call has failed.
 */
size_t ecggate_last_error(char *buffer, size_t size);

/* Fills the defaults in; options->size is set by the caller. */
ecggate_status ecggate_options_default(ecggate_options *options);

/*
 * Checks the options and opens source and line: not armed, not started. The line is made inactive. Pass
 * ECGGATE_ABI_VERSION. Blocks: some milliseconds for push:, about 200 ms for a board, real or emulated. Allocates some
 * megabytes, which may halt the threads of other engines in this process for a moment: create all before you arm one.
 * On failure *engine is NULL.
 */
ecggate_status ecggate_create(uint32_t abi_version, const ecggate_options *options, ecggate_engine **engine);

/* Starts, once. Blocks for about a millisecond. */
ecggate_status ecggate_start(ecggate_engine *engine);

/*
 * Arms with the next sample; where armed already, begins the time anew after which arming runs out (armed_for_ns). May be
 * called before ecggate_start. ECGGATE_BAD_STATE once stopped. Real time, but takes a short lock among arm, disarm, stop.
 */
ecggate_status ecggate_arm(ecggate_engine *engine);

/*
 * With needs_permits: says how many pulses there may have been since ecggate_create (up_to_pulses, the one on order among
 * them), and for how long that holds from the next sample on (valid_for_ns, above 0, at most a day). It replaces what was said before; disarming
 * takes it back. A total, so that saying it twice permits nothing twice, and a host that hangs gets no pulse more than it
 * asked for. The time begins anew after which arming runs out (armed_for_ns). At or below what was delivered, an order is withdrawn with the next sample; ecggate_disarm stops it at once.
 * ECGGATE_BAD_STATE where it is not armed. Real time, with the same short lock as ecggate_arm.
 */
ecggate_status ecggate_permit(ecggate_engine *engine, int64_t up_to_pulses, int64_t valid_for_ns);

/*
 * Disarms: no edge begins after this returned. Waits for an edge that is being made right now, about a microsecond; the
 * pulse then goes on for its width. Real time, as above.
 */
ecggate_status ecggate_disarm(ecggate_engine *engine);

/*
 * Stops for good: disarms at once, then waits for the core to end and for the last pulse to be accounted for; at most
 * 5.5 s. ECGGATE_TIMED_OUT where a driver, or a push, did not come back; the line is disarmed even so.
 */
ecggate_status ecggate_stop(ecggate_engine *engine);

/*
 * Waits until the engine has ended by itself or was stopped. timeout_ns below 0 waits without end.
 * ECGGATE_TIMED_OUT where it goes on.
 */
ecggate_status ecggate_wait(ecggate_engine *engine, int64_t timeout_ns);

/*
 * Stops, and frees all that the engine has; the handle is none afterwards. Blocks like ecggate_stop, and up to 5 s more
 * for a line that hangs. ECGGATE_TIMED_OUT: a thread hangs, and event_memory must not be freed.
 */
ecggate_status ecggate_destroy(ecggate_engine *engine);

/*
 * Brings samples, for push: only. Their decisions have been made on return; the caller's thread runs the core, so give it
 * a real-time priority just below the pulse thread's. last_time_ns: CLOCK_MONOTONIC at which the last of them became ready
 * (its data-ready edge); not looked at with ECGGATE_CLOCK_SAMPLES. Push each sample as it comes: one that is pushed later
 * is decided on later. Gating begins once the clock is known from 20 pushes over half a second. Real time.
 */
ecggate_status ecggate_push(ecggate_engine *engine, const ecggate_sample *samples, size_t count, int64_t last_time_ns);

/* Takes the next event; event->size is set by the caller. ECGGATE_EMPTY where none waits. One thread. Real time. */
ecggate_status ecggate_next_event(ecggate_engine *engine, ecggate_event *event);

/*
 * Takes up to capacity of the oldest inputs: each sample, call and report that entered the core, in order; *count is how
 * many. ECGGATE_BAD_STATE where options.input_memory was NULL. One thread. Real time.
 */
ecggate_status ecggate_next_inputs(ecggate_engine *engine, ecggate_input *inputs, size_t capacity, size_t *count);

/* Real time. */
ecggate_status ecggate_get_statistics(ecggate_engine *engine, ecggate_statistics *statistics);

/* Real time. */
ecggate_status ecggate_get_info(ecggate_engine *engine, ecggate_info *info);

/* Copies up to size - 1 bytes and a 0; *length is how long the text is without the 0. Allocates. */
ecggate_status ecggate_get_text(ecggate_engine *engine, ecggate_text which, char *buffer, size_t size, size_t *length);

/* Copies up to capacity values, in rising order; *count is how many there are. Allocates a little. */
ecggate_status ecggate_get_histogram(ecggate_engine *engine, ecggate_histogram which, ecggate_bucket *buckets, size_t capacity, size_t *count);

/*
 * Copies up to capacity pulses that the emulated generator saw, oldest first; *count is how many there are.
 * ECGGATE_BAD_STATE where source and line are not emulated. Allocates; best once stopped.
 */
ecggate_status ecggate_get_pulses(ecggate_engine *engine, ecggate_pulse *pulses, size_t capacity, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
