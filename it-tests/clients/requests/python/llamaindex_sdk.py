"""What LlamaIndex sends."""

import sys

from llama_index.core.llms import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai import OpenAI
from pydantic import BaseModel


class Weather(BaseModel):
    """The weather of a city."""

    city: str
    degrees: int


def get_weather(city: str) -> str:
    """The weather of a city."""
    return "3"


def llm(name, **more):
    return OpenAI(model="gpt-4o", api_base=f"{sys.argv[1]}/{name}/v1", api_key="none", max_retries=0, **more)


TOOL = FunctionTool.from_defaults(get_weather)
llm("chat", temperature=0).chat([ChatMessage(role="system", content="Be brief."), ChatMessage(role="user", content="Hi")])
list(llm("chat-stream").stream_chat([ChatMessage(role="user", content="Hi")]))
llm("complete", max_tokens=20).complete("Once")
llm("tools").chat_with_tools([TOOL], user_msg="Weather?")
llm("tool-round").predict_and_call([TOOL], user_msg="Weather?")
llm("structured").as_structured_llm(Weather).complete("Weather?")
OpenAI(model="gpt-3.5-turbo-instruct", max_tokens=20, api_base=f"{sys.argv[1]}/text/v1", api_key="none", max_retries=0).complete("Once")
