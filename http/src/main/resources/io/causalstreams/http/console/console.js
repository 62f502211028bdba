/** The page: follows what happens, asks for the key where one is needed, and goes on when a line is cut. */

import { byId, dialog, tell } from './dom.js';
import { ask, events, get, key, useKey } from './door.js';
import * as figures from './figures.js';
import * as letters from './letters.js';
import * as playground from './playground.js';
import * as requests from './requests.js';

const THEME = 'causal-streams-theme';
const THEMES = ['system', 'light', 'dark'];
const SLOWEST_MILLIS = 10_000;
const MODELS_MILLIS = 10_000;

const login = dialog('login');
let line = null;
let pause = 0;

function status(text, trouble = false) {
  tell(byId('status'), text);
  byId('status').classList.toggle('trouble', trouble);
}

function take(data) {
  const event = JSON.parse(data);
  if (event.what === 'snapshot') {
    requests.showAll(event.requests);
    letters.showAll(event.letters);
  } else if (event.what === 'changes') {
    for (const change of event.changes) {
      if (change.what === 'letter') {
        letters.add(change.letter);
      } else {
        requests.apply(change);
      }
    }
    requests.summarise();
  } else if (event.what === 'figures') {
    figures.show(event);
    requests.summarise();
  } else if (event.what === 'trouble') {
    status(event.why, true);
    return;
  }
  status('Live');
}

/** Until there is no key that works. */
async function follow() {
  line?.abort();
  const own = new AbortController();
  line = own;
  while (line === own) {
    try {
      const response = await ask('/console/api/live', { signal: own.signal });
      void showModels();
      for await (const data of events(response)) {
        pause = 0;
        take(data);
      }
    } catch (failure) {
      if (own.signal.aborted) {
        return;
      }
      if (failure.status === 401 || failure.status === 403) {
        status(failure.status === 401 ? 'A key is needed' : failure.message, true);
        askForKey(failure.status === 401 && !key() ? '' : failure.message);
        return;
      }
      pause = Math.min(SLOWEST_MILLIS, pause * 2 + 500);
      status('The line is cut; trying again', true);
    }
    await new Promise(resume => setTimeout(resume, pause));
  }
}

async function showModels() {
  try {
    const { data } = await get('/v1/models');
    figures.models(data);
    playground.models(data);
  } catch (failure) {
    // the line of events says what is wrong
  }
}

// --- key

function askForKey(why) {
  tell(
    byId('login-text'),
    `${why ? `${why}. ` : ''}Keys are those of --http-keys; the console needs one with the word console. `
      + 'It is kept in this tab only, until the tab is closed.',
  );
  byId('login-key').value = key();
  if (!login.open) {
    login.showModal();
  }
}

byId('key').addEventListener('click', () => askForKey(''));
byId('login-form').addEventListener('submit', event => {
  event.preventDefault();
  useKey(byId('login-key').value.trim());
  login.close();
  status('Connecting…');
  void follow();
});

// --- theme

function useTheme(theme) {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  tell(byId('theme'), `Theme: ${theme}`);
  localStorage.setItem(THEME, theme);
}

const theme = () => (THEMES.includes(localStorage.getItem(THEME)) ? localStorage.getItem(THEME) : 'system');
byId('theme').addEventListener('click', () => useTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]));
useTheme(theme());

setInterval(() => void showModels(), MODELS_MILLIS);
void follow();
