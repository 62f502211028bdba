/** Dead letters, the last ones first, and sending one again. */

import { byId, bytes, clock, count, dialog, element, tell } from './dom.js';
import { ask } from './door.js';

const MOST = 200;
const FEW = 10;
const SENT = 'causal-streams-sent-again';

const confirmation = dialog('confirm');
const sent = new Map(JSON.parse(sessionStorage.getItem(SENT) ?? '[]'));
let asked = null;
let wantsAll = false;

const nameOf = letter => `${letter.partition}-${letter.offset}`;

export function showAll(letters) {
  byId('box').replaceChildren();
  letters.toSorted((one, other) => one.at - other.at).forEach(add);
  summarise();
}

export function add(letter) {
  byId('box').prepend(item(letter));
  while (byId('box').childElementCount > MOST) {
    byId('box').lastElementChild.remove();
  }
  summarise();
}

function summarise() {
  const all = byId('box').childElementCount;
  tell(byId('letters-note'), all === 0 ? 'none' : all === MOST ? `the last ${MOST}` : count(all));
  [...byId('box').children].forEach((item, index) => {
    item.hidden = !wantsAll && index >= FEW;
  });
  const button = byId('all-letters');
  button.hidden = all <= FEW;
  tell(button, wantsAll ? `Show the last ${FEW}` : `Show all ${count(all)}`);
}

function item(letter) {
  const mark = element('span', { class: 'mark' });
  const button = element('button', { type: 'button' }, 'Send again…');
  const body = element('div', { class: 'letter' });
  const node = element(
    'li',
    {},
    element(
      'details',
      {},
      element(
        'summary',
        {},
        element('time', {}, clock(letter.at)),
        element('span', { class: 'reason' }, letter.reason || letter.exception),
        element('span', { class: 'id' }, letter.id),
        mark,
      ),
      body,
    ),
  );
  body.append(
    facts(letter),
    element('pre', {}, letter.value ?? '(no value)'),
    element('p', { class: 'row' }, button, element('span', { class: 'outcome', role: 'status' })),
  );
  button.addEventListener('click', () => confirm(letter, node));
  markSent(letter, mark);
  return node;
}

function facts(letter) {
  const shownBytes = letter.value && letter.bytes > letter.value.length ? `, the beginning is shown` : '';
  const rows = [
    ['error', letter.exception],
    ['record', letter.from],
    ['key', letter.key ?? '(none)'],
    ['size', bytes(letter.bytes) + shownBytes],
    ...letter.headers.map(([name, value]) => [name, value ?? '']),
  ];
  return element(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

function markSent(letter, mark) {
  const at = sent.get(nameOf(letter));
  tell(mark, at ? `sent again ${clock(at)}` : '');
}

function confirm(letter, node) {
  asked = { letter, node };
  const before = sent.has(nameOf(letter)) ? ' You have sent it again before.' : '';
  tell(
    byId('confirm-text'),
    `The record ${letter.from} is published once more, with its key, its headers and its ${count(letter.bytes)} bytes. `
      + `It is still request ${letter.id}: while that runs, it is not run twice.${before}`,
  );
  confirmation.showModal();
}

byId('all-letters').addEventListener('click', () => {
  wantsAll = !wantsAll;
  summarise();
});

byId('confirm-yes').addEventListener('click', async () => {
  confirmation.close();
  const { letter, node } = asked;
  const button = node.querySelector('button');
  const outcome = node.querySelector('.outcome');
  button.disabled = true;
  tell(outcome, 'Sending…');
  try {
    const path = `/console/api/dead-letters/${letter.partition}/${letter.offset}/send`;
    const record = await (await ask(path, { method: 'POST' })).json();
    sent.set(nameOf(letter), Date.now());
    sessionStorage.setItem(SENT, JSON.stringify([...sent].slice(-1000)));
    markSent(letter, node.querySelector('.mark'));
    tell(outcome, `It is ${record.topic}-${record.partition}-${record.offset} now.`);
  } catch (refusal) {
    tell(outcome, `Not sent: ${refusal.message}.`);
  } finally {
    button.disabled = false;
    button.focus();
  }
});
