"""onnxruntime-genai, in a Python of its own: this file is also the program that runs there."""
import json
import sys
import time


class OnnxRuntimeGenai:
    """One model directory of its builder. Each method yields (row, value)."""

    def __init__(self, python, model, original, threads):
        self.name = 'onnxruntime-genai'
        self.python = python
        self.model = model
        self.threads = str(threads)
        self.original = original
        self.others = []

    def accuracy(self):
        from .causalstreams import accuracy
        return accuracy(self.model, self.original)

    def _run(self, work, prompt, completion, sizes):
        from . import process
        finished = process.run([self.python, __file__, self.model, self.threads, work, str(prompt), str(completion),
                                ','.join(map(str, sizes))])
        self.others.append(finished.others_share)
        return [json.loads(line) for line in finished.stdout.splitlines() if line.startswith('[')], finished.peak_megabytes

    def decode(self, concurrency, prompt, completion):
        lines, peak = self._run('decode', prompt, completion, concurrency)
        for size, speed in lines:
            yield f'decode {size}', speed
        yield 'memory', peak

    def prefill(self, lengths):
        for length, speed in self._run('prefill', 0, 1, lengths)[0]:
            yield f'prefill {length}', speed

    def quoting(self):
        return ()

    first_token = kafka = constrained = lambda self, *_: ()


def _main(model, threads, work, prompt, completion, sizes):
    import numpy
    import onnxruntime_genai as genai
    config = genai.Config(model)
    config.overlay(json.dumps({'model': {'decoder': {'session_options': {'intra_op_num_threads': int(threads)}}}}))
    loaded = genai.Model(config)
    random = numpy.random.default_rng(0)

    def seconds(rows, length, new):
        parameters = genai.GeneratorParams(loaded)
        parameters.set_search_options(do_sample=False, min_length=length + new, max_length=length + new, batch_size=rows)
        tokens = random.integers(100, 49_000, (rows, length)).astype(numpy.int32)
        start = time.perf_counter()
        generator = genai.Generator(loaded, parameters)
        generator.append_tokens(tokens)
        for _ in range(new):
            generator.generate_next_token()
        return time.perf_counter() - start

    seconds(1, 64, 4)
    for size in map(int, sizes.split(',')):
        if work == 'prefill':
            print(json.dumps([size, size / seconds(1, size, 1)]))
        else:
            first, whole = seconds(size, int(prompt), 1), seconds(size, int(prompt), int(completion))
            print(json.dumps([size, size * (int(completion) - 1) / (whole - first)]))


if __name__ == '__main__':
    _main(*sys.argv[1:])
