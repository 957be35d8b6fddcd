// Tokens that are whole and signed, and wrong or odd in what they say: each change is made before signing.
import { concat, utf8 } from '../../../api/web/verify/bytes.js';
import { CA, certificateFor, constraints, der, extension, integer, nameOf, object, pem, plainToken, pssAlgorithm, purposes, sequence, signatureAlgorithm, TIME_STAMPING, usage } from './authority.js';

const stray = certificateFor('stray', 'stray', { key: 'other', issuerKey: 'other', extensions: [] });
const TIMES = ['20261123174500.5Z', '20261123174500.001Z', '20261123174500.50Z', '20261123174500.Z', '20260229000000Z', '20240229235959Z', '20240229235960Z',
  '20261123174500', '202611231745Z', '20261323174500Z', '20261123244500Z', '19700101000000Z', '19691231235959Z', '99991231235959Z', '20261123174500+0800', '20261123174500.1234567890Z', '20261123174500,5Z',
  '20191231235959Z', '20200101000000Z', '20591231235959.9Z', '20600101000000.5Z', '20600101000001Z'];
const stated = (critical, name = '1.2.3.4.5') => extension(name, critical, sequence());
const MORE = [
  [der(0xa1, stated(false))], [der(0xa1, stated(true))], [der(0xa1, stated(false), stated(false))], [der(0xa1, stated(false), stated(false, '1.2.3.4.6'))], [der(2, [5]), der(0xa0, sequence()), der(0xa1, stated(false))], [der(0xa1, sequence(object('1.2.3'), der(1, [0]), der(4)))],
  [sequence(der(2, [1]), der(0x80, [1, 0xf4]), der(0x81, [100]))], [sequence()], [sequence(der(2, [0x80]))], [sequence(der(0x81, [1]), der(0x80, [1]))], [sequence(der(2, [0, 0xff, 1, 1, 1]))],
  [sequence(der(2, [1, 1, 1, 1, 1, 1]))], [der(1, [0xff])], [der(1, [0])], [der(1, [1])], [der(2, [0x12, 0x34])], [der(2, [0x80])], [der(2, [])], [der(0xa0, der(0xa4, sequence()))],
  [der(0xa1, sequence())], [der(2, [1]), sequence()], [sequence(der(2, [1])), der(1, [0xff]), der(2, [5]), der(0xa0, sequence())], [der(0x80, [1])], [new Uint8Array([5, 0])],
];
const SIGNER_EXTENSIONS = [
  [purposes(true, TIME_STAMPING)], [usage(true, 7, 0x80)], [usage(true, 7, 0x80), purposes(false, TIME_STAMPING)], [usage(true, 6, 0x40), purposes(true, TIME_STAMPING)],
  [usage(true, 5, 0x20), purposes(true, TIME_STAMPING)], [purposes(true, TIME_STAMPING, '1.3.6.1.5.5.7.3.1')], [purposes(true, '1.3.6.1.5.5.7.3.1')], [purposes(true, TIME_STAMPING), extension('1.2.3.4', true, [5, 0])],
  [purposes(true, TIME_STAMPING), extension('1.2.3.4', false, [5, 0])], [purposes(true, TIME_STAMPING), purposes(true, TIME_STAMPING)], [purposes(true, TIME_STAMPING), constraints()], [],
  [purposes(true, TIME_STAMPING), usage(true, 0, 0x80, 0x80)], [purposes(true, TIME_STAMPING), extension('2.5.29.30', false, sequence())], [purposes(true, TIME_STAMPING), constraints(der(1, [0]))], [purposes(true, TIME_STAMPING, TIME_STAMPING)],
];
const AUTHORITY_EXTENSIONS = [
  [], [constraints()], [constraints(der(1, [0xff]))], [constraints(der(1, [0xff]), der(2, [0]))], [constraints(der(1, [0xff]), der(2, [1])), usage(true, 2, 4)], [constraints(der(1, [0xff])), usage(true, 7, 0x80)],
  [constraints(der(1, [0xff])), extension('2.5.29.30', true, sequence())], [constraints(der(1, [0xff])), extension('2.5.29.30', false, sequence())], [constraints(der(1, [0xff])), extension('1.2.3.4', true, sequence())],
  [constraints(der(1, [0xff])), purposes(true, '1.3.6.1.5.5.7.3.1')], [constraints(der(1, [0xff])), purposes(false, '1.3.6.1.5.5.7.3.1', TIME_STAMPING)], [constraints(der(1, [0xff])), purposes(true, '2.5.29.37.0')], [constraints(der(1, [0]))], [constraints(der(1, [0xff]), der(2, [0, 0xff]))],
];

/** Certificates of a token whose root is signed by an older one, and of several names that stand twice. */
const SETS = [
  ({ own, middle, root, issue }) => [issue('root', 'old'), ...middle, own], ({ own, middle, root, issue }) => [own, root, ...middle, issue('root', 'old')],
  ({ own, middle, root, issue }) => [own, ...middle, root, issue('root', 'old'), issue('old', 'old')], ({ own, middle, issue }) => [issue('middle', 'root', { key: 'other' }), own, ...middle],
  ({ own, middle, issue }) => [own, ...middle, issue('middle', 'root', { key: 'other' })], ({ own, issue }) => [own, issue('middle', 'root', { key: 'other' })],
  ({ own, middle, root, issue }) => [issue('root', 'root', { until: '250101000000Z' }), own, ...middle, root], ({ own, middle, issue }) => [issue('root', 'root', { until: '250101000000Z' }), own, ...middle],
  ({ own, middle, issue }) => [own, ...middle, issue('root', 'old'), issue('old', 'root')], ({ own, middle, issue }) => [own, ...middle, issue('root', 'old'), issue('old', 'older'), issue('older', 'oldest'), issue('oldest', 'old', { key: 'other' })],
  ({ own, middle, issue }) => [own, ...middle, ...Array.from({ length: 9 }, (_, at) => issue('root', 'root', { key: 'other', serial: [at + 1] }))],
  ({ own, middle, issue }) => [own, ...middle, issue('root', 'root', { extensions: [constraints(der(1, [0xff]), der(2, [0]))] })],
  ({ own, middle, issue }) => [own, ...middle, issue('root', 'root', { subject: nameOf('ROOT', 0x13), issuerName: nameOf(' root ', 0x16) })],
  ({ own, middle, issue }) => [own, ...middle, issue('root', 'root', { subject: nameOf('root', 0x14) })],
  ({ own, middle, issue }) => [own, ...middle, issue('root', 'root', { issuerKey: 'other' })],
  ({ own, middle }) => [own, ...middle, der(0xa1, sequence())],
];
const GIVEN = [
  ({ root }) => pem(root), ({ issue }) => pem(issue('old', 'old')), ({ issue }) => pem(issue('root', 'old')), ({ middle, root }) => pem(middle[0] ?? root),
  ({ issue }) => pem(issue('root', 'root', { serial: [9] })), ({ issue }) => pem(issue('root', 'root', { key: 'other' })), ({ issue, root }) => pem(issue('root', 'root', { key: 'other' })) + pem(root),
  ({ issue }) => pem(issue('root', 'root', { subject: nameOf('Root', 0x13) })), ({ issue }) => pem(issue('root', 'root', { until: '250101000000Z' })), ({ issue }) => pem(issue('root', 'root', { extensions: [constraints()] })),
  ({ issue }) => pem(issue('authority', 'stranger', { issuerKey: 'other' })), ({ issue, root }) => pem(issue('root', 'root', { extensions: [...CA, extension('1.2.3.4', true, sequence())] })) + pem(root),
  ({ root }) => `\ufeffsubject=root\r\n${pem(root).replace(/\n/g, '\r\n')}and more\r\n`, ({ root }) => pem(root, 'X509 CERTIFICATE'), ({ root }) => pem(root, 'PRIVATE KEY') + pem(root), ({ root }) => pem(root, 'PRIVATE KEY'),
  ({ root }) => pem(root, 'TRUSTED CERTIFICATE'), ({ root }) => pem(Buffer.concat([root, sequence(sequence(object(TIME_STAMPING)))]), 'TRUSTED CERTIFICATE'), ({ root }) => pem(Buffer.concat([root, sequence(sequence(object('1.3.6.1.5.5.7.3.1')))]), 'TRUSTED CERTIFICATE'),
  ({ root }) => pem(Buffer.concat([root, sequence(der(0xa0, object(TIME_STAMPING)), der(0x0c, [0x61]))]), 'TRUSTED CERTIFICATE'), ({ root }) => pem(Buffer.concat([root, sequence()])), ({ root }) => pem(root).slice(0, -40) + pem(root), ({ root }) => pem(root).replace('AAA', 'A A') + pem(root).replace(/[A-Z]/, '*'),
  ({ root }) => pem(root).repeat(600), ({ root }) => pem(root).repeat(3),
];

const CHANGES = [
  (parts, random) => { parts.middle = random.chance(60); parts.certificates = random.pick(SETS); if (random.chance(70)) parts.authorities = random.pick(GIVEN); },
  (parts, random) => { parts.middle = random.chance(60); parts.authorities = random.pick(GIVEN); },
  (parts, random) => { parts.key = random.pick(['p384', 'p521', 'k256']); parts.hash = random.pick(['sha256', 'sha384', 'sha512', 'sha1']); parts.certificateHash = random.pick(['sha384', 'sha512', 'sha512', 'sha256']); },
  (parts, random) => { parts.key = random.pick(['pss', 'psskey', 'anypss']); if (parts.key !== 'psskey') parts.hash = random.pick(['sha256', 'sha384', 'sha512', 'sha1']); parts.middle = random.chance(30); },
  (parts, random) => {
    parts.key = random.pick(['pss', 'pss', 'anypss', 'psskey']); parts.salt = parts.key === 'psskey' ? 32 : random.pick([0, 20, 32, 33, 64]);
    parts.algorithm = random.pick([pssAlgorithm('sha256', { salt: parts.salt }), pssAlgorithm('sha256', { salt: 20 }), pssAlgorithm('sha256', { salt: parts.salt, mask: 'sha1' }), pssAlgorithm('sha256', { salt: parts.salt, trailer: [der(0xa3, integer(random.pick([1, 2])))] }),
      sequence(object('1.2.840.113549.1.1.10'), sequence()), sequence(object('1.2.840.113549.1.1.10')), sequence(object('1.2.840.113549.1.1.10'), [5, 0]), signatureAlgorithm('rsa', 'sha256'), pssAlgorithm('sha384', { salt: parts.salt })]);
  },
  (parts, random) => { parts.references = random.pick([['v1'], ['v1', 'v2'], ['v2', 'v1'], []]); parts.referenceSerial = random.pick([null, {}, {}, { serial: [8] }, { issuer: 'stray' }, { issuer: 'ROOT' }]); },
  (parts, random) => { parts.by = 'key'; parts.certificates = random.pick([({ own, issue }) => [issue('authority', 'root', { serial: [6] }), own], ({ own, issue }) => [own, issue('authority', 'root', { serial: [8] })]]); },
  (parts, random) => { parts.key = random.pick(['p256', 'rsa', 'rsa3072', 'short', 'p384']); },
  (parts, random) => { parts.key = random.pick(['p256', 'rsa']); parts.hash = random.pick(['sha256', 'sha384', 'sha512', 'sha1']); },
  (parts, random) => { parts.certificateHash = random.pick(['sha384', 'sha512', 'sha1']); parts.middle = random.chance(50); parts.root = random.chance(50); },
  (parts, random) => { parts.key = 'rsa'; parts.rsaPlain = true; parts.hash = random.pick(['sha256', 'sha512']); },
  (parts) => { parts.parameters = true; },
  (parts) => { parts.imprintParameters = false; },
  (parts) => { parts.by = 'key'; },
  (parts, random) => { parts.signerVersion = random.pick([[0], [1], [2], [3]]); },
  (parts, random) => { parts.version = random.pick([[1], [3], [0, 3], [5]]); },
  (parts, random) => { parts.middle = true; parts.root = random.chance(50); if (random.chance(70)) parts.middleExtensions = random.pick(AUTHORITY_EXTENSIONS); },
  (parts, random) => { parts.root = true; if (random.chance(70)) parts.rootExtensions = random.pick(AUTHORITY_EXTENSIONS); },
  (parts, random) => { parts.stampExtensions = random.pick(SIGNER_EXTENSIONS); },
  (parts, random) => { parts.signer = random.pick([{ until: '20250101000000Z' }, { from: '20300101000000Z' }, { from: '200101000000Z', until: '491231235959Z' }, { from: '500101000000Z' }, { version: [1] }, { version: [0] }, { version: [3] }, { issuerKey: 'other' }, { serial: [8] }, { until: '20261123174500Z' }, { until: '20261123174459Z' }]); },
  (parts, random) => { parts.extra = random.pick([[stray], [stray, stray], [new Uint8Array([5, 0])], [sequence()]]); },
  (parts, random) => { parts.certificates = random.pick([() => [], ({ own, root }) => [root, own], ({ own }) => [own, own], ({ root }) => [root], ({ own, root, middle }) => [root, ...middle, own]]); parts.middle = random.chance(50); },
  (parts, random) => { parts.info = { ...parts.info, time: random.pick(TIMES) }; },
  (parts, random) => { parts.info = { ...parts.info, more: random.pick(MORE) }; },
  (parts, random) => { parts.info = { ...parts.info, ...random.pick([{ version: [2] }, { version: [0, 1] }, { hash: 'sha512' }, { digest: new Uint8Array(32) }, { digest: new Uint8Array(0) }]) }; },
  (parts, random) => { parts[random.pick(['contentType', 'eContent'])] = '1.2.840.113549.1.7.1'; },
  (parts, random) => { parts.referenceHash = random.pick(['sha384', 'sha512', 'sha1']); },
  (parts, random) => {
    const own = (name, ...values) => sequence(object(name), der(0x31, ...values));
    const extra = random.pick([own('1.2.840.113549.1.9.5', der(0x17, utf8('261123174500Z'))), own('1.2.840.113549.1.9.16.2.12', sequence()), own('1.2.840.113549.1.9.16.2.12'), own('1.2.3.4'), own('1.2.3.4', sequence(), sequence())]);
    parts.attributes = random.pick([(all) => all.slice(1), (all) => all.slice(0, 2), (all) => [all[0], all[2]], (all) => [...all, extra], (all) => [...all, all[0]], (all) => [all[2], all[1], all[0]],
      (all) => [...all, ...Array.from({ length: random.pick([13, 14]) }, (_, at) => own(`1.2.3.${at}`))], (all) => [...all, new Uint8Array([5, 0])]]);
  },
  (parts) => { parts.signedDigest = new Uint8Array(32); },
  (parts, random) => { parts.signatureOf = random.pick([(value) => value.slice(1), (value) => concat(value, [0]), (value) => new Uint8Array(value.length), () => new Uint8Array(0)]); },
  (parts, random) => { parts.tail = [random.pick([der(0xa1, sequence(object('1.2.3.4'), der(0x31))), der(0xa1), new Uint8Array([5, 0])])]; },
  (parts) => { parts.afterCertificates = [der(0xa1, sequence())]; },
  (parts, random) => { parts.digests = random.pick([new Uint8Array(0), sequence(object('2.16.840.1.101.3.4.2.2')), sequence(object('2.16.840.1.101.3.4.2.1'), [5, 0])]); },
  (parts, random) => { parts.key = random.pick(['rsa', 'p256']); parts.algorithm = random.pick([sequence(object('1.2.840.113549.1.1.10')), sequence(object('1.2.840.10045.4.3.2')), sequence(object('1.2.840.113549.1.1.11')), sequence(object('1.2.840.113549.1.1.1'), [5, 0]), sequence(object('1.2.840.113549.1.1.1'), [5, 1, 0])]); },
];

/** Parts of a token with no, one or two changes. */
export function changedToken(random) {
  const parts = plainToken();
  const count = random.pick([0, 1, 1, 1, 2]);
  for (let done = 0; done < count; done += 1) random.pick(CHANGES)(parts, random);
  return parts;
}
