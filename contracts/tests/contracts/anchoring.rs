//! A district's chain on the city's: registered, anchored as it grows, split, retired; every refusal is met.

use biaozheng_contracts::CODES_ANCHORING;
use biaozheng_ledger::evidence::{Conflict, NodeHash};
use biaozheng_ledger::ids::TimeMs;
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::policy_history::{Dating, PolicyHistory};
use biaozheng_ledger_scenes::chain::SmallChain;
use biaozheng_scenes::draft::{Draft, draft};
use biaozheng_scenes::refusals::{forget, unmet};
use biaozheng_scenes::setting::{chain, day, key};
use biaozheng_scenes::world::World;
use serde_json::{Value, json};

fn registered(child: &SmallChain) -> Draft {
    let body = json!({
        "chain": child.id().to_string(), "title": "东区交易中心", "policy": child.policy.to_string(),
        "genesis_remainder": child.genesis.remainder().to_string(),
    });
    draft("chain.registered/1", "CITY", body)
}

fn retired(child: &SmallChain, successor: Option<&SmallChain>) -> Draft {
    let body = json!({
        "chain": child.id().to_string(), "successor": successor.map(|one| one.id().to_string()),
        "reason": "换届，密钥更换",
    });
    draft("chain.retired/1", "CITY", body)
}

fn hashes(path: &[[u8; 32]]) -> Vec<NodeHash> {
    path.iter().copied().map(NodeHash::new).collect()
}

fn anchored(child: &SmallChain, note: &SignedNote, path: &[[u8; 32]]) -> Draft {
    let body =
        json!({"chain": child.id().to_string(), "checkpoint": note.to_string(), "consistency": hashes(path)});
    draft("checkpoint.anchored/1", "EAST", body)
}

fn shown(child: &SmallChain, conflict: &Conflict) -> Draft {
    draft("chain.split_shown/1", "B1", json!({"chain": child.id().to_string(), "conflict": conflict}))
}

/// A chain of the same genesis whose records from the third on are others.
fn forked() -> (SmallChain, SmallChain) {
    let (mut first, mut second) = (SmallChain::new("district"), SmallChain::new("district"));
    let other = SmallChain::new("other");
    first.append(other.records[0].0.clone(), 8, 0);
    second.append(other.records[1].0.clone(), 8, 0);
    (first, second)
}

fn a_chain_is_registered_and_grows() {
    let mut world = World::new();
    let mut child = SmallChain::new("district");
    let (four, five) = (child.signed(4, &[0, 1, 2]), child.signed(5, &[1, 2, 3]));
    world.refused(anchored(&child, &four, &[]), "chain.unknown");
    world.ok(registered(&child));
    world.refused(registered(&child), "chain.exists");
    assert_eq!(biaozheng_contracts::chain::view::chains(&world.state, None, 10).unwrap().len(), 1);

    let first = world.ok(anchored(&child, &four, &[]));
    let path = child.consistency(4, 5);
    world.refused(anchored(&child, &five, &[]), "anchor.consistency");
    world.refused(anchored(&child, &five, &child.consistency(3, 5)), "anchor.consistency");
    world.refused(anchored(&child, &four, &[]), "anchor.size");
    world.refused(anchored(&child, &child.signed(3, &[0, 1, 2]), &[]), "anchor.size");
    world.ok(anchored(&child, &five, &path));
    child.append(SmallChain::new("x").records[0].0.clone(), 8, 0);
    world.ok(anchored(&child, &child.signed(8, &[0, 1, 2, 3]), &child.consistency(5, 8)));

    let seen = biaozheng_contracts::chain::view::chain(&world.state, &child.id()).unwrap().unwrap();
    assert_eq!((&seen["newest"]["size"], &seen["count"]), (&json!(8), &json!(3)));
    let sizes = |from: u64| -> Vec<u64> {
        let rows =
            biaozheng_contracts::chain::view::checkpoints(&world.state, &child.id(), from, 10).unwrap();
        rows.iter()
            .inspect(|(size, row)| assert_eq!(row["size"], json!(size)))
            .map(|(_, row)| row["size"].as_u64().unwrap())
            .collect()
    };
    assert_eq!(
        (sizes(0), sizes(4), sizes(5), sizes(6), sizes(9)),
        (vec![4, 5, 8], vec![4, 5, 8], vec![5, 8], vec![8], vec![])
    );
    let rows = biaozheng_contracts::chain::view::checkpoints(&world.state, &child.id(), 1, 1).unwrap();
    assert_eq!(rows[0].1["record"], json!(first));
}

fn a_checkpoint_needs_its_own_quorum_and_a_centre() {
    let mut world = World::new();
    let (child, other) = (SmallChain::new("district"), SmallChain::new("other"));
    world.ok(registered(&child));
    world.ok(registered(&other));
    let good = child.signed(4, &[0, 1, 2]);
    world.fine(anchored(&child, &good, &[]));
    world.refused(anchored(&child, &good, &child.consistency(3, 4)), "anchor.consistency");
    world.refused(anchored(&child, &child.signed(4, &[0, 1]), &[]), "anchor.checkpoint");
    world.refused(anchored(&child, &other.signed(4, &[0, 1, 2]), &[]), "anchor.checkpoint");
    world.refused(anchored(&other, &good, &[]), "anchor.checkpoint");
    let mut foreign = good.clone();
    foreign.signatures.push(other.cosignature(3, &good.text, 1));
    world.refused(anchored(&child, &foreign, &[]), "anchor.checkpoint");
    let mut unsigned = good.clone();
    unsigned.signatures.remove(0);
    world.refused(anchored(&child, &unsigned, &[]), "anchor.checkpoint");
    let mut body = anchored(&child, &good, &[]).body;
    body["checkpoint"] = json!(format!("{}{}", good, "x".repeat(17 * 1024)));
    world.refused(draft("checkpoint.anchored/1", "EAST", body), "anchor.checkpoint");
    for name in ["OWNER", "REG", "B1"] {
        world.refused(
            draft("checkpoint.anchored/1", name, anchored(&child, &good, &[]).body),
            "participant.role",
        );
    }
    world.fine(draft("checkpoint.anchored/1", "CITY", anchored(&child, &good, &[]).body));
    for (purpose, served) in [("session", true), ("seal", false)] {
        let mut world = world.clone();
        let body = json!({"org": "EAST", "key": key("machine").public(), "purposes": [purpose]});
        let mut added = draft("participant.key_added/1", "EAST", body);
        added.by.push(("EAST".into(), key("machine")));
        world.ok(added);
        let by_machine = anchored(&child, &good, &[]).with_key(key("machine"));
        if served { world.fine(by_machine) } else { drop(world.refused(by_machine, "key.purpose")) }
    }
    let mut more = anchored(&child, &good, &[]).body;
    more["surprise"] = json!(1);
    world.refused(draft("checkpoint.anchored/1", "EAST", more), "record.body");
}

fn a_registration_is_what_the_chain_id_commits_to() {
    let world = World::new();
    let (child, other) = (SmallChain::new("district"), SmallChain::new("other"));
    let with = |field: &str, value: Value| {
        let mut body = registered(&child).body;
        body[field] = value;
        draft("chain.registered/1", "CITY", body)
    };
    world.fine(registered(&child));
    let weak = child.policy.to_string().replace("group quorum-group 3", "group quorum-group 1");
    for (field, value) in [
        ("policy", json!(weak)),
        ("policy", json!(other.policy.to_string())),
        ("policy", json!(format!("# ours\n{}", child.policy))),
        ("policy", json!("")),
        ("genesis_remainder", json!(other.genesis.remainder().to_string())),
        ("genesis_remainder", json!("none")),
        ("chain", json!(other.id().to_string())),
    ] {
        world.refused(with(field, value), "chain.form");
    }
    world.refused(with("chain", json!(chain().to_string())), "chain.own");
    world.refused(with("title", json!("")), "record.text");
    for name in ["EAST", "REG", "OWNER"] {
        world.refused(draft("chain.registered/1", name, registered(&child).body), "participant.role");
    }
}

fn a_split_is_refused_named_and_kept() {
    let mut world = World::new();
    let (first, second) = forked();
    world.ok(registered(&first));
    let (one, two) = (first.signed(8, &[0, 1, 2]), second.signed(8, &[1, 2, 3]));
    let kept = world.ok(anchored(&first, &one, &[]));
    let refused = world.refused(anchored(&first, &two, &[]), "anchor.split");
    assert!(refused.value.as_ref().unwrap().contains(&kept.to_string()), "{refused}");

    let conflict = Conflict::of_one_size(&one, &two);
    let lone = Conflict::of_one_size(&one, &second.signed(8, &[1, 2]));
    world.refused(shown(&first, &lone), "split.unproven");
    world.refused(shown(&first, &Conflict::of_one_size(&one, &one)), "split.unproven");
    world
        .refused(shown(&first, &Conflict::of_one_size(&one, &first.signed(7, &[0, 1, 2]))), "split.unproven");
    let long = Conflict { first: "x".repeat(17 * 1024), ..conflict.clone() };
    world.refused(shown(&first, &long), "split.unproven");
    world.refused(shown(&SmallChain::new("other"), &conflict), "chain.unknown");

    // Two sizes: seven leaves of one and eight of the other, whose own beginning has another root.
    let mut longer = forked().1;
    longer.append(first.records[0].0.clone(), 9, 0);
    let (small, large) = (first.signed(8, &[0, 1, 2]), longer.signed(9, &[0, 1, 2]));
    let sized = |root, path: &[[u8; 32]]| Conflict::with_path(&small, &large, root, path);
    let path = longer.consistency(8, 9);
    world.fine(shown(&first, &sized(longer.root(8), &path)));
    world.refused(shown(&first, &sized(first.root(8), &path)), "split.unproven");
    world.refused(shown(&first, &sized(longer.root(7), &path)), "split.unproven");

    let evidence = world.ok(shown(&first, &conflict));
    let seen = biaozheng_contracts::chain::view::chain(&world.state, &first.id()).unwrap().unwrap();
    assert_eq!(seen["split"], json!(evidence));
    world.refused(shown(&first, &conflict), "chain.split");
    let mut grown = forked().0;
    grown.append(first.records[0].0.clone(), 9, 0);
    let refused = world
        .refused(anchored(&first, &grown.signed(9, &[0, 1, 2]), &grown.consistency(8, 9)), "chain.split");
    assert!(refused.value.unwrap().contains(&evidence.to_string()));
}

fn a_retired_chain_is_followed_by_another() {
    let mut world = World::new();
    let (old, new) = (SmallChain::new("district"), SmallChain::new("district-second"));
    assert_eq!(biaozheng_contracts::chain::view::policies(&world.state).unwrap(), None);
    world.refused(retired(&old, None), "chain.unknown");
    world.ok(registered(&old));
    world.ok(anchored(&old, &old.signed(4, &[0, 1, 2]), &[]));
    world.refused(retired(&old, Some(&new)), "chain.unknown");
    world.refused(retired(&old, Some(&old)), "chain.successor");
    world.ok(registered(&new));
    world.refused(draft("chain.retired/1", "EAST", retired(&old, None).body), "participant.role");
    world.now += day();
    world.ok(retired(&old, Some(&new)));
    world.refused(retired(&old, Some(&new)), "chain.retired");
    world.refused(retired(&new, Some(&old)), "chain.successor");
    world.refused(anchored(&old, &old.signed(5, &[0, 1, 2]), &old.consistency(4, 5)), "chain.retired");
    world.ok(anchored(&new, &new.signed(4, &[0, 1, 2]), &[]));

    let file = biaozheng_contracts::chain::view::policies(&world.state).unwrap().unwrap();
    assert_eq!(PolicyHistory::from_json(file.to_json().as_bytes()).unwrap(), file);
    let of = |chain: &SmallChain| file.entries().iter().find(|entry| entry.policy == chain.policy).unwrap();
    assert_eq!((of(&old).until, of(&old).dating), (Some(TimeMs::new(world.now)), Dating::Proven));
    assert_eq!((of(&new).until, of(&new).dating), (None, Dating::Claimed));
}

/// One test, since the codes that were met are counted in one thread.
#[test]
fn chains_checkpoints_splits_and_every_code() {
    forget();
    a_chain_is_registered_and_grows();
    a_checkpoint_needs_its_own_quorum_and_a_centre();
    a_registration_is_what_the_chain_id_commits_to();
    a_split_is_refused_named_and_kept();
    a_retired_chain_is_followed_by_another();
    let missed = unmet(CODES_ANCHORING);
    assert!(missed.is_empty(), "no test meets {missed:?}");
}
