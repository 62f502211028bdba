"""Several operators of one application on one broker, each a process of its own."""
import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import time

from .causalstreams import LAUNCHER

PATIENCE_SECONDS = 120


class Instances:
    """A development broker with `serve` processes of one thread each; ends them all when it is closed."""

    def __init__(self, model, partitions, slots, application):
        self.model, self.partitions, self.slots = model, partitions, slots
        self.processes = []
        self.completions = 0
        self.directory = tempfile.TemporaryDirectory()
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            port = probe.getsockname()[1]
        self.bootstrap = f'127.0.0.1:{port}'
        self.application = application
        self._start('broker', '--port', str(port))

    def __enter__(self):
        return self

    def add(self):
        """One more operator, ready to answer."""
        number = len(self.processes)
        ready = os.path.join(self.directory.name, f'ready-{number}')
        config = self._file(f'instance-{number}.properties',
                            f'application.id={self.application}\nstate.dir={self.directory.name}/state-{number}\n')
        self._start('serve', '--bootstrap-servers', self.bootstrap, '--config', config, '--model', self.model, '--threads',
                    '1', '--slots', str(self.slots), '--max-context', '256', '--partitions', str(self.partitions),
                    '--ready-file', ready)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not os.path.exists(ready):
            if time.monotonic() > deadline or self.processes[-1].poll() is not None:
                raise SystemExit(f'instance {number} does not become ready; run ./causal-streams serve by hand')
            time.sleep(0.1)

    def tokens_per_second(self, requests, prompt, completion, seed):
        """All requests at once, from the first committed token to the last completion."""
        numbers = random.Random(seed)
        lines = [json.dumps({'id': f'{seed}-{number}', 'prompt': [numbers.randrange(100, 49_000) for _ in range(prompt)],
                             'max_tokens': completion, 'ignore_eos': True, 'temperature': 0}) for number in range(requests)]
        prompts = self._file('prompts.jsonl', '\n'.join(lines) + '\n')
        self.completions += requests
        first, last = None, None
        with subprocess.Popen([LAUNCHER, 'tail', '--bootstrap-servers', self.bootstrap, '--from-beginning', '--completions',
                               str(self.completions), '--json'], stdout=subprocess.PIPE, text=True) as tail:
            try:
                subprocess.run([LAUNCHER, 'produce', '--bootstrap-servers', self.bootstrap, '--input', prompts], check=True,
                               stdout=subprocess.DEVNULL)
                for event in tail.stdout:
                    if f'"{seed}-' in event:
                        last = time.monotonic()
                        first = first or last
            finally:
                tail.terminate()
        return requests * completion / (last - first)

    def _start(self, *arguments):
        log = open(os.path.join(self.directory.name, f'log-{len(self.processes)}'), 'w')
        self.processes.append(subprocess.Popen([LAUNCHER, *arguments], stdout=log, stderr=log))

    def _file(self, name, text):
        path = os.path.join(self.directory.name, name)
        with open(path, 'w') as file:
            file.write(text)
        return path

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        self.directory.cleanup()
