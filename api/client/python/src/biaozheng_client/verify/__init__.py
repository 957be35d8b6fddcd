"""Certificates, receipts and policies, verified offline and from the formats alone (`docs/formats.md`)."""

from .certificate import STEPS, Document, Expectations, Judgement, Step, Unusable, judge, read_certificate
from .policy import Policy, policy_of_text
from .receipt import Receipt, ReceiptRefused, check_receipt, receipt_of
from .trust import Genesis, fingerprint, genesis_of

__all__ = [
    "STEPS",
    "Document",
    "Expectations",
    "Genesis",
    "Judgement",
    "Policy",
    "Receipt",
    "ReceiptRefused",
    "Step",
    "Unusable",
    "check_receipt",
    "fingerprint",
    "genesis_of",
    "judge",
    "policy_of_text",
    "read_certificate",
    "receipt_of",
]
