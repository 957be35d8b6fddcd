"""Writes the name, version, licence and licence text of every Rust library that is linked into the programs.

    third_party.py PACKAGE... < output of `cargo metadata`

A text that many libraries share is printed once. Fails when a library names no licence.
"""
import hashlib
import json
import pathlib
import sys

metadata = json.load(sys.stdin)
packages = {package["id"]: package for package in metadata["packages"]}
nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
waiting = [package["id"] for package in metadata["packages"] if package["name"] in sys.argv[1:]]
if len(waiting) != len(sys.argv) - 1:
    sys.exit("a package of the command line is not in the metadata")

linked = set()
while waiting:
    package = waiting.pop()
    if package not in linked:
        linked.add(package)
        # Neither tests nor build scripts end up in a program.
        normal = [d["pkg"] for d in nodes[package]["deps"] if any(k["kind"] is None for k in d["dep_kinds"])]
        waiting.extend(normal)

texts = {}
print("Rust libraries in the programs of this package, and their licences\n")
for package in sorted((packages[one] for one in linked), key=lambda p: (p["name"], p["version"])):
    if package["source"] is None:
        continue
    if not (package.get("license") or package.get("license_file")):
        sys.exit(f"{package['name']} names no licence")
    folder = pathlib.Path(package["manifest_path"]).parent
    found = []
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.upper().startswith(("LICENSE", "LICENCE", "COPYING", "NOTICE")):
            text = path.read_text(errors="replace").strip().replace("\r\n", "\n")
            digest = hashlib.sha256(text.encode()).hexdigest()
            found.append(texts.setdefault(digest, (len(texts) + 1, text))[0])
    numbers = " ".join(f"[{number}]" for number in found) or "(no text in the library)"
    print(f"{package['name']} {package['version']}: {package.get('license') or package['license_file']}  {numbers}")
for number, text in texts.values():
    print(f"\n{'=' * 80}\n[{number}]\n{text}")
