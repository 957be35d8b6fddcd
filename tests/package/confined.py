"""Holds what a node did, as strace wrote it down, against what its service unit allows.

    confined.py UNIT CALLS

Counts only what the program did itself, from its execve on. Fails on a system call that SystemCallFilter= refuses, on
memory that is writable and executable, and on a socket of a family that RestrictAddressFamilies= does not name.
"""
import re
import subprocess
import sys

unit, calls = sys.argv[1:]


def settings(name):
    with open(unit) as lines:
        return [line.split("=", 1)[1].strip() for line in lines if line.startswith(name + "=")]


def expand(name, depth=8):
    """The system calls of a name or of a set of systemd's, sets within sets included."""
    if not name.startswith("@"):
        return {name}
    assert depth, name
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], check=True,
                          capture_output=True, text=True).stdout
    members = [line.strip() for line in text.splitlines()[1:]]
    found = set()
    for member in members:
        if member and not member.startswith("#"):
            found |= expand(member, depth - 1)
    return found


# systemd lets these through whatever the filter says.
allowed = expand("@default") | {"execve", "exit", "exit_group", "getrlimit", "rt_sigreturn", "sigreturn", "time"}
for setting in settings("SystemCallFilter"):
    names = set().union(*(expand(name) for name in setting.lstrip("~").split()))
    allowed = allowed - names if setting.startswith("~") else allowed | names
families = set(" ".join(settings("RestrictAddressFamilies")).split())
assert families and len(allowed) > 200, "the unit restricts nothing"
assert settings("MemoryDenyWriteExecute") == ["yes"]

used, started = {}, False
with open(calls, errors="replace") as lines:
    for line in lines:
        call = re.match(r"\d+ +(?:<\.\.\. )?(\w+)(?:\(| resumed>)", line)
        if not call:
            continue
        name = call[1]
        # strace may hide texts (-s 0), not their number: the program is what is executed last before its threads.
        if name == "execve" and " = 0" in line:
            started, used = True, {}
            continue
        if not started:
            continue
        used[name] = used.get(name, 0) + 1
        if name in ("mmap", "mprotect", "pkey_mprotect") and "PROT_WRITE" in line and "PROT_EXEC" in line:
            sys.exit(f"memory that is writable and executable: {line}")
        if name == "socket":
            family = re.search(r"socket\((\w+)", line)
            if family and family[1] not in families:
                sys.exit(f"a socket of a family that the unit does not allow: {line}")

if sum(used.values()) < 1000 or "socket" not in used or "openat" not in used:
    sys.exit(f"strace saw too little of the node: {used}")
refused = sorted(set(used) - allowed)
if refused:
    sys.exit("the unit would refuse: " + ", ".join(f"{name} ({used[name]} times)" for name in refused))
print(f"{len(used)} different system calls, all among the {len(allowed)} that the unit allows")
