/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/core/record.h"

#include "lib/memory.h"
#include "lib/text.h"

void record_open(struct record *record, int64_t at)
{
    if (record->problem)
        return;
    record->problem = memory_get(1, sizeof *record->problem);
    record->problem->opened = at;
}

void record_unacknowledge(struct problem *problem)
{
    if (!problem->acknowledgement)
        return;
    free(problem->acknowledgement->author);
    free(problem->acknowledgement->comment);
    free(problem->acknowledgement);
    problem->acknowledgement = NULL;
}

void record_acknowledge(struct problem *problem, const char *author, const char *comment, int64_t until,
                        enum verdict verdict)
{
    record_unacknowledge(problem);
    problem->acknowledgement = memory_get(1, sizeof *problem->acknowledgement);
    *problem->acknowledgement =
        (struct acknowledgement){memory_text(author), memory_text(comment ? comment : ""), until, verdict};
}

void record_close(struct record *record)
{
    struct problem *problem = record->problem;
    record->state.problem = 0;
    record->problem = NULL;
    if (!problem)
        return;
    for (size_t i = 0; i < problem->told_count; i++) {
        free(problem->told[i].user);
        free(problem->told[i].contact);
    }
    for (size_t i = 0; i < problem->group_count; i++)
        free(problem->groups[i].group);
    for (size_t i = 0; i < problem->course_count; i++) {
        free(problem->courses[i].held);
        free(problem->courses[i].approved_by);
        free(problem->courses[i].did);
        free(problem->courses[i].remediation);
    }
    record_unacknowledge(problem);
    free(problem->told);
    free(problem->groups);
    free(problem->courses);
    free(problem);
}

void record_release(struct record *record)
{
    record_close(record);
    record->state = (struct state){.known = false};
}

struct told *record_told(struct problem *problem, const char *user, const char *contact)
{
    for (size_t i = 0; i < problem->told_count; i++) {
        if (strcmp(problem->told[i].contact, contact) == 0)
            return &problem->told[i];
    }
    problem->told = memory_grow(problem->told, problem->told_count + 1, sizeof *problem->told);
    struct told *told = &problem->told[problem->told_count++];
    *told = (struct told){.user = memory_text(user), .contact = memory_text(contact)};
    return told;
}

struct told_group *record_group(struct problem *problem, const char *group)
{
    for (size_t i = 0; i < problem->group_count; i++) {
        if (strcmp(problem->groups[i].group, group) == 0)
            return &problem->groups[i];
    }
    problem->groups = memory_grow(problem->groups, problem->group_count + 1, sizeof *problem->groups);
    struct told_group *entry = &problem->groups[problem->group_count++];
    *entry = (struct told_group){.group = memory_text(group)};
    return entry;
}

static struct course *find_course(const struct problem *problem, const char *remediation)
{
    for (size_t i = 0; i < problem->course_count; i++) {
        if (strcmp(problem->courses[i].remediation, remediation) == 0)
            return &problem->courses[i];
    }
    return NULL;
}

struct course *record_course(struct problem *problem, const char *remediation)
{
    struct course *course = find_course(problem, remediation);
    if (course)
        return course;
    problem->courses = memory_grow(problem->courses, problem->course_count + 1, sizeof *problem->courses);
    course = &problem->courses[problem->course_count++];
    *course = (struct course){.remediation = memory_text(remediation)};
    return course;
}

bool record_anyone_told(const struct problem *problem, unsigned of)
{
    for (size_t i = 0; i < problem->told_count; i++) {
        if (problem->told[i].of & of)
            return true;
    }
    return false;
}

char *record_contact_key(const struct contact *contact)
{
    struct text key = TEXT_INIT;
    text_format(&key, "%s:%s", channel_name(contact->channel), contact->address);
    for (size_t i = 1; i < contact->command.count; i++)
        text_format(&key, " %s", contact->command.items[i]);
    return text_take(&key);
}

/* 0 is no instant. */
static void shift(int64_t *at, int64_t delta)
{
    if (*at)
        *at += delta;
}

void record_shift(struct record *record, int64_t delta)
{
    struct state *state = &record->state;
    struct problem *problem = record->problem;
    shift(&state->since, delta);
    shift(&state->hard_since, delta);
    shift(&state->last_ok, delta);
    shift(&state->last_result, delta);
    if (!problem)
        return;
    shift(&problem->opened, delta);
    shift(&problem->worth_since, delta);
    shift(&problem->escalates_from, delta);
    for (size_t i = 0; i < problem->group_count; i++) {
        shift(&problem->groups[i].last.at, delta);
        shift(&problem->groups[i].last.wait, delta);
        shift(&problem->groups[i].climbed, delta);
    }
    for (size_t i = 0; i < problem->course_count; i++) {
        shift(&problem->courses[i].verify_until, delta);
        shift(&problem->courses[i].held_until, delta);
    }
}
