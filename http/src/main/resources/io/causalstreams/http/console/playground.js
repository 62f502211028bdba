/** Asks /v1/chat/completions, as any client does. */

import { byId, element, rate, seconds, tell } from './dom.js';
import { ask, events } from './door.js';

const ROLES = ['user', 'system', 'assistant'];
const form = byId('ask');
let running = null;
let known = [];

export function models(all) {
  if (JSON.stringify(all) === JSON.stringify(known)) {
    return; // a list that is open would be closed
  }
  known = all;
  const select = byId('model');
  const before = select.value;
  select.replaceChildren(...all.map(each => element('option', { value: each.id }, each.id)));
  if (all.some(each => each.id === before)) {
    select.value = before;
  }
  adapters();
}

function adapters() {
  const model = known.find(each => each.id === byId('model').value);
  const names = [...new Set((model?.adapters ?? []).map(each => each.split('@')[0]))];
  const select = byId('adapter');
  const before = select.value;
  select.replaceChildren(
    element('option', { value: '' }, 'none'),
    ...names.map(each => element('option', { value: each }, each)),
  );
  select.value = names.includes(before) ? before : '';
  select.disabled = names.length === 0;
}

function addMessage(role, content = '') {
  const number = byId('messages').childElementCount + 1;
  const select = element('select', { 'aria-label': `Role of message ${number}` });
  select.append(...ROLES.map(each => element('option', { value: each }, each)));
  select.value = role;
  const text = element('textarea', { rows: '3', 'aria-label': `Message ${number}` });
  text.value = content;
  const remove = element('button', { type: 'button', class: 'quiet', 'aria-label': `Remove message ${number}` }, '×');
  const item = element('li', {}, select, text, remove);
  remove.addEventListener('click', () => {
    item.remove();
    byId('more').focus();
  });
  byId('messages').append(item);
  return text;
}

function number(name) {
  const text = form.elements[name].value.trim();
  if (text === '') {
    return undefined;
  }
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new Error(`${form.elements[name].closest('label').firstChild.textContent.trim()} is no number`);
  }
  return value;
}

function schema() {
  const text = form.elements.schema.value.trim();
  if (text === '') {
    return undefined;
  }
  try {
    return { type: 'json_schema', json_schema: { name: 'answer', schema: JSON.parse(text) } };
  } catch (e) {
    throw new Error(`the schema is no JSON: ${e.message}`);
  }
}

function body() {
  const stop = form.elements.stop.value.split('\n').filter(line => line !== '');
  return {
    model: form.elements.model.value || undefined,
    adapter: form.elements.adapter.value || undefined,
    messages: [...byId('messages').children].map(item => ({
      role: item.querySelector('select').value,
      content: item.querySelector('textarea').value,
    })),
    temperature: number('temperature'),
    top_p: number('top_p'),
    top_k: number('top_k'),
    seed: number('seed'),
    max_tokens: number('max_tokens'),
    stop: stop.length ? stop : undefined,
    response_format: schema(),
    stream: true,
    stream_options: { include_usage: true },
  };
}

async function send() {
  running?.abort();
  const answer = byId('answer');
  const status = byId('answer-status');
  const own = new AbortController();
  running = own;
  const begin = performance.now();
  let first = null;
  let end = null;
  let usage = null;
  try {
    const request = JSON.stringify(body());
    answer.replaceChildren();
    tell(status, 'Waiting for the first token…');
    byId('halt').disabled = false;
    const response = await ask('/v1/chat/completions', { method: 'POST', body: request, signal: own.signal });
    for await (const data of events(response)) {
      if (data === '[DONE]') {
        break;
      }
      const event = JSON.parse(data);
      if (event.error) {
        throw new Error(event.error.message);
      }
      usage = event.usage ?? usage;
      const choice = event.choices?.[0];
      const text = (choice?.delta?.reasoning_content ?? '') + (choice?.delta?.content ?? '');
      if (text && first === null) {
        first = performance.now();
        tell(status, 'Answering…');
      }
      answer.append(text);
      end = choice?.finish_reason ?? end;
    }
    tell(status, summary(end, usage, begin, first));
  } catch (failure) {
    tell(status, failure.name === 'AbortError' ? 'Stopped.' : `No answer: ${failure.message}.`);
  } finally {
    if (running === own) {
      running = null;
      byId('halt').disabled = true;
    }
  }
}

function summary(end, usage, begin, first) {
  const now = performance.now();
  const tokens = usage?.completion_tokens ?? 0;
  return [
    end ? `Ended by ${end}` : 'Ended',
    usage ? `${usage.prompt_tokens} + ${tokens} tokens` : null,
    first === null ? null : `first after ${seconds((first - begin) / 1000)}`,
    first !== null && tokens > 1 && now > first ? `${rate((tokens - 1) / ((now - first) / 1000))} tokens/s` : null,
  ].filter(part => part).join(' · ');
}

form.addEventListener('submit', event => {
  event.preventDefault();
  void send();
});
form.addEventListener('keydown', event => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    void send();
  }
});
byId('halt').addEventListener('click', () => {
  running?.abort();
  byId('send').focus();
});
byId('more').addEventListener('click', () => addMessage('user').focus());
byId('model').addEventListener('change', adapters);
addMessage('user', 'Name three uses of a paper clip.');
