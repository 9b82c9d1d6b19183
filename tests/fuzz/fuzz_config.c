/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as one file of the configuration: the first says which. */
#include "scheduler/io/config_merge.h"
#include "scheduler/io/config_parts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length == 0)
        return 0;
    struct arena *arena = arena_create();
    struct arena *scratch = arena_create();
    struct findings_draft draft = {0};
    struct findings findings = {0};
    struct model *model = arena_get(arena, 1, sizeof *model);
    struct config_loader loader = {.model = model, .arena = arena, .scratch = scratch, .draft = &draft};
    struct service_list list = {0};
    model->arena = arena;
    model->windows = window_set_create(arena);
    model->site.directory = "/";
    const struct node *root =
        config_document_parse((const char *)bytes + 1, length - 1, "f", scratch, arena, &draft);
    if (root && bytes[0] % 5 == 0)
        config_site_read(&loader, root);
    else if (root && bytes[0] % 5 == 1)
        config_users_read(&loader, root);
    else if (root && bytes[0] % 5 == 2)
        config_remediations_read(&loader, root);
    else if (root && bytes[0] % 5 == 3)
        config_routes_read(&loader, root);
    else if (root)
        config_services_read(&loader, config_merge_document(root, scratch, &draft), "name", &list);
    findings_finish(&draft, &findings);
    findings_release(&findings);
    model_free(model);
    arena_free(scratch);
    return 0;
}
