"""Run librdkafka's mock cluster until standard input ends; print its brokers' addresses. For `.venv-servers` alone.

The mock keeps what is sent in memory, and answers by the protocol; it knows no topic settings, no times and no users.
"""

from __future__ import annotations

import sys

from confluent_kafka import Producer

if __name__ == "__main__":
    cluster = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": int(sys.argv[1]), "log_level": 3})
    brokers = cluster.list_topics(timeout=20).brokers.values()
    print(",".join(f"{broker.host}:{broker.port}" for broker in brokers), flush=True)
    sys.stdin.read()
