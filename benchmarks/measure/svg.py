"""Line charts as SVG, with nothing but the standard library."""
import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 150, 44, 52
COLORS = ('#1f77b4', '#d62728', '#2ca02c', '#9467bd', '#ff7f0e', '#8c564b')


def chart(title, x_title, y_title, series):
    """`series`: name → {x: (min, median, max)}. x is logarithmic with a mark at each value, y begins at 0."""
    xs = sorted({x for points in series.values() for x in points})
    top = _round_up(max(point[2] for points in series.values() for point in points.values()))
    span = math.log2(xs[-1] / xs[0]) or 1

    def x_of(x):
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log2(x / xs[0]) / span if len(xs) > 1 else 0.5)

    def y_of(y):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y / top

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             _text(LEFT, 24, title, 'start', 'font-size="15" font-weight="bold"')]
    for step in range(6):
        y = top * step / 5
        parts += [f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y_of(y):.1f}" y2="{y_of(y):.1f}" stroke="#ddd"/>',
                  _text(LEFT - 6, y_of(y) + 4, f'{y:g}', 'end')]
    parts += [_text(x_of(x), HEIGHT - BOTTOM + 18, f'{x:g}', 'middle') for x in xs]
    parts += [_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, x_title, 'middle'),
              _text(LEFT, 40, y_title, 'start', 'fill="#555"')]
    for number, (name, points) in enumerate(series.items()):
        color = COLORS[number % len(COLORS)]
        line = ' '.join(f'{x_of(x):.1f},{y_of(points[x][1]):.1f}' for x in sorted(points))
        parts.append(f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>')
        for x, (low, middle, high) in sorted(points.items()):
            parts += [f'<line x1="{x_of(x):.1f}" x2="{x_of(x):.1f}" y1="{y_of(low):.1f}" y2="{y_of(high):.1f}" '
                      f'stroke="{color}"/>',
                      f'<circle cx="{x_of(x):.1f}" cy="{y_of(middle):.1f}" r="3" fill="{color}"/>']
        y = TOP + 14 + 18 * number
        parts += [f'<line x1="{WIDTH - RIGHT + 10}" x2="{WIDTH - RIGHT + 28}" y1="{y - 4}" y2="{y - 4}" stroke="{color}" '
                  'stroke-width="2"/>', _text(WIDTH - RIGHT + 34, y, name, 'start')]
    return '\n'.join([*parts, '</svg>', ''])


def _text(x, y, text, anchor, more=''):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(text)}</text>'


def _round_up(value):
    """To 1, 2, 2.5, 5 or 10 times a power of ten."""
    power = 10 ** math.floor(math.log10(value)) if value > 0 else 1
    return next(power * step for step in (1, 2, 2.5, 5, 10) if power * step >= value)
