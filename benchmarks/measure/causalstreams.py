"""Causal Streams through its own command line: every row is one `bench` run in a process of its own."""
import json
import os
import sys

from .machine import ROOT
from . import process

LAUNCHER = os.path.join(ROOT, 'causal-streams')
JAR = os.path.join(ROOT, 'app', 'target', 'causal-streams.jar')


def accuracy(model, original):
    """How far a model is from `original` at fp32."""
    finished = process.run([LAUNCHER, 'models', 'report', model, '--against', original, '--json'])
    everything = next(text for text in json.loads(finished.stdout)['texts'] if text['text'] == 'all')
    return {'divergence': everything['kl_divergence'], 'agreement': everything['top1_agreement']}


def export(model, precision):
    """A model directory, made anew when the program is newer than it; 'int4/128' is int4 in blocks of 128."""
    name = f'{os.path.basename(model)}-{precision.replace("/", "-")}'
    directory = os.path.join(ROOT, 'benchmarks', 'target', 'models', name)
    precision, _, block_size = precision.partition('/')
    made = os.path.join(directory, 'export.json')
    process.run([LAUNCHER, '--version'])  # builds what is not built
    sources = [JAR, *([model] if os.path.exists(model) else [])]
    if not os.path.exists(made) or os.path.getmtime(made) < max(map(os.path.getmtime, sources)):
        process.run([LAUNCHER, 'export', '--model', model, '--precision', precision,
                     *(['--block-size', block_size] if block_size else []), '--output', directory])
    return directory


class CausalStreams:
    """One model at one precision. Each method yields (row, value), and leaves what others used in `others`."""

    def __init__(self, model, precision, threads, rounds=3):
        self.name = f'Causal Streams {precision}'
        self.precision = precision
        self.threads = threads
        self.others = []
        self.model = model
        self.rounds = rounds
        self.directory = export(model, precision)

    def accuracy(self):
        return accuracy(self.directory, self.model)

    def bench(self, *arguments, rounds=1):
        """The results of one run, and the process's peak memory in MB."""
        finished = process.run([LAUNCHER, 'bench', '--model', self.directory, '--threads', str(self.threads), '--rounds',
                                str(rounds), '--json', *arguments])
        self.others.append(finished.others_share)
        return [json.loads(line) for line in finished.stdout.splitlines()], finished.peak_megabytes

    def decode(self, concurrency, prompt, completion):
        results, peak = self.bench('--engine', '--concurrency', ','.join(map(str, concurrency)), '--prompt-tokens',
                                   str(prompt), '--max-tokens', str(completion), rounds=self.rounds)
        for result in of(results, 'engine'):
            yield f'decode {result["concurrency"]}', result['decode_tokens_per_second']['median']
        yield 'memory', peak
        yield 'file', megabytes(os.path.join(self.directory, 'model.onnx.data'))

    def prefill(self, lengths):
        results, _ = self.bench('--prefill', ','.join(map(str, lengths)))
        for result in of(results, 'prefill'):
            yield f'prefill {result["prompt_tokens"]}', result['prefill_tokens_per_second']['median']

    def quoting(self):
        results, _ = self.bench('--quoting')
        everything = next(result for result in of(results, 'quoting') if result['work'] == 'all')
        if not everything['identical']:
            print(f'{self.name}: speculation changed an answer; see ./causal-streams bench --quoting', file=sys.stderr)
        yield 'quoting', everything['speculated_tokens_per_second']['median']

    def first_token(self, arrivals, prompt, completion):
        results, _ = self.bench('--first-token', '--arrivals', str(arrivals.count), '--decoding', str(arrivals.decoding),
                                '--arrivals-per-second', str(arrivals.per_second), '--seed', str(arrivals.seed),
                                '--prompt-tokens', str(prompt), '--max-tokens', str(completion))
        for result in of(results, 'first_token'):
            yield 'first token p99', result['p99_seconds'] * 1000

    def kafka(self, in_flight, prompt, completion):
        results, _ = self.bench('--kafka', '--concurrency', str(in_flight), '--prompt-tokens', str(prompt), '--max-tokens',
                                str(completion), rounds=3)
        for result in of(results, 'kafka'):
            yield f'through Kafka {in_flight}', result['completion_tokens_per_second']['median']
            yield f'the engine alone {in_flight}', result['engine_alone_tokens_per_second']['median']

    def constrained(self, concurrency, completion):
        results, _ = self.bench('--constrained', '--concurrency', str(concurrency), '--max-tokens', str(completion))
        for result in of(results, 'constrained'):
            yield f'under a JSON Schema {concurrency}', result['constrained_tokens_per_second']['median']
            yield f'without one {concurrency}', result['unconstrained_tokens_per_second']['median']


def megabytes(file):
    return os.path.getsize(file) / (1 << 20)


def of(results, benchmark):
    return [result for result in results if result.get('benchmark') == benchmark]
