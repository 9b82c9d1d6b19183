/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parse-output */
#include "lib/json.h"
#include "lib/plugin_output.h"
#include "scheduler/command/rows.h"

#include <errno.h>

enum { CHUNK_BYTES = 65536 };

struct arguments {
    int64_t exit;
};

static const struct option_row options[] = {
    {"exit", 0, WHOLE(struct arguments, exit), .value = "N",
     .help = "The exit code of the plugin; 0 unless given."},
    {0},
};

static bool read_all(FILE *input, struct text *text)
{
    size_t got;
    do {
        got = fread(text_reserve(text, CHUNK_BYTES), 1, CHUNK_BYTES, input);
        text->length += got;
    } while (got > 0);
    return !ferror(input);
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    struct text output = TEXT_INIT;
    int code = COMMAND_YES;
    if (read_all(call->input, &output)) {
        json_t *parsed = plugin_output_json(output.bytes, output.length, arguments->exit);
        json_write(call->out, parsed);
        json_decref(parsed);
    } else {
        code = command_refuse(call, "cannot read standard input: %s", strerror(errno));
    }
    text_release(&output);
    return code;
}

const struct command command_parse_output = {
    .name = "parse-output",
    .usage = "[--exit N] < OUTPUT",
    .summary = "parses what a plugin printed",
    .notes = "Always JSON. What cannot be parsed is skipped and named in \"errors\".",
    .options = options,
    .size = sizeof(struct arguments),
    .run = run,
};
