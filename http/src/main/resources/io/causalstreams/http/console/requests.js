/** Requests in flight, side by side. A request keeps its place; one that ended gives it away when it is needed. */

import { byId, clock, count, dialog, element, seconds, tell } from './dom.js';

const MOST_LANES = 24;
const FEW_LANES = 8;
const MOST_TEXT = 4000;

const requests = new Map();
const lanes = [];
const details = dialog('details');
let detailed = null;

export function showAll(all) {
  requests.clear();
  for (const lane of lanes.splice(0)) {
    lane.node.remove();
  }
  all.filter(each => each.end).slice(-FEW_LANES).forEach(show);
  all.filter(each => !each.end).forEach(show);
  summarise();
}

export function apply(change) {
  const request = requests.get(change.key);
  if (change.what === 'request') {
    show(change.request);
  } else if (change.what === 'remove') {
    requests.delete(change.key);
  } else if (request) {
    request.tokens = change.tokens;
    if (change.what === 'tokens') {
      request.text = (request.text + change.text).slice(-MOST_TEXT);
      request.choices = change.choices;
      request.model = change.model;
    } else {
      request.end = change.end;
      placeWaiting();
    }
    request.lane?.update();
  }
}

function show(request) {
  requests.set(request.key, request);
  place(request);
}

function place(request) {
  const lane = lanes.length < FEW_LANES ? added() : endedLane() ?? (lanes.length < MOST_LANES ? added() : null);
  if (lane) {
    lane.take(request);
  }
}

/** Those for which there was no room. */
function placeWaiting() {
  for (const request of requests.values()) {
    if (!request.end && !request.lane) {
      const lane = endedLane();
      if (!lane) {
        return;
      }
      lane.take(request);
    }
  }
}

const endedLane = () => lanes
  .filter(lane => lane.request.end)
  .reduce((oldest, lane) => (oldest && oldest.request.end.at <= lane.request.end.at ? oldest : lane), null);

function added() {
  const lane = new Lane();
  lanes.push(lane);
  byId('lanes').append(lane.node);
  return lane;
}

class Lane {
  constructor() {
    this.name = element('button', { type: 'button', class: 'id' });
    this.tokens = element('span', { class: 'tokens' });
    this.prompt = element('p', { class: 'asked' });
    this.text = element('p', { class: 'prose' });
    this.state = element('p', { class: 'state' });
    this.node = element(
      'li',
      { class: 'lane' },
      element('div', { class: 'lane-head' }, this.name, this.tokens),
      this.prompt,
      element('div', { class: 'window' }, this.text),
      this.state,
    );
    this.name.addEventListener('click', () => open(this.request));
  }

  take(request) {
    if (this.request) {
      this.request.lane = null;
    }
    this.request = request;
    request.lane = this;
    tell(this.name, request.id);
    tell(this.prompt, request.prompt || (request.partition < 0 ? '(its prompt came before)' : ''));
    this.update();
  }

  update() {
    const { request } = this;
    this.node.className = `lane ${stateOf(request)}`;
    tell(this.tokens, request.tokens ? count(request.tokens) : '');
    tell(this.text, (request.cut ? '…' : '') + (request.text || request.end?.message || ''));
    this.tick();
    if (detailed === request) {
      fill();
    }
  }

  tick() {
    tell(this.state, sentence(this.request));
  }
}

function stateOf(request) {
  if (!request.end) {
    return request.tokens ? 'running' : 'waiting';
  }
  return failed(request) ? 'failed' : 'done';
}

/** Codes of errors are in capitals. */
const failed = request => /^[A-Z_]+$/.test(request.end.reason);

const plain = reason => reason.toLowerCase().replaceAll('_', ' ');

function sentence(request) {
  const state = stateOf(request);
  const model = request.adapter ? `${request.model ?? 'default'} + ${request.adapter}` : request.model;
  const more = request.choices > 1 ? `first of ${request.choices} choices` : null;
  const time = seconds(((request.end?.at ?? Date.now()) - request.since) / 1000);
  const what = request.end ? plain(request.end.reason) : state;
  return [what, time, model, more].filter(part => part).join(' · ');
}

function open(request) {
  detailed = request;
  fill();
  details.showModal();
}

details.addEventListener('close', () => {
  detailed = null;
});

function fill() {
  const request = detailed;
  tell(byId('details-title'), request.id);
  const facts = [
    ['state', sentence(request)],
    ['came', clock(request.since)],
    ['partition', request.partition < 0 ? '–' : String(request.partition)],
    ['tokens', count(request.tokens)],
    ['asked by', request.user ?? '–'],
    ['prompt record', request.key],
  ];
  byId('details-facts').replaceChildren(
    ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
  tell(byId('details-prompt'), request.prompt);
  const text = (request.cut ? '…' : '') + request.text;
  tell(byId('details-text'), [text, request.end?.message].filter(part => part).join('\n\n') || 'Nothing yet.');
}

export function summarise() {
  const open = [...requests.values()].filter(request => !request.end);
  const hidden = open.filter(request => !request.lane).length;
  const text = open.length === 0 ? 'none in flight' : `${count(open.length)} in flight`;
  tell(byId('requests-note'), hidden ? `${text}, ${count(hidden)} of them not shown` : text);
  byId('lanes-empty').hidden = lanes.length > 0;
  byId('lanes').hidden = lanes.length === 0;
  lanes.filter(lane => !lane.request.end).forEach(lane => lane.tick());
}
