// What was dropped or chosen: single files, or a folder with every file in it.
import { FILES_MAX } from '../archive/limits.js';

const ROOTS = /^(?:bagit\.txt$|bag-info\.txt$|(?:tag)?manifest-[a-z0-9]+\.txt$|data\/)/;

const fileOf = (entry) => new Promise((done, fail) => { entry.file(done, fail); });
const batchOf = (reader) => new Promise((done, fail) => { reader.readEntries(done, fail); });

async function walk(folder, prefix, found) {
  const reader = folder.createReader();
  for (;;) {
    const batch = await batchOf(reader);
    if (batch.length === 0) return;
    for (const entry of batch) {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) await walk(entry, `${path}/`, found);
      else found.push({ path, file: await fileOf(entry) });
      if (found.length > FILES_MAX) throw new Error(`more than ${FILES_MAX} files`);
    }
  }
}

/** `{files, folder}`; `folder` is the list of a dropped folder's files, or null. Call it while the event lasts. */
export function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const folder = entries.find((entry) => entry?.isDirectory) ?? null;
  const files = [...transfer.files].filter((_, at) => !(entries[at]?.isDirectory ?? false));
  const read = async () => {
    if (folder === null) return null;
    const found = [];
    await walk(folder, '', found);
    return found;
  };
  return { files, folder: read() };
}

/** The same for an input that chooses a folder. */
export function chosen(list) {
  return [...list].map((file) => ({ path: file.webkitRelativePath.split('/').slice(1).join('/'), file }));
}

/** False for a folder in which nothing looks like an archive. */
export const looksLikeBag = (folder) => folder.some(({ path }) => ROOTS.test(path));
