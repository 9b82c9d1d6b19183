/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The row of each command; a file command_NAME.c defines those of its name. */
#ifndef WATCHBILL_COMMAND_ROWS_H
#define WATCHBILL_COMMAND_ROWS_H

#include "scheduler/command/command.h"

extern const struct command command_config_check, command_config_show, command_config_keys;
extern const struct command command_config_names;
extern const struct command command_range;
extern const struct command command_parse_output;
extern const struct command command_window;
extern const struct command command_oncall;
extern const struct command command_simulate;
extern const struct command command_remediations;
extern const struct command command_status, command_run, command_why;
extern const struct command command_submit;
extern const struct command command_ack, command_unack;
extern const struct command command_remediate, command_remediation_approve;
extern const struct command command_downtime, command_downtime_list, command_downtime_cancel;
extern const struct command command_silence, command_silence_list, command_silence_cancel;
extern const struct command command_comment, command_comment_list, command_comment_cancel;
extern const struct command command_journal_export;
extern const struct command command_graph;
extern const struct command command_alerts, command_events, command_event_post;
extern const struct command command_nagios_export, command_nagios_import, command_nagios_install;
extern const struct command command_nagios_handler;
extern const struct command command_lint_plugin;

#endif
