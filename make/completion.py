#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""completion.py FILE PROGRAM...: what bash completes of each program, from what it says to --describe.

One file for all of them: make/completion.bash, and tables behind it. The same tables give the same bytes."""
import json
import pathlib
import re
import shlex
import subprocess
import sys

FUNCTIONS = pathlib.Path(__file__).with_name("completion.bash")

# What a placeholder stands for.
PLACEHOLDERS = {"PATH": "file", "FILE": "file", "FILE...": "file", "CSV": "file", "DIR": "directory",
                "DIRECTORY": "directory", "HOST": "host", "HOST[:PORT]": "host", "ADDRESS": "host",
                "ADDRESS[:PORT]": "host", "USER": "user", "ZONE": "zone", "PROGRAM": "program"}
# The same in watchbill, which knows its own names.
OWN = {"HOST/CHECK": "checks", "HOST[/CHECK]": "checks", "HOST/CHECK|PROBLEM-ID": "checks",
       "HOST/CHECK|HOST/GRAPH": "checks", "HOST": "hosts", "GROUP": "groups", "WINDOW": "windows", "ISSUE": "issues",
       "REMEDIATION": "remediations", "OBJECT": "objects", "EXIT": "=0,1,2,3", "MATCHER": "checks", "USER": "users",
       "remediate NAME": "remediations", "--window NAME": "windows",
       "KIND": "=checks,hosts,services,users,groups,windows,remediations,issues,objects"}


def spellings(option):
    """As it can be written: --name, --alias, -l."""
    names = [f"--{option['name']}"] + ([f"--{option['alias']}"] if option["alias"] else [])
    return names + ([f"-{option['letter']}"] if option["letter"] else [])


def value_kind(option, metrics, own):
    if option["choices"]:
        return "=" + ",".join(option["choices"])
    if option["value"] == "[METRIC=]RANGE":
        return "+" + ",".join(metrics) if metrics else "-"
    if own and option["name"] == "issue":
        return "issues"
    return own.get(f"--{option['name']} {option['value']}") or own.get(option["value"]) or \
        PLACEHOLDERS.get(option["value"], "-")


def word_kinds(name, usage):
    """The words of a command that are no options: "[GROUP] [--at TIME]" has one, "HOST|--hosts REGEX" too."""
    kinds, depth, value = [], 0, False
    for token in usage.split():
        if token == "<":
            break
        if depth or token.startswith("[-"):
            depth += token.count("[") - token.count("]")
        elif token.startswith("-"):
            value = token != "--"
        elif value:
            value = "|--" in token
        else:
            token, _, value = token.partition("|--")
            token = re.sub(r"^\[(.*)\]$", r"\1", token)
            kinds.append(OWN.get(f"{name} {token}") or OWN.get(token) or PLACEHOLDERS.get(token, "-"))
    return kinds


def entry(table, key, value):
    return f"_watchbill_{table}[{shlex.quote(key)}]={shlex.quote(value)}\n"


def program_tables(key, options, metrics=(), own=None):
    text = entry("options", key, " ".join(name for option in options for name in spellings(option)))
    for option in options:
        if option["value"]:
            for name in spellings(option):
                text += entry("values", f"{key} {name}", value_kind(option, metrics, own or {}))
    return text


def tables(described):
    """What one program adds to the file."""
    program = described["program"]
    names = [metric["name"] for metric in described.get("metrics") or ()]
    text = program_tables(program, described["options"], names)
    first = {}
    for command in described.get("commands") or ():
        words = command["name"].split()
        first.setdefault(words[0], []).extend(words[1:])
        key = f"{program} {command['name']}"
        text += program_tables(key, command["options"] + described["options"], own=OWN)
        kinds = word_kinds(command["name"], command["usage"])
        if kinds:
            text += entry("words", key, " ".join(kinds))
    if first:
        text += entry("commands", program, ",".join([*first, "help"])) + program_tables(f"{program} help", described["options"])
        text += entry("words", f"{program} help", "=" + ",".join(first))
        text += "".join(entry("commands", f"{program} {word}", ",".join(second)) for word, second in first.items() if second)
    return text


def script(descriptions):
    text = FUNCTIONS.read_text() + "\n" + "".join(tables(described) for described in descriptions)
    return text + "complete -F _watchbill " + " ".join(described["program"] for described in descriptions) + "\n"


def main(target, programs):
    descriptions = []
    for program in programs:
        done = subprocess.run([program, "--describe"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=30,
                              check=False)
        descriptions.append(json.loads(done.stdout))
    pathlib.Path(target).write_text(script(descriptions))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
