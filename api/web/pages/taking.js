// Takes what a visitor drops: sorts each file, keeps what it is, and says of each that nothing was found in it. One bad file stops
// no good one, and never changes what is said of a certificate.
import { tarSource, folderSource } from '../archive/source.js';
import { policyOfText } from '../verify/policy.js';
import { recordOfJson } from '../verify/record.js';
import { brought } from './anchored.js';
import { byId, plain } from './dom.js';
import { looksLikeBag } from './dropped.js';
import { documentOf, sortFile } from './evidence.js';
import { say } from './language.js';

const RECEIPTS_MAX = 16;
const FILES_AT_ONCE_MAX = 64;

const WHY = {
  no_code: ['图片里没有找到二维码（请对准、放大或换一张更清楚的）', 'no QR code was found in this picture (a sharper or closer one may help)'],
  no_picture: ['本浏览器打不开这张图片，没有从中取得二维码（请转为 PNG 或 JPEG）', 'this browser cannot open the picture, so no code was read (convert it to PNG or JPEG)'],
  large_picture: ['图片超过 32 MiB，没有读取', 'the picture has more than 32 MiB and was not read'],
  empty: ['文件是空的（0 字节）', 'the file is empty (0 bytes)'],
  locked: ['PDF 已加密，读不到其中所附的证书', 'the PDF is encrypted, so a certificate attached to it cannot be read'],
  broken: ['PDF 不完整或已损坏，读不到其中所附的证书', 'the PDF is cut off or damaged, so a certificate attached to it cannot be read'],
  odd_attachment: ['PDF 的附件读不出来（损坏、过大或压缩方式不支持）', 'what is attached to the PDF cannot be read (damaged, too large, or packed in another way)'],
  damaged_certificate: ['PDF 所附的证书已损坏', 'the certificate attached to the PDF is damaged'],
  private_key: ['这是私钥文件，本页不需要；请妥善保管，不要交给任何人', 'this is a private key, which this page does not need; keep it to yourself'],
  authorities: ['这份 PEM 证书读不出来，没有采用', 'this PEM certificate cannot be read and is not used'],
  envelope: ['这份记录信封读不出来', 'this record envelope cannot be read'],
  failed: ['读取失败', 'it could not be read'],
};

/** Why nothing was found in a file, for people. */
export const whyText = (one) => (one.why === 'failed' ? `${say(...WHY.failed)}：${plain(one.detail, 200)}` : say(...WHY[one.why]));

async function hashed(file) {
  const found = await documentOf(file, (bytes) => {
    byId('progress').textContent = `${say('正在计算摘要', 'hashing')} ${Math.floor((100 * bytes) / file.size)}%`;
  });
  byId('progress').textContent = '';
  return found;
}

/** A file in which nothing was found, with its digest where it can be read at all. */
const setAside = async (file, why, detail) => ({ name: file.name, why, detail, ...(await hashed(file).catch(() => ({}))) });

const isRecord = (bytes) => {
  try {
    return recordOfJson(bytes) !== null;
  } catch {
    return false;
  }
};

function takeArchive(name, source) {
  Object.assign(brought, { archive: { name, source, size: source.files.size }, certificate: null, certificateFrom: null, printed: null, envelope: null, documents: [], unread: [] });
}

/** Takes one thing and gives its kind and, of a code, the text, which is asked about after everything else was taken. */
async function takeOne(file) {
  const found = await sortFile(file);
  switch (found.kind) {
    case 'certificate': Object.assign(brought, { certificate: found.bytes, certificateFrom: file.name, printed: found.printed ?? null, archive: null }); break;
    case 'envelope':
      if (!isRecord(found.bytes)) return { kind: 'unread', aside: await setAside(file, 'envelope') };
      brought.envelope = found.bytes;
      break;
    case 'policy': Object.assign(brought, { policy: policyOfText(found.text), policyFrom: 'visitor', policies: null }); break;
    case 'policies': Object.assign(brought, { policy: null, policyFrom: null, policies: found.policies }); break;
    case 'authorities': Object.assign(brought, { authorities: found.authorities, passedOver: found.passedOver }); break;
    case 'archive': takeArchive(file.name, await tarSource(file)); break;
    case 'receipt': brought.receipts = [...brought.receipts, found.bytes].slice(-RECEIPTS_MAX); break;
    case 'unread': return { kind: 'unread', aside: await setAside(file, found.why) };
    case 'document': return { kind: 'document', document: await hashed(file) };
    default: break;
  }
  return found;
}

async function takeFolder(folder) {
  if (folder === null || folder.length === 0) return;
  if (!looksLikeBag(folder)) throw new Error(say('这个文件夹不是项目档案；请选档案自己的文件夹。', 'this folder is no archive; choose the archive’s own folder.'));
  takeArchive(say('文件夹', 'folder'), folderSource(folder));
}

/** Kinds of which one is judged at a time: of several, the last one given, which is said. */
const SINGLE = {
  certificate: ['证书', 'certificates'], envelope: ['记录信封', 'record envelopes'], archive: ['档案', 'archives'], code: ['二维码', 'QR codes'],
  policy: ['策略文件', 'policy files'],
};

function saidTwice(taken) {
  return Object.keys(SINGLE).flatMap((kind) => {
    const names = taken.filter((one) => one.kind === kind).map((one) => one.name);
    if (names.length < 2) return [];
    const last = plain(names[names.length - 1], 80);
    return [say(`您一次放入了 ${names.length} 份${SINGLE[kind][0]}；这里只用最后一份：${last}。其余请逐份放入。`, `You gave ${names.length} ${SINGLE[kind][1]} at once; only the last is used here: ${last}. Give the others one by one.`)];
  });
}

/** Takes files and a folder. `{code, warnings}`: the text of a QR code, or null, and what the visitor should know. */
export async function takeAll(files, folder) {
  const taken = [];
  const warnings = [];
  for (const file of files.slice(0, FILES_AT_ONCE_MAX)) {
    try {
      const found = await takeOne(file);
      const { kind } = found;
      taken.push({ ...found, name: file.name });
      if (kind === 'several') warnings.push(say(`${plain(file.name, 80)}：这份 PDF 里有不止一份证书，无法判断用哪一份。`, `${plain(file.name, 80)}: this PDF has more than one certificate attached.`));
    } catch (error) {
      taken.push({ kind: 'unread', aside: await setAside(file, 'failed', error.message), name: file.name });
    }
  }
  if (files.length > FILES_AT_ONCE_MAX) warnings.push(say(`一次最多 ${FILES_AT_ONCE_MAX} 个文件，其余没有读取；整个档案请选文件夹。`, `At most ${FILES_AT_ONCE_MAX} files at once, the rest was not read; choose the folder for a whole archive.`));
  await takeFolder(folder);
  // Documents given now take the place of those given before; what was set aside is said until the next files come.
  const documents = taken.filter((one) => one.kind === 'document').map((one) => one.document);
  if (documents.length > 0 && brought.archive === null) brought.documents = documents;
  brought.unread = taken.filter((one) => one.kind === 'unread').map((one) => one.aside);
  const codes = taken.filter((one) => one.kind === 'code');
  return { code: codes.length === 0 ? null : codes[codes.length - 1].text, warnings: [...warnings, ...saidTwice(taken)] };
}

/** The visitor's own word that a file set aside is the document to compare. */
export function compareAnyway(one) {
  brought.unread = brought.unread.filter((other) => other !== one);
  brought.documents.push(one);
}
