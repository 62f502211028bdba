"""What LangChain sends."""

import sys

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI, OpenAI
from pydantic import BaseModel


@tool
def get_weather(city: str) -> str:
    """The weather of a city."""
    return "3"


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    degrees: int


def chat(name, **more):
    return ChatOpenAI(model="m", base_url=f"{sys.argv[1]}/{name}/v1", api_key="none", max_retries=0, **more)


def text(name, **more):
    return OpenAI(model="m", base_url=f"{sys.argv[1]}/{name}/v1", api_key="none", max_retries=0, **more)


chat("chat", temperature=0, seed=7).invoke([SystemMessage("Be brief."), HumanMessage("Hi")])
list(chat("chat-stream").stream("Hi"))
chat("chat-logprobs", logprobs=True, top_logprobs=2, n=2).invoke("Hi", stop=["END"])
chat("chat-reasoning", reasoning_effort="low", max_tokens=40).invoke("Hi")
chat("chat-image").invoke([HumanMessage([{"type": "text", "text": "What is this?"},
                                         {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}])])
chat("tools").bind_tools([get_weather]).invoke("Weather?")
chat("tools-required").bind_tools([get_weather], tool_choice="any", strict=True).invoke("Weather?")
chat("tool-results").bind_tools([get_weather]).invoke([
    HumanMessage("Weather?"), AIMessage("", tool_calls=[{"name": "get_weather", "args": {"city": "Oslo"}, "id": "call_1"}]),
    ToolMessage("3", tool_call_id="call_1")])
chat("json-schema").with_structured_output(Weather, method="json_schema").invoke("Weather?")
chat("json-function").with_structured_output(Weather, method="function_calling").invoke("Weather?")
chat("json-mode").with_structured_output(Weather, method="json_mode").invoke("Weather as JSON?")
text("text", temperature=0, best_of=1).invoke("Once")
text("text-two").generate(["Once", "Twice"])
