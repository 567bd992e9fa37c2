"""What the house style bans and a pattern can find, each with its reason and the way out. Long files are a warning."""

import re
import sys

from sources import cpp_files, text_of

HEADERS = r"^src/.*\.hpp$"
PRODUCT = r"^(src|app)/"
EVERYWHERE = r""

# (pattern, where it is banned, where it is allowed all the same, why and what instead)
BANNED = [
    (r"\basio::detached\b", EVERYWHERE, None, "nobody joins a detached coroutine; spawn it in a net::TaskScope"),
    (r"\.detach\(\)", PRODUCT, None, "nobody joins a detached thread; own it and join it"),
    (r"\bstd::regex\b", PRODUCT, None, "std::regex recurses on hostile input; write a scanner"),
    (r"\b(secure_)?getenv\b", EVERYWHERE, r"^app/", "only app/ reads the environment; take the value as an argument"),
    (r"\bsystem_clock::now\b", PRODUCT, r"^src/base/clock\.cpp$", "time comes from base::Clock, so that tests set it"),
    (r"\bsleep_(for|until)\b|\busleep\(|\bsleep\(", EVERYWHERE, r"^src/store/sqlite/connection\.cpp$", "wait for the event, or use a timer that can be cancelled"),
    (r"\[[^\[\]\n]+\]\s*\([^()]*\)\s*(?:mutable\s*)?(?:noexcept\s*)?->\s*[\w:]*(?:awaitable|Async)\b", PRODUCT, None,
     "a capturing lambda dies before its coroutine ends; write a named function with parameters"),
    (r'#\s*include\s*<boost/(beast|asio/ssl|asio/io_context)', HEADERS, r"^src/net/(beast_connection|stream_io)\.hpp$",  # templates, included by .cpp files alone
     "headers hide Beast, TLS and io_context behind an interface; include it in the .cpp"),
    (r"#\s*include\s*<(openssl|libpq|hiredis|yaml-cpp)\b", HEADERS, None,
     "third-party types stay out of headers; hide them behind an interface"),
    (r"#\s*include\s*<boost/json", EVERYWHERE, r"^src/base/(canonical_)?json\.cpp$|^src/llm/gateway/|^tests/",  # the gateway keeps the order of members
     "JSON is read and written by base/json.hpp"),
    (r"#\s*include\s*<iostream>", r"^src/", None, "modules print to the stream they are given"),
    (r"\bNOLINT(?!\w*\([^)]+\)|: )", EVERYWHERE, None, "say which check is silenced, or why"),
    (r"^\s*using namespace (?!std::(chrono_literals|string_literals|string_view_literals))", HEADERS, None,
     "a header must not open namespaces for its readers"),
]
BAD_NAME = re.compile(r"(^|_)(utils?|helpers?|common|manager|misc)(_|\.|$)")
LONG = 400


def without_comments(text):
    """Line comments blanked, newlines kept; NOLINT lines stay, they are checked too."""
    return re.sub(r"//(?!.*NOLINT)[^\n]*", "", text)


def main():
    errors, warnings = [], []
    for path in cpp_files("src", "app", "tests"):
        name, text = str(path), without_comments(text_of(path))
        for pattern, where, allowed, reason in BANNED:
            if not re.search(where, name) or (allowed and re.search(allowed, name)):
                continue
            for match in re.finditer(pattern, text, re.MULTILINE):
                line = text.count("\n", 0, match.start()) + 1
                errors.append(f"{name}:{line}: `{match.group(0).strip()[:60]}`: {reason}")
        if BAD_NAME.search(path.name):
            errors.append(f"{name}: the name says nothing; name the concept")
        length = text_of(path).count("\n")
        if length > LONG and not name.startswith("tests/"):
            warnings.append(f"{name}: warning: {length} lines; what does it do twice?")
    for line in warnings + errors:
        print(line)
    return 1 if errors else 0


sys.exit(main())
