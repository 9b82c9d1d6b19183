/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command line, words separated by newlines, for a check that answers with what it was told: whatever the words
 * are, the answer is one of the four and stays within its size. */
#include "lib/check.h"

#include "lib/memory.h"

#include <stdint.h>

enum { WORDS = 32, LARGEST = 4096 };

struct args {
    const char *text, *secret;
    double number;
    int64_t whole, duration;
    bool flag;
    struct option_list list;
};

static const struct option_row options[] = {
    {"text", 's', TEXT(struct args, text), .value = "TEXT", .help = "A text."},
    {"secret", 'P', SECRET(struct args, secret), .value = "TEXT", .help = "A secret."},
    {"number", 'n', NUMBER(struct args, number), .value = "NUMBER", .help = "A number."},
    {"whole", 'i', WHOLE(struct args, whole), .value = "NUMBER", .help = "A whole number.", .low = -9,
     .high = 9},
    {"duration", 'd', DURATION(struct args, duration), .value = "TIME", .help = "A duration."},
    {"flag", 'f', FLAG(struct args, flag), .help = "A flag."},
    {"list", 'l', LIST(struct args, list), .value = "TEXT", .help = "A list."},
    {0},
};

static const struct metric_row metrics[] = {{"value", "a value", .unit = "s"}, {0}};

static bool measure(const void *arguments, struct run *run, struct report *report)
{
    const struct args *args = arguments;
    (void)run;
    report_value(report, 0, args->text, args->number);
    for (size_t i = 0; i < args->list.count; i++)
        report_value(report, 0, args->list.items[i], (double)args->whole);
    report_text(report, "%s", args->text ? args->text : "nothing");
    report_detail(report, "%s", args->text ? args->text : "nothing");
    return true;
}

static const struct check check = {.name = "fuzz",
                                   .title = "FUZZ",
                                   .summary = "takes anything",
                                   .options = options,
                                   .metrics = metrics,
                                   .args_size = sizeof(struct args),
                                   .measure = measure};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *input = memory_text_of((const char *)data, size);
    char program[] = "check_fuzz";
    char *words[WORDS + 1] = {program};
    int count = 1;
    char *next = input;
    struct text output = TEXT_INIT;
    for (char *word = strsep(&next, "\n"); word && count < WORDS; word = strsep(&next, "\n"))
        if (strncmp(word, "--extra", 7) != 0) /* would read files */
            words[count++] = word;
    int code = check_run(&check, count, words, 0, &output);
    if (code < 0 || code > 3)
        abort();
    bool plain = strncmp(output.bytes, "FUZZ ", 5) == 0;
    if (plain && (output.length >= LARGEST || strlen(output.bytes) != output.length))
        abort();
    text_release(&output);
    free(input);
    return 0;
}
