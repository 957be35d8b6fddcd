// @ts-check
// Bids sealed on the bidder's machine, byte for byte as `ledger/seal` does (`docs/sealing.md`).
export { BidIdentity, SealingGroup } from './sealing/layers.js';
export { openInner, openOuter, OpeningFailure } from './sealing/opening.js';
export { freshSeed, OpeningProof, seal, sealDummy, SealedEntry, sealWithdrawal } from './sealing/seal.js';
export { SealError, sizeClass } from './sealing/wire.js';
