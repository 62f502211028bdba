#!/usr/bin/env python3
"""Asks one question and prints the answer, token by token.

usage: ask.py HOST:PORT ID QUESTION
Exits with 1 when the events are not what docs/events.md promises.
"""

import json
import sys
import time
import uuid

from confluent_kafka import Consumer, Producer

LIMIT_SECONDS = 120


def main(bootstrap_servers, request_id, question):
    consumer = Consumer({
        "bootstrap.servers": bootstrap_servers,
        "group.id": f"ask-{uuid.uuid4()}",
        "isolation.level": "read_committed",
        "auto.offset.reset": "earliest",
    })
    consumer.subscribe(["tokens", "completions"])

    producer = Producer({"bootstrap.servers": bootstrap_servers})
    prompt = {
        "id": request_id,
        "messages": [{"role": "user", "content": question}],
        "max_completion_tokens": 24,
        "temperature": 0,
    }
    producer.produce("prompts", key="python", value=json.dumps(prompt))
    producer.flush(30)

    texts = {}  # by index of the first token
    completion = None
    deadline = time.monotonic() + LIMIT_SECONDS
    # the two topics have no order between them: tokens may be read after the completion
    while completion is None or tokens(texts) < completion["usage"]["completion_tokens"]:
        if time.monotonic() > deadline:
            sys.exit(f"no whole answer within {LIMIT_SECONDS} s")
        record = consumer.poll(1.0)
        if record is None or record.error():
            continue
        event = json.loads(record.value())
        if event["id"] != request_id:
            continue
        headers = dict(record.headers())
        assert headers["ce_specversion"] == b"1.0", headers
        assert headers["ce_subject"] == request_id.encode(), headers
        assert record.key() == b"python", record.key()
        if record.topic() == "completions":
            assert headers["ce_type"] == b"io.causalstreams.completion.v1", headers
            completion = event
        else:
            assert headers["ce_type"] == b"io.causalstreams.token.v1", headers
            choice = event["choices"][0]
            assert choice["token_index"] == tokens(texts), "tokens are missing or repeated"
            texts[choice["token_index"]] = (choice["token_count"], choice["delta"].get("content", ""))
    consumer.close()

    assert "error" not in completion, completion
    answer = completion["choices"][0]["message"]["content"]
    assert "".join(text for _, text in texts.values()) == answer, "the tokens are not the answer"
    print(answer)


def tokens(texts):
    return sum(count for count, _ in texts.values())


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
