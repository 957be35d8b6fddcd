// Names of organisations beside their numbers, as the node's register has them. A number without a known name stays a number,
// and a name never stands without its number: two firms may have one name.
import { get, path } from './api.js';
import { plain } from './dom.js';

const LOOKED_UP_MAX = 100;
/** org → name, or null for one that the register has no name of. */
const names = new Map();

/** The whole register was read: who is not in it has no name, and nobody needs to be asked for. */
let isWhole = false;

/** Takes a list of participants, `isCut` where there are more than it holds. */
export function learn(participants) {
  for (const one of participants) names.set(one.org, one.name ?? null);
  isWhole = !participants.isCut;
}

/** Asks for those names that are not known yet; what cannot be asked now is asked the next time. */
export async function lookUpNames(orgs) {
  if (isWhole) return;
  const missing = [...new Set(orgs)].filter((one) => typeof one === 'string' && one !== '' && !names.has(one)).slice(0, LOOKED_UP_MAX);
  await Promise.all(missing.map(async (org) => {
    try {
      names.set(org, (await get(path('v1', 'participants', org))).name ?? null);
    } catch (error) {
      if (error.status === 404 || error.status === 400) names.set(org, null);
    }
  }));
}

export const nameOf = (org) => names.get(org) ?? null;

/** `福建…公司（9135…）`, or the number alone. */
export function orgText(org) {
  const name = nameOf(org);
  return name === null || name === org ? plain(org, 100) : `${plain(name, 100)}（${plain(org, 100)}）`;
}
