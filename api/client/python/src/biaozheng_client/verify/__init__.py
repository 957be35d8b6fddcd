"""Certificates, receipts and policies, verified offline and from the formats alone (`docs/formats.md`)."""

from .certificate import STEPS, Judgement, judge, read_certificate
from .expectations import Document, Expectations, Unusable
from .policy import Policy, policy_of_text
from .receipt import Receipt, ReceiptRefused, check_receipt, receipt_of
from .steps import Step
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
