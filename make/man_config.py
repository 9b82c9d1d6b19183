#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""man_config.py FOLDER WATCHBILL: the manual page watchbill.yaml(5), from what `watchbill config keys` lists."""
import itertools
import json
import pathlib
import subprocess
import sys

from man import argument, body, full_stop, page_date

INTRODUCTION = """The configuration of watchbill is a directory of YAML files, which the scheduler rereads when one of
them changes. A file that is absent is empty. An error refuses the whole new configuration, and the one before runs on;
watchbill config check tells every error with its file, line and column.

Durations are written 15s, 10m, 2h or 30d. Relative paths are relative to the directory. NAME stands for any name, []
for each item of a list. An entry may say inherit: [OTHER], and an entry __base__ is inherited by those beside it: lists
append, maps merge one level deep, other values are replaced, and lists named post_NAME are appended last."""


def key_lines(row):
    lines = [f".It Ic {argument(row['key'])}: {argument(row['form'])}"]
    lines += body(full_stop(row["help"][:1].upper() + row["help"][1:]))
    if row["default"] == "required":
        lines.append("It is required.")
    elif row["default"]:
        lines.append(f"The default is {argument(row['default'])} .")
    return lines


def page(rows):
    lines = [".\\\" Made from the tables of the configuration: change them, not this file.", f".Dd {page_date()}",
             ".Dt WATCHBILL.YAML 5", ".Os", ".Sh NAME", ".Nm watchbill.yaml", ".Nd the configuration of watchbill",
             ".Sh DESCRIPTION"]
    lines += body(INTRODUCTION)
    for file, keys in itertools.groupby(rows, key=lambda row: row["file"]):
        lines += [f".Ss {argument(file)}", ".Bl -tag -width Ds"]
        for row in keys:
            lines += key_lines(row)
        lines.append(".El")
    return "\n".join(lines) + "\n"


def main(folder, watchbill):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([watchbill, "config", "keys", "--json"], stdout=subprocess.PIPE, check=True, timeout=30)
    path, text = folder / "watchbill.yaml.5", page(json.loads(done.stdout))
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
