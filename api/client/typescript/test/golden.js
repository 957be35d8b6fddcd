// The repository's golden vectors.
import { readFileSync } from 'node:fs';

export const ROOT = new URL('../../../../', import.meta.url);
export const golden = (path) => JSON.parse(readFileSync(new URL(path, ROOT), 'utf8'));
export const unhex = (digits) => Uint8Array.from(Buffer.from(digits, 'hex'));
export const hex = (bytes) => Buffer.from(bytes).toString('hex');
