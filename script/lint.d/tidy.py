"""clang-tidy over src/ and app/, with the files it passed remembered in build/tidy-cache.

Usage: tidy.py all|changed JOBS
`changed` takes the files that differ from origin/main, and those that include one of them.
A file is remembered by the SHA-256 of itself, all it includes of ours, .clang-tidy and its compile command.
"""

import concurrent.futures
import hashlib
import json
import pathlib
import subprocess
import sys

from sources import ROOT, text_of, tracked, with_all_includes

BUILD = ROOT / "build" / "lint"
CACHE = ROOT / "build" / "tidy-cache"


def changed_files():
    def git(*arguments):
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)

    for base in ("origin/main", "main"):
        merge_base = git("merge-base", "HEAD", base)
        if merge_base.returncode == 0:
            names = git("diff", "--name-only", merge_base.stdout.strip()).stdout.split()
            return {pathlib.Path(name) for name in names}
    return None


def fingerprint(path, command):
    digest = hashlib.sha256()
    for part in [command, text_of(pathlib.Path(".clang-tidy"))] + [text_of(p) for p in sorted(with_all_includes(path))]:
        digest.update(hashlib.sha256(part.encode()).digest())
    return CACHE / digest.hexdigest()


def tidy(path, passed):
    command = ["clang-tidy-19", "--quiet", "-p", str(BUILD), str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0:
        passed.touch()
        return ""
    return done.stdout or done.stderr


def main(which, jobs):
    commands = {entry["file"]: entry["command"] for entry in json.loads((BUILD / "compile_commands.json").read_text())}
    files = [path for path in tracked("src/*.cpp", "app/*.cpp") if str(ROOT / path) in commands]
    changed = changed_files() if which == "changed" else None
    if changed is not None:
        files = [path for path in files if with_all_includes(path) & changed]
    CACHE.mkdir(parents=True, exist_ok=True)
    work = [(path, fingerprint(path, commands[str(ROOT / path)])) for path in files]
    work = [(path, passed) for path, passed in work if not passed.exists()]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        for report in pool.map(lambda item: tidy(*item), work):
            if report:
                failed += 1
                print(report.strip(), flush=True)
    print(f"clang-tidy: {len(files)} files, {len(files) - len(work)} known to be good, {failed} with findings")
    return 1 if failed else 0


sys.exit(main(sys.argv[1], int(sys.argv[2])))
