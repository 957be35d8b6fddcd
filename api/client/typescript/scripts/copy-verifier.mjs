// Copies the one JavaScript verifier of the web pages into `web/`, where the package imports it from. The folder is
// made before tests and before packing, and is never committed: there is one source, `api/web/verify`.
import { cpSync, mkdirSync, rmSync } from 'node:fs';

const from = new URL('../../../web/', import.meta.url);
const to = new URL('../web/', import.meta.url);
rmSync(to, { recursive: true, force: true });
mkdirSync(to);
for (const folder of ['verify', 'vendor/noble-ed25519', 'vendor/noble-hashes']) {
  cpSync(new URL(folder, from), new URL(folder, to), { recursive: true });
}
