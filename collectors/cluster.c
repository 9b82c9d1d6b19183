/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "collectors/cluster.h"

#include "lib/lookup.h"

#include <jansson.h>

enum { ROW_CAP = 256 << 10, MEMBERS_CAP = 100000 };

static const char *const state_names[] = {
    [CLUSTER_OK] = "OK",           [CLUSTER_WARNING] = "WARNING", [CLUSTER_CRITICAL] = "CRITICAL",
    [CLUSTER_UNKNOWN] = "UNKNOWN", [CLUSTER_PENDING] = "PENDING", [CLUSTER_STATES] = NULL};

const char *cluster_state_name(enum cluster_state state)
{
    return state_names[state];
}

static bool read_state(const char *name, enum cluster_state *state)
{
    int found = name ? lookup_name(state_names, name) : LOOKUP_NONE;
    if (found != LOOKUP_NONE) {
        *state = (enum cluster_state)found;
        return true;
    }
    /* A service that serves with fewer hosts than all, a host that is being verified. */
    *state = CLUSTER_WARNING;
    return name && (strcmp(name, "REDUNDANCY") == 0 || strcmp(name, "VERIFYING") == 0);
}

static bool take_member(const json_t *row, struct cluster_member *member, struct arena *arena,
                        struct error *error)
{
    const char *subject = json_string_value(json_object_get(row, "subject"));
    const char *state = json_string_value(json_object_get(row, "state"));
    const char *text = json_string_value(json_object_get(row, "text"));
    if (!subject)
        return error_set(error, "the answer holds a check without a name");
    if (!read_state(state, &member->state))
        return error_set(error, "\"%s\" has a state that is none: \"%s\"", subject, state ? state : "");
    member->subject = arena_text(arena, subject);
    member->text = arena_text(arena, text && member->state != CLUSTER_OK ? text : "");
    return true;
}

static struct cluster_member *add_member(struct cluster *cluster, struct arena *arena)
{
    if ((cluster->count & (cluster->count - 1)) == 0) { /* 0, 1, 2, 4 ...: the room is used up */
        struct cluster_member *grown =
            arena_get(arena, cluster->count ? cluster->count * 2 : 1, sizeof *grown);
        if (cluster->count)
            memcpy(grown, cluster->members, cluster->count * sizeof *grown);
        cluster->members = grown;
    }
    return &cluster->members[cluster->count++];
}

/* One row at a time is read into JSON: a value costs a hundred times the bytes that it took in the answer. */
static bool read_row(const char *bytes, size_t length, size_t *at, struct cluster *cluster,
                     struct arena *arena, struct error *error)
{
    json_error_t reason;
    size_t left = length - *at < ROW_CAP ? length - *at : ROW_CAP;
    json_t *row = json_loadb(bytes + *at, left, JSON_DISABLE_EOF_CHECK, &reason);
    if (!row)
        return error_set(error, "check %zu of the answer is not JSON: %s", cluster->count + 1, reason.text);
    bool ok =
        cluster->count < MEMBERS_CAP || error_set(error, "the answer has more than %d checks", MEMBERS_CAP);
    *at += (size_t)reason.position;
    ok = ok && take_member(row, add_member(cluster, arena), arena, error);
    json_decref(row);
    return ok;
}

static size_t skip_blanks(const char *bytes, size_t length, size_t at)
{
    while (at < length && bytes[at] && strchr(" \t\r\n", bytes[at]))
        at++;
    return at;
}

static bool take(const char *bytes, size_t length, size_t *at, const char *token)
{
    size_t begin = skip_blanks(bytes, length, *at), size = strlen(token);
    bool there = length - begin >= size && memcmp(bytes + begin, token, size) == 0;
    *at = there ? begin + size : *at;
    return there;
}

bool cluster_parse(const char *bytes, size_t length, struct cluster *cluster, struct arena *arena,
                   struct error *error)
{
    static const char *const opening[] = {"{", "\"checks\"", ":", "["};
    size_t at = 0;
    bool ok = true;
    *cluster = (struct cluster){0};
    for (size_t i = 0; i < sizeof opening / sizeof opening[0]; i++)
        if (!take(bytes, length, &at, opening[i]))
            return error_set(error, "the answer is no list of checks");
    if (take(bytes, length, &at, "]"))
        return true;
    do
        ok = read_row(bytes, length, &at, cluster, arena, error);
    while (ok && take(bytes, length, &at, ","));
    return ok && (take(bytes, length, &at, "]") || error_set(error, "the answer is cut off"));
}

/* ---- paths ---- */

struct path {
    const char *name; /* within a subject */
    size_t length;
    size_t good, all;
};

static int by_name(const void *a, const void *b)
{
    const struct path *one = a, *other = b;
    size_t shorter = one->length < other->length ? one->length : other->length;
    int order = memcmp(one->name, other->name, shorter);
    return order ? order : (one->length > other->length) - (one->length < other->length);
}

/* One for each name; ${paths} has room for all members. */
static size_t count_paths(const struct cluster *cluster, const regex_t *path_of, struct path *paths)
{
    size_t found = 0, count = 0;
    for (size_t i = 0; i < cluster->count; i++) {
        const struct cluster_member *member = &cluster->members[i];
        regmatch_t groups[2];
        if (regexec(path_of, member->subject, 2, groups, 0) != 0 || groups[1].rm_so < 0)
            continue;
        paths[found++] = (struct path){.name = member->subject + groups[1].rm_so,
                                       .length = (size_t)(groups[1].rm_eo - groups[1].rm_so),
                                       .good = member->state == CLUSTER_OK,
                                       .all = 1};
    }
    qsort(paths, found, sizeof *paths, by_name);
    for (size_t i = 0; i < found; i++) {
        if (count > 0 && by_name(&paths[count - 1], &paths[i]) == 0) {
            paths[count - 1].good += paths[i].good;
            paths[count - 1].all++;
        } else {
            paths[count++] = paths[i];
        }
    }
    return count;
}

/* Where each path fails wholly or not at all, it is the path and nothing behind it. */
static void tell_whole(const struct path *paths, size_t count, size_t bad, struct text *text)
{
    const char *mark = "";
    text_add(text, bad == 1 ? "all of path " : "all of paths ");
    for (size_t i = 0; i < count; i++)
        if (paths[i].good == 0) {
            text_format(text, "%s\"%.*s\"", mark, (int)paths[i].length, paths[i].name);
            mark = ", ";
        }
    text_add(text, " fail, the others are OK");
}

static void tell_parts(const struct path *paths, size_t count, struct text *text)
{
    const char *mark = "";
    text_add(text, "the paths disagree: ");
    for (size_t i = 0; i < count; i++) {
        if (paths[i].good == paths[i].all)
            continue;
        text_format(text, "%s%zu of %zu of path \"%.*s\" fail", mark, paths[i].all - paths[i].good,
                    paths[i].all, (int)paths[i].length, paths[i].name);
        mark = ", ";
    }
}

bool cluster_fault(const struct cluster *cluster, const regex_t *path_of, struct text *text,
                   struct arena *arena)
{
    struct path *paths = arena_get(arena, cluster->count + 1, sizeof *paths);
    size_t count = count_paths(cluster, path_of, paths), whole = 0, bad = 0;
    bool disagree = false;
    for (size_t i = 0; i < count; i++) {
        whole += paths[i].good == paths[i].all;
        bad += paths[i].good == 0;
        /* Of shares, not of counts: paths need not have as many checks as each other. */
        disagree = disagree || paths[i].good * paths[0].all != paths[0].good * paths[i].all;
    }
    if (disagree && bad > 0 && whole + bad == count)
        tell_whole(paths, count, bad, text);
    else if (disagree)
        tell_parts(paths, count, text);
    return disagree;
}
