// Stages of a project as people name them, and the five marks of its life.
import { say } from './language.js';

const STAGES = {
  registered: ['已登记', 'registered'], published: ['已公告，投标中', 'published, open for bids'], opened: ['已开标', 'opened'],
  evaluated: ['已评标', 'evaluated'], publicised: ['候选人公示', 'candidates publicised'], awarded: ['已定标', 'awarded'],
  contracted: ['已签合同', 'contracted'], supervised: ['已报监管', 'reported to the regulator'], failed: ['招标失败', 'failed'],
  terminated: ['已终止', 'terminated'], annulled: ['已认定无效', 'annulled'], archived: ['已归档', 'archived'],
  listed: ['挂牌中', 'listed'], listing_closed: ['挂牌截止', 'listing closed'], deal_confirmed: ['已成交', 'deal confirmed'],
  prequalifying: ['资格预审申请中', 'applications taken'], prequal_opened: ['资格预审已开启', 'applications opened'], prequalified: ['资格预审完成', 'prequalified'],
};

/** A stage this page does not know yet is shown as the node names it. */
export const stageText = (stage) => (Object.hasOwn(STAGES, stage) ? say(...STAGES[stage]) : String(stage));

const PUBLISHED = ['published', 'listed'];
const OPENED = ['opened', 'listing_closed'];
const EVALUATED = ['evaluated', 'publicised', 'awarded', 'contracted', 'supervised', 'deal_confirmed'];
const ENDED = ['failed', 'terminated', 'annulled'];

/** 公告→投标→开标→评标→归档: `[name, time in ms or null, done | current | ahead]`. */
export function marks(project) {
  const time = (...stages) => project.stages.find((one) => stages.includes(one.stage))?.time_ms ?? null;
  const [published, opened, evaluated, archived] = [time(...PUBLISHED), time(...OPENED), time(...EVALUATED), time('archived')];
  const bidding = published !== null && Number.isSafeInteger(project.deadline_ms) && project.deadline_ms > 0 ? project.deadline_ms : null;
  const all = [
    [say('公告', 'Notice'), published, published !== null],
    [say('投标截止', 'Bids until'), bidding, opened !== null || evaluated !== null],
    [say('开标', 'Opening'), opened, opened !== null],
    [say('评标', 'Evaluation'), evaluated, evaluated !== null],
    [say('归档', 'Archive'), archived, archived !== null],
  ];
  const current = ENDED.includes(project.stage) ? 4 : all.findIndex(([, , done]) => !done);
  return all.map(([name, at, done], index) => [name, at, done ? 'done' : index === current ? 'current' : 'ahead']);
}

export const markText = (state) => ({ done: say('✓ 已完成', '✓ done'), current: say('● 当前', '● now'), ahead: say('○ 未到', '○ ahead') })[state];

/** What people call a currency; none is given for a project without a rulebook yet. */
export const currencyText = (currency) => (['CNY', null, undefined].includes(currency) ? say('元', 'yuan') : String(currency).slice(0, 8));

/** Currencies of ISO 4217 without a minor unit. */
const WHOLE = ['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'PYG', 'UGX', 'XAF', 'XOF', 'XPF'];

/** Money in minor units (分), with two decimals where the currency has them; never through a floating point number. */
export function moneyText(minor, currency) {
  if (!Number.isSafeInteger(minor)) return '—';
  const decimals = WHOLE.includes(currency) ? 0 : 2;
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0');
  const split = digits.length - decimals;
  const whole = digits.slice(0, split).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${minor < 0 ? '-' : ''}${whole}${decimals === 0 ? '' : `.${digits.slice(split)}`}`;
}
