#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""nagios.py FILE PREFIX CHECK...: the command definitions of Nagios for each check, from what it says to --describe.

Three for each: its words as they are, the same about a host, and the same with thresholds in front. An option that
a check cannot do without comes first, as an argument of its own. The same tables give the same bytes."""
import json
import pathlib
import subprocess
import sys
import textwrap

HEAD = """# SPDX-License-Identifier: GPL-3.0-or-later
# Made from the checks' own tables: change them, not this file.
#
#   watchbill_NAME!WORDS                          the check with these words
#   watchbill_NAME_host!WORDS                     the same about the host: -H $HOSTADDRESS$ comes first
#   watchbill_NAME_range!WARNING!CRITICAL!WORDS   the same with ranges: [METRIC=][@]START:END
#
# Options that a check cannot do without come before all of these, as its comment says. WORDS may be left out.
# A semicolon in an argument begins a comment in Nagios: write it as \\;
# The event handler: see "watchbill nagios handler --help".

define command {
    command_name watchbill_remediate
    command_line @PREFIX@/lib/watchbill/nagios/remediate '$ARG1$' --host '$HOSTNAME$' --address '$HOSTADDRESS$' --check '$SERVICEDESC$' --state '$SERVICESTATE$' --type '$SERVICESTATETYPE$' --attempt '$SERVICEATTEMPT$' $ARG2$
}
"""


def definition(name, line):
    return f"\ndefine command {{\n    command_name {name}\n    command_line {line}\n}}\n"


def needed_of(described):
    return [option for option in described["options"] if option["required"] and not option["standard"]]


def comment(described):
    lines = [f"\n# {described['program']}: {described['summary']}"]
    needed = "".join(f"{option['name'].upper()}!" for option in needed_of(described))
    if needed:
        lines.append(f"#   first: watchbill_{described['name']}!{needed}...")
    for option in described["options"]:
        if option["standard"]:
            continue
        value = f" {option['value']}" if option["value"] else ""
        needed = " (needed)" if option["required"] else ""
        lines += textwrap.wrap(f"--{option['name']}{value}{needed}: {option['help']}", 110, break_long_words=False,
                               break_on_hyphens=False, initial_indent="#   ", subsequent_indent="#     ")
    if described["metrics"]:
        names = ", ".join(metric["name"] for metric in described["metrics"])
        lines += textwrap.wrap(f"metrics: {names}", 110, break_long_words=False, break_on_hyphens=False,
                               initial_indent="#   ", subsequent_indent="#     ")
    return "\n".join(lines) + "\n"


def definitions(described):
    """The needed options take the first arguments, whatever comes behind them."""
    program = f"$USER1$/{described['program']}"
    needed = needed_of(described)
    front = "".join(f" --{option['name']} '$ARG{number}$'" for number, option in enumerate(needed, 1))
    first = len(needed) + 1
    name = f"watchbill_{described['name']}"
    host = f" -H '$HOSTADDRESS$'{front} $ARG{first}$"
    ranges = f"{front} -w '$ARG{first}$' -c '$ARG{first + 1}$' $ARG{first + 2}$"
    return (definition(name, f"{program}{front} $ARG{first}$") + definition(f"{name}_host", program + host)
            + definition(f"{name}_range", program + ranges))


def main(target, prefix, programs):
    parts = [HEAD.replace("@PREFIX@", prefix)]
    for program in programs:
        done = subprocess.run([program, "--describe"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=30,
                              check=False)
        described = json.loads(done.stdout)
        parts.append(comment(described) + definitions(described))
    pathlib.Path(target).write_text("".join(parts))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
