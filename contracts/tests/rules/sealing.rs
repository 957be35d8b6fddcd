//! Bids sealed to the chain's group.

use crate::table::*;
use crate::threshold::*;
use crate::world::*;

pub(crate) const ROWS: &[Row] = &[refused("sealing_signature_window", "sealed.proof_time", proof)];

/// A bidder opens itself only once the group's time is over. Here the moment too early is the one outside.
fn proof(book: &Book, outside: bool) -> (World, Draft) {
    // The chain with the group has this rulebook, with committees that need no draw.
    let mut made = tendered();
    let pinned = Book::of(&made.world.book);
    let parameter = "sealing_signature_window";
    assert_eq!(pinned.rules.text(parameter), book.rules.text(parameter));
    assert_eq!(pinned.rules.article(parameter), book.rules.article(parameter));
    let proof = made.bid("B1", 90_000_000, 1);
    made.world.now = book.due(parameter, made.world.deadline()) + u64::from(!outside);
    let body = json!({"place": 0, "proof": base64(&*proof.to_bytes())});
    let record = draft("sealed.proved/1", "B1", body).at(None);
    (made.world, record)
}
