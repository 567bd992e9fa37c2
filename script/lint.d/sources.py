"""The project's own C++ files and what they include of each other. Shared by the checks in this folder."""

import functools
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def tracked(*patterns):
    """Files of the work tree that git knows or would add, as paths relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return sorted({pathlib.Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()})


def cpp_files(*folders):
    return tracked(*[f"{folder}/*.{kind}" for folder in folders for kind in ("cpp", "hpp")])


@functools.cache
def text_of(path):
    return (ROOT / path).read_text(encoding="utf-8")


@functools.cache
def included_by(path):
    """Project files that `path` includes directly, with the line of each."""
    found = []
    for match in INCLUDE.finditer(text_of(path)):
        line = text_of(path).count("\n", 0, match.start(1)) + 1
        for base in (pathlib.Path("src"), pathlib.Path("."), path.parent):
            target = base / match.group(1)
            if (ROOT / target).is_file():
                found.append((line, target))
                break
    return found


def with_all_includes(path):
    """`path` and every project file it includes, directly or not."""
    seen, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(target for _, target in included_by(current))
    return seen
