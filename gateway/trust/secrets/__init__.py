"""Finds what a user should never have typed (seed phrases, keys, passwords, codes, cards), and masks it. Pure."""

from gateway.trust.secrets.attachments import mask_file, mask_name, may_mask
from gateway.trust.secrets.find import find_secrets, mask
from gateway.trust.secrets.html import mask_html
from gateway.trust.secrets.model import LABELS, MARK, Secret, marker, masked
from gateway.trust.secrets.numbers import read_patterns

__all__ = [
    "LABELS",
    "MARK",
    "Secret",
    "find_secrets",
    "marker",
    "mask",
    "mask_file",
    "mask_html",
    "mask_name",
    "masked",
    "may_mask",
    "read_patterns",
]
