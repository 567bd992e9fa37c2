"""Every relative link in a Markdown file leads to a file of the repository."""

import re
import sys

from sources import ROOT, text_of, tracked

LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")


def main():
    errors = []
    for path in tracked("*.md"):
        text = re.sub(r"```.*?```", "", text_of(path), flags=re.DOTALL)
        for target in LINK.findall(text):
            if "://" in target or target.startswith("mailto:"):
                continue
            if not (ROOT / path.parent / target).exists():
                errors.append(f"{path}: the link to {target} leads nowhere")
    print("\n".join(errors), end="\n" if errors else "")
    return 1 if errors else 0


sys.exit(main())
