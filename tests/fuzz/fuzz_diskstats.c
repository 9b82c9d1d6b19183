/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the files of /proc that the iowait check reads. */
#include "collectors/disks.h"
#include "collectors/mounts.h"
#include "collectors/pressure.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *text = (const char *)bytes;
    struct arena *arena = arena_create();
    struct diskstats stats;
    struct procstat stat;
    struct pressure pressure;
    struct mounts_device mount;
    struct disks_choice choice = {0};
    struct error error = {""};
    if (diskstats_parse(text, length, arena, &stats, &error) && stats.count > 0) {
        struct diskstats_change change =
            diskstats_compare(&stats.devices[0], &stats.devices[stats.count - 1], 1000);
        assert(!(change.utilisation > 100));
        assert(disks_choose(&choice, "", &stats, arena, &error));
        assert(choice.count <= stats.count);
    }
    (void)procstat_parse(text, length, &stat, &error);
    (void)pressure_parse(text, length, &pressure, &error);
    (void)mounts_parse_info(text, length, "/var/lib", arena, &mount, &error);
    (void)mounts_parse_table(text, length, "/var/lib", arena, &mount, &error);
    arena_free(arena);
    return 0;
}
