"""A module includes only itself and the modules its CMakeLists.txt lists in DEPS; app/ and tests/ may include any.

The DEPS form no cycle because CMake's add_subdirectory order in src/CMakeLists.txt is the order of the modules, and a
module may depend only on those before it.
"""

import re
import sys

from sources import ROOT, cpp_files, included_by, text_of, tracked

KEYWORDS = {"NAME", "DEPS", "LIBRARIES", "PRIVATE_LIBRARIES", "SOURCES", "PCH"}


def declared_deps(cmake_text):
    call = re.search(r"tollgate_module\(([^)]*)\)", cmake_text)
    words = re.sub(r"#.*", "", call.group(1)).split() if call else []
    deps, key = [], None
    for word in words:
        if word in KEYWORDS:
            key = word
        elif key == "DEPS":
            deps.append(word)
    return deps


def main():
    errors = []
    order = re.findall(r"add_subdirectory\((\w+)\)", text_of("src/CMakeLists.txt"))
    deps = {module: declared_deps(text_of(f"src/{module}/CMakeLists.txt")) for module in order}
    architecture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for module, allowed in deps.items():
        for dependency in allowed:
            if dependency not in order[: order.index(module)]:
                errors.append(f"src/{module}/CMakeLists.txt: depends on '{dependency}', which does not come before it")
        if f"`{module}`" not in architecture:
            errors.append(f"ARCHITECTURE.md: does not name the module `{module}`")
    for path in cpp_files("src"):
        module = path.parts[1]
        for line, target in included_by(path):
            other = target.parts[1] if target.parts[0] == "src" else target.parts[0]
            if other != module and other not in deps.get(module, []):
                errors.append(f"{path}:{line}: includes {target}, but src/{module}/CMakeLists.txt does not list {other}")
        listed = (ROOT / f"src/{module}/CMakeLists.txt").is_file() and text_of(f"src/{module}/CMakeLists.txt")
        if path.suffix == ".cpp" and "/".join(path.parts[2:]) not in (listed or ""):
            errors.append(f"{path}: is in no target of src/{module}/CMakeLists.txt")
    for path in tracked("src/*", "app/*"):
        if len(path.parts) > 2 and path.parts[0] == "src" and path.parts[1] not in order:
            errors.append(f"{path}: src/CMakeLists.txt does not add {path.parts[1]}")
    print("\n".join(errors), end="\n" if errors else "")
    return 1 if errors else 0


sys.exit(main())
