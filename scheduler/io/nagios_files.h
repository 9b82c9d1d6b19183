/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens the files of a Nagios configuration: object files, folders of them, and main files with all they name. */
#ifndef WATCHBILL_IO_NAGIOS_FILES_H
#define WATCHBILL_IO_NAGIOS_FILES_H

#include "lib/error.h"
#include "scheduler/core/nagios_text.h"

/* nagios_files_read(source, path, error): ${path} is an object file, a folder (every *.cfg below it, in order), or a main
 * file: then its cfg_file, cfg_dir and resource_file are read too, relative to it. What a main file names and cannot be
 * read is a finding; ${path} itself is an error. */
bool nagios_files_read(struct nagios_source *source, const char *path, struct error *error);

#endif
