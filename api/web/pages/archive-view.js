// The words of a judged archive, what it holds, and a table of everything that is wrong with it.
import { fingerprint } from '../verify/trust.js';
import { element, facts, plain, table } from './dom.js';
import { say } from './language.js';

const FINDINGS_SHOWN_MAX = 500;

const MEANINGS = {
  valid: ['档案与封存时一致：没有文件被删除、增加或改动，全部记录均在链上且一条不少。', 'The archive is as it was sealed: no file was deleted, added or changed, and these are all records of the project.'],
  not_anchored: ['各项自洽，但只用了档案自带的策略，任何人都能自造一份。请给出信任锚（策略文件、链编号或印刷的链指纹）。',
    'Everything agrees with itself, but only the archive’s own policy was used, and anybody can make up such an archive. Give a trust anchor: a policy file, the chain id, or the fingerprint in print.'],
  not_sealed: ['现有内容都成立，但没有封存记录说明这就是全部：末尾的记录可能缺失。', 'What is there holds, but no sealing record says that it is all: the last records could be missing.'],
  invalid: ['档案有下列问题，请勿采信。', 'The archive has the faults below. Do not rely on it.'],
};

export const archiveMeaning = (verdict) => say(...MEANINGS[verdict]);

const TITLES = {
  container: ['档案包', 'The package'], manifests: ['文件清单', 'Lists of the files'], certificates: ['每条记录的证书', 'Certificate of each record'],
  contents: ['目录与内容', 'Catalogue and contents'], seal: ['封存记录', 'The sealing record'],
};

const SENTENCES = {
  container: { passed: ['形式唯一，没有夹带。', 'It has its one form, and nothing hides in it.'], failed: ['有不该有的内容，或形式被改动。', 'It holds what it should not, or its form was changed.'] },
  manifests: {
    passed: ['每个文件都与两份清单（SHA-256、SM3）相符。', 'Every file is what both lists (SHA-256, SM3) say.'],
    failed: ['有文件被删除、增加或改动。', 'Files were deleted, added or changed.'],
  },
  certificates: {
    passed: ['每份证书逐步核验成立，同属一条链。', 'Every certificate holds by all of its steps, and all are of one chain.'],
    failed: ['有证书不成立。', 'A certificate does not hold.'],
  },
  contents: {
    passed: ['由证书重新生成的目录、完整性说明等与档案逐字节一致，每份文件都由记录登记。', 'Catalogue, completeness and the rest, made again from the certificates, are the same byte for byte; a record names every document.'],
    failed: ['有内容不是由这些记录得出的。', 'Something does not follow from these records.'],
    skipped: ['证书有缺失或不成立，未重新生成。', 'Not made again, since certificates are missing or do not hold.'],
  },
  seal: {
    passed: ['记录条数、历史、清单与缺件和链上的封存记录一致：一条不少。', 'Number of records, history, list and missing documents are those of the sealing record on the chain: none is left out.'],
    failed: ['与链上的封存记录不符。', 'It is not what the sealing record on the chain says.'],
    skipped: ['没有可用的封存记录。', 'There is no sealing record to hold it against.'],
  },
};

export function archiveStepWords({ step, outcome }) {
  const signs = { passed: ['✓', '成立', 'holds'], failed: ['✗', '不成立', 'fails'], skipped: ['–', '未核对', 'not checked'] };
  const [sign, zh, en] = signs[outcome];
  return { title: say(...TITLES[step]), sign: `${sign} ${say(zh, en)}`, sentence: say(...SENTENCES[step][outcome]) };
}

const KINDS = { missing: ['缺失', 'missing'], added: ['多出', 'added'], changed: ['改动', 'changed'], invalid: ['不符', 'invalid'] };

function findingsTable(findings) {
  const more = findings.length - FINDINGS_SHOWN_MAX;
  return [
    table(say(`问题清单（${findings.length}）`, `What is wrong (${findings.length})`), [
      [say('问题', 'Fault'), (one) => `✗ ${say(...KINDS[one.kind])}`], [say('文件', 'File'), (one) => element('span', { class: 'mono' }, plain(one.path, 200))],
      [say('步骤', 'Step'), (one) => say(...TITLES[one.step])], [say('技术原因', 'Technical reason'), (one) => element('span', { lang: 'en' }, plain(one.reason, 400))],
    ], findings.slice(0, FINDINGS_SHOWN_MAX), ''),
    more > 0 ? element('p', {}, say(`另有 ${more} 项未列出。`, `${more} more are not shown.`)) : null,
  ];
}

/** Findings first, then what the archive holds; facts are shown only where nothing is wrong. */
export function archiveFacts({ findings, contents, verdict }) {
  if (findings.length > 0) return findingsTable(findings);
  const missing = contents.missing.map((digest) => element('li', { class: 'mono' }, digest));
  return [
    facts([
      [say('项目编号', 'Project'), plain(contents.project)], [say('记录', 'Records'), String(contents.records)], [say('文件', 'Documents'), String(contents.documents)],
      [say('档案内文件总数', 'Files in all'), String(contents.files)],
      [say('封存', 'Sealed'), verdict === 'not_sealed' ? say('否', 'no') : say('✓ 是', '✓ yes')],
      [say('链指纹', 'Chain fingerprint'), element('strong', { class: 'mono' }, fingerprint(contents.chain))],
    ]),
    missing.length === 0 ? null : element('p', {}, say('档案如实列明的缺件（封存记录同样列明）：', 'Documents the archive states as missing, as its seal does:')),
    missing.length === 0 ? null : element('ul', {}, missing),
  ];
}
