/** What the meters say: rates are differences between two looks at counters. */

import { byId, bytes, count, drawn, element, rate, seconds, tell } from './dom.js';

const RATES = 120;
const RECENT_MILLIS = 5 * 60_000;
const STEP_MILLIS = 5_000;
const TIMES = {
  'queue.time': 'in the queue',
  'time.to.first.token': 'to the first token',
  'time.per.output.token': 'for each token after',
  'request.time': 'to the end',
};
/** One axis for all: 1 ms to 100 s, in decades. */
const DECADES = [-3, 2];
const BINS = 40;
const WIDTH = 240;
const HEIGHT = 30;

const rates = [];
const history = [];
let last = null;
let shown = null;
let known = [];

export function forget() {
  last = null;
  history.length = 0;
  rates.length = 0;
}

/** Context and adapters, which are no meters. */
export function models(all) {
  known = all;
}

export function show(figures) {
  shown = figures;
  if (last && figures['completion.tokens'] < last['completion.tokens']) {
    forget(); // another process answers
  }
  const elapsed = last ? (figures.at - last.at) / 1000 : 0;
  if (elapsed > 0) {
    rates.push((figures['completion.tokens'] - last['completion.tokens']) / elapsed);
    rates.splice(0, rates.length - RATES);
  }
  showModels(figures, elapsed);
  last = figures;
  remember(figures);
  showHead(figures);
  showPartitions(figures.partitions);
  showTimes();
}

function remember(figures) {
  if (history.length === 0 || figures.at - history.at(-1).at >= STEP_MILLIS) {
    history.push({ at: figures.at, times: figures.times });
  }
  while (history.length > 1 && history[1].at <= figures.at - RECENT_MILLIS) {
    history.shift();
  }
}

const mean = values => values.reduce((sum, each) => sum + each, 0) / values.length;

function showHead(figures) {
  tell(byId('rate'), rates.length ? rate(mean(rates.slice(-3))) : '–');
  tell(byId('running'), count(figures['requests.running'] + figures['requests.calling']));
  tell(byId('waiting'), count(figures['requests.waiting']));
  const oldest = figures['oldest.waiting'];
  tell(byId('oldest'), oldest >= 1 ? `oldest ${seconds(oldest)}` : '');
  tell(byId('lag'), count(figures.partitions.reduce((sum, each) => sum + each.lag, 0)));
  tell(byId('first'), quantile(chosen('time.to.first.token'), 0.95));
  const { completed = 0, ...others } = figures.outcomes;
  const failures = Object.values(others).reduce((sum, each) => sum + each, 0);
  tell(byId('answered'), count(completed));
  tell(byId('failed'), failures ? `${count(failures)} not` : '');
  drawRates();
}

function drawRates() {
  const most = Math.max(1, ...rates) * 1.08;
  const x = index => 240 - (rates.length - 1 - index) * (240 / (RATES - 1));
  const points = rates.map((each, index) => `${x(index).toFixed(1)},${(43 - (each / most) * 42).toFixed(1)}`);
  const line = byId('rate-line');
  if (points.length < 2) {
    line.replaceChildren();
    return;
  }
  line.replaceChildren(
    drawn('polygon', { points: `${x(0).toFixed(1)},44 ${points.join(' ')} 240,44`, class: 'area' }),
    drawn('polyline', { points: points.join(' '), class: 'line', 'vector-effect': 'non-scaling-stroke' }),
  );
}

function showPartitions(partitions) {
  const most = Math.max(1, ...partitions.map(each => each.lag));
  byId('lags').replaceChildren(...partitions.map(each => element(
    'tr',
    {},
    element('th', { scope: 'row' }, String(each.partition)),
    element('td', {}, count(each.lag)),
    element('td', { class: 'plot' }, bar(each.lag / most)),
    element('td', {}, each.backlog === null ? 'elsewhere' : count(each.backlog)),
    element('td', { class: 'minor' }, `${count(each.committed)} / ${count(each.end)}`),
  )));
}

function bar(share) {
  return drawn(
    'svg',
    { viewBox: '0 0 100 8', preserveAspectRatio: 'none', class: 'bar', 'aria-hidden': 'true' },
    drawn('rect', { x: 0, y: 0, width: 100, height: 8, class: 'track' }),
    drawn('rect', { x: 0, y: 0, width: 100 * share, height: 8, class: 'filled' }),
  );
}

// --- models

function showModels(figures, elapsed) {
  const before = new Map((last?.models ?? []).map(each => [each.model, each]));
  byId('served').replaceChildren(...figures.models.map(model => {
    const facts = known.find(each => each.id === model.model);
    const made = model['completion.tokens'] - (before.get(model.model)?.['completion.tokens'] ?? NaN);
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, model.model),
      element('td', {}, slots(model['slots.used'], model.slots)),
      element('td', {}, elapsed > 0 && made >= 0 ? rate(made / elapsed) : '–'),
      element('td', { class: 'minor' }, count(model.waiting)),
      element('td', { class: 'minor' }, `${count(model['backlog.tokens'])} tokens`),
      element('td', { class: 'minor' }, bytes(model['kv.cache'])),
      element('td', { class: 'minor' }, facts ? count(facts.max_model_len) : '–'),
      element('td', { class: 'text' }, adapters(facts?.adapters ?? [])),
    );
  }));
}

function slots(used, all) {
  const text = element('span', {}, `${count(used)} of ${count(all)}`);
  if (all > 64) {
    return text;
  }
  const squares = drawn('svg', {
    viewBox: `0 0 ${all * 7} 10`, width: all * 7, height: 10, class: 'slots', 'aria-hidden': 'true',
  });
  for (let i = 0; i < all; i++) {
    squares.append(drawn('rect', { x: i * 7, y: 0, width: 5, height: 10, class: i < used ? 'filled' : 'track' }));
  }
  return element('span', { class: 'slots-cell' }, text, squares);
}

/** Those that came by a topic have a version behind their name. */
function adapters(names) {
  if (names.length === 0) {
    return 'none';
  }
  return element('ul', { class: 'inline' }, ...names.map(name => {
    const [plain, version] = name.split('@');
    return element('li', {}, plain, version ? element('small', {}, ` ${version.slice(0, 8)}`) : null);
  }));
}

// --- latency

const period = () => document.querySelector('input[name=window]:checked').value;

/** Counts by bucket, of the chosen time: [[seconds, how many up to there], …] and how many in all. */
function chosen(name) {
  const now = shown.times[name];
  const old = period() === 'recent' && history.length ? history[0].times[name] : null;
  if (!old || old === now) {
    return now;
  }
  return {
    count: now.count - old.count,
    buckets: now.buckets.map(([edge, sum]) => [edge, sum - upTo(old.buckets, edge)]),
  };
}

/** Buckets in which nothing was added are left out. */
function upTo(buckets, edge) {
  let sum = 0;
  for (const [each, count] of buckets) {
    if (each > edge) {
      break;
    }
    sum = count;
  }
  return sum;
}

function quantileSeconds(histogram, share) {
  const wanted = share * histogram.count;
  if (histogram.count <= 0) {
    return NaN;
  }
  for (const [edge, sum] of histogram.buckets) {
    if (sum >= wanted) {
      return edge;
    }
  }
  return Infinity;
}

function quantile(histogram, share) {
  const value = quantileSeconds(histogram, share);
  return value === Infinity ? `> ${seconds(histogram.buckets.at(-1)?.[0] ?? NaN)}` : seconds(value);
}

function showTimes() {
  const watched = history.length ? (shown.at - history[0].at) / 1000 : 0;
  tell(byId('recent'), watched < 1 ? 'from now on' : `last ${watched < 60 ? `${count(watched)} s` : seconds(watched)}`);
  const rows = Object.entries(TIMES).map(([name, title]) => {
    const histogram = chosen(name);
    const quantiles = [0.5, 0.95, 0.99].map(share => quantile(histogram, share));
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, title, element('small', {}, ` ${count(histogram.count)}`)),
      element('td', { class: 'plot' }, bars(histogram, title)),
      ...quantiles.map(each => element('td', {}, each)),
    );
  });
  byId('times').replaceChildren(...rows, axis());
}

const place = edge => {
  const share = (Math.log10(edge) - DECADES[0]) / (DECADES[1] - DECADES[0]);
  return Math.min(BINS - 1, Math.max(0, Math.floor(share * BINS - 1e-9)));
};

function bars(histogram, title) {
  const bins = new Array(BINS).fill(0);
  let before = 0;
  for (const [edge, sum] of histogram.buckets) {
    bins[place(edge)] += Math.max(0, sum - before);
    before = Math.max(before, sum);
  }
  bins[BINS - 1] += Math.max(0, histogram.count - before);
  const most = Math.max(1, ...bins);
  const step = WIDTH / BINS;
  const picture = drawn('svg', {
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', class: 'histogram', role: 'img',
    'aria-label': `Time ${title}, ${count(histogram.count)} requests`,
  });
  picture.append(drawn('line', { x1: 0, y1: HEIGHT - 0.5, x2: WIDTH, y2: HEIGHT - 0.5, class: 'base' }));
  bins.forEach((each, index) => {
    if (each > 0) {
      const height = Math.max(1.5, (each / most) * (HEIGHT - 2));
      picture.append(drawn('rect', {
        x: index * step + 0.5, y: HEIGHT - 1 - height, width: step - 1, height, class: 'filled',
      }));
    }
  });
  return picture;
}

function axis() {
  const ticks = ['1 ms', '10 ms', '0.1 s', '1 s', '10 s', '100 s'];
  return element(
    'tr',
    { class: 'axis', 'aria-hidden': 'true' },
    element('td', {}),
    element('td', { class: 'plot' }, element('div', { class: 'ticks' }, ...ticks.map(tick => element('span', {}, tick)))),
    element('td', { colspan: 3 }),
  );
}

for (const input of document.querySelectorAll('input[name=window]')) {
  input.addEventListener('change', () => shown && show({ ...shown }));
}
