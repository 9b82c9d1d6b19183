/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/standard.h"

#include "lib/output.h"
#include "lib/verdict.h"

static const struct option_row common_rows[] = {
    {"hostname", 'H', TEXT(struct standard, host), .value = "HOST", .help = "The host to ask."},
    {"port", 'p', WHOLE(struct standard, port), .value = "PORT", .help = "The port to ask.", .low = 1,
     .high = 65535},
    {"timeout", 't', DURATION(struct standard, timeout), .value = "SECONDS",
     .help = "The run ends within this time and a second.", .low = 0.001, .high = 86400},
    {"use-ipv4", '4', FLAG(struct standard, ipv4), .help = "Use IPv4 only."},
    {"use-ipv6", '6', FLAG(struct standard, ipv6), .help = "Use IPv6 only."},
    {"extra-opts", 0, TEXT(struct standard, extra_opts), .value = "[SECTION][@FILE]",
     .help = "Take options from a section of an INI file, in front of those given here. "
             "The section is the program's name unless given; the file is sought in the usual places."},
    {"root", 0, TEXT(struct standard, root), .value = "DIRECTORY",
     .help = "Read /proc, /sys and /etc below this directory."},
    {"state-file", 0, TEXT(struct standard, state_file), .value = "PATH",
     .help =
         "Keep the samples that rates need in this file. Unless given it is one per check and arguments in "
         "$MUNIN_PLUGSTATE, $WATCHBILL_STATE or /var/lib/watchbill/plugins."},
    {"verbose", 'v', COUNT(struct standard, verbose), .help = "Say more; up to three times."},
    {"describe", 0, FLAG(struct standard, describe), .help = "Print the options and metrics as JSON."},
    {"version", 'V', FLAG(struct standard, version), .help = "Print the version."},
    {"help", 'h', FLAG(struct standard, help), .help = "Print this text."},
    {0},
};

static const struct option_row check_rows[] = {
    {"warning", 'w', LIST(struct standard, warning), .value = "[METRIC=]RANGE",
     .help = "WARNING when the metric is outside of the range; the first metric unless one is named. "
             "METRIC[INSTANCE]=RANGE is for one instance; an empty range is none."},
    {"critical", 'c', LIST(struct standard, critical), .value = "[METRIC=]RANGE",
     .help = "CRITICAL when the metric is outside of the range; as for --warning."},
    {"timeout-state", 0, TEXT(struct standard, timeout_state), .value = "STATE",
     .help = "The state when the time is over: OK, WARNING, CRITICAL or UNKNOWN.", .choices = verdict_names},
    {"format", 0, CHOICE(struct standard, format), .value = "FORMAT", .help = "How to print the answer.",
     .choices = output_check_names},
    {0},
};

static const struct option_row collector_rows[] = {
    {"format", 0, CHOICE(struct standard, format), .value = "FORMAT", .help = "How to print the metrics.",
     .choices = output_collector_names},
    {0},
};

void standard_init(struct standard *standard)
{
    *standard = (struct standard){.timeout = 10000, .timeout_state = "UNKNOWN", .root = ""};
}

size_t standard_sets(struct standard *standard, bool collects, struct option_set *sets)
{
    sets[0] = (struct option_set){collects ? collector_rows : check_rows, standard};
    sets[1] = (struct option_set){common_rows, standard};
    return 2;
}
