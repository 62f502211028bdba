"""The official SDK asks the HTTP door: ask.py BASE_URL API_KEY. Exits with 1 when an answer is not what the SDK expects."""

import sys

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key=sys.argv[2], max_retries=0)
model = client.models.list().data[0].id
messages = [{"role": "user", "content": "Hello"}]
bounds = {"max_tokens": 12, "temperature": 0, "extra_body": {"ignore_eos": True}}

# a whole answer and a streamed one are the same
whole = client.chat.completions.create(model=model, messages=messages, **bounds)
text = whole.choices[0].message.content
assert whole.choices[0].finish_reason == "length" and whole.usage.completion_tokens == 12, whole
chunks = list(
    client.chat.completions.create(
        model=model, messages=messages, stream=True, stream_options={"include_usage": True}, **bounds
    )
)
assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == text, chunks
assert chunks[-1].usage == whole.usage or chunks[-1].usage.completion_tokens == 12, chunks[-1]
assert chunks[-2].choices[0].finish_reason == "length", chunks[-2]

# the SDK's own reader of streams
with client.chat.completions.stream(model=model, messages=messages, **bounds) as stream:
    assert "".join(event.delta for event in stream if event.type == "content.delta") == text

# choices, log-probabilities, text completions
several = client.chat.completions.create(
    model=model, messages=messages, n=2, seed=1, logprobs=True, top_logprobs=2, max_tokens=3,
    extra_body={"ignore_eos": True},
)
assert [choice.index for choice in several.choices] == [0, 1], several
assert len(several.choices[0].logprobs.content) == 3, several
legacy = client.completions.create(model=model, prompt="abc", logprobs=1, **bounds)
assert len(legacy.choices[0].logprobs.tokens) == 12, legacy
assert "".join(c.choices[0].text for c in client.completions.create(model=model, prompt="abc", stream=True, **bounds)) == (
    legacy.choices[0].text
)

# sent again under its key it is answered with what was answered
key = {"Idempotency-Key": "python-sdk"}
first = client.chat.completions.create(model=model, messages=messages, max_tokens=5, extra_headers=key)
again = client.chat.completions.create(model=model, messages=messages, max_tokens=5, extra_headers=key)
assert first == again and first.id.endswith("python-sdk"), (first, again)

# errors are the SDK's own
for wrong, error in (
    ({"temperature": -1}, openai.BadRequestError),
    ({"temperature": -1, "stream": True}, openai.BadRequestError),
    ({"messages": []}, openai.BadRequestError),
):
    try:
        client.chat.completions.create(**{"model": model, "messages": messages, **wrong})
        raise AssertionError(f"{wrong} was answered")
    except error as refused:
        assert refused.body["message"], refused

print("asked", model, "with openai", openai.__version__)
