"""Renders conversations with tools, reasoning and documents as transformers does, and writes chat_tools.json.

    python chat_tools.py        (needs jinja2)

The templates are those of the models' repositories on the hub: Qwen, SmolLM3, Mistral, Granite, Seed-OSS and gpt-oss under the
Apache License 2.0; DeepSeek, GLM, Phi, MiniMax and GigaChat under the MIT License.
"""

import datetime
import json
import pathlib

import jinja2
import jinja2.ext
import jinja2.nodes
import jinja2.sandbox

HERE = pathlib.Path(__file__).parent
NOW = datetime.datetime(2026, 3, 7, 9, 5, 2)

WEATHER = {
    "name": "get_weather",
    "description": 'Weather of a "city" & more <now>',
    "parameters": {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Größe's city"},
            "days": {"type": "integer", "minimum": 1},
            "ratio": {"type": "number", "default": 1.5},
        },
        "required": ["city"],
    },
}
TIME = {"name": "get_time", "description": "Time.", "parameters": {"type": "object", "properties": {}}}
TOOLS = [{"type": "function", "function": WEATHER}, {"type": "function", "function": TIME}]


def call(call_id, name, arguments):
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


def message(role, content, **more):
    return {"role": role, "content": content, **more}


SYSTEM = message("system", "Be brief.")
USER = message("user", "Weather in Bern?")
ONE_CALL = message("assistant", "", tool_calls=[call("call12345", "get_weather", {"city": "Bern", "days": 2})])
TWO_CALLS = message(
    "assistant", "", tool_calls=[call("call12345", "get_weather", {"city": "Bern"}), call("call12346", "get_time", {})])
TEXT_AND_CALL = message("assistant", "Let me look.", tool_calls=[call("call12345", "get_weather", {"city": "Bern"})])

CONVERSATIONS = {
    "plain": dict(messages=[SYSTEM, USER, message("assistant", "Cold."), message("user", "Why?")]),
    "tools": dict(messages=[USER], tools=TOOLS),
    "tools_system": dict(messages=[SYSTEM, USER], tools=TOOLS),
    "called": dict(messages=[SYSTEM, USER, ONE_CALL, message("tool", '{"t": 3}', tool_call_id="call12345")], tools=TOOLS),
    "called_text": dict(
        messages=[USER, TEXT_AND_CALL, message("tool", "3 degrees", name="get_weather", tool_call_id="call12345"),
                  message("assistant", "Three."), message("user", "Thanks")],
        tools=TOOLS),
    "parallel": dict(
        messages=[USER, TWO_CALLS, message("tool", "3", tool_call_id="call12345"),
                  message("tool", "noon", tool_call_id="call12346")],
        tools=TOOLS),
    "thinking_off": dict(messages=[SYSTEM, USER], enable_thinking=False),
    "thinking_on": dict(messages=[SYSTEM, USER], enable_thinking=True),
    "history": dict(
        messages=[SYSTEM, USER, message("assistant", "<think>\nhm\n</think>\n\nCold."), message("user", "Why?")]),
    "reasoning": dict(
        messages=[USER, message("assistant", "Cold.", reasoning_content="hm"), message("user", "Why?")]),
    "no_generation": dict(messages=[USER, message("assistant", "Cold")], add_generation_prompt=False),
}


class Generation(jinja2.ext.Extension):
    """The tag of training templates, which changes nothing here."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("body"), [], [], body).set_lineno(line)

    def body(self, caller):
        return caller()


def environment():
    def refuse(reason):
        raise jinja2.exceptions.TemplateError(reason)

    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols, Generation])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = refuse
    env.globals["strftime_now"] = NOW.strftime
    return env


def render(model, variables):
    given = {"tools": None, "documents": None, "add_generation_prompt": True,
             "bos_token": model["bos_token"], "eos_token": model["eos_token"], **variables}
    return environment().from_string(model["template"]).render(**given)


def dropped(model, variables):
    """The first message that changes nothing in the text, if there is one."""
    text = render(model, variables)
    for index, each in enumerate(variables["messages"]):
        others = [*variables["messages"]]
        others[index] = {**each, "content": "another word"}
        if each["content"] and not each.get("tool_calls") and render(model, {**variables, "messages": others}) == text:
            return index
    return None


def main():
    cases = []
    for name, model in json.loads((HERE / "chat_tools_templates.json").read_text()).items():
        for conversation, variables in CONVERSATIONS.items():
            case = {"model": name, "conversation": conversation, **variables}
            try:
                case["text"] = render(model, variables)
                if "tools" in variables and "Time." not in case["text"]:
                    continue  # a template that knows no tools: they are described in a message instead
                index = dropped(model, variables)
                if index is not None:
                    case["dropped"] = index
            except jinja2.exceptions.TemplateError as refused:
                case["refused"] = str(refused)
            except TypeError:
                continue  # the template cannot do without a text beside the calls
            cases.append(case)
    meta = {"made_with": "Jinja2 " + jinja2.__version__}
    (HERE / "chat_tools.json").write_text(json.dumps({"meta": meta, "cases": cases}, indent=1, ensure_ascii=False) + "\n")


main()
