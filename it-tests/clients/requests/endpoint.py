"""Keeps the bodies of OpenAI requests: an endpoint that answers each with something that its client accepts.

The path says who asks: /<client>/<request>/v1/chat/completions. `keep` runs a client's program against it and writes what
was asked, one JSON file a client. Text only: nothing is asked of a model.
"""

import http.server
import json
import pathlib
import subprocess
import sys
import threading

CALL = {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'}}
FACTS = json.dumps({"city": "Oslo", "degrees": 3, "name": "get_weather", "arguments": {}})


def answer(path, body):
    """A chat or text completion; JSON where a format was asked for, a call where a tool must be called."""
    if path.endswith("/chat/completions"):
        message = {"role": "assistant", "content": FACTS if body.get("response_format") else "It is so.", "refusal": None}
        tools = body.get("tools") or []
        answered = any(each["role"] == "tool" for each in body["messages"])
        if tools and not answered and body.get("tool_choice") != "none":
            name = tools[0]["function"]["name"]
            call = dict(CALL, function=dict(CALL["function"], name=name, arguments=FACTS))
            message = {"role": "assistant", "content": None, "tool_calls": [call], "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if "tool_calls" in message else "stop"}
        return {"object": "chat.completion", "choices": [choice]}
    return {"object": "text_completion", "choices": [{"index": 0, "text": "It is so.", "finish_reason": "stop", "logprobs": None}]}


def chunks(whole):
    choice = dict(whole["choices"][0])
    message = choice.pop("message", None)
    if message is not None:
        message.pop("refusal", None)
        for index, call in enumerate(message.get("tool_calls", [])):
            call["index"] = index
        choice["delta"] = message
        whole = dict(whole, object="chat.completion.chunk")
    yield dict(whole, choices=[choice])


class Endpoint(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    kept = []

    def do_POST(self):
        length = self.headers.get("content-length")
        raw = self.rfile.read(int(length)) if length else self.chunked()
        body = json.loads(raw)
        client, request, path = self.path.lstrip("/").split("/", 2)
        Endpoint.kept.append({"name": request, "path": "/" + path, "body": body})
        whole = dict(answer(path, body), id="c-1", created=1, model="m",
                     usage={"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2})
        if body.get("stream"):
            text = "".join(f"data: {json.dumps(each)}\n\n" for each in chunks(whole)) + "data: [DONE]\n\n"
            self.send(text, "text/event-stream")
        else:
            self.send(json.dumps(whole), "application/json")

    def chunked(self):
        raw = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            raw += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return raw

    def send(self, text, kind):
        data = text.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


def keep(client, versions, command, target):
    """Runs `command <base url>` and writes what it asked to `target`/<client>.json."""
    Endpoint.kept = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        subprocess.run([*command, f"http://127.0.0.1:{server.server_port}/{client}"], check=True)
    finally:
        server.shutdown()
    names = {}
    for each in Endpoint.kept:  # a client may ask several times to answer one
        number = names[each["name"]] = names.get(each["name"], 0) + 1
        each["name"] += "" if number == 1 else f"-{number}"
    target = pathlib.Path(target)
    target.mkdir(parents=True, exist_ok=True)
    (target / f"{client}.json").write_text(
        json.dumps({"client": client, "versions": versions, "requests": Endpoint.kept}, indent=1, ensure_ascii=False) + "\n")
    print(f"{client}: {len(Endpoint.kept)} requests")


if __name__ == "__main__":
    keep(sys.argv[1], sys.argv[2], sys.argv[4:], sys.argv[3])
