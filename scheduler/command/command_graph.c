/* SPDX-License-Identifier: GPL-3.0-or-later */
/* graph */
#include "lib/memory.h"
#include "lib/instant.h"
#include "scheduler/command/rows.h"
#include "scheduler/command/site.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

struct arguments {
    const char *metric, *from, *to, *output;
    int64_t width, height;
};

static const struct arguments defaults = {.from = "-1d", .to = "now", .width = 800, .height = 300};

static const struct option_row options[] = {
    {"output", 'o', TEXT(struct arguments, output), .value = "FILE", .required = true,
     .help = "Where the picture goes; its name ends in .png or .svg."},
    {"metric", 0, TEXT(struct arguments, metric), .value = "LABEL", .help = "Only this metric of the check."},
    {"from", 0, TEXT(struct arguments, from), .value = "TIME",
     .help = "The left edge: RFC 3339, epoch seconds or a span before now such as -1d."},
    {"to", 0, TEXT(struct arguments, to), .value = "TIME", .help = "The right edge, in the same words."},
    {"width", 0, WHOLE(struct arguments, width), .value = "PIXELS", .low = 100, .high = 4000,
     .help = "Of the plot."},
    {"height", 0, WHOLE(struct arguments, height), .value = "PIXELS", .low = 50, .high = 4000,
     .help = "Of the plot."},
    {0},
};

static const char *format_of(const char *path)
{
    size_t length = strlen(path);
    if (length > 4 && strcmp(path + length - 4, ".png") == 0)
        return "png";
    return length > 4 && strcmp(path + length - 4, ".svg") == 0 ? "svg" : NULL;
}

static bool write_all(int file, const unsigned char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t)written;
    }
    return true;
}

/* A reader of the file sees the old picture or the new one, never a part. */
static bool write_file(const char *path, const unsigned char *bytes, size_t length, struct error *error)
{
    struct text fresh = TEXT_INIT;
    text_format(&fresh, "%s.XXXXXX", path);
    int file = mkostemp(fresh.bytes, O_CLOEXEC);
    bool written = file >= 0 && fchmod(file, 0644) == 0 && write_all(file, bytes, length);
    int cause = errno;
    if (file >= 0 && close(file) != 0 && written) {
        cause = errno;
        written = false;
    }
    if (written && rename(fresh.bytes, path) != 0) {
        cause = errno;
        written = false;
    }
    if (!written) {
        if (file >= 0)
            (void)unlink(fresh.bytes);
        (void)error_set(error, "cannot write \"%s\": %s", path, strerror(cause));
    }
    text_release(&fresh);
    return written;
}

/* The bytes of a base64 text; -1: it is none. */
static int decode(const char *text, unsigned char *bytes)
{
    size_t length = strlen(text);
    if (length == 0 || length % 4 != 0 || length > INT32_MAX)
        return -1;
    int count = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)length);
    for (size_t i = 1; count > 0 && i <= 2 && text[length - i] == '='; i++)
        count--;
    return count;
}

static int save(struct command_call *call, const char *picture, const char *path)
{
    struct error error = {""};
    unsigned char *bytes = memory_get(strlen(picture) / 4 * 3 + 4, 1);
    int count = decode(picture, bytes);
    int code = COMMAND_YES;
    if (count <= 0)
        code = command_refuse(call, "the scheduler sent no picture");
    else if (!write_file(path, bytes, (size_t)count, &error))
        code = command_refuse(call, "%s", error.text);
    else if (call->json)
        text_format(call->out, "{\"bytes\": %d}\n", count);
    free(bytes);
    return code;
}

static int run(const void *given, struct command_call *call)
{
    const struct arguments *arguments = given;
    const char *format = format_of(arguments->output);
    struct error error = {""};
    int64_t from, to;
    if (!format)
        return command_refuse(call, "the name of a picture ends in .png or .svg: \"%s\"", arguments->output);
    if (!instant_read(arguments->from, call->now, &from, &error) ||
        !instant_read(arguments->to, call->now, &to, &error))
        return command_refuse(call, "%s", error.text);
    if (from >= to)
        return command_refuse(call, "--from \"%s\" is not before --to \"%s\"", arguments->from,
                              arguments->to);
    json_t *request = json_pack("{s:s, s:s, s:s?, s:n, s:I, s:I, s:s, s:I, s:I}", "command", "graph",
                                "target", call->words.items[0], "metric", arguments->metric, "graph", "from",
                                (json_int_t)from, "to", (json_int_t)to, "format", format, "width",
                                (json_int_t)arguments->width, "height", (json_int_t)arguments->height);
    struct site_reply reply = site_ask(call, request, 4 * SITE_TIMEOUT);
    if (!reply.answer)
        return reply.code;
    int code = save(call, site_text(reply.answer, "picture"), arguments->output);
    site_release(&reply);
    return code;
}

const struct command command_graph = {
    .name = "graph",
    .usage = "HOST/CHECK|HOST/GRAPH [--metric LABEL] [--from -1d] [--to TIME] -o FILE.png|FILE.svg",
    .summary = "draws the metrics of a check, or a graph of its service",
    .options = options,
    .size = sizeof(struct arguments),
    .defaults = &defaults,
    .least = 1,
    .most = 1,
    .run = run,
};
