"""Tasks with labelled records: what is learned, what is asked, and how answers count."""
import csv
import glob
import json
import math
import os
import random
import re


class Banking77:
    """
    One of 77 intents of bank customers. The test records are the data set's own.

    A line of plain text each, without the chat template: half as many tokens.
    """

    options = ['--epochs', '0.65', '--batch-size', '8', '--learning-rate', '1e-3', '--validation', '0.005', '--validate-every', '200']

    def __init__(self, folder):
        self.folder = folder
        self.labels = sorted({record['category'] for record in self._read('train')})

    def records(self):
        return [{'prompt': record['text'] + '\n', 'label': record['category']} for record in self._read('train')]

    def test(self):
        return self._read('test')

    def request(self, record):
        """An answer that must be one of the labels; see Classified for their probabilities."""
        return {'prompt': record['text'] + '\n', 'temperature': 0, 'structured_outputs': {'choice': self.labels}}

    def answer(self, completion):
        return completion['choices'][0]['text']

    def measures(self, test, completions):
        pairs = [(record['category'], self.answer(completion)) for record, completion in zip(test, completions)]
        right = sum(wanted == given for wanted, given in pairs)
        return {'accuracy': wilson(right, len(pairs)), 'macro F1': bootstrap(pairs, macro_f1)}

    def _read(self, part):
        with open(os.path.join(self.folder, f'{part}.csv'), newline='') as file:
            return list(csv.DictReader(file))


class Banking77Classified(Banking77):
    """The same by `classify`: the probability of each label, which costs a pass for each of them."""

    def request(self, record):
        return {'task': 'classify', 'prompt': record['text'] + '\n', 'labels': self.labels}

    def answer(self, completion):
        return max(completion['classification'], key=lambda each: each['logprob'])['label']


class NluppSlots:
    """
    Fields of requests to banks and hotels, as they are written there. Folds 16 to 19 of 20 are the test records.

    All records are learned and the last adapter is kept: the least mean loss of a few held back is that of worse fields.
    """

    options = ['--epochs', '4', '--batch-size', '8', '--learning-rate', '1e-3', '--dropout', '0.1', '--validation', '0']

    def __init__(self, folder):
        self.folder = folder
        with open(os.path.join(folder, 'ontology.json')) as file:
            self.fields = sorted(json.load(file)['slots'])
        self.schema = {'type': 'object', 'additionalProperties': False,
                       'properties': {field: {'type': 'string', 'maxLength': 40, 'x-verbatim': True} for field in self.fields}}

    def records(self):
        return [{'messages': user(record['text']), 'completion': json.dumps(self.wanted(record), ensure_ascii=False)}
                for record in self._read(range(16))]

    def test(self):
        return self._read(range(16, 20))

    def request(self, record):
        return {'messages': user(record['text']), 'temperature': 0, 'max_completion_tokens': 500,
                'response_format': {'type': 'json_schema', 'json_schema': {'name': 'fields', 'schema': self.schema}}}

    def wanted(self, record):
        slots = record.get('slots', {})
        return {field: slots[field]['text'] for field in self.fields if field in slots}

    def measures(self, test, completions):
        given = [self._parsed(completion) for completion in completions]
        pairs = [(set(self.wanted(record).items()), set((fields or {}).items())) for record, fields in zip(test, given)]
        return {'valid answers': f'{sum(fields is not None for fields in given)} of {len(given)}',
                'F1': bootstrap(pairs, micro_f1)}

    def _parsed(self, completion):
        try:
            fields = json.loads(completion['choices'][0]['message']['content'])
        except (ValueError, KeyError):
            return None
        valid = isinstance(fields, dict) and all(
            name in self.fields and isinstance(value, str) and value for name, value in fields.items())
        return fields if valid else None

    def _read(self, folds):
        return [record for path in sorted(glob.glob(os.path.join(self.folder, '*', 'fold*.json')))
                if int(re.search(r'(\d+)\.json$', path).group(1)) in folds for record in json.load(open(path))]


class NluppIntents(NluppSlots):
    """All intents of a request, several at a time, in the data set's order."""

    options = ['--epochs', '2', '--batch-size', '8', '--learning-rate', '1e-3', '--validation', '0.02', '--validate-every', '200']

    def __init__(self, folder):
        super().__init__(folder)
        with open(os.path.join(folder, 'ontology.json')) as file:
            self.intents = list(json.load(file)['intents'])
        self.schema = {'type': 'array', 'items': {'enum': self.intents}, 'maxItems': 10}

    def wanted(self, record):
        return [intent for intent in self.intents if intent in record.get('intents', [])]

    def measures(self, test, completions):
        given = [self._parsed(completion) for completion in completions]
        pairs = [(set(self.wanted(record)), set(intents or [])) for record, intents in zip(test, given)]
        exact = sum(wanted == intents for wanted, intents in pairs)
        return {'valid answers': f'{sum(intents is not None for intents in given)} of {len(given)}',
                'F1': bootstrap(pairs, micro_f1), 'all intents right': wilson(exact, len(pairs))}

    def _parsed(self, completion):
        try:
            intents = json.loads(completion['choices'][0]['message']['content'])
        except (ValueError, KeyError):
            return None
        valid = isinstance(intents, list) and all(intent in self.intents for intent in intents)
        return intents if valid else None


TASKS = {'banking77': Banking77, 'banking77-classify': Banking77Classified, 'nlupp-slots': NluppSlots, 'nlupp-intents': NluppIntents}


def user(text):
    return [{'role': 'user', 'content': text}]


def wilson(right, of, z=1.96):
    """A share and its 95 % confidence interval (Wilson)."""
    share = right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return f'{100 * share:.1f} % ({100 * (middle - half):.1f} to {100 * (middle + half):.1f})'


def bootstrap(pairs, measure, rounds=1000):
    """A measure of pairs and its 95 % confidence interval, from records drawn again with replacement."""
    chance = random.Random(0)
    drawn = sorted(measure(chance.choices(pairs, k=len(pairs))) for _ in range(rounds))
    return f'{100 * measure(pairs):.1f} ({100 * drawn[rounds * 25 // 1000]:.1f} to {100 * drawn[rounds * 975 // 1000 - 1]:.1f})'


def micro_f1(pairs):
    """Of pairs of sets: wanted, given."""
    right = sum(len(wanted & given) for wanted, given in pairs)
    all_of_both = sum(len(wanted) + len(given) for wanted, given in pairs)
    return 2 * right / all_of_both if all_of_both else 1.0


def macro_f1(pairs):
    """Of pairs of labels: wanted, given; the mean over the labels that are wanted."""
    wanted, given, right = {}, {}, {}
    for label, answer in pairs:
        wanted[label] = wanted.get(label, 0) + 1
        given[answer] = given.get(answer, 0) + 1
        if label == answer:
            right[label] = right.get(label, 0) + 1
    return sum(2 * right.get(label, 0) / (count + given.get(label, 0)) for label, count in wanted.items()) / len(wanted)
