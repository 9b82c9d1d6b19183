#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every test, two files at a time, and ends with "N passed, N failed, N skipped".

tests/run.py [WORD...]: only the files whose name holds one of the words. The output of a file is shown when
something in it failed; a skipped test names what is missing, and on CI (CI=true) a skip is a failure.
tests/run.py --folder NAME [WORD...]: those of tests/NAME alone, which may be one that takes too long for every day."""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[1]
BUILD = TOP / os.environ.get("BUILD", "build")
LIMIT = int(os.environ.get("TEST_LIMIT", "600"))  # seconds for one file


class Outcome:
    def __init__(self, name):
        self.name, self.passed, self.failed, self.skipped, self.output, self.seconds = name, 0, 0, [], "", 0.0


def execute(outcome, argv, **more):
    begun = time.monotonic()
    try:
        done = subprocess.run(argv, cwd=TOP, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=LIMIT, **more)
        outcome.output, code = done.stdout.decode(errors="replace"), done.returncode
    except subprocess.TimeoutExpired as late:
        outcome.output, code = (late.stdout or b"").decode(errors="replace") + f"\nstopped after {LIMIT} s\n", 1
    outcome.seconds = time.monotonic() - begun
    return code


def run_unit(path):
    """A cmocka program, read as TAP."""
    outcome = Outcome(f"unit/{path.name}")
    code = execute(outcome, [str(path)], env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP"})
    for line in outcome.output.splitlines():
        if re.match(r"ok \d+.*# SKIP", line):
            outcome.skipped.append(line)
        elif re.match(r"ok \d+", line):
            outcome.passed += 1
        elif re.match(r"not ok \d+", line):
            outcome.failed += 1
    if outcome.failed == 0 and (code != 0 or outcome.passed + len(outcome.skipped) == 0):
        outcome.failed = 1
    return outcome


def run_python(path):
    name = path.relative_to(TOP).with_suffix("").as_posix()
    outcome = Outcome(name[len("tests/"):])
    code = execute(outcome, ["/usr/bin/python3", "-m", "unittest", "-v", name.replace("/", ".")])
    for line in outcome.output.splitlines():
        if re.search(r" \.\.\. skipped ", line):
            outcome.skipped.append(line)
    ran = re.search(r"^Ran (\d+) test", outcome.output, re.M)
    bad = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", outcome.output))
    outcome.failed = bad if bad else (1 if code != 0 or not ran else 0)
    outcome.passed = max(0, int(ran.group(1)) - outcome.failed - len(outcome.skipped)) if ran else 0
    return outcome


def reachable_by_others(path):
    return all(part.stat().st_mode & 0o001 for part in [path, *path.parents])


def public_build():
    """Some tests run programs as another user, who may not look into the folder of the checkout: then all of them use
    a copy of what was built."""
    if os.geteuid() != 0 or not BUILD.exists() or reachable_by_others(BUILD):
        return None
    copy = pathlib.Path(tempfile.mkdtemp(prefix="watchbill-build."))
    copy.chmod(0o755)
    shutil.copytree(BUILD, copy / "build", symlinks=True, ignore=shutil.ignore_patterns("obj", "*.a", "sanitize"))
    return copy


def main():
    global BUILD
    copy = public_build()
    if copy:
        BUILD = copy / "build"
        os.environ["BUILD"] = str(BUILD)
    try:
        run_all()
    finally:
        if copy:
            shutil.rmtree(copy, ignore_errors=True)


def run_all():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder")
    parser.add_argument("words", nargs="*")
    arguments = parser.parse_args()
    words = arguments.words
    jobs = [(run_python, p) for folder in ([arguments.folder] if arguments.folder else ("servers", "checks", "programs"))
            for p in (TOP / "tests" / folder).glob("test_*.py")]
    jobs.sort(key=lambda job: -job[1].stat().st_size)  # the long ones first, so that the end is not one alone
    if not arguments.folder:
        jobs += [(run_unit, BUILD / "tests/unit" / p.stem) for p in sorted((TOP / "tests/unit").glob("test_*.c"))]
    jobs = [(f, p) for f, p in jobs if not words or any(word in str(p) for word in words)]
    outcomes = []
    jobs.sort(key=lambda job: job[1].name != "test_timelines")  # a minute of one processor
    # Most of them wait for servers most of the time: one more than there are processors keeps those busy.
    with concurrent.futures.ThreadPoolExecutor(max_workers=(os.cpu_count() or 2) + 1) as pool:
        for future in concurrent.futures.as_completed([pool.submit(f, p) for f, p in jobs]):
            outcome = future.result()
            outcomes.append(outcome)
            if os.environ.get("CI") and outcome.skipped:
                outcome.failed += len(outcome.skipped)
            print(f"{'FAIL' if outcome.failed else 'ok':5}{outcome.seconds:7.1f} s  {outcome.name}: "
                  f"{outcome.passed} passed, {outcome.failed} failed, {len(outcome.skipped)} skipped", flush=True)
            if outcome.failed:
                print(outcome.output[-20000:])
            for line in outcome.skipped:
                print(f"      skipped: {line}")
    total = [sum(o.passed for o in outcomes), sum(o.failed for o in outcomes), sum(len(o.skipped) for o in outcomes)]
    print(f"{total[0]} passed, {total[1]} failed, {total[2]} skipped")
    sys.exit(1 if total[1] or not outcomes else 0)


if __name__ == "__main__":
    main()
