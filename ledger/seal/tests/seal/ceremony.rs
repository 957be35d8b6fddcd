//! Key ceremonies among nodes that are honest, silent, or cheat; and the same key through changing memberships.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{ChainId, OrgId, ProjectId};
use biaozheng_ledger::key::{PublicKey, SecretKey};
use biaozheng_seal::beacon::beacon_value;
use biaozheng_seal::dkg::*;
use biaozheng_seal::group::{GroupSignature, PrivateShare, Purpose, recover, sign_partial};
use biaozheng_seal::label::{Label, Slot, TenderOpening};
use biaozheng_seal::sealing::*;
use biaozheng_seal::seed::Seed;

fn chain() -> ChainId {
    ChainId::new(Digest::of(b"chain"))
}

/// Nodes in the order of their share indices.
fn nodes(numbers: impl IntoIterator<Item = u8>) -> Vec<NodeSecret> {
    let mut nodes: Vec<_> = numbers.into_iter().map(|n| NodeSecret::from_seed(&Seed::new([n; 32]))).collect();
    nodes.sort_by_key(|node| *node.member().key());
    nodes
}

fn members(nodes: &[NodeSecret]) -> Vec<Member> {
    nodes.iter().map(|node| *node.member()).collect()
}

fn keys(nodes: &[NodeSecret]) -> Vec<PublicKey> {
    nodes.iter().map(|node| *node.member().key()).collect()
}

fn seed_of(node: &NodeSecret, round: u8) -> Seed {
    let mut bytes = *node.member().key().bytes();
    bytes[0] = round;
    Seed::new(bytes)
}

/// Who misbehaves, by places among the players or dealers.
#[derive(Default)]
struct Faults {
    /// Spoil the shares they send to these players: (dealer, players).
    spoils: Vec<(usize, Vec<usize>)>,
    /// Never acknowledges.
    mute: Vec<usize>,
    /// Deals nothing.
    absent: Vec<usize>,
    /// Changes a byte of the log's reveals before signing is impossible, so it sends another deal's log.
    equivocates: Option<usize>,
}

/// Runs a ceremony to its close, every message through its bytes.
fn run(
    ceremony: &Ceremony,
    dealers: &[(NodeSecret, Option<PrivateShare>)],
    players: &[NodeSecret],
    faults: &Faults,
) -> Board {
    let mut board = Board::new(ceremony.clone());
    for (place, (node, share)) in dealers.iter().enumerate() {
        if faults.absent.contains(&place) {
            continue;
        }
        let deal = deal(ceremony, node, share.as_ref(), &seed_of(node, 1)).unwrap();
        let mut bytes = deal.to_bytes();
        if let Some((_, spoiled)) = faults.spoils.iter().find(|(dealer, _)| *dealer == place) {
            // The shares stand before the signature at the end, 80 bytes each; sign again as the cheat it is.
            let shares = bytes.len() - 64 - 80 * players.len();
            for player in spoiled {
                bytes[shares + 80 * player + 40] ^= 1;
            }
            bytes = sign_again(&bytes, node);
        }
        board.enter_deal(Deal::from_bytes(&bytes).unwrap()).unwrap();
    }
    board.advance();
    let deals: Vec<_> = board.deals().cloned().collect();
    for (place, node) in players.iter().enumerate().filter(|(place, _)| !faults.mute.contains(place)) {
        for deal in &deals {
            if let Ok(acknowledged) = acknowledge(ceremony, node, deal) {
                let bytes = acknowledged.to_bytes();
                board.enter_acknowledgement(Acknowledgement::from_bytes(&bytes).unwrap()).unwrap();
            } else {
                let spoiled = faults.spoils.iter().any(|(_, players)| players.contains(&place));
                assert!(spoiled, "only a spoiled share is not acknowledged");
            }
        }
    }
    board.advance();
    for (place, (node, share)) in dealers.iter().enumerate() {
        if faults.absent.contains(&place) {
            continue;
        }
        let log = if faults.equivocates == Some(place) {
            equivocal_log(ceremony, node, share.as_ref(), players)
        } else {
            conclude(&board, node, share.as_ref(), &seed_of(node, 1)).unwrap()
        };
        board.enter_log(DealerLog::from_bytes(&log.to_bytes()).unwrap()).unwrap();
    }
    board.advance();
    board
}

fn sign_again(deal: &[u8], node: &NodeSecret) -> Vec<u8> {
    let unsigned = &deal[..deal.len() - 64];
    let mut message = Vec::new();
    for field in [b"biaozheng/deal/v1".as_slice(), unsigned] {
        message.extend(u32::try_from(field.len()).unwrap().to_be_bytes());
        message.extend(field);
    }
    [unsigned, node.sign_as_cheat(&message).bytes()].concat()
}

/// The log of a second deal made with other randomness, acknowledged by everybody on a board of its own.
fn equivocal_log(
    ceremony: &Ceremony,
    node: &NodeSecret,
    share: Option<&PrivateShare>,
    players: &[NodeSecret],
) -> DealerLog {
    let mut board = Board::new(ceremony.clone());
    let deal = deal(ceremony, node, share, &seed_of(node, 99)).unwrap();
    board.enter_deal(deal.clone()).unwrap();
    board.advance();
    for player in players {
        board.enter_acknowledgement(acknowledge(ceremony, player, &deal).unwrap()).unwrap();
    }
    conclude(&board, node, share, &seed_of(node, 99)).unwrap()
}

fn first(nodes: &[NodeSecret], faults: &Faults) -> Board {
    let ceremony = Ceremony::first(&chain(), Purpose::Sealing, 1, &members(nodes)).unwrap();
    let dealers: Vec<_> = nodes.iter().map(|node| (node.clone(), None)).collect();
    run(&ceremony, &dealers, nodes, faults)
}

fn shares(board: &Board, nodes: &[NodeSecret]) -> Vec<PrivateShare> {
    nodes.iter().map(|node| take_share(board, node).unwrap().1).collect()
}

fn signed(keys: &EpochKeys, shares: &[PrivateShare], label: &Label) -> GroupSignature {
    let parts: Vec<_> = shares.iter().map(|share| sign_partial(share, label).unwrap()).collect();
    recover(&keys.polynomial(), label, &parts).unwrap().signature
}

#[test]
fn four_honest_nodes_make_one_key_that_three_of_them_use() {
    let nodes = nodes(1..=4);
    let board = first(&nodes, &Faults::default());
    let keys = board.finalise().unwrap();
    assert!(keys.revealed().is_empty());
    assert_eq!(keys.members(), self::keys(&nodes));
    assert_eq!(EpochKeys::from_bytes(&keys.to_bytes()), Ok(keys.clone()));
    let shares = shares(&board, &nodes);
    let label = Label::slot(&chain(), Slot::new(1));
    assert_eq!(signed(&keys, &shares[..3], &label), signed(&keys, &shares[1..], &label));
    assert_eq!(keys.holder(shares[2].index()), Some(*nodes[2].member().key()));
}

#[test]
fn a_dealer_that_sends_one_bad_share_has_to_show_it_and_the_player_still_gets_it() {
    let nodes = nodes(1..=4);
    let board = first(&nodes, &Faults { spoils: vec![(0, vec![2])], ..Faults::default() });
    assert_eq!(board.verdicts().filter(|(_, verdict)| **verdict == LogVerdict::Usable).count(), 4);
    let keys = board.finalise().unwrap();
    assert!(keys.revealed().is_empty(), "one dealing in the open is not the share");
    let label = Label::slot(&chain(), Slot::new(1));
    signed(&keys, &shares(&board, &nodes)[1..], &label);
}

#[test]
fn a_dealer_that_sends_many_bad_shares_is_left_out() {
    let nodes = nodes(1..=4);
    let board = first(&nodes, &Faults { spoils: vec![(1, vec![0, 2, 3])], ..Faults::default() });
    let cheat = *nodes[1].member().key();
    assert!(board.verdicts().any(|(dealer, verdict)| *dealer == cheat && *verdict == LogVerdict::Withheld));
    let keys = board.finalise().unwrap();
    signed(&keys, &shares(&board, &nodes)[..3], &Label::slot(&chain(), Slot::new(1)));
}

#[test]
fn a_dealer_that_closes_with_another_deal_is_named_and_left_out() {
    let nodes = nodes(1..=4);
    let board = first(&nodes, &Faults { equivocates: Some(3), ..Faults::default() });
    let cheat = *nodes[3].member().key();
    let verdict = board.verdicts().find(|(dealer, _)| **dealer == cheat).unwrap().1;
    assert!(matches!(verdict, LogVerdict::Faulty(_)), "{verdict:?}");
    let keys = board.finalise().unwrap();
    signed(&keys, &shares(&board, &nodes)[..3], &Label::slot(&chain(), Slot::new(1)));
    // With a second dealer missing there are too few, and both are named, each for what it did.
    let faults = Faults { equivocates: Some(3), absent: vec![0], ..Faults::default() };
    let failure = first(&nodes, &faults).finalise().unwrap_err();
    let missing = vec![*nodes[0].member().key()];
    assert_eq!(
        failure,
        CeremonyFailure::TooFewDealers { required: 3, usable: 2, faulty: vec![cheat], missing }
    );
}

#[test]
fn a_silent_member_is_revealed_and_the_group_goes_on_but_too_many_leave_no_dealer() {
    let seven = nodes(1..=7);
    let board = first(&seven, &Faults { mute: vec![6], ..Faults::default() });
    let keys = board.finalise().unwrap();
    assert_eq!(keys.revealed(), [*seven[6].member().key()]);
    signed(&keys, &shares(&board, &seven)[..5], &Label::slot(&chain(), Slot::new(1)));
    // Seven members, quorum five, two faults: two shares in the open and two colluders are still one short.
    let board = first(&seven, &Faults { mute: vec![5, 6], ..Faults::default() });
    assert_eq!(board.finalise().unwrap().revealed().len(), 2);
    // Six members, quorum five, one fault: no dealer may show two shares, so nobody is usable.
    let six = nodes(1..=6);
    let failure = first(&six, &Faults { mute: vec![4, 5], ..Faults::default() }).finalise().unwrap_err();
    assert!(matches!(failure, CeremonyFailure::TooFewDealers { usable: 0, .. }), "{failure:?}");
}

/// Seven members, quorum five, two faults: a dealer may show two shares, and three dealings in the open, with what two
/// colluding dealers know, are a share. No dealer here shows more than it may, and together they show three members' shares.
#[test]
fn dealers_that_each_show_two_shares_together_show_too_many() {
    let seven = nodes(1..=7);
    let by = |shown: [&[usize]; 5]| shown.into_iter().map(<[usize]>::to_vec).enumerate().collect();
    let spoils = by([&[4, 5], &[4, 5], &[4, 6], &[5, 6], &[6]]);
    let board = first(&seven, &Faults { spoils, absent: vec![5, 6], ..Faults::default() });
    let usable = board.verdicts().filter(|(_, verdict)| **verdict == LogVerdict::Usable).count();
    assert_eq!(usable, 5, "each log by itself is as it should be");
    let revealed: Vec<_> = [4, 5, 6].map(|place: usize| *seven[place].member().key()).to_vec();
    assert_eq!(
        board.finalise().unwrap_err(),
        CeremonyFailure::TooManyRevealed { revealed, allowed: 2 },
        "with these three and two colluders a quorum is there"
    );
    assert!(take_share(&board, &seven[0]).is_err(), "nobody goes on with a share of such a key");
    // One dealing fewer in the open, and the third member's share is its own again.
    let spoils = by([&[4, 5], &[4, 5], &[4, 6], &[5, 6], &[]]);
    let board = first(&seven, &Faults { spoils, absent: vec![5, 6], ..Faults::default() });
    assert_eq!(board.finalise().unwrap().revealed().len(), 2);
    signed(&board.finalise().unwrap(), &shares(&board, &seven)[..5], &Label::slot(&chain(), Slot::new(1)));
}

#[test]
fn shares_dealt_anew_from_four_to_five_to_four_open_what_was_sealed_before() {
    let four = nodes(1..=4);
    let board = first(&four, &Faults::default());
    let (keys, shares_of_four) = (board.finalise().unwrap(), shares(&board, &four));
    let group = SealingGroup { chain: chain(), key: keys.group_key() };
    let bidder = SecretKey::from_seed(&[9; 32]);
    let opening = TenderOpening { tender: ProjectId::new("T-1").unwrap(), number: 1 };
    let bid = Bid {
        identity: BidIdentity {
            opening: opening.clone(),
            lot: LotId::new("1").unwrap(),
            bidder: OrgId::new("BIDDER").unwrap(),
            bidder_key: bidder.public(),
            sequence: 1,
        },
        body: b"sealed in the first epoch".to_vec(),
    };
    let entry = seal(&group, Slot::new(5), &bid, &bidder, &Seed::new([8; 32])).unwrap().0;

    let five = nodes(1..=5);
    let ceremony = Ceremony::reshare(&chain(), 2, &keys, &self::keys(&four), &members(&five)).unwrap();
    let with = |nodes: &[NodeSecret], shares: &[PrivateShare]| -> Vec<_> {
        nodes.iter().cloned().zip(shares.iter().cloned().map(Some)).collect()
    };
    let board = run(&ceremony, &with(&four, &shares_of_four), &five, &Faults::default());
    let (keys_of_five, shares_of_five) = (board.finalise().unwrap(), shares(&board, &five));
    assert_eq!((keys_of_five.group_key(), keys_of_five.epoch().get()), (keys.group_key(), 1));

    let others = nodes(2..=5); // the first node has left
    let stored = EpochKeys::from_bytes(&keys_of_five.to_bytes()).unwrap();
    let ceremony = Ceremony::reshare(&chain(), 3, &stored, &self::keys(&five), &members(&others)).unwrap();
    let faults = Faults { absent: vec![0], ..Faults::default() };
    let board = run(&ceremony, &with(&five, &shares_of_five), &others, &faults);
    let (last, shares_of_others) = (board.finalise().unwrap(), shares(&board, &others));
    assert_eq!(last.group_key(), keys.group_key());

    let slot = signed(&last, &shares_of_others[1..], &Label::slot(&chain(), Slot::new(5)));
    let slot = SlotKey::new(&group, Slot::new(5), slot).unwrap();
    let OpenedEntry::Bid(sealed) = open_outer(&group, &slot, &entry).unwrap() else { panic!("a bid") };
    let signature = signed(&last, &shares_of_others[..3], &Label::tender(&chain(), &opening));
    let tender = TenderKey::new(&group, opening, signature).unwrap();
    assert_eq!(open_inner(&group, &tender, &sealed).unwrap(), bid.body);

    // A share of an epoch gone by is no share of this one.
    let label = Label::slot(&chain(), Slot::new(5));
    let mut parts: Vec<_> =
        shares_of_others[..2].iter().map(|it| sign_partial(it, &label).unwrap()).collect();
    parts.push(sign_partial(&shares_of_five[4], &label).unwrap());
    assert!(recover(&last.polynomial(), &label, &parts).is_err());
}

#[test]
fn the_board_takes_each_word_once_from_its_sender_in_its_phase() {
    let nodes = nodes(1..=4);
    let ceremony = Ceremony::first(&chain(), Purpose::Sealing, 1, &members(&nodes)).unwrap();
    let other = Ceremony::first(&chain(), Purpose::Sealing, 2, &members(&nodes)).unwrap();
    let seed = Seed::new([1; 32]);
    let mut board = Board::new(ceremony.clone());
    let dealt = deal(&ceremony, &nodes[0], None, &seed).unwrap();
    let elsewhere = deal(&other, &nodes[0], None, &seed).unwrap();
    assert_eq!(board.enter_deal(elsewhere), Err(BoardError::OtherCeremony));
    let mut forged = dealt.to_bytes();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(board.enter_deal(Deal::from_bytes(&forged).unwrap()), Err(BoardError::Signature));
    assert_eq!(board.enter_deal(dealt.clone()), Ok(()));
    assert_eq!(board.enter_deal(dealt.clone()), Err(BoardError::Repeated));
    let acknowledged = acknowledge(&ceremony, &nodes[1], &dealt).unwrap();
    assert_eq!(board.enter_acknowledgement(acknowledged), Err(BoardError::Phase(Phase::Dealing)));
    board.advance();
    let mut forged = acknowledged.to_bytes();
    forged[110] ^= 1; // in the part for the log: what the player signed is another
    let forged = Acknowledgement::from_bytes(&forged).unwrap();
    assert_eq!(board.enter_acknowledgement(forged), Err(BoardError::Signature));
    assert_eq!(board.enter_acknowledgement(acknowledged), Ok(()));
    assert_eq!(board.enter_acknowledgement(acknowledged), Err(BoardError::Repeated));
    assert_eq!(board.finalise(), Err(CeremonyFailure::NotClosed));
}

#[test]
fn a_beacon_value_is_one_for_its_subject_and_checks_its_signature() {
    let nodes = nodes(1..=4);
    let board = first(&nodes, &Faults::default());
    let (keys, shares) = (board.finalise().unwrap(), shares(&board, &nodes));
    let subject = Digest::of(b"the frozen list of candidates");
    let label = Label::beacon(&chain(), &subject);
    let (one, two) = (signed(&keys, &shares[..3], &label), signed(&keys, &shares[1..], &label));
    let value = beacon_value(&keys.group_key(), &chain(), &subject, &one).unwrap();
    assert_eq!(beacon_value(&keys.group_key(), &chain(), &subject, &two), Ok(value));
    let other = Digest::of(b"another list");
    assert!(beacon_value(&keys.group_key(), &chain(), &other, &one).is_err());
}

#[test]
fn keys_tell_the_ceremony_they_were_made_in() {
    let four = nodes(1..=4);
    let ceremony = Ceremony::first(&chain(), Purpose::Sealing, 3, &members(&four)).unwrap();
    let dealers: Vec<_> = four.iter().map(|node| (node.clone(), None)).collect();
    let board = run(&ceremony, &dealers, &four, &Faults::default());
    let made = EpochKeys::from_bytes(&board.finalise().unwrap().to_bytes()).unwrap();
    assert!(made.first_made_by(&chain(), 3, &members(&four)));
    // Under another round, for other members, on another chain: another ceremony.
    assert!(!made.first_made_by(&chain(), 2, &members(&four)));
    assert!(!made.first_made_by(&chain(), 3, &members(&nodes(1..=3))));
    assert!(!made.first_made_by(&chain(), 3, &members(&nodes(2..=5))));
    assert!(!made.first_made_by(&ChainId::new(Digest::of(b"another")), 3, &members(&four)));
    let doubled = [members(&four), members(&four)].concat();
    assert!(!made.first_made_by(&chain(), 3, &doubled));
}
