"""Streams: what is told to the outside of each event, purely: event in, record out."""

from mfa_projections.streams.audit import recorded

__all__ = ["recorded"]
