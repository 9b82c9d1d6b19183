/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scheduler/io/config_parts.h"

static void describe_rows(struct text *out, const char *file, const char *path, const struct config_row *rows)
{
    for (const struct config_row *row = rows; row->key; row++) {
        static const char *const steps[] = {
            [CONFIG_ONE] = "", [CONFIG_NAMED] = ".NAME", [CONFIG_LISTED] = "[]"};
        struct text key = TEXT_INIT;
        text_format(&key, "%s%s%s", path, path[0] ? "." : "", row->key);
        text_format(out, "%s\t%s\t%s", file, key.bytes, row->form);
        for (size_t i = 0; row->choices && row->choices[i]; i++)
            text_format(out, "%s%s", i == 0 ? ": " : ", ", row->choices[i]);
        text_format(out, "\t%s\t%s\n",
                    row->required   ? "required"
                    : row->standard ? row->standard
                    : row->without  ? row->without
                                    : "",
                    row->help);
        if (row->rows) {
            text_add(&key, steps[row->shape]);
            describe_rows(out, file, key.bytes, row->rows);
        }
        text_release(&key);
    }
}

void config_describe(struct text *out)
{
    describe_rows(out, "watchbill.yaml", "", config_site_rows);
    describe_rows(out, "users.yaml", "", config_users_rows);
    describe_rows(out, "remediations.yaml", "", config_remediations_rows);
    describe_rows(out, "routes.yaml", "", config_routes_rows);
    describe_rows(out, "services/NAME.yaml", "", config_services_rows);
}
