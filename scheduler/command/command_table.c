/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every command, in the order of the help: first those that need no running scheduler. */
#include "scheduler/command/rows.h"

const struct command *const command_table[] = {
    &command_config_check,
    &command_config_show,
    &command_config_keys,
    &command_config_names,
    &command_range,
    &command_parse_output,
    &command_window,
    &command_oncall,
    &command_simulate,
    &command_lint_plugin,
    &command_nagios_export,
    &command_nagios_import,
    &command_nagios_install,
    &command_nagios_handler,
    &command_remediations,
    &command_status,
    &command_run,
    &command_why,
    &command_submit,
    &command_ack,
    &command_unack,
    &command_remediate,
    &command_remediation_approve,
    &command_graph,
    &command_alerts,
    &command_events,
    &command_event_post,
    NULL,
};
