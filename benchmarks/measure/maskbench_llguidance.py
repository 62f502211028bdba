"""MaskBench with LLGuidance: its verdicts and times in the tables of benchmarks/maskbench.

  python maskbench_llguidance.py FOLDER MODEL [EVERY [OFFSET [OUTCOMES]]]
  python maskbench_llguidance.py --grammar GRAMMAR FOLDER MODEL [EVERY [OFFSET]]

As MaskBench's own runner measures: the same spelling of instances, a mask per token and the token's step timed together, an
instance that leaves its schema read up to there. Unlike it an instance has to be one that may end, too, and the first mask is
part of the time to it.
"""
import glob
import json
import os
import sys
import time
from importlib.metadata import version

import tokenizers
from llguidance import LLMatcher, LLTokenizer, grammar_from
from llguidance.numpy import allocate_token_bitmask, fill_next_token_bitmask

# On a machine that others use too: the time of this thread's processor.
now = time.thread_time_ns if os.environ.get('CPU') else time.perf_counter_ns
VERDICTS = ['pass', 'refused', 'valid rejected', 'invalid accepted']
# The figures of the benchmark's README: of the whole of it, on another machine, with Llama 3.1's tokenizer.
PUBLISHED = """
Published, of 11,306 schemas on another machine with Llama 3.1's tokenizer:

| | LLGuidance | XGrammar | Outlines | llama.cpp |
|---|---|---|---|---|
| pass | 8,909 | 8,122 | 7,050 | 6,505 |
| refused | 2,377 | 90 | 1,773 | 1,301 |
| valid rejected | 20 | 1,408 | 1,415 | 2,850 |
| invalid accepted | 0 | 1,368 | 822 | 649 |
| a mask, mean µs | 64 | 728 | 1,858 | 16,565 |
| a mask, p99 µs | 533 | 5,687 | 7,184 | 60,371 |"""


class Engine:
    def __init__(self, model):
        file = os.path.join(model, 'tokenizer.json')
        self.encoding = tokenizers.Tokenizer.from_file(file)
        with open(file, encoding='utf-8') as text:
            self.tokenizer = LLTokenizer(text.read())
        self.mask = allocate_token_bitmask(1, self.tokenizer.vocab_size)
        self.first_masks, self.masks = [], []

    def outcome(self, file):
        """Verdict, nanoseconds to the first mask, and what went wrong."""
        with open(file, encoding='utf-8') as text:
            content = json.load(text)
        schema = json.dumps(content['schema'])
        start = now()
        matcher = LLMatcher(self.tokenizer, LLMatcher.grammar_from_json_schema(schema))
        if not matcher.is_error():
            fill_next_token_bitmask(matcher, self.mask, 0)
        first = now() - start
        if matcher.is_error():
            return 'refused', first, matcher.get_error()
        self.first_masks.append(first)
        worst, detail = 'pass', ''
        for test in content['tests']:
            text = json.dumps(test['data'], ensure_ascii=False)
            accepted = self.accepts(matcher.deep_copy(), text)
            if accepted != test['valid']:
                verdict = 'invalid accepted' if accepted else 'valid rejected'
                worst, detail = max((worst, detail), (verdict, text), key=lambda each: VERDICTS.index(each[0]))
        return worst, first, detail

    def accepts(self, matcher, text):
        for token in self.encoding.encode(text, add_special_tokens=False).ids:
            start = now()
            fill_next_token_bitmask(matcher, self.mask, 0)
            allowed = int(self.mask[0, token // 32]) >> (token % 32) & 1
            if allowed:
                matcher.consume_token(token)
            self.masks.append(now() - start)
            if not allowed or matcher.is_error():
                return False
        return matcher.is_accepting()


def columns(times):
    ordered = sorted(times) or [0]
    values = [sum(ordered) / len(ordered)]
    values += [ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.5, 0.9, 0.99, 0.999, 1)]
    return ' | '.join(f'{v / 1000:.1f}' if v < 10_000 else f'{v / 1000:,.0f}' for v in values)


def files(folder, every, offset):
    return sorted(glob.glob(os.path.join(glob.escape(folder), '*.json')))[int(offset)::int(every)]


def schemas(folder, model, every='1', offset='0', outcomes=None):
    chosen = files(folder, every, offset)
    Engine(model).outcome(chosen[0])
    engine = Engine(model)
    results = [(os.path.basename(file), *engine.outcome(file)) for file in chosen]
    print(f"\n## LLGuidance {version('llguidance')}\n\n{len(results)} schemas, {len(engine.masks):,} masks\n")
    print('| | schemas |\n|---|---|')
    for verdict in VERDICTS:
        print(f'| {verdict} | {sum(result[1] == verdict for result in results)} |')
    print('\n| µs | mean | p50 | p90 | p99 | p99.9 | max |\n|---|---|---|---|---|---|---|')
    print(f'| to the first mask | {columns(engine.first_masks)} |')
    print(f'| per mask | {columns(engine.masks)} |')
    print(PUBLISHED)
    if outcomes:
        with open(outcomes, 'w', encoding='utf-8') as to:
            for name, verdict, first, detail in results:
                print(name, verdict, first // 1000, ' '.join(detail.split()), sep='\t', file=to)


def grammar(file, folder, model, every='1', offset='0'):
    with open(file, encoding='utf-8') as text:
        source = text.read()
    engine = Engine(model)
    matcher = LLMatcher(engine.tokenizer, grammar_from('gbnf', source) if '::=' in source else source)
    accepted = []
    for each in files(folder, every, offset):
        with open(each, encoding='utf-8') as content:
            tests = json.load(content)['tests']
        accepted += [engine.accepts(matcher.deep_copy(), json.dumps(test['data'], ensure_ascii=False)) for test in tests]
    print(f"\n## LLGuidance {version('llguidance')}\n")
    print(f'{sum(accepted)} of {len(accepted)} instances accepted, {len(engine.masks):,} masks\n')
    print('| µs | mean | p50 | p90 | p99 | p99.9 | max |\n|---|---|---|---|---|---|---|')
    print(f'| per mask | {columns(engine.masks)} |')


if __name__ == '__main__':
    if len(sys.argv) < 3 + 2 * ('--grammar' in sys.argv):
        sys.exit(__doc__)
    if sys.argv[1] == '--grammar':
        grammar(*sys.argv[2:])
    else:
        schemas(*sys.argv[1:])
