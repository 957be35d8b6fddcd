// `catalogue.json` and `completeness.json`: the list an archivist reads, and what is missing from it.
import { endingOf, isNeeded, itemOf, needed, STAGES } from './items.js';

const BEIJING_AHEAD_MS = 8 * 3_600_000;

/** `2026-09-21 22:13:20`, in Beijing time. */
export function beijing(ms) {
  const seconds = Math.floor((ms + BEIJING_AHEAD_MS) / 1000);
  const [days, second] = [Math.floor(seconds / 86_400), seconds % 86_400];
  const shifted = days + 719_468;
  const [era, day] = [Math.floor(shifted / 146_097), shifted % 146_097];
  const yearOfEra = Math.floor((day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365);
  const dayOfYear = day - (yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((dayOfYear * 5 + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const two = (number) => String(number).padStart(2, '0');
  const date = `${String(era * 400 + yearOfEra + (month <= 2 ? 1 : 0)).padStart(4, '0')}-${two(month)}-${two(dayOfYear - Math.floor((fromMarch * 153 + 2) / 5) + 1)}`;
  return `${date} ${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
}

const endingOfRecords = (records) => endingOf(records.map((one) => one.name));

/** `places`: path by digest; `facts`: `{sm3, size}` by digest. */
export function catalogue({ project, records }, facts, places) {
  const ending = endingOfRecords(records);
  const document = (one) => {
    const [found, path] = [facts.get(one.digest), places.get(one.digest)];
    return {
      name: one.name, media_type: one.media_type, digest: one.digest, ...(found === undefined ? {} : { sm3: `sm3:${found.sm3}` }),
      size: one.size, required: true, ...(path === undefined ? {} : { path }),
    };
  };
  const items = records.map((one, index) => {
    const item = itemOf(one.name);
    const [stageZh, stageEn] = STAGES[item.stage];
    const { height, time_ms: time } = one.certificate.block;
    return {
      number: index + 1, stage: item.stage, stage_zh: stageZh, stage_en: stageEn, title_zh: item.titleZh, title_en: item.titleEn,
      type: one.payload?.type ?? '', responsible: one.payload?.author.org ?? '', date: beijing(time), height, record: one.id,
      certificate: `data/certificates/${one.id.slice(7)}.json`, required: isNeeded(item, ending), documents: one.documents.map(document),
    };
  });
  return { format: 'biaozheng-catalogue/1', project, ending, items };
}

export function completeness({ records, context }, facts) {
  const ending = endingOfRecords(records);
  const has = new Set(records.map((one) => one.name));
  const missingRecords = needed(ending).filter((item) => !has.has(item.name))
    .map((item) => ({ type: item.name, title_zh: item.titleZh, title_en: item.titleEn }));
  const all = [...records, ...context].flatMap((one) =>
    one.documents.map((document) => ({ record: one.id, name: document.name, digest: document.digest, size: document.size })));
  const missingDocuments = all.filter((one) => !facts.has(one.digest));
  const sizes = all.filter((one) => facts.has(one.digest) && facts.get(one.digest).size !== one.size);
  const without = records.filter((one) => itemOf(one.name).withDocument && one.documents.length === 0).map((one) => one.id);
  const complete = [missingRecords, missingDocuments, sizes, without].every((list) => list.length === 0);
  return {
    format: 'biaozheng-completeness/1', ending, complete, missing_records: missingRecords, missing_documents: missingDocuments,
    sizes_that_differ: sizes, records_without_document: without,
  };
}
