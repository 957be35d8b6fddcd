// @ts-check
// Client of a Biaozheng (标证) node. `./verify` verifies certificates without a node; `./sealing` seals bids.
export { Author, AuthorError, documentOf, documentOfBlob, Draft, SecretKey, SignedRecord } from './author.js';
export { Client, Submission } from './client.js';
export {
  AddressError, Busy, ClientError, Gone, NotFound, Pending, Problem, Refused, Unexpected, Unreachable,
} from './errors.js';
export { BlockStream } from './events.js';
