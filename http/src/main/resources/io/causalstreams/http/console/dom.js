/** Elements by their id, and new ones. Text is set as text: prompts and answers are anybody's. */

export const byId = id => document.getElementById(id);

/** An element with attributes and children; strings are text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  set(made, attributes);
  made.append(...children.filter(child => child !== null));
  return made;
}

export function drawn(name, attributes = {}, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  set(made, attributes);
  made.append(...children);
  return made;
}

function set(made, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) {
      made.setAttribute(name, '');
    } else if (value !== false && value !== null) {
      made.setAttribute(name, value);
    }
  }
}

/** Sets text only where it changes, so that nobody's selection is lost. */
export function tell(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });

export const count = value => whole.format(value);

export const rate = value => (value < 10 ? tenths : whole).format(value);

/** Seconds with about two digits that count. */
export function seconds(value) {
  if (!Number.isFinite(value)) {
    return '–';
  }
  if (value < 1) {
    const ms = value * 1000;
    return `${ms < 10 ? tenths.format(ms) : whole.format(ms)} ms`;
  }
  return value < 60 ? `${value < 10 ? value.toFixed(2) : tenths.format(value)} s` : `${whole.format(value / 60)} min`;
}

export function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && unit > 0 ? tenths.format(value) : whole.format(value)} ${units[unit]}`;
}

export const clock = millis => new Date(millis).toLocaleTimeString('en-GB');

/** A dialog that its own buttons close. */
export function dialog(id) {
  const shown = byId(id);
  for (const button of shown.querySelectorAll('[data-close]')) {
    button.addEventListener('click', () => shown.close());
  }
  return shown;
}
