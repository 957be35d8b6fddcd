"""PyPI bagit validates an archive, and refuses it once any file of it is gone, changed or added.

Usage: bag.py TAR, where TAR is what the archive crate's example `small_archive` writes; or
       bag.py FOLDER, to validate every tar in a folder of sealed archives.
"""

import logging
import os
import shutil
import sys
import tarfile
import tempfile

import bagit


def valid(folder):
    try:
        return bagit.Bag(folder).is_valid()
    except (bagit.BagError, UnicodeDecodeError, OSError):
        return False


def every(folder):
    tars = sorted(name for name in os.listdir(folder) if name.endswith(".tar"))
    assert tars, f"no archives in {folder}"
    for name in tars:
        with tempfile.TemporaryDirectory() as scratch:
            with tarfile.open(os.path.join(folder, name)) as tar:
                tar.extractall(scratch, filter="data")
            (inside,) = os.listdir(scratch)
            bagit.Bag(os.path.join(scratch, inside)).validate()
            assert os.path.exists(os.path.join(scratch, inside, "seal", "archive-sealed.json")), f"{name}: no seal"
    print(f"bagit: {len(tars)} sealed archives valid")


def main(path):
    if os.path.isdir(path):
        return every(path)
    # Each refusal below is expected; bagit would report it.
    logging.disable(logging.CRITICAL)
    checks = 0
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(path) as tar:
            tar.extractall(scratch, filter="data")
        (name,) = os.listdir(scratch)
        good = os.path.join(scratch, name)
        bag = bagit.Bag(good)
        bag.validate()
        assert bag.info["External-Identifier"] == name
        checks += 2
        files = [os.path.relpath(os.path.join(at, one), good) for at, _, some in os.walk(good) for one in some]
        assert len(files) > 15, files
        for file in files:
            # bagit reads neither of these as a manifest or a required file; biaozheng-verify names both.
            if file in ("tagmanifest-sm3.txt", "tagmanifest-sha256.txt"):
                continue
            copy = os.path.join(scratch, "copy")
            shutil.copytree(good, copy)
            with open(os.path.join(copy, file), "r+b") as one:
                byte = one.read(1)[0]
                one.seek(0)
                one.write(bytes([byte ^ 1]))
            assert not valid(copy), f"changed {file}"
            os.remove(os.path.join(copy, file))
            assert not valid(copy), f"deleted {file}"
            checks += 2
            shutil.rmtree(copy)
        with open(os.path.join(good, "data", "extra"), "wb") as extra:
            extra.write(b"x")
        assert not valid(good), "added"
        checks += 1
    print(f"bagit: {checks} checks passed")


if __name__ == "__main__":
    main(sys.argv[1])
