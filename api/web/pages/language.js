// The language of a page: Chinese first, English at a click. Every text of a page stands beside its translation.
const KEPT = 'biaozheng-language';

function remembered() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null; // Storage may be forbidden; the page then starts in Chinese each time.
  }
}

let english = remembered() === 'en';
const listeners = [];

export const isEnglish = () => english;
export const say = (zh, en) => (english ? en : zh);

/** Runs now and whenever the language changes. */
export function speak(render) {
  listeners.push(render);
  render();
}

function apply() {
  document.documentElement.lang = english ? 'en' : 'zh-CN';
  for (const node of document.querySelectorAll('[data-en]')) {
    node.dataset.zh ??= node.textContent;
    node.textContent = english ? node.dataset.en : node.dataset.zh;
  }
  document.title = english ? document.documentElement.dataset.titleEn : document.documentElement.dataset.titleZh;
}

/** Makes the page's own button switch. */
export function startLanguage() {
  document.documentElement.dataset.titleZh = document.title;
  document.getElementById('language').addEventListener('click', () => {
    english = !english;
    try {
      localStorage.setItem(KEPT, english ? 'en' : 'zh');
    } catch { /* as above */ }
    apply();
    for (const render of listeners) render();
  });
  apply();
}

/** A time of the ledger (milliseconds) as people in China read it: UTC+8, said so. */
export function timeText(ms) {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms > 8.64e15 - 2.88e7) return '—';
  const shifted = new Date(ms + 8 * 3600 * 1000).toISOString();
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 19)} UTC+8`;
}

export function durationText(ms) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return say(`${seconds} 秒`, `${seconds} s`);
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return say(`${minutes} 分钟`, `${minutes} min`);
  const hours = Math.round(minutes / 60);
  return hours < 72 ? say(`${hours} 小时`, `${hours} h`) : say(`${Math.round(hours / 24)} 天`, `${Math.round(hours / 24)} d`);
}

/** A time of the visitor's own clock, said to be that. */
export function clockText(ms) {
  const two = (number) => String(number).padStart(2, '0');
  const date = new Date(ms);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${say('（本机时钟）', '(clock of this device)')}`;
}
