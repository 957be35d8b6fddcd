"""Plays one small tender on a running node, from its registration to its ranking, and leaves another one open.

Times are those of the replay's rulebook, seconds for days. Bidders seal commitments and open them, the centre lists and
ranks them. Nobody opened the bids for the bidders: a node of its own has no group.
"""

import json
import os
import pathlib
import time

from biaozheng_client import Author, SecretKey
from biaozheng_client.hashing import digest_of, field_hash, to_digest

ROOT = pathlib.Path(__file__).parents[2]
RULEBOOK = ROOT / "contracts/rulebooks/replay-tsuchiura.toml"
TITLE = "人民路道路维修工程（二期）"
OPEN_TITLE = "城北供水管网改造"
PRICES = {"LIVE-B1": 98_765_432, "LIVE-B2": 99_999_900, "LIVE-B3": 119_000_000}
LOT = "1"


class Tender:
    def __init__(self, node, city):
        self.node, self.city = node, city
        self.parties = {}
        self.slowest_s = 0.0

    def write(self, author, kind, body, **more):
        """The record's id once it is in a block."""
        begun = time.monotonic()
        record = author.record(kind, body, **more).sign()
        assert self.node.submit(record, "committed").reached("committed"), kind
        self.slowest_s = max(self.slowest_s, time.monotonic() - begun)
        return record.id

    def party(self, org, name, role):
        one = Author(org, SecretKey.generate(), self.city.chain)
        body = {"org": org, "name": name, "roles": [role], "key": one.party()["key"]}
        self.write(self.city, "participant.registered/1", body)
        self.parties[org] = one

    def publish(self, project, title, rulebook, seconds):
        owner = self.parties["LIVE-OWNER"]
        registered = self.write(owner, "project.registered/1", {
            "title": title, "code": f"2026-320500-48-01-{project.removeprefix('LIVE-'):0>6}", "tenderee": owner.org, "agency": None,
            "centre": self.city.org,
        }, project=project)
        now = time.time_ns() // 1_000_000
        deadline = now + int(seconds * 1000)
        notice = self.write(owner, "tender.published/1", {
            "rulebook": rulebook, "currency": "JPY", "notice": title, "method": "lowest_price",
            "lots": [{"id": LOT, "title": "路面标段", "estimate": 100_000_000}], "documents_from_ms": now,
            "documents_until_ms": deadline, "deadline_ms": deadline, "bid_bond": 0,
        }, project=project, previous=registered)
        return notice, deadline

    def seal(self, bidder, project, terms, text, salt):
        name = self.parties[bidder].org.encode()
        commitment = field_hash("biaozheng/bid/v1", [
            project.encode(), LOT.encode(), name, (1).to_bytes(8), salt, text.encode()])
        return self.write(self.parties[bidder], "bid.sealed/1", {
            "lot": LOT, "sequence": 1, "commitment": to_digest(commitment),
            "sealed_body": to_digest(field_hash("live", [text.encode()])),
        }, project=project, previous=terms)

    def play(self):
        """Ids of what there is now."""
        self.party("LIVE-OWNER", "示范区建设局", "tenderee")
        for number, org in enumerate(PRICES, 1):
            self.party(org, f"第{number}道路工程有限公司", "bidder")
        self.write(self.city, "rulebook.published/1", {"toml": RULEBOOK.read_text(encoding="utf-8")})
        rulebook = digest_of(RULEBOOK.read_bytes())
        project = "LIVE-1"
        # A machine that is busy gets longer for its bids.
        terms, deadline = self.publish(project, TITLE, rulebook, max(8, 12 * self.slowest_s))
        sealed = {bidder: (json.dumps({"price": price}), os.urandom(32)) for bidder, price in PRICES.items()}
        envelopes = {bidder: self.seal(bidder, project, terms, *sealed[bidder]) for bidder in PRICES}
        time.sleep(max(0, deadline / 1000 - time.time()))
        for bidder in PRICES:
            text, salt = sealed[bidder]
            self.write(self.parties[bidder], "bid.revealed/1", {"lot": LOT, "bid": text, "salt": salt.hex()},
                       project=project, previous=envelopes[bidder])
        opened = self.write(self.city, "bids.opened/1", {
            "lots": [{"lot": LOT, "bids": [{"bidder": bidder, "number": 1} for bidder in sorted(PRICES)]}],
        }, project=project, previous=terms)
        ranking = [{"bidder": bidder, "number": 1, "price": price} for bidder, price in PRICES.items()]
        self.write(self.city, "evaluation.reported/1", {"lots": [{"lot": LOT, "ranking": ranking}]},
                   project=project, previous=opened)
        still_open, _ = self.publish("LIVE-2", OPEN_TITLE, rulebook, 48 * 3600)
        return {"project": project, "open": "LIVE-2", "title": TITLE, "open_title": OPEN_TITLE, "rulebook": rulebook,
                "opened": opened, "notice": terms, "still_open": still_open,
                "bidders": list(PRICES), "owner": "LIVE-OWNER"}
