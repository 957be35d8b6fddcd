"""Client of a Biaozheng (标证) node: records made and signed here, certificates verified offline, sealed bids.

`verify` needs no node and no network; `sealing` needs the extra of that name.
"""

from .author import Author, AuthorError, Draft, document, document_from_file
from .client import Client, Submission, Wait
from .ed25519 import SecretKey
from .envelope import Envelope
from .errors import (
    AddressError,
    Busy,
    ClientError,
    Gone,
    NotFound,
    Pending,
    Problem,
    Refused,
    Unexpected,
    Unreachable,
)
from .events import BlockStream
from .record import Record, RecordError, record_of_json
from .transport import Patience

__all__ = [
    "AddressError",
    "Author",
    "AuthorError",
    "BlockStream",
    "Busy",
    "Client",
    "ClientError",
    "Draft",
    "Envelope",
    "Gone",
    "NotFound",
    "Patience",
    "Pending",
    "Problem",
    "Record",
    "RecordError",
    "Refused",
    "SecretKey",
    "Submission",
    "Unexpected",
    "Unreachable",
    "Wait",
    "document",
    "document_from_file",
    "record_of_json",
]
