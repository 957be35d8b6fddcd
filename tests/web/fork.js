// One chain's checkpoints as a node could show them: one, a later one of the same history, and one of another history that
// the same keys signed.
import { hex } from '../../api/web/verify/bytes.js';
import { growth, make, plainParts } from './differential/chain.js';

const made = make(plainParts());
const other = make({ ...plainParts(), payload: { body: { number: 2 } } });
const stranger = make({ ...plainParts(), label: 'stranger' });
const [small, large] = [made.leavesOf(7), made.leavesOf(12)];

export const checkpoints = {
  policy: made.policy,
  first: made.noteOf(small).text,
  later: made.noteOf(large).text,
  /** RFC 9162 from the first to the later, hexadecimal as a node gives it. */
  path: growth(large, 7).map(hex),
  fork: other.noteOf(other.leavesOf(12)).text,
  forkPath: growth(other.leavesOf(12), 7).map(hex),
  /** The fork while it was smaller than what was kept, and once it has grown. */
  smallFork: other.noteOf(other.leavesOf(5)).text,
  sameSizeFork: other.noteOf(other.leavesOf(7)).text,
  /** Of the true history, but smaller than the first; with the path from it. */
  earlier: made.noteOf(made.leavesOf(5)).text,
  earlierPath: growth(small, 5).map(hex),
  /** The policy with a line that means nothing more: another text, the same keys. */
  otherPolicy: `# changed\n${made.policy}`,
  otherChain: { policy: stranger.policy, text: stranger.noteOf(stranger.leavesOf(7)).text },
};
