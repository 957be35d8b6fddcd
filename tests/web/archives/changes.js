// Changes to an archive: each gives the files as somebody could have left them, or other bytes of the tar.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { manifestName } from '../../../api/web/archive/manifest.js';
import { sm3 } from '../../../api/web/verify/sm3.js';

const flip = (bytes, random) => {
  const out = Uint8Array.from(bytes);
  if (out.length === 0) return Uint8Array.of(1);
  out[random.below(out.length)] ^= 1 << random.below(8);
  return out;
};

const DIGESTS = {
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  sm3: (bytes) => Buffer.from(sm3(bytes)).toString('hex'),
};

/** All manifests written anew, as by somebody who hides a change. */
export function relist(files) {
  for (const tags of [false, true]) {
    for (const algorithm of ['sha256', 'sm3']) {
      const paths = [...files.keys()].filter((path) => path.startsWith('data/') !== tags && !path.startsWith('tagmanifest-')).sort();
      files.set(manifestName(algorithm, tags), Buffer.from(paths.map((path) => `${DIGESTS[algorithm](files.get(path))}  ${path}\n`).join('')));
    }
  }
  return files;
}

/** `[name, files]` of each change to the files: every one deleted and every one changed, hidden or not, and more. */
export function* folderChanges(original, random) {
  const paths = [...original.keys()];
  const some = () => paths[random.below(paths.length)];
  for (const hidden of [false, true]) {
    const done = (name, files) => [`${name}${hidden ? ', manifests written anew' : ''}`, hidden ? relist(files) : files];
    for (const path of paths) {
      const without = new Map(original);
      without.delete(path);
      yield done(`without ${path}`, without);
      yield done(`a bit of ${path}`, new Map(original).set(path, flip(original.get(path), random)));
    }
    for (let count = 0; count < 12; count += 1) {
      const [one, other] = [some(), some()];
      yield done(`${one} and ${other} swapped`, new Map(original).set(one, original.get(other)).set(other, original.get(one)));
    }
    for (const path of ['data/more.txt', 'data/documents/02-tender/x.pdf', 'README.txt', 'data/certificates/x.json', 'data/context/x.json', '.hidden', 'data/a b']) {
      yield done(`with ${path}`, new Map(original).set(path, Buffer.from('more')));
    }
    const context = paths.find((path) => path.startsWith('data/context/'));
    const moved = context.replace('data/context/', 'data/certificates/');
    yield done('a record of the context among the project’s', new Map(original).set(moved, original.get(context)));
    yield done('a record twice', new Map(original).set(paths.find((path) => path.startsWith('data/certificates/')).replace('certificates', 'context'), original.get(paths.find((path) => path.startsWith('data/certificates/')))));
    const document = paths.find((path) => path.startsWith('data/documents/'));
    const renamed = new Map(original).set(`${document}x`, original.get(document));
    renamed.delete(document);
    yield done('a document by another name', renamed);
  }
}

/** `[name, bytes]`: bits flipped anywhere in the tar, in its first headers, cut and made longer. */
export function* tarChanges(tar, random, count) {
  for (let done = 0; done < count; done += 1) yield ['a bit of the tar', flip(tar, random)];
  for (let done = 0; done < count / 4; done += 1) {
    const out = Uint8Array.from(tar);
    out[random.below(512)] ^= 1 << random.below(8);
    yield ['a bit of the first header', out];
  }
  for (const less of [1, 512, 1024, 1536, Math.floor(tar.length / 2)]) yield [`${less} bytes less`, tar.subarray(0, tar.length - less)];
  yield ['a block more', Buffer.concat([tar, Buffer.alloc(512, 7)])];
  yield ['itself once more', Buffer.concat([tar, tar])];
  yield ['a byte more', Buffer.concat([tar, Buffer.alloc(1, 7)])];
}

/** `[name, bytes]`: the same files as other programs pack them, made by the system's tar in a folder of its own. */
export function* packedAgain(files, scratch, project) {
  const root = join(scratch, 'again', project);
  rmSync(join(scratch, 'again'), { recursive: true, force: true });
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
  }
  const out = join(scratch, 'again.tar');
  const tar = (at, ...options) => {
    const run = spawnSync('tar', ['-cf', out, ...options], { cwd: at });
    if (run.status !== 0) throw new Error(String(run.stderr));
    return readFileSync(out);
  };
  for (const format of ['gnu', 'ustar', 'pax']) {
    yield [`${format}, from above`, tar(join(scratch, 'again'), `--format=${format}`, project)];
    yield [`${format}, from inside`, tar(root, `--format=${format}`, '.')];
    yield [`${format}, other owner and time`, tar(join(scratch, 'again'), `--format=${format}`, '--owner=zhang:1000', '--mtime=@1700000000.25', '-b', '64', project)];
    yield [`${format}, ./ in front`, tar(join(scratch, 'again'), `--format=${format}`, '--transform=s,^,./,', project)];
  }
}
