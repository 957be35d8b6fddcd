//! A wallet under crashes, cuts, other eyes and other processes; groups of a trusted dealer sign.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use biaozheng_contracts::sealing::entry;
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::key::SecretKey;
use biaozheng_seal::group::{PrivateShare, Purpose, trusted_dealer};
use biaozheng_seal::label::Slot;
use biaozheng_seal::sealing::{SealingGroup, SizeClass, seal_dummy};
use biaozheng_seal::tokens::{BlindRequest, Nullifier, sign_blindly};
use tempfile::TempDir;

use super::*;

const NOW: TimeMs = TimeMs::new(1000);
const SLOT_END: TimeMs = TimeMs::new(1500);

struct World {
    folder: TempDir,
    author: Author,
    epoch: TokenEpoch,
    shares: Vec<PrivateShare>,
}

fn epoch(number: u32, valid_until: u64) -> (TokenEpoch, Vec<PrivateShare>) {
    let seed = Seed::new([u8::try_from(number).unwrap(); 32]);
    let (polynomial, shares) = trusted_dealer::deal(&seed, Purpose::Tokens(number), 4).unwrap();
    (TokenEpoch::of(chain(), number, polynomial, TimeMs::new(valid_until), 64), shares)
}

fn chain() -> ChainId {
    ChainId::new(Digest::of(b"chain"))
}

fn org() -> OrgId {
    OrgId::new("B1").unwrap()
}

fn entry(number: u8) -> SealedEntry {
    let (polynomial, _) = trusted_dealer::deal(&Seed::new([99; 32]), Purpose::Sealing, 4).unwrap();
    let group = SealingGroup { chain: chain(), key: polynomial.group_key() };
    seal_dummy(&group, Slot::new(7), SizeClass::new(0).unwrap(), &Seed::new([number; 32]))
}

/// What the members answer to a request: a quorum's signatures on the points that stand in its record.
fn signed(record: &Record, epoch: &TokenEpoch, shares: &[PrivateShare]) -> Vec<Vec<BlindPartial>> {
    let points = record.payload().body["points"].as_array().unwrap();
    let point = |text: &serde_json::Value| {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::STANDARD.decode(text.as_str().unwrap()).unwrap();
        BlindRequest::from_bytes(&bytes.try_into().unwrap()).unwrap()
    };
    let sign =
        |share| points.iter().map(|one| sign_blindly(&epoch.group, share, &point(one)).unwrap()).collect();
    shares.iter().take(3).map(sign).collect()
}

/// What a node checks: the token on the entry, and which it is.
fn nullifier(record: &Record, epoch: &TokenEpoch) -> Nullifier {
    let (entry, token) = entry::read(record.payload()).unwrap();
    record.clone().verify(&chain()).unwrap();
    token.verify(&epoch.group, &entry).unwrap()
}

impl World {
    fn new() -> Self {
        let (epoch, shares) = epoch(1, 2000);
        let author = Author::new(org(), SecretKey::from_seed(&[51; 32]), chain());
        Self { folder: tempfile::tempdir().unwrap(), author, epoch, shares }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("tokens.wallet")
    }

    fn open(&self) -> Wallet {
        Wallet::open(&self.path(), chain(), &org()).unwrap()
    }

    fn filled(&self, count: usize) -> Wallet {
        let mut wallet = Wallet::create(&self.path(), chain(), org()).unwrap();
        let request = wallet.draw(&self.epoch, &self.author, count).unwrap();
        wallet.complete(&request.id(), &signed(&request, &self.epoch, &self.shares)).unwrap();
        wallet
    }
}

/// The process ends after every step, and everything it had in memory is gone; what goes on is the disk's.
#[test]
fn a_wallet_that_is_dropped_after_every_step_loses_nothing_and_spends_nothing_twice() {
    let world = World::new();
    drop(Wallet::create(&world.path(), chain(), org()).unwrap());
    let request = world.open().draw(&world.epoch, &world.author, 3).unwrap();
    // Drawn and not sent, or sent and not answered: the very same bytes are sent again.
    let waiting = world.open().waiting();
    assert_eq!((waiting.len(), waiting[0].points, waiting[0].quorum), (1, 3, 3));
    assert_eq!(waiting[0].record.envelope(), request.envelope());
    assert_eq!(world.open().asked(1), 3, "what waits is asked for");
    let members = signed(&request, &world.epoch, &world.shares);
    world.open().complete(&request.id(), &members).unwrap();
    // Crashed before this was known: the answer is read again, and there is no such request.
    let again = world.open().complete(&request.id(), &members);
    assert!(matches!(again, Err(SealingError::Wallet(WalletError::NoRequest(_)))));
    let mut seen = BTreeSet::new();
    for number in 1..=3 {
        let first = world.open().spend(&entry(number), NOW, SLOT_END).unwrap();
        // The sending failed, or the process ended before it: the same entry is sent again.
        let second = world.open().spend(&entry(number), NOW, SLOT_END).unwrap();
        assert!(!first.again && second.again);
        assert_eq!(first.record.envelope(), second.record.envelope());
        assert!(seen.insert(nullifier(&first.record, &world.epoch)), "one token, one entry");
    }
    let none = world.open().spend(&entry(4), NOW, SLOT_END).unwrap_err();
    assert!(matches!(&none, WalletError::Empty { over } if over.is_empty()), "{none}");
    let again = world.open().spend(&entry(2), TimeMs::new(9000), SLOT_END).unwrap();
    assert!(again.again, "bound tokens are there after their end too");
    let holding = world.open().holdings();
    assert_eq!((holding[0].unspent, holding[0].spent, holding[0].waiting), (0, 3, 0));
}

/// The disk as a crash leaves it, the new file cut here and there: the old wallet stands, and the next change goes through.
#[test]
fn a_crash_while_writing_leaves_the_wallet_as_it_was() {
    let world = World::new();
    drop(world.filled(2));
    let before = fs::read(world.path()).unwrap();
    world.open().spend(&entry(1), NOW, SLOT_END).unwrap();
    let after = fs::read(world.path()).unwrap();
    let new = world.folder.path().join("tokens.wallet.new");
    for cut in (0..=after.len()).step_by(97).chain([after.len()]) {
        fs::write(world.path(), &before).unwrap();
        fs::set_permissions(world.path(), fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&new, &after[..cut]).unwrap();
        assert_eq!(world.open().unspent(NOW), 2, "cut {cut}");
        world.open().spend(&entry(1), NOW, SLOT_END).unwrap();
        assert_eq!(world.open().unspent(NOW), 1, "cut {cut}");
        assert_eq!(fs::read(world.path()).unwrap(), after, "the same change makes the same file");
    }
}

#[test]
fn every_cut_and_every_changed_byte_is_noticed() {
    let world = World::new();
    let mut wallet = world.filled(1);
    wallet.draw(&world.epoch, &world.author, 1).unwrap();
    wallet.spend(&entry(1), NOW, SLOT_END).unwrap();
    drop(wallet);
    let whole = fs::read(world.path()).unwrap();
    assert!(Content::from_bytes(&whole).is_ok());
    for cut in 0..whole.len() {
        assert!(Content::from_bytes(&whole[..cut]).is_err(), "cut at {cut}");
    }
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        assert!(Content::from_bytes(&changed).is_err(), "changed at {place}");
    }
    let mut longer = whole.clone();
    longer.push(b'\n');
    assert!(Content::from_bytes(&longer).is_err());
    fs::write(world.path(), &whole[..whole.len() / 2]).unwrap();
    let error = Wallet::open(&world.path(), chain(), &org()).unwrap_err();
    assert!(matches!(error, WalletError::Damaged { .. }));
    // A whole file that has one token twice is no wallet of ours.
    let mut content = Content::from_bytes(&whole).unwrap();
    content.tokens.push(content.tokens[0].clone());
    assert!(Content::from_bytes(&content.to_bytes()).unwrap_err().contains("twice"));
    // No error and no Debug shows a seed.
    let seed = hex::encode(content.tokens[0].seed.as_slice());
    assert!(String::from_utf8(whole).unwrap().contains(&seed));
    assert!(!format!("{error} {error:?} {content:?}").contains(&seed[..8]));
}

#[test]
fn others_files_are_refused_with_what_to_do() {
    let world = World::new();
    let path = world.path();
    let missing = Wallet::open(&path, chain(), &org()).unwrap_err();
    assert!(missing.to_string().contains("biaozheng tokens fetch"), "{missing}");
    assert!(!path.with_extension("wallet.lock").exists(), "a mistyped name leaves nothing behind");
    let wallet = world.filled(1);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let open = || Wallet::open(&path, chain(), &org()).unwrap_err();
    assert!(matches!(open(), WalletError::Locked(_)), "one process at a time");
    drop(wallet);
    assert!(matches!(Wallet::create(&path, chain(), org()), Err(WalletError::Exists(_))));
    let other = ChainId::new(Digest::of(b"other"));
    assert!(matches!(Wallet::open(&path, other, &org()), Err(WalletError::OtherChain { .. })));
    let someone = OrgId::new("B2").unwrap();
    assert!(matches!(Wallet::open(&path, chain(), &someone), Err(WalletError::OtherOrg { .. })));
    let link = world.folder.path().join("link");
    symlink(&path, &link).unwrap();
    assert!(matches!(Wallet::open(&link, chain(), &org()), Err(WalletError::NotAFile(_))));
    for mode in [0o640, 0o604, 0o620] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = open();
        assert!(matches!(error, WalletError::Exposed { .. }));
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(world.open().unspent(NOW), 1);
}

#[test]
fn tokens_that_are_over_are_skipped_and_named_and_those_that_last_go_first() {
    let world = World::new();
    let mut wallet = world.filled(1);
    let mut add = |number, valid_until| {
        let (epoch, shares) = epoch(number, valid_until);
        let request = wallet.draw(&epoch, &world.author, 1).unwrap();
        wallet.complete(&request.id(), &signed(&request, &epoch, &shares)).unwrap();
    };
    // Epoch 1 ends at 2000, 2 is over, 3 ends within the slot, 4 lasts longest.
    for (number, valid_until) in [(2, 900), (3, 1200), (4, 5000)] {
        add(number, valid_until);
    }
    let mut ends = |number| wallet.spend(&entry(number), NOW, SLOT_END).map(|one| one.valid_until.get());
    assert_eq!([ends(1).unwrap(), ends(2).unwrap(), ends(3).unwrap()], [2000, 5000, 1200]);
    let error = ends(4).unwrap_err();
    assert!(matches!(&error, WalletError::Empty { over } if *over == [2]));
    assert!(error.to_string().contains("epoch 2"), "{error}");
    assert_eq!(wallet.unspent(NOW), 0);
}

#[test]
fn a_refused_request_is_kept_and_taken_up_again_and_bad_signatures_change_nothing() {
    let world = World::new();
    let mut wallet = Wallet::create(&world.path(), chain(), org()).unwrap();
    let request = wallet.draw(&world.epoch, &world.author, 2).unwrap();
    wallet.refuse(&request.id()).unwrap();
    assert_eq!((wallet.asked(1), wallet.waiting()[0].refused), (0, true));
    // Fewer are wanted: another request. As many or more: the same bytes.
    let smaller = wallet.draw(&world.epoch, &world.author, 1).unwrap();
    assert_ne!(smaller.id(), request.id());
    assert_eq!(wallet.draw(&world.epoch, &world.author, 2).unwrap().envelope(), request.envelope());
    assert_eq!(wallet.asked(1), 3);
    let (foreign, shares) = epoch(9, 2000);
    let wrong = signed(&request, &foreign, &shares);
    assert!(matches!(wallet.complete(&request.id(), &wrong), Err(SealingError::Token(_))));
    assert!(wallet.complete(&request.id(), &[]).is_err());
    wallet.complete(&request.id(), &signed(&request, &world.epoch, &world.shares)).unwrap();
    assert_eq!((wallet.unspent(NOW), wallet.asked(1)), (2, 3));
    assert!(matches!(wallet.draw(&world.epoch, &world.author, 33), Err(SealingError::Count)));
}
