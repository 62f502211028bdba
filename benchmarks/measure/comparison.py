"""Results of a comparison: kept in a file, so that rows can be measured one after another, and shown as one table."""
import json
import os
import statistics

from . import document

MOST_DIVERGENCE = 0.01  # from fp32, of a precision that is compared with the peers
ACCURATE = f'KL ≤ {MOST_DIVERGENCE}'


class Row:
    """One line of the table: what is measured, what it is divided by, and what the quotient should be."""

    def __init__(self, name, title, target, against=None, fastest_at=None):
        self.name = name
        self.title = title
        self.target = target
        self.against = against  # another row of the same column; None = the peers
        self.fastest_at = fastest_at  # against the file of llama.cpp that is fastest at this row; None = the best peer
        self.less_is_better = target.startswith('≤')


ROWS = [
    Row('decode 1', 'decode, 1 request, tokens/s', '≥ 0.8'),
    Row('quoting', 'decode, 1 request, quoting work, tokens/s', '≥ 1.3'),
    Row('decode 8', 'decode, 8 requests, tokens/s', '≥ 1.2'),
    Row('decode 16', 'decode, 16 requests, tokens/s', '≥ 1.5'),
    Row('decode 32', 'decode, 32 requests, tokens/s', '≥ 1.6'),
    Row('prefill 256', 'prefill, 256 tokens, tokens/s', '≥ 1.3'),
    Row('prefill 2048', 'prefill, 2048 tokens, tokens/s', '≥ 1.3'),
    Row('first token p99', 'time to first token, p99, ms', '≤ 1'),
    Row('memory', 'peak memory, MB', '≤ 1.5', fastest_at='decode 32'),
    Row('through Kafka 32', 'through Kafka, exactly once, 32 in flight, tokens/s', '≥ 0.95', 'the engine alone 32'),
    Row('the engine alone 32', 'the same requests, the engine alone', ''),
    Row('under a JSON Schema 8', 'decode under a JSON Schema, 8 requests, tokens/s', '≥ 0.95', 'without one 8'),
    Row('without one 8', 'the same requests without', ''),
]


# Random weights in the shape of larger models: their distance from fp32 means nothing, so precisions are compared by bits.
ROWS_OF_SHAPES = [
    Row('decode 1', 'decode, 1 request, tokens/s', '≥ 1.0'),
    Row('decode 8', 'decode, 8 requests, tokens/s', '≥ 1.3'),
    Row('decode 16', 'decode, 16 requests, tokens/s', '≥ 1.6'),
    Row('decode 32', 'decode, 32 requests, tokens/s', '≥ 1.6'),
    Row('prefill 256', 'prefill, 256 tokens, tokens/s', '≥ 1.3'),
    Row('prefill 2048', 'prefill, 2048 tokens, tokens/s', '≥ 1.3'),
    Row('first token p99', 'time to first token, p99, ms', '≤ 1'),
    Row('memory', 'peak memory, MB; ratio to the file', '≤ 1.3', 'file'),
    Row('file', 'weights, MB', ''),
]


class Ratio:
    """Ours by the best peer's, of some columns on each side."""

    def __init__(self, heading, ours, peers, within=True):
        self.heading = heading
        self.ours = ours      # (comparison, column) → whether it counts
        self.peers = peers
        self.within = within  # whether it is shown, too, of two rows of ours


RATIOS = [
    Ratio('ratio', lambda all, column: all.accurate(column), lambda all, column: True),
    Ratio(f'ratio, {ACCURATE}', lambda all, column: all.accurate(column), lambda all, column: all.accurate(column),
          within=False),
]
RATIOS_OF_SHAPES = [
    Ratio('ratio, int4 to all', lambda all, column: 'int4' in column, lambda all, column: True),
    Ratio('ratio, 8 bits', lambda all, column: 'int8' in column, lambda all, column: 'q8' in column or 'int8' in column),
]


class Comparison:
    def __init__(self, path, rows=ROWS, ratios=RATIOS):
        self.path = path
        self._rows_shown, self._ratios = rows, ratios
        self.rows = {}       # row → column → values, one a round
        self.commits = {}    # row → commit
        self.accuracy = {}   # column → {divergence, agreement}
        self._begun = set()
        if os.path.exists(path):
            with open(path) as file:
                known = json.load(file)
            self.rows, self.commits, self.accuracy = known['rows'], known['commits'], known['accuracy']

    def add(self, row, column, value, commit):
        """A row that this run measures for the first time replaces what an earlier run measured."""
        values = self.rows.setdefault(row, {})
        if (row, column) not in self._begun:
            self._begun.add((row, column))
            values[column] = []
        values[column].append(value)
        self.commits[row] = commit

    def save(self):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        with open(self.path, 'w') as file:
            json.dump({'rows': self.rows, 'commits': self.commits, 'accuracy': self.accuracy}, file, indent=1)

    def table(self):
        measured = [row for row in self._rows_shown if row.name in self.rows]
        columns = sorted({column for row in measured for column in self.rows[row.name]}, key=_ours_first)
        lines = [[row.title] + [document.spread(self.rows[row.name].get(column, [])) for column in columns]
                 + [row.target] + [self.ratio(row, ratio) for ratio in self._ratios] + [self.commits[row.name]]
                 for row in measured]
        if self.accuracy:
            distances = [f'KL {self.accuracy[column]["divergence"]:.4f}' if column in self.accuracy else ''
                         for column in columns]
            limit = f'≤ {MOST_DIVERGENCE}'
            lines.insert(0, ['distance from fp32', *distances, limit, *('' for _ in self._ratios), ''])
        return document.table(
            ['work', *columns, 'wanted', *(ratio.heading for ratio in self._ratios), 'commit'], lines)

    def ratio(self, row, ratio):
        """Median and range over the rounds of ours / the best peer's, each side at its best median."""
        values = self.rows[row.name]
        ours = {column: v for column, v in values.items() if _is_ours(column) and ratio.ours(self, column)}
        if not ours or not row.target or (row.against and not (ratio.within and row.against in self.rows)):
            return ''
        best = min if row.less_is_better else max
        column = best(ours, key=lambda each: statistics.median(ours[each]))
        if row.against:
            other = self.rows[row.against][column]
        else:
            peers = {each: v for each, v in values.items() if not _is_ours(each) and ratio.peers(self, each)}
            if row.fastest_at:
                peers = {each: v for each, v in peers.items() if each.startswith('llama.cpp')}
            if not peers:
                return ''
            judge, judged = (max, self.rows[row.fastest_at]) if row.fastest_at else (best, peers)
            other = peers[judge(peers, key=lambda each: statistics.median(judged[each]))]
        ratios = [mine / theirs for mine, theirs in zip(ours[column], other)]
        text = f'**{statistics.median(ratios):.2f}**'
        return text if len(ratios) == 1 else text + f' ({min(ratios):.2f}–{max(ratios):.2f})'

    def accurate(self, column):
        return column in self.accuracy and self.accuracy[column]['divergence'] <= MOST_DIVERGENCE


def _is_ours(column):
    return column.startswith('Causal Streams')


def _ours_first(column):
    return not _is_ours(column), column
