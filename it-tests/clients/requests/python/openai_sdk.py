"""What the official SDK sends."""

import sys
from typing import Literal

import openai
from pydantic import BaseModel, Field

CHAT = [{"role": "user", "content": "What is the weather in Oslo?"}]
TOOL = {"type": "function", "function": {
    "name": "get_weather", "description": "The weather of a city", "strict": True,
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}}}
CALLS = [{"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'}}]


class Weather(BaseModel):
    city: str
    degrees: int = Field(description="Celsius")
    sky: Literal["clear", "cloudy"] | None = None


def client(name):
    return openai.OpenAI(base_url=f"{sys.argv[1]}/{name}/v1", api_key="none", max_retries=0)


def chat(name, messages=CHAT, **more):
    return client(name).chat.completions.create(model="m", messages=messages, **more)


chat("chat")
chat("chat-with-everything-usual", [{"role": "system", "content": "Be brief."}, *CHAT], temperature=0.2, top_p=0.9, max_tokens=30,
     stop=["\n", "END"], seed=7, n=2, user="ada", presence_penalty=0.1, frequency_penalty=0.1, logit_bias={"50": -10})
for _ in chat("chat-stream", stream=True, stream_options={"include_usage": True}):
    pass
with client("chat-stream-helper").chat.completions.stream(model="m", messages=CHAT) as stream:
    stream.get_final_completion()
chat("chat-logprobs", logprobs=True, top_logprobs=3)
chat("chat-bookkeeping", metadata={"team": "a"}, store=True, service_tier="auto", safety_identifier="x", prompt_cache_key="k")
chat("chat-reasoning", [{"role": "developer", "content": "Be brief."}, *CHAT], reasoning_effort="low", max_completion_tokens=40)
chat("chat-parts", [{"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]}])
chat("chat-image", [{"role": "user", "content": [{"type": "text", "text": "What is this?"},
                                                 {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}])
chat("tools", tools=[TOOL])
chat("tools-required", tools=[TOOL], tool_choice="required", parallel_tool_calls=False)
chat("tools-named", tools=[TOOL], tool_choice={"type": "function", "function": {"name": "get_weather"}})
chat("tools-none", tools=[TOOL], tool_choice="none")
for _ in chat("tools-stream", tools=[TOOL], stream=True):
    pass
chat("tool-results", [*CHAT, {"role": "assistant", "content": None, "tool_calls": CALLS},
                      {"role": "tool", "tool_call_id": "call_1", "content": '{"degrees": 3}'}], tools=[TOOL])
client("tools-pydantic").chat.completions.parse(model="m", messages=CHAT, tools=[openai.pydantic_function_tool(Weather, name="get_weather")])
answer = chat("tool-round", tools=[TOOL]).choices[0].message
chat("tool-round", [*CHAT, answer, {"role": "tool", "tool_call_id": "call_1", "content": "3"}], tools=[TOOL])
chat("json-object", response_format={"type": "json_object"})
chat("json-schema", response_format={"type": "json_schema", "json_schema": {"name": "weather", "strict": True,
                                                                            "schema": TOOL["function"]["parameters"]}})
client("json-pydantic").chat.completions.parse(model="m", messages=CHAT, response_format=Weather)


def text(name, prompt, **more):
    return client(name).completions.create(model="m", prompt=prompt, **more)


text("text", "Once upon a time")
text("text-with-everything-usual", "Once", max_tokens=5, temperature=0, logprobs=2, stop="\n", n=2, seed=1, user="ada")
text("text-list-of-one", ["Once"])
text("text-list-of-two", ["Once", "Twice"])
text("text-tokens", [1, 2, 3])
text("text-list-of-tokens", [[1, 2, 3]])
text("text-echo", "Once", echo=True)
text("text-best-of", "Once", best_of=3)
text("text-suffix", "Once", suffix=" the end")
for _ in text("text-stream", "Once", stream=True):
    pass
