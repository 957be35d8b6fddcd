// Writes `ledger/timestamp/tests/golden/timestamp.json`: tokens of made-up authorities that have the form of those of real ones, and tokens
// and files of authorities that are refused, over the checkpoint of the golden certificate. The three verifiers read it. New
// keys are made each time, so a run changes every token; run it deliberately:
//
//   node tests/web/differential/timestamp-vectors.mjs
//
// With `--add` it writes only what is refused under a name that is not there yet, and leaves the rest as it is.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { base64, concat, hex, utf8 } from '../../../api/web/verify/bytes.js';
import { tlogProofOfText } from '../../../api/web/verify/checkpoint.js';
import { sha256 } from '../../../api/web/verify/hashing.js';
import { CA, constraints, der, extension, integer, makeToken, nameOf, object, pem, plainToken, pssAlgorithm, purposes, sequence, STAMPS, TIME_STAMPING, usage } from './authority.js';

const golden = JSON.parse(readFileSync(new URL('../../../ledger/verify/tests/golden/anchored.cert.json', import.meta.url)));
const DIGEST = sha256(utf8(tlogProofOfText(golden.proof).note.text));
const stated = (critical, name) => der(0xa1, extension(name, critical, sequence(sequence(object('0.4.0.19422.1.1')))));
const accuracy = sequence(integer(1));
const DIRECTORY = der(0xa0, der(0xa4, nameOf('authority')));
const rootByOld = ({ issue }, more = {}) => issue('root', 'old', more);
const given = { self: ({ root }) => pem(root), old: ({ issue }) => pem(issue('old', 'old')), own: ({ own }) => pem(own) };

/** `[name, what it is like, changes of a plain token]`; each holds under its anchor. */
const SHAPES = [
  ['digicert', 'DigiCert 2023 to 2026: RSA 4096, SHA-256, both references, the chain ends in a root that an older one signed; trusted is that root’s own certificate',
    { key: 'rsa4096', middle: true, references: ['v1', 'v2'], certificates: (made) => [made.own, ...made.middle, rootByOld(made)], authorities: given.self }],
  ['digicert-old', 'the same token; trusted is the older root',
    { key: 'rsa4096', middle: true, references: ['v1', 'v2'], certificates: (made) => [rootByOld(made), ...made.middle, made.own], authorities: given.old, anchor: 'old' }],
  ['globalsign', 'GlobalSign Advanced G4 of 2021: RSA 3072, SHA-256, ESSCertIDv2 with issuer and serial, four certificates with both roots, accuracy and name',
    { key: 'rsa3072', middle: true, referenceSerial: {}, info: { more: [accuracy, DIRECTORY] }, certificates: (made) => [made.issue('old', 'old'), rootByOld(made), made.own, ...made.middle], authorities: given.self }],
  ['globalsign-aatl', 'GlobalSign AATL and Adobe CDS of 2017: RSA 2048 by rsaEncryption, ESSCertID alone, an authority whose purposes leave timestamps out',
    { key: 'rsa', rsaPlain: true, middle: true, references: ['v1'], middleExtensions: [constraints(der(1, [0xff])), usage(true, 2, 4), purposes(false, '1.2.840.113583.1.1.5')], info: { more: [accuracy, integer(5), DIRECTORY] } }],
  ['sectigo', 'Sectigo 2026: RSA 4096 with SHA-384, ESSCertID alone, a root that an older one signed',
    { key: 'rsa4096', hash: 'sha384', certificateHash: 'sha384', middle: true, references: ['v1'], certificates: (made) => [made.own, ...made.middle, rootByOld(made)], authorities: given.self }],
  ['microsoft', 'Microsoft Public RSA of 2024: RSA 4096 by rsaEncryption, certificates with SHA-384, milliseconds, further signed attributes',
    { key: 'rsa4096', rsaPlain: true, certificateHash: 'sha384', middle: true, info: { time: '20261123174500.884Z', more: [accuracy, integer(5), DIRECTORY] },
      attributes: (all) => [sequence(object('1.2.840.113549.1.9.16.2.15'), der(0x31, sequence())), ...all, sequence(object('1.2.840.113549.1.9.16.2.18'), der(0x31, sequence()))] }],
  ['freetsa', 'FreeTSA of 2024: RSA 4096 by rsaEncryption with SHA-512, ESSCertID alone, the root in the token, ordering, no accuracy, no key usage',
    { key: 'rsa4096', rsaPlain: true, hash: 'sha512', certificateHash: 'sha512', root: true, references: ['v1'], stampExtensions: [purposes(true, TIME_STAMPING)], info: { more: [der(1, [0xff]), DIRECTORY] } }],
  ['identrust', 'IdenTrust of 2025: RSA 4096 by rsaEncryption, ESSCertID alone, critical constraints of an end certificate, a nonce and nothing more',
    { key: 'rsa4096', rsaPlain: true, middle: true, references: ['v1'], stampExtensions: [...STAMPS, constraints()], info: { more: [integer(0x12, 0x34)] } }],
  ['sigstore', 'sigstore of 2025: ECDSA P-384 with certificates of SHA-384 and a statement of SHA-256, one certificate, a digest without parameters',
    { key: 'p384', certificateHash: 'sha384', info: { more: [accuracy, integer(7), DIRECTORY] } }],
  ['sigstore-384', 'ECDSA P-384 with SHA-384 throughout and the intermediate in the token', { key: 'p384', hash: 'sha384', certificateHash: 'sha384', referenceHash: 'sha384', middle: true }],
  ['eu-qualified', 'a qualified authority of the EU (ETSI EN 319 422): qcStatements in the statement, not critical; signer named by its key identifier',
    { key: 'rsa4096', hash: 'sha512', middle: true, root: true, by: 'key', info: { more: [accuracy, DIRECTORY, stated(false, '1.3.6.1.5.5.7.1.3')] } }],
  ['pss', 'RSASSA-PSS with an ordinary key', { key: 'pss', middle: true }],
  ['pss-key', 'RSASSA-PSS with a key for nothing else, whose parameters are in it', { key: 'psskey', middle: true }],
  ['pss-512', 'RSASSA-PSS with SHA-512, a key without parameters and a salt of 20 bytes', { key: 'anypss', hash: 'sha512', salt: 20, algorithm: pssAlgorithm('sha512', { salt: 20 }) }],
  ['p521', 'ECDSA P-521 with SHA-512', { key: 'p521', hash: 'sha512', certificateHash: 'sha512', middle: true }],
  ['p256-sha512', 'ECDSA P-256 with SHA-512', { key: 'p256', hash: 'sha512', middle: true }],
  ['two-of-a-name', 'two authorities of one name, the wrong one first', { middle: true, certificates: ({ own, middle, issue }) => [issue('middle', 'root', { key: 'other' }), own, ...middle] }],
  ['two-of-a-name-turned', 'the same, the wrong one last', { middle: true, certificates: ({ own, middle, issue }) => [own, ...middle, issue('middle', 'root', { key: 'other' })] }],
  ['two-keys-of-a-root', 'trusted are two roots of one name; the second signed', { middle: true, authorities: ({ issue, root }) => pem(issue('root', 'root', { key: 'other' })) + pem(root) }],
  ['renewed-root', 'trusted is another certificate of the root’s name and key, with another serial number and in capitals', { middle: true, root: true, authorities: ({ issue }) => pem(issue('root', 'root', { serial: [0x7f, 1], subject: nameOf('ROOT', 0x13), issuerName: nameOf('ROOT', 0x13) })), anchor: 'ROOT' }],
  ['own-key', 'trusted is the signer’s name and key, in a certificate of somebody else', { authorities: ({ issue }) => pem(issue('authority', 'stranger', { issuerKey: 'other', extensions: STAMPS })), anchor: 'authority' }],
  ['expired-cross', 'a root signed by an older one, which had ended by then, beside the root’s own', { middle: true, certificates: (made) => [rootByOld(made, { until: '250101000000Z' }), made.root, ...made.middle, made.own] }],
  ['unknown', 'trusted is a root of the same name and another key', { middle: true, authorities: ({ issue }) => pem(issue('root', 'root', { key: 'other' })), anchor: null }],
];

/** `[name, the standard its refusal names, changes]`. */
const REFUSED = [
  ['sha1-imprint', 'RFC 3161 §2.4.2', { info: { hash: 'sha1', digest: new Uint8Array(20) } }],
  ['sha512-imprint', 'RFC 3161 §2.4.2', { info: { hash: 'sha512', digest: new Uint8Array(64) } }],
  ['sha1-signature', 'RFC 5754', { key: 'rsa', hash: 'sha1' }],
  ['sha1-certificate', 'RFC 5280 §6.1', { key: 'rsa', certificateHash: 'sha1', middle: true, root: true }],
  ['sha1-pss', 'RFC 4055', { key: 'pss', algorithm: sequence(object('1.2.840.113549.1.1.10'), sequence()) }],
  ['sha1-mask', 'RFC 5754', { key: 'pss', algorithm: pssAlgorithm('sha256', { mask: 'sha1' }) }],
  ['critical-extension', 'RFC 3161 §2.4.2', { info: { more: [stated(true, '1.3.6.1.5.5.7.1.3')] } }],
  ['no-reference', 'RFC 5035', { attributes: (all) => all.slice(0, 2) }],
  ['other-serial', 'RFC 5035', { references: ['v1'], referenceSerial: { serial: [8] } }],
  ['purpose-not-critical', 'RFC 3161 §2.3', { stampExtensions: [usage(true, 7, 0x80), purposes(false, TIME_STAMPING)] }],
  ['two-purposes', 'RFC 3161 §2.3', { stampExtensions: [usage(true, 7, 0x80), purposes(true, TIME_STAMPING, '1.3.6.1.5.5.7.3.1')] }],
  ['no-certificate', 'RFC 3161 §2.4.1', { certificates: () => [] }],
  ['ended', 'RFC 5280', { signer: { until: '250101000000Z' } }],
  ['no-authority', 'RFC 5280 §6.1', { middle: true, middleExtensions: [constraints()] }],
  ['name-constraints', 'RFC 5280 §6.1', { middle: true, middleExtensions: [...CA, extension('2.5.29.30', true, sequence())] }],
  ['unknown-critical', 'RFC 5280 §6.1', { middle: true, middleExtensions: [...CA, extension('1.2.3.4', true, sequence())] }],
  ['too-deep', 'RFC 5280 §6.1', { middle: true, root: true, rootExtensions: [constraints(der(1, [0xff]), der(2, [0]))] }],
  ['spoofed', 'no name', { certificates: ({ own, issue }) => [issue('spoofed', 'nobody', { issuerKey: 'other', extensions: STAMPS }), issue('authority', 'authority', { serial: [9] }), own] }],
  ['unsigned-attributes', 'RFC 5652 §5.3', { tail: [der(0xa1, sequence(object('1.2.3.4'), der(0x31)))] }],
  ['revocation-list', 'RFC 5652 §10.2.1', { afterCertificates: [der(0xa1, sequence())] }],
  ['attribute-certificate', 'RFC 5652 §10.2.2', { certificates: ({ own }) => [own, der(0xa1, sequence())] }],
  ['many-of-a-name', 'to tell apart', { middle: true, certificates: ({ own, issue }) => [own, ...Array.from({ length: 9 }, (_, at) => issue('root', 'root', { key: 'other', serial: [at + 1], subject: nameOf('middle'), issuerName: nameOf('middle') }))] }],
  ['p521-sha256', 'RFC 5480 §4', { key: 'p521' }],
  ['two-algorithms', 'RFC 5280 §4.1.1.2', { key: 'rsa', middle: true, certificates: ({ own, root, issue }) => [own, root, issue('middle', 'root', { outer: sequence(object('1.2.840.113549.1.1.11')) })] }],
];

/** The order of a SET OF in DER (X.690 §11.6). */
const sorted = (elements) => [...elements].sort((one, other) => Buffer.compare(one, other));

function tokenOf(changes) {
  const { info = {}, anchor, name, ...others } = changes;
  const parts = { ...plainToken(), authorities: given.self, ...others };
  const { attributes, certificates } = parts;
  parts.attributes = (all) => sorted(attributes(all));
  // Two certificates of a name stand as they are: which comes first is what is tried.
  if (!/^two-of-a-name/.test(name)) {
    parts.certificates = (made) => sorted(certificates?.(made) ?? [made.own, ...made.middle, ...(parts.root ? [made.root] : [])]);
  }
  parts.info = { ...parts.info, ...info };
  const made = makeToken(parts, DIGEST);
  return { token: base64(made.token), authorities: made.given };
}

const place = new URL('../../../ledger/timestamp/tests/golden/timestamp.json', import.meta.url);
const refusedOf = ([name, standard, changes]) => ({ name, standard, ...tokenOf({ ...changes, name }) });
if (process.argv[2] === '--add') {
  const kept = JSON.parse(readFileSync(place));
  const added = REFUSED.filter(([name]) => !kept.refused.some((one) => one.name === name));
  kept.refused.push(...added.map(refusedOf));
  writeFileSync(place, `${JSON.stringify(kept, null, 1)}\n`);
  process.stdout.write(`added: ${added.map(([name]) => name).join(' ') || 'none'}\n`);
  process.exit(0);
}

const shapes = SHAPES.map(([name, about, changes]) => {
  const anchor = changes.anchor === undefined ? 'root' : changes.anchor;
  return { name, about, ...tokenOf({ ...changes, name }), authority: 'authority', anchor, time_ms: changes.info?.time === undefined ? 1795455900000 : 1795455900884, serial: '0a11' };
});
const refused = REFUSED.map(refusedOf);

/** Files of authorities: how many anchors there are in each, and which of its blocks are passed over. */
function files() {
  let root;
  makeToken({ ...plainToken(), authorities: (made) => { root = made; return ''; } }, DIGEST);
  const { root: whole, issue } = root;
  const text = pem(whole);
  const trusted = (...settings) => pem(concat(whole, sequence(...settings)), 'TRUSTED CERTIFICATE');
  const broken = text.replace('MII', 'M*I');
  const bad = issue('bad', 'bad', { extensions: [...CA, extension('1.2.3.4', true, sequence())] });
  const many = Array.from({ length: 144 }, (_, at) => pem(issue(`root ${at}`, 'root'))).join('\n');
  return [
    ['pem', text, 1, []], ['twice', text + text, 1, []], ['text-around', `Certificate:\n    Data:\n        Version: 3 (0x2)\n${text}---\nServer certificate\n${text}-----\n`, 1, []],
    ['windows', `\ufeffsubject=root\r\n${text.replace(/\n/g, '\r\n')}`, 1, []], ['old-label', pem(whole, 'X509 CERTIFICATE'), 1, []], ['old-mac', text.replace(/\n/g, '\r'), 1, []],
    ['trusted', trusted(sequence(object(TIME_STAMPING))), 1, []], ['trusted-for-all', trusted(der(0x0c, utf8('root'))), 1, []], ['trusted-for-servers', trusted(sequence(object('1.3.6.1.5.5.7.3.1'))), 0, [1]], ['rejected', trusted(der(0xa0, object(TIME_STAMPING))), 0, [1]],
    ['one-bad', broken + text + pem(bad), 1, [1, 3]], ['key-beside', pem(whole, 'PRIVATE KEY') + text, 1, [1]], ['cut', text + text.slice(0, -40), 1, [2]], ['wrong-end', text.replace('END CERTIFICATE', 'END X') + text, 1, [1]], ['left-over', pem(concat(whole, [5, 0])) + text, 1, [1]],
    ['system', many, 144, []], ['too-many', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'.repeat(513), 0, []], ['nothing', 'hello\n', 0, []], ['empty', '', 0, []], ['key-alone', pem(whole, 'PRIVATE KEY'), 0, [1]],
    ['der', whole, 1, []], ['der-and-more', concat(whole, [0]), 0, [1]],
  ].map(([name, value, anchors, passedOver]) => ({ name, file: base64(typeof value === 'string' ? utf8(value) : value), anchors, passed_over: passedOver }));
}

const vectors = { digest: hex(DIGEST), shapes, refused, files: files() };
writeFileSync(place, `${JSON.stringify(vectors, null, 1)}\n`);
process.stdout.write(`${shapes.length} shapes, ${refused.length} refused, ${vectors.files.length} files; ${createHash('sha256').update(JSON.stringify(vectors)).digest('hex').slice(0, 16)}\n`);
