"""Bids sealed on the bidder's machine, byte for byte as `ledger/seal` does (`docs/sealing.md`).

Needs the extra `sealing`: `pip install 'biaozheng-client[sealing]'`.
"""

from .kem import key_of_hex
from .layers import BidIdentity, SealingGroup
from .opening import OpenedEntry, OpeningFailure, open_inner, open_outer
from .seal import OpeningProof, SealedEntry, fresh_seed, seal, seal_dummy, seal_withdrawal
from .wire import SealError, size_class

__all__ = [
    "BidIdentity",
    "OpenedEntry",
    "OpeningFailure",
    "OpeningProof",
    "SealError",
    "SealedEntry",
    "SealingGroup",
    "fresh_seed",
    "key_of_hex",
    "open_inner",
    "open_outer",
    "seal",
    "seal_dummy",
    "seal_withdrawal",
    "size_class",
]
