//! Prints what sealing costs on this machine: `cargo run --release -p biaozheng-seal --example costs --features
//! trusted-dealer`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stdout,
    clippy::disallowed_types
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use biaozheng_ledger_scenes::sealed::*;
use biaozheng_seal::group::{recover, sign_partial, verify_partial};
use biaozheng_seal::label::Label;
use biaozheng_seal::sealing::{OpenedEntry, SealedEntry, open_inner, open_outer, standing};

fn timed<T>(what: &str, times: u32, mut work: impl FnMut() -> T) {
    let start = Instant::now();
    for _ in 0..times {
        black_box(work());
    }
    println!("{what:<52} {:>9.3} ms", (start.elapsed() / times).as_secs_f64() * 1e3);
}

fn main() {
    let world = World::new();
    let label = Label::slot(&chain(), SLOT);
    let parts: Vec<_> = world.shares.iter().map(|share| sign_partial(share, &label).unwrap()).collect();
    println!("4 nodes, quorum 3; once for a slot or a tender:");
    timed("  partial signature", 200, || sign_partial(&world.shares[0], &label));
    timed("  check of one partial signature", 200, || verify_partial(&world.polynomial, &label, &parts[0]));
    timed("  recover from 3, checks included", 100, || recover(&world.polynomial, &label, &parts[..3]));
    println!("a bid of 1,000 bytes:");
    let one = bid("T-1", 1, 1, &[7; 1_000]);
    timed("  seal both layers", 200, || world.seal(1, &one, 9));
    let (entry, proof) = world.seal(1, &one, 9);
    let bytes = entry.to_bytes();
    timed("  decode the entry", 200, || SealedEntry::from_bytes(&bytes));
    let (slot, tender) = (world.slot_key(), world.tender_key("T-1"));
    timed("  open the outer layer", 200, || open_outer(&world.group, &slot, &entry));
    let Ok(OpenedEntry::Bid(sealed)) = open_outer(&world.group, &slot, &entry) else { return };
    timed("  open the inner layer", 200, || open_inner(&world.group, &tender, &sealed));
    timed("  verify the bidder's proof", 100, || proof.verify(&world.group, &entry));
    println!("1,000 bids, one core:");
    let many = 1_000_u32;
    let sealing = Instant::now();
    let entries: Vec<_> = (0..many).map(|n| world.seal(1, &bid("T-1", 1, n, &[7; 1_000]), 9).0).collect();
    report("  seal", sealing.elapsed());
    let opening = Instant::now();
    let opened: Vec<_> =
        entries.into_iter().map(|entry| (entry.clone(), open_outer(&world.group, &slot, &entry))).collect();
    report("  open outer layers", opening.elapsed());
    let inner = Instant::now();
    for (_, opened) in &opened {
        if let Ok(OpenedEntry::Bid(sealed)) = opened {
            black_box(open_inner(&world.group, &tender, sealed)).unwrap();
        }
    }
    report("  open inner layers", inner.elapsed());
    let sorting = Instant::now();
    black_box(standing(&opened, |_| true));
    report("  sort replaced ones out", sorting.elapsed());
}

fn report(what: &str, elapsed: Duration) {
    println!("{what:<52} {:>9.0} ms", elapsed.as_secs_f64() * 1e3);
}
