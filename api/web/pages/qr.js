// QR codes, from an image file or the camera. What a code says is a stranger's text: never opened, never fetched;
// only a record number or a certificate is taken from it.
import { decoded } from './api.js';

const SIDE_MAX = 2000;

let loading = null;

/** jsQR is a quarter of a megabyte: loaded once the page stands, so that a page whose server went away still reads codes;
    the single-file page has it inside. */
export function reader() {
  if (globalThis.jsQR !== undefined) return Promise.resolve(globalThis.jsQR);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = 'vendor/jsqr/jsQR.js';
    script.addEventListener('load', () => resolve(globalThis.jsQR));
    script.addEventListener('error', () => {
      loading = null; // The next code asks again.
      reject(new Error('jsQR cannot be loaded'));
    });
    document.head.append(script);
  });
  return loading;
}

async function textIn(source, width, height) {
  const read = await reader();
  const scale = Math.min(1, SIDE_MAX / Math.max(width, height, 1));
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return read(data, canvas.width, canvas.height)?.data ?? null;
}

/** `{text}` of a QR code in an image file, or `{text: null, why}`: `no_code` was found, or it is no picture this browser reads. */
export async function textInImage(file) {
  const image = await createImageBitmap(file).catch(() => null);
  if (image === null) return { text: null, why: 'no_picture' };
  try {
    const text = await textIn(image, image.width, image.height);
    return text === null || text === '' ? { text: null, why: 'no_code' } : { text };
  } finally {
    image.close();
  }
}

/** Looks through the camera until a code is seen or `signal` ends it. */
export async function textFromCamera(video, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const text = video.videoWidth > 0 ? await textIn(video, video.videoWidth, video.videoHeight) : null;
      if (text !== null && text !== '') return text;
      await new Promise((resolve) => { setTimeout(resolve, 150); });
    }
    return null;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

function originOf(address) {
  try {
    return new URL(address).origin;
  } catch {
    return null;
  }
}

/** What a code's text means: `{certificate}` or `{record, digest, log, foreign}`; null for neither. `digest`: of the
    certificate it was printed with, or null. `log`: the log it names, as it is written there, or null. `foreign`: a web
    origin not ours. */
export function meaningOfCode(text, ownOrigin) {
  if (text.trimStart().startsWith('{')) return { certificate: text };
  const record = /(?:record|id)(?:s\/|=|:)(?:sha256(?::|%3A))?([0-9a-f]{64})/i.exec(text) ?? /sha256(?::|%3A)([0-9a-f]{64})/i.exec(text) ?? /^([0-9a-f]{64})$/.exec(text.trim());
  if (record === null) return null;
  let foreign = null;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    const origin = originOf(text) ?? text.slice(0, 60);
    foreign = origin === ownOrigin ? null : origin;
  }
  const digest = /[?&]certificate=([0-9a-f]{64})(?:&|$)/.exec(text);
  const log = /[?&#]log=([^&#\s]{0,300})/.exec(text);
  return { record: `sha256:${record[1].toLowerCase()}`, log: log === null ? null : decoded(log[1]) ?? log[1], digest: digest === null ? null : `sha256:${digest[1]}`, foreign };
}
