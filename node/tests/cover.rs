//! Whether what leaves a node tells how many of its sealed entries are bids: exactly, and as a statistician would ask.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::print_stdout
)]

use biaozheng_ledger::ids::TimeMs;
use biaozheng_node::sealing::cover::Cover;
use biaozheng_seal::sealing::SizeClass;
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use zeroize::Zeroizing;

const SLOT_MS: u64 = 3_600_000;
const SLOT: u64 = 500_000;
const END: u64 = (SLOT + 1) * SLOT_MS;
const HOUR: u64 = 3_600_000;
/// For entries whose tokens do not end.
const NEVER: TimeMs = TimeMs::new(u64::MAX);
/// How often the node looks, milliseconds.
const STEP: u64 = 700;

/// What is in an entry: its content, which only this test can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Dummy,
    Bid(usize),
}

/// A bid, with how long before the slot's end it is given to the node.
#[derive(Clone, Copy, Debug)]
struct Bid {
    before: u64,
    class: SizeClass,
}

#[derive(Debug, Default)]
struct Played {
    /// What everybody sees: when an entry of which class came, milliseconds before the slot's end.
    seen: Vec<(u64, SizeClass)>,
    /// When each bid left, by its place in the input.
    left: Vec<Option<u64>>,
    beyond: usize,
    missed: usize,
}

/// One slot of one node, from the publication of its tender to its end.
fn play(secret: u64, published: u64, bids: &[Bid], tokens: usize) -> Played {
    let mut key = [7; 32];
    key[..8].copy_from_slice(&secret.to_be_bytes());
    let mut cover = Cover::new(Zeroizing::new(key), 1);
    let (mut played, mut tokens) = (Played { left: vec![None; bids.len()], ..Played::default() }, tokens);
    let mut order: Vec<usize> = (0..bids.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(bids[*place].before));
    let mut order = order.into_iter().peekable();
    let mut now = END - published;
    cover.watch([SLOT], SLOT_MS, TimeMs::new(now));
    while now < END {
        while let Some(place) = order.next_if(|place| END - bids[*place].before <= now) {
            if cover.hold(SLOT, bids[place].class, NEVER, (Content::Bid(place), bids[place].class)).is_err() {
                played.seen.push((END - now, bids[place].class));
                played.left[place] = Some(END - now);
                played.beyond += 1;
            }
        }
        let leaving = cover.leave(TimeMs::new(now), |slot, class| {
            assert_eq!(slot, SLOT);
            tokens = tokens.checked_sub(1)?;
            Some((Content::Dummy, class))
        });
        played.beyond += leaving.beyond;
        played.missed += leaving.missed;
        for (content, class) in leaving.entries {
            played.seen.push((END - now, class));
            if let Content::Bid(place) = content {
                played.left[place] = Some(END - now);
            }
        }
        now += STEP;
    }
    assert_eq!(cover.held(), 0);
    played
}

fn classes() -> Vec<SizeClass> {
    SizeClass::all().collect()
}

/// At most two bids of each class, none in the last minute: the cover has room for them.
fn some_bids(random: &mut StdRng, published: u64, most: usize) -> Vec<Bid> {
    let mut bids = Vec::new();
    for class in classes() {
        for _ in 0..random.gen_range(0..=2) {
            bids.push(Bid { before: random.gen_range(60_000..published), class });
        }
    }
    bids.shuffle(random);
    bids.truncate(most);
    bids
}

#[test]
fn with_any_bids_a_slot_looks_exactly_as_with_none() {
    let mut random = StdRng::seed_from_u64(1);
    let mut with_bids = 0;
    for secret in 0..150 {
        let published = random.gen_range(HOUR / 2..24 * HOUR);
        let bids = some_bids(&mut random, published, 8);
        let (with, without) = (play(secret, published, &bids, 1000), play(secret, published, &[], 1000));
        assert_eq!(with.seen, without.seen, "secret {secret}, {bids:?}");
        assert_eq!((with.beyond, with.missed), (0, 0));
        assert!(with.left.iter().all(Option::is_some), "every bid leaves");
        assert!(!without.seen.is_empty());
        with_bids += usize::from(!bids.is_empty());
    }
    assert!(with_bids > 100, "the comparison had bids");
}

#[test]
fn a_bid_waits_for_a_known_share_of_the_time_that_is_left() {
    let mut random = StdRng::seed_from_u64(2);
    for secret in 0..100 {
        let before = random.gen_range(12_000..48 * HOUR);
        let class = *classes().choose(&mut random).unwrap();
        let played = play(secret, before + STEP, &[Bid { before, class }], 100_000);
        let left = played.left[0].unwrap();
        assert!(left + 2 * STEP >= before * 4 / 9, "{before} ms before the end, gone {left} ms before it");
        assert!(left + STEP >= 5_000, "in time for a block");
    }
}

#[test]
fn more_bids_than_places_all_leave_in_time_and_are_counted() {
    let class = classes()[0];
    let bids = vec![Bid { before: 20_000, class }; 40];
    let played = play(3, HOUR, &bids, 1000);
    assert!(played.left.iter().flatten().count() == 40 && played.beyond >= 35, "{played:?}");
    let of_class = |played: &Played| played.seen.iter().filter(|(_, of)| *of == class).count();
    assert_eq!(of_class(&played), of_class(&play(3, HOUR, &[], 1000)) + played.beyond);
}

/// What an observer learns when bids exceed the moments: up to the moments that are left nothing, from then on how many
/// more they are. Who knows how long stretches are knows about how many moments are left, so then it has the number.
#[test]
fn beyond_the_moments_that_are_left_each_further_bid_shows_as_one_entry_more() {
    let class = classes()[0];
    let published = 25 * HOUR;
    let of_class = |played: &Played| played.seen.iter().filter(|(_, of)| *of == class).count();
    for (before, about) in
        [(10_000, 1..=2), (60_000, 6..=7), (600_000, 11..=12), (HOUR, 16..=17), (24 * HOUR, 24..=25)]
    {
        for secret in [5, 6] {
            let none = play(secret, published, &[], 100_000);
            let room = none.seen.iter().filter(|(at, of)| *of == class && *at <= before).count();
            assert!(about.contains(&room), "{room} moments in the last {before} ms");
            for bids in [1, room - 1, room, room + 1, room + 10] {
                let played = play(secret, published, &vec![Bid { before, class }; bids], 100_000);
                let more = of_class(&played) - of_class(&none);
                assert_eq!(more, bids.saturating_sub(room), "{bids} bids, {room} moments");
                assert_eq!(played.seen == none.seen, bids <= room, "{bids} bids, {room} moments");
                assert!(played.left.iter().all(Option::is_some));
            }
            println!("{before} ms before the end: {room} bids of a class are hidden, secret {secret}");
        }
    }
}

#[test]
fn without_tokens_nothing_is_hidden_and_every_bid_leaves_at_its_moment() {
    let class = classes()[1];
    let bids = [40 * 60_000, 30_000].map(|before| Bid { before, class });
    let (without, with) = (play(4, HOUR, &bids, 0), play(4, HOUR, &bids, 1000));
    assert!(without.missed > 40, "{without:?}");
    assert_eq!((without.seen.len(), without.beyond), (2, 0), "the moments were promised: they are kept");
    assert_eq!(without.left, with.left);
    assert!(without.left.iter().all(Option::is_some));
}

#[test]
fn an_entry_whose_token_ends_before_its_moment_is_not_held() {
    let class = classes()[0];
    let start = END - 24 * HOUR;
    let covered = || {
        let mut cover = Cover::new(Zeroizing::new([7; 32]), 1);
        cover.watch([SLOT], SLOT_MS, TimeMs::new(start));
        cover
    };
    let moment = covered().hold(SLOT, class, NEVER, "bid").unwrap();
    let mut cover = covered();
    assert_eq!(cover.hold(SLOT, class, moment, "bid"), Err("bid"), "at its moment the token is over");
    assert_eq!(cover.held(), 0);
    let end = TimeMs::new(moment.get() + 1);
    assert_eq!(cover.hold(SLOT, class, end, "bid"), Ok(moment));
    assert_eq!(cover.hold(SLOT, class, end, "second"), Err("second"), "the next moment is too late for it");
    assert_eq!(cover.hold(SLOT, class, NEVER, "third").map(|next| next > moment), Ok(true));

    let leaving = cover.leave(moment, |_, of| (of == class).then_some("dummy"));
    assert_eq!(leaving.entries.iter().filter(|entry| **entry == "bid").count(), 1);
    assert!(!leaving.entries.contains(&"third"));
    assert_eq!(leaving.beyond, 0);
}

type Statistic = fn(&[i128], &[i128]) -> i128;

/// Slots of one kind: how many bids each had, and how many entries were seen.
struct Sample {
    bids: Vec<i128>,
    seen: Vec<i128>,
}

impl Sample {
    /// n²·covariance, exactly.
    fn covariance(bids: &[i128], seen: &[i128]) -> i128 {
        let count = bids.len() as i128;
        let products: i128 = bids.iter().zip(seen).map(|(bids, seen)| bids * seen).sum();
        (count * products - bids.iter().sum::<i128>() * seen.iter().sum::<i128>()).abs()
    }

    /// Pearson's statistic of the table (few or many bids) × (number seen), times 10⁶ in whole numbers.
    fn chi_squared(bids: &[i128], seen: &[i128]) -> i128 {
        let mut table = std::collections::BTreeMap::<(bool, i128), i128>::new();
        for (bids, seen) in bids.iter().zip(seen) {
            *table.entry((*bids > 2, *seen)).or_default() += 1;
        }
        let total = bids.len() as i128;
        let sum = |fits: &dyn Fn(&(bool, i128)) -> bool| -> i128 {
            table.iter().filter(|(cell, _)| fits(cell)).map(|(_, count)| count).sum()
        };
        let mut statistic = 0;
        for value in seen.iter().collect::<std::collections::BTreeSet<_>>() {
            for many in [false, true] {
                let expected = sum(&|cell| cell.0 == many) * sum(&|cell| cell.1 == *value);
                let observed = table.get(&(many, *value)).copied().unwrap_or(0) * total;
                if expected > 0 {
                    statistic += (observed - expected).pow(2) * 1_000_000 / (expected * total);
                }
            }
        }
        statistic
    }

    /// Of 1,000 random pairings of the same numbers, how many are as far from independence, this one counted: out of 1,001.
    fn as_far(&self, statistic: Statistic) -> usize {
        let found = statistic(&self.bids, &self.seen);
        let (mut shuffled, mut random) = (self.bids.clone(), StdRng::seed_from_u64(4));
        let far = (0..1_000).filter(|_| {
            shuffled.shuffle(&mut random);
            statistic(&shuffled, &self.seen) >= found
        });
        far.count() + 1
    }
}

/// 800 slots whose tenders were published at random times, each with 0 to 6 bids, at a node with a secret of its own. An
/// operator who knows its own entries has taken them away: the number seen is one honest node's, up to each of the
/// moments `until`.
fn samples(until: [u64; 2], adds: bool) -> [Sample; 2] {
    let mut random = StdRng::seed_from_u64(3);
    let mut samples = until.map(|_| Sample { bids: Vec::new(), seen: Vec::new() });
    for secret in 10_000..10_800 {
        let published = random.gen_range(HOUR / 4..6 * HOUR);
        let most = random.gen_range(0..=6);
        let bids = some_bids(&mut random, published, most);
        let played = play(secret, published, if adds { &[] } else { &bids }, 1000);
        for (sample, until) in samples.iter_mut().zip(until) {
            let mut seen = played.seen.iter().filter(|(before, _)| *before >= until).count();
            if adds {
                seen += bids.iter().filter(|bid| bid.before >= until).count();
            }
            sample.bids.push(bids.len() as i128);
            sample.seen.push(seen as i128);
        }
    }
    samples
}

/// Permutation tests of independence, at the slot's end and ten minutes before it. Their power is shown on the scheme that
/// was there before: dummies that bids are added to.
#[test]
fn the_number_of_entries_seen_is_independent_of_the_number_of_bids() {
    let until = [0, 600_000];
    let samples = samples(until, false).into_iter().zip(samples(until, true)).zip(until);
    for ((covered, added), until) in samples {
        for statistic in [Sample::covariance as Statistic, Sample::chi_squared] {
            let (covered, added) = (covered.as_far(statistic), added.as_far(statistic));
            println!(
                "until {until} ms before the end: p = {covered}/1001 covered, {added}/1001 where bids add"
            );
            assert!(covered > 50, "p = {covered}/1001 until {until}");
            assert!(added == 1, "the test has no power: p = {added}/1001 until {until}");
        }
    }
}
