/** Requests to this server, with the key of this tab. */

const KEY = 'causal-streams-key';

export const key = () => sessionStorage.getItem(KEY) ?? '';

export function useKey(value) {
  if (value) {
    sessionStorage.setItem(KEY, value);
  } else {
    sessionStorage.removeItem(KEY);
  }
}

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The response, or a Refusal with what the server says. */
export async function ask(path, options = {}) {
  const headers = new Headers(options.headers);
  if (key()) {
    headers.set('Authorization', `Bearer ${key()}`);
  }
  if (options.body) {
    headers.set('Content-Type', 'application/json');
  }
  const response = await fetch(path, { ...options, headers, cache: 'no-store', credentials: 'omit' });
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    throw new Refusal(response.status, body?.error?.message ?? `the server answers ${response.status}`);
  }
  return response;
}

export const get = async path => (await ask(path)).json();

/** Data of server-sent events, as they come. */
export async function* events(response) {
  const decoder = new TextDecoderStream();
  const reader = response.body.pipeThrough(decoder).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return;
    }
    const parts = (rest + value).split('\n\n');
    rest = parts.pop();
    for (const part of parts) {
      for (const line of part.split('\n')) {
        if (line.startsWith('data: ')) {
          yield line.slice(6);
        }
      }
    }
  }
}
