"""Markdown tables, and the marked regions of a document that they replace."""
import statistics


def spread(values):
    """min / median / max, or what there is."""
    if not values:
        return ''
    if len(values) == 1:
        return f'{values[0]:.0f}'
    return ' / '.join(f'{of(values):.0f}' for of in (min, statistics.median, max))


def table(headings, rows):
    lines = ['| ' + ' | '.join(headings) + ' |', '|---' * len(headings) + '|']
    return '\n'.join(lines + ['| ' + ' | '.join(cells) + ' |' for cells in rows])


def replace_region(path, name, text):
    """Puts `text` between `<!-- name: begin … -->` and `<!-- name: end -->`."""
    with open(path) as document:
        content = document.read()
    begin, end = content.find(f'<!-- {name}: begin'), content.find(f'<!-- {name}: end -->')
    if begin < 0 or end < begin:
        raise SystemExit(f'{path} has no region between <!-- {name}: begin --> and <!-- {name}: end -->; add these lines')
    begin = content.index('-->', begin) + len('-->')
    with open(path, 'w') as document:
        document.write(content[:begin] + '\n' + text.strip('\n') + '\n' + content[end:])
