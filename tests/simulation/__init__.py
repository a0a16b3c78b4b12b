"""Exactly once on virtual time: the leases as they are, on a model of Kafka, under seeded misfortune.

``python -m simulation --help`` (with ``PYTHONPATH=tests``).
"""
