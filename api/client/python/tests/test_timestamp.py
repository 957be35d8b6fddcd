"""Tokens of a real authority, `openssl ts`, under other keys than the golden one."""

import time
from pathlib import Path

import pytest
from authority import P256, P384, RSA, STAMPS, Authority

from biaozheng_client.hashing import sha256
from biaozheng_client.verify.authority_file import authorities_of
from biaozheng_client.verify.der import DerError
from biaozheng_client.verify.timestamp import judge_token

DIGEST = sha256(b"a checkpoint")


@pytest.mark.parametrize(("key", "hash_name"), [(RSA, "sha256"), (RSA, "sha512"), (P256, "sha384"), (P384, "sha384")])
def test_trust_ends_at_a_root_an_intermediate_or_the_authority_itself(
    tmp_path: Path, key: tuple[str, ...], hash_name: str
) -> None:
    authority = Authority(tmp_path, key, hash_name)
    authority.certificate("tsa", STAMPS, "middle")
    root, middle, own = (authorities_of(authority.pem(name)) for name in ("root", "middle", "tsa"))
    short, long = (authority.token(DIGEST, "tsa", with_middle=given) for given in (False, True))
    found = judge_token(long, DIGEST, root)
    assert (found.authority, found.anchor, found.issuer) == ("Test tsa", "Test root", "Test root")
    assert abs(found.time_ms / 1000 - time.time()) < 600
    # Without the intermediate in the token the root alone is out of reach.
    assert (judge_token(short, DIGEST, root).anchor, judge_token(short, DIGEST, root).issuer) == (None, "Test middle")
    assert [judge_token(short, DIGEST, one).anchor for one in (middle, own)] == ["Test middle", "Test tsa"]
    assert judge_token(long, DIGEST, middle).anchor == "Test middle"
    assert judge_token(long, DIGEST, ()).anchor is None
    with pytest.raises(DerError, match="another digest"):
        judge_token(long, sha256(b""), root)


def test_a_root_of_the_same_name_is_not_the_same(tmp_path: Path) -> None:
    folders = tmp_path / "ours", tmp_path / "theirs"
    for folder in folders:
        folder.mkdir()
    ours, theirs = (Authority(folder, P256, "sha256") for folder in folders)
    ours.certificate("tsa", STAMPS, "root")
    token = ours.token(DIGEST, "tsa", with_middle=False)
    assert judge_token(token, DIGEST, authorities_of(theirs.pem("root"))).anchor is None
    assert judge_token(token, DIGEST, authorities_of(theirs.pem("root") + ours.pem("root"))).anchor == "Test root"


def test_an_end_certificate_signs_no_authority(tmp_path: Path) -> None:
    authority = Authority(tmp_path, P256, "sha256")
    authority.certificate("middle", "basicConstraints=critical,CA:FALSE\n", "root")
    authority.certificate("tsa", STAMPS, "middle")
    token = authority.token(DIGEST, "tsa", with_middle=True)
    with pytest.raises(DerError, match="may not sign certificates"):
        judge_token(token, DIGEST, authorities_of(authority.pem("root")))
