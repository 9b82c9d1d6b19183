#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""man.py FOLDER PROGRAM...: a manual page for each program, from what it says to --describe (lib/describe.h).

The same tables give the same bytes: no clock, no path. A page is written only when it changes."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap

TOP = pathlib.Path(__file__).resolve().parents[1]

EXITS = {
    "check": [("0", "OK"), ("1", "WARNING"), ("2", "CRITICAL"),
              ("3", "UNKNOWN: the question could not be answered, or was misused")],
    "collector": [("0", "the metrics were printed"), ("3", "the source could not be read, or misuse")],
    "remediation": [("0", "fixed"), ("1", "acted without effect"), ("2", "failed"), ("3", "refused or misused")],
}

STANDARD_NOTES = {
    "check": """A RANGE is that of the Nagios plugin guidelines: START:END, both ends inside; START: has no upper end,
~:END no lower one, END alone begins at 0, and @ in front turns the meaning round. A value outside of its range alerts.
An empty RANGE takes a default away.""",
}


def escape(text):
    """A line of the body: no escape, no request."""
    text = text.replace("\\", "\\e")
    return "\\&" + text if text[:1] in (".", "'") else text


def argument(text):
    """A word behind a macro that must not be taken for one."""
    words = [("\\&" + word if re.fullmatch(r"%?[A-Z][a-z]{0,2}|[.,:;()\[\]?!|]", word) else word)
             for word in escape(text).replace('"', "\\(dq").split()]
    return " ".join(words)


def body(text):
    """Paragraphs: one sentence a line, as mdoc wants it; what is set out with blanks stays so."""
    lines = []
    for number, paragraph in enumerate(re.split(r"\n+", text.strip("\n"))):
        if paragraph.startswith(" "):
            lines += [".Dl " + argument(paragraph)]
            continue
        if number:
            lines.append(".Pp")
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z\"~$])", " ".join(paragraph.split())):
            lines += [escape(line) for line in textwrap.wrap(sentence, 78, break_long_words=False,
                                                             break_on_hyphens=False)]
    return lines


def full_stop(text):
    return text if text.endswith(".") else text + "."


def flags(option):
    """'Fl s , Fl Fl socket Ar PATH'"""
    value = f" Ar {argument(option['value'])}" if option["value"] else ""
    letter = f"Fl {argument(option['letter'])} , " if option["letter"] else ""
    alias = f" , Fl Fl {argument(option['alias'])}" if option.get("alias") else ""
    return f"{letter}Fl Fl {argument(option['name'])}{alias}{value}"


def short(option):
    value = f" Ar {argument(option['value'])}" if option["value"] else ""
    return (f"Fl {argument(option['letter'])}" if option["letter"] else f"Fl Fl {argument(option['name'])}") + value


def option_lines(option):
    lines = [f".It {flags(option)}"] + body(full_stop(option["help"]))
    if option["choices"] and option["kind"] == "choice":
        lines += body("One of " + ", ".join(option["choices"]) + ".")
    if option["required"]:
        lines.append("Required.")
    if option["kind"] == "list":
        lines.append("May be given again.")
    if option["default"] is not None:
        lines += body(f"Default: {option['default']}.")
    return lines


def option_list(options):
    lines = [".Bl -tag -width Ds"]
    for option in options:
        lines += option_lines(option)
    return lines + [".El"]


def metric_lines(metric):
    unit = f", in {metric['unit']}" if metric["unit"] else ""
    lines = [f".It Cm {argument(metric['name'])}"] + body(full_stop(metric["help"][:1].upper() + metric["help"][1:] + unit))
    for name in ("warning", "critical"):
        if metric[name]:
            lines += body(f"Default {name} range: {metric[name]}.")
    return lines


def synopsis(described):
    name = described["program"]
    if described.get("synopsis"):
        return [f".Nm {name}"] + body(described["synopsis"])
    lines = [f".Nm {name}"]
    for option in described["options"]:
        if not option["standard"]:
            lines.append(("." if option["required"] else ".Op ") + short(option))
    return lines + [".Op Ar standard options"] if any(o["standard"] for o in described["options"]) else lines


def command_lines(command):
    lines = [f".Ss {argument(command['name'])}", f".Cm {argument(command['name'])}"]
    lines += [escape(line) for line in textwrap.wrap(command["usage"], 78, break_on_hyphens=False)] + [".Pp"]
    lines += body(full_stop(command["summary"][:1].upper() + command["summary"][1:]))
    if command["notes"]:
        lines += [".Pp"] + body(command["notes"])
    return lines + (option_list(command["options"]) if command["options"] else [])


def page(described, date):
    name, kind = described["program"], described["kind"]
    own = [option for option in described["options"] if not option["standard"]]
    standard = [option for option in described["options"] if option["standard"]]
    lines = [".\\\" Made from the program's own tables: change them, not this file.",
             f".Dd {date}", f".Dt {name.upper()} 1", ".Os", ".Sh NAME", f".Nm {name}",
             f".Nd {argument(described['summary'].rstrip('.'))}", ".Sh SYNOPSIS"]
    lines += synopsis(described) + [".Sh DESCRIPTION", ".Nm", "is part of watchbill."]
    if described["notes"]:
        lines += [".Pp"] + body(described["notes"])
    if own:
        lines += [".Pp", "Its own options are:"] + option_list(own)
    if standard:
        lines += [".Pp", f"Every {kind} has these:"] + option_list(standard)
        if kind in STANDARD_NOTES:
            lines += [".Pp"] + body(" ".join(STANDARD_NOTES[kind].split()))
    if described.get("commands"):
        lines.append(".Sh COMMANDS")
        for command in described["commands"]:
            lines += command_lines(command)
    if described.get("metrics"):
        lines += [".Sh METRICS", ".Bl -tag -width Ds"]
        for metric in described["metrics"]:
            lines += metric_lines(metric)
        lines.append(".El")
        if described.get("listed"):
            lines += [".Pp"] + body(f"A bare RANGE,RANGE is for {', '.join(described['listed'])}, in turn.")
    if kind in EXITS:
        lines += [".Sh EXIT STATUS", ".Bl -tag -width Ds"]
        for code, meaning in EXITS[kind]:
            lines += [f".It {code}"] + body(full_stop(meaning))
        lines.append(".El")
    return "\n".join(lines) + "\n"


def page_date():
    """The day of the newest release, so that a page does not depend on when it is made."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    changes = TOP / "CHANGELOG.md"
    found = re.search(r"\d{4}-\d{2}-\d{2}", changes.read_text()) if changes.exists() else None
    if epoch:
        day = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc).date()
    else:
        day = datetime.date.fromisoformat(found.group()) if found else datetime.date(2026, 11, 1)
    return f"{day:%B} {day.day}, {day.year}"


def main(folder, programs):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    failed = []
    for program in programs:
        done = subprocess.run([program, "--describe"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=30,
                              check=False)
        try:
            described = json.loads(done.stdout)
        except ValueError:
            failed.append(program)
            continue
        path = folder / f"{described['program']}.1"
        text = page(described, page_date())
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
    for program in failed:
        print(f"man.py: {program} does not describe itself", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
