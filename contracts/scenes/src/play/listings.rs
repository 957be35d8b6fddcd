//! Listings and an auction: numbers, offers, the deal, the contract.

use biaozheng_ledger::digest::Digest;
use serde_json::json;

use super::{report_to_supervision, with};
use crate::bodies::{self, Notice};
use crate::draft::draft;
use crate::registers::penalise;
use crate::setting::{day, key, project};
use crate::tender::contract;
use crate::world::World;

/// The year's holidays and worked weekend days, synthetic.
fn publish_calendar(world: &mut World) {
    let body = json!({
        "year": 2026, "version": 1,
        "holidays": ["2026-09-25", "2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"],
        "working_days": ["2026-09-20", "2026-10-10"], "source": "演示日历（合成）",
    });
    world.ok(draft("calendar.published/1", "CITY", body));
}

/// An ascending listing: two bidders under numbers, a hidden reserve, the deal, the contract.
fn listing(text: &str, asset: &'static str, bond: u64, viewed: bool, publicity_days: u64) -> World {
    let (mut world, rulebook) = with(text);
    if asset == "land_use_right" {
        publish_calendar(&mut world);
    }
    listed(
        world,
        rulebook,
        (asset, bond, viewed, publicity_days),
        [("N-1", "B1", 1), ("N-2", "B2", 2)].as_slice(),
    )
}

/// Each number offers one increment more; the last takes no part, where there are three.
fn listed(
    mut world: World,
    rulebook: Digest,
    (asset, bond, viewed, publicity_days): (&'static str, u64, bool, u64),
    numbers: &[(&str, &str, u8)],
) -> World {
    world.register();
    let (price, best) = (50_000_000_000, 50_100_000_000);
    let reserve = (asset != "equity").then_some((best, 8));
    let from_ms = world.now + 32 * day();
    let notice = Notice {
        rulebook,
        asset,
        start: price,
        increment: best - price,
        reserve,
        bond,
        viewing_ms: viewed.then(|| (from_ms - 4 * day(), from_ms - day())),
        from_ms,
        until_ms: from_ms + 16 * day(),
    };
    let id = project();
    world.terms = Some(world.step(draft("listing.published/1", "OWNER", notice.body(&id))));
    let mut bonds = Vec::new();
    for &(number, bidder, byte) in numbers {
        let paid = (bond > 0).then(|| {
            let body = bodies::bond_received(&id, bidder, bond, byte);
            world.ok(draft("bond.received/1", "EAST", body).at(world.terms))
        });
        let body = bodies::number_registered(&id, number, key(number).public(), bidder, byte, paid);
        world.ok(draft("listing.registered/1", "EAST", body).also(number).at(world.terms));
        bonds.extend(paid.map(|paid| (paid, bidder, byte)));
    }
    world.now = world.now.max(from_ms);
    let sums = [price, best, 2 * best - price];
    for ((number, ..), sum) in numbers.iter().zip(sums) {
        world.ok(draft("listing.offered/1", number, bodies::offered("1", sum)).at(world.terms));
    }
    world.now = world.now.max(world.deadline());
    let closed = bodies::listing_closed(numbers, reserve, Some(("N-2", "B2", best)));
    world.step(draft("listing.closed/1", "EAST", closed));
    world.step(draft("deal.confirmed/1", "EAST", bodies::deal_confirmed("1", best)).also("B2"));
    world.step(draft("result.publicised/1", "EAST", bodies::result_publicised("B2", best)));
    world.now += publicity_days * day();
    world.step(contract(best, 0).also("B2"));
    for (paid, bidder, byte) in bonds {
        let body = bodies::bond_refunded(paid, bidder, bond, byte);
        world.ok(draft("bond.refunded/1", "EAST", body).at(Some(paid)));
    }
    report_to_supervision(&mut world);
    world
}

pub fn land() -> World {
    listing(bodies::LAND, "land_use_right", 10_000_000_000, false, 0)
}

pub fn mining() -> World {
    listing(bodies::MINING, "mining_right", 0, false, 22)
}

pub fn assets() -> World {
    listing(bodies::ASSETS, "equity", 15_000_000_000, false, 12)
}

/// The highest offer is of one whose penalty still holds at the closing: it takes no part. One whose penalty has expired
/// does.
pub fn auction() -> World {
    let (mut world, rulebook) = with(bodies::AUCTION);
    let now = world.now;
    penalise(&mut world, "B5", now - 10 * day(), now + day());
    penalise(&mut world, "B6", now - 10 * day(), now + 10_000 * day());
    let numbers = [("N-1", "B5", 5), ("N-2", "B2", 2), ("N-3", "B6", 6)];
    listed(world, rulebook, ("goods", 0, true, 0), &numbers)
}
