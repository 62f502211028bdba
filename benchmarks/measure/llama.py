"""llama.cpp: llama-batched-bench for speeds, llama-server for arrivals."""
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time

from . import process
from .causalstreams import accuracy, export, megabytes

QUOTED_PROMPT, QUOTED_ANSWER = 192, 128  # about as long as the quoting work of `./causal-streams bench --quoting`
PATIENCE_SECONDS = 60


class LlamaCpp:
    """One GGUF file, made of the model `original`. Each method yields (row, value), and leaves what others used in `others`.

    Its accuracy is that of its weights; llama.cpp rounds activations to eight bits besides.
    """

    def __init__(self, directory, gguf, original, threads):
        self.name = f'llama.cpp {os.path.basename(gguf).removesuffix(".gguf")}'
        self.directory = directory
        self.gguf = gguf
        self.threads = str(threads)
        self.original = original
        self.others = []

    def accuracy(self):
        try:
            return accuracy(export(self.gguf, 'fp32'), self.original)
        except SystemExit as reason:  # a type of weights that the exporter does not read
            print(f'{self.name}: how accurate it is stays unknown: {reason}', file=sys.stderr)
            return None

    def _speeds(self, prompt, completion, concurrency, lengths=None):
        context = max(lengths or [prompt]) * max(concurrency) + completion * max(concurrency) + 256
        finished = process.run(
            [os.path.join(self.directory, 'llama-batched-bench'), '-m', self.gguf, '-c', str(context), '-b', '2048', '-ub',
             '512', '-t', self.threads, '-tb', self.threads, '-npp', ','.join(map(str, lengths or [prompt])), '-ntg',
             str(completion), '-npl', ','.join(map(str, concurrency)), '--output-format', 'jsonl'],
            {'OMP_NUM_THREADS': self.threads, 'OMP_WAIT_POLICY': os.environ.get('OMP_WAIT_POLICY', 'active')})
        self.others.append(finished.others_share)
        lines = [json.loads(line) for line in finished.stdout.splitlines() if line.startswith('{')]
        return lines, finished.peak_megabytes

    def decode(self, concurrency, prompt, completion):
        lines, peak = self._speeds(prompt, completion, concurrency)
        for line in lines:
            yield f'decode {line["pl"]}', line['speed_tg']
        yield 'memory', peak
        yield 'file', megabytes(self.gguf)

    def prefill(self, lengths):
        lines, _ = self._speeds(0, 1, [1], lengths)
        for line in lines:
            yield f'prefill {line["pp"]}', line['speed_pp']

    def quoting(self):
        """Its decoding at about this length: the text does not matter to it."""
        lines, _ = self._speeds(QUOTED_PROMPT, QUOTED_ANSWER, [1])
        yield 'quoting', lines[0]['speed_tg']

    def first_token(self, arrivals, prompt, completion):
        server = os.path.join(self.directory, 'llama-server')
        if os.path.exists(server):
            yield 'first token p99', 1000 * _Server(self, server, arrivals, prompt, completion).p99()

    def kafka(self, *_):
        return ()

    def constrained(self, *_):
        return ()


def _nothing():
    pass


class _Server:
    """One llama-server with a slot for every request: background requests begin anew until the arrivals are answered."""

    def __init__(self, llama, binary, arrivals, prompt, completion):
        self.arrivals = arrivals
        self.prompt = prompt
        self.completion = completion
        self.background = 4 * completion
        self.random = random.Random(arrivals.seed)
        self.closing = False
        slots = arrivals.count + arrivals.decoding
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        self.command = [binary, '-m', llama.gguf, '--host', '127.0.0.1', '--port', str(self.port), '-np', str(slots), '-c',
                        str(slots * (prompt + self.background + 64)), '-b', '2048', '-ub', '512', '-t', llama.threads,
                        '-tb', llama.threads, '--threads-http', str(slots + 2)]  # a stream keeps one

    def p99(self):
        with subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                self._await_ready(server)
                self._generate(self.completion, _nothing)  # warms up
                return self._measure()
            finally:
                self.closing = True
                server.kill()

    def _measure(self):
        started = threading.Barrier(self.arrivals.decoding + 1)
        background = [threading.Thread(target=self._decode, args=(started,), daemon=True)
                      for _ in range(self.arrivals.decoding)]
        for thread in background:
            thread.start()
        started.wait(PATIENCE_SECONDS)
        times, threads, start = [], [], time.monotonic()
        for moment in self.arrivals.moments():
            time.sleep(max(0.0, start + moment - time.monotonic()))
            threads.append(threading.Thread(target=self._arrive, args=(times,)))
            threads[-1].start()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        if len(times) < self.arrivals.count:
            raise SystemExit(f'llama-server answered {len(times)} of {self.arrivals.count} requests')
        return max(times)  # of 16 the 99th percentile is the largest

    def _arrive(self, times):
        start = time.monotonic()
        self._generate(self.completion, lambda: times.append(time.monotonic() - start))

    def _decode(self, started):
        def on_first_token():
            started.wait(PATIENCE_SECONDS)
        while not self.closing:
            try:
                self._generate(self.background, on_first_token)
            except (OSError, http.client.HTTPException):
                return  # the server has been ended
            on_first_token = _nothing

    def _generate(self, tokens, on_first_token):
        """Streams one greedy completion of random tokens."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE_SECONDS)
        body = json.dumps({'prompt': [self.random.randrange(100, 49_000) for _ in range(self.prompt)], 'n_predict': tokens,
                           'ignore_eos': True, 'temperature': 0, 'stream': True, 'cache_prompt': False})
        connection.request('POST', '/completion', body, {'Content-Type': 'application/json'})
        response, first = connection.getresponse(), True
        for line in response:
            if first and line.startswith(b'data:'):
                first = False
                on_first_token()
        connection.close()

    def _await_ready(self, server):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and server.poll() is None:
            try:
                connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=2)
                connection.request('GET', '/health')
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit('llama-server does not start: ' + ' '.join(self.command))
