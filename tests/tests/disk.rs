//! What an operator meets on disk: a flipped bit in a table, a linked data folder, a long path, a damaged engine log, a
//! guard that is lost twice, and the signals a service gets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use biaozheng_client::{Author, Client, Wait, key_file};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::ids::{OrgId, TimeMs};
use biaozheng_store::Store;
use biaozheng_tests::cluster::program;
use serde_json::json;
use tokio::process::{Child, Command};

const SOON: Duration = Duration::from_secs(60);
/// The node stops by itself: exit code of damage.
const DAMAGED: Option<i32> = Some(4);

/// One validator and an observer, in a folder whose path is too long for a socket's name.
struct Pair {
    folder: PathBuf,
    genesis: Genesis,
    api_base: u16,
}

async fn biaozheng(arguments: &[&str]) -> Output {
    let run = Command::new(program("biaozheng").unwrap()).args(arguments).kill_on_drop(true).output();
    tokio::time::timeout(SOON, run).await.unwrap().unwrap()
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn fine(arguments: &[&str]) -> String {
    let output = biaozheng(arguments).await;
    assert!(output.status.success(), "{arguments:?}: {}", words(&output));
    words(&output)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

impl Pair {
    async fn found(scratch: &Path) -> Self {
        let folder = scratch.join("a-long-name-".repeat(12));
        let base = 20_000 + rand::random::<u16>() % 12_000;
        let (ports, api) = (base.to_string(), (base + 8).to_string());
        fine(&[
            "consortium",
            "init",
            "--label",
            "disk",
            "--out",
            text(&folder),
            "--city",
            "city=CITY",
            "--observer",
            "reg=REG",
            "--base-port",
            &ports,
            "--api-base-port",
            &api,
        ])
        .await;
        let genesis = Genesis::from_json(&std::fs::read(folder.join("genesis.json")).unwrap()).unwrap();
        Self { folder, genesis, api_base: base + 8 }
    }

    fn home(&self, name: &str) -> PathBuf {
        self.folder.join("nodes").join(name)
    }

    fn client(&self, index: u16) -> Client {
        Client::new(&format!("http://127.0.0.1:{}", self.api_base + index)).unwrap()
    }

    /// Starts a node, as a service does: no terminal.
    fn spawn(&self, name: &str) -> Child {
        let log = std::fs::File::options().create(true).append(true).open(self.log(name)).unwrap();
        let mut command = Command::new(program("biaozheng").unwrap());
        command.args(["start", "--home"]).arg(self.home(name)).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.log"))
    }

    fn logged(&self, name: &str) -> String {
        std::fs::read_to_string(self.log(name)).unwrap()
    }

    async fn reach(&self, index: u16, height: u64) {
        let deadline = tokio::time::Instant::now() + SOON;
        while !self.client(index).status().await.is_ok_and(|status| status.height >= height) {
            assert!(tokio::time::Instant::now() < deadline, "node {index} does not reach {height}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn signal(child: &Child, name: &str) {
    let id = child.id().unwrap().to_string();
    assert!(Command::new("kill").args([name, &id]).status().await.unwrap().success());
}

async fn ended(child: &mut Child) -> Option<i32> {
    tokio::time::timeout(SOON, child.wait()).await.unwrap().unwrap().code()
}

/// Flips one bit of a word in whichever table has it.
fn flip(data: &Path, word: &str) {
    for entry in std::fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|ending| ending != "sst") {
            continue;
        }
        let mut bytes = std::fs::read(&path).unwrap();
        if let Some(at) = bytes.windows(word.len()).position(|part| part == word.as_bytes()) {
            bytes[at + 3] ^= 4;
            return std::fs::write(&path, bytes).unwrap();
        }
    }
    panic!("no table holds {word}");
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_on_disk_ends_a_node_with_its_word_and_the_way_back_works() {
    let scratch =
        tempfile::Builder::new().disable_cleanup(std::env::var_os("KEEP").is_some()).tempdir().unwrap();
    let pair = Pair::found(scratch.path()).await;
    let (city_home, reg_home) = (pair.home("city"), pair.home("reg"));
    // The observer's store lies on another disk.
    let (disk, data) = (scratch.path().join("disk"), reg_home.join("data"));
    std::fs::rename(&data, &disk).unwrap();
    std::os::unix::fs::symlink(&disk, &data).unwrap();
    let (mut city, mut reg) = (pair.spawn("city"), pair.spawn("reg"));
    pair.reach(0, 1).await;

    let key = key_file::read(&pair.folder.join("organisations/CITY.key")).unwrap();
    let author = Author::new(OrgId::new("CITY").unwrap(), key, pair.genesis.chain_id());
    // Each fills a data block of its own, so that opening the store, which reads the newest block, meets no damage.
    let random = |length: usize| -> String {
        (0..length).map(|_| char::from(b'a' + rand::random::<u8>() % 26)).collect()
    };
    let token = random(40);
    let mut ids = Vec::new();
    for number in 0..3 {
        let body =
            json!({"n": number, "token": if number == 0 { &token } else { "none" }, "filler": random(9000)});
        let record = author.record("evidence.recorded/1", body).sign(TimeMs::new(1_790_000_000_000)).unwrap();
        let sent =
            pair.client(0).submit(&record.envelope().to_json(), Wait::Certificate, SOON).await.unwrap();
        assert!(sent.reached(Wait::Certificate));
        ids.push(record.id());
    }
    let height = pair.client(0).status().await.unwrap().height;
    pair.reach(1, height).await;

    // The control socket is found under a path of more than 107 bytes: a running node is backed up.
    assert!(text(&city_home.join("control.sock")).len() > 107);
    let saved = scratch.path().join("saved");
    fine(&["backup", "--home", text(&city_home), "--to", text(&saved)]).await;

    // SIGHUP without a terminal is no reason to stop; SIGTERM ends in order.
    signal(&city, "-HUP").await;
    signal(&reg, "-TERM").await;
    assert_eq!(ended(&mut reg).await, Some(0));
    assert!(city.try_wait().unwrap().is_none());
    assert!(pair.logged("city").contains("SIGHUP"), "{}", pair.logged("city"));

    // What waits in RocksDB's log becomes a table at an opening; then one bit of a data block flips.
    drop(Store::open(&data, &pair.genesis.chain_id()).unwrap());
    flip(&data, &token);
    let mut reg = pair.spawn("reg");
    pair.reach(1, height).await;
    assert!(pair.client(1).record(&ids[1]).await.is_ok(), "other records are read");
    assert!(pair.client(1).record(&ids[0]).await.is_err());
    assert_eq!(ended(&mut reg).await, DAMAGED, "{}", pair.logged("reg"));
    let said = pair.logged("reg");
    assert!(said.contains("biaozheng resync") && said.contains("damaged"), "{said}");

    // It does not run on that store again.
    let again = biaozheng(&["start", "--home", text(&reg_home)]).await;
    assert_eq!(again.status.code(), DAMAGED);
    assert!(words(&again).contains("was found damaged") && words(&again).contains("biaozheng resync --home"));

    // What it had received and nobody else has is written down for its author.
    let waiting =
        author.record("evidence.recorded/1", json!({"n": 99})).sign(TimeMs::new(1_790_000_000_001)).unwrap();
    let store = Store::open(&data, &pair.genesis.chain_id()).unwrap();
    store.add_pending(&[(waiting.id(), TimeMs::new(1), waiting.envelope())]).unwrap();
    drop(store);

    // The link stays, the old store lies beside the new one on its disk, and the record comes back.
    let said = fine(&["resync", "--home", text(&reg_home)]).await;
    assert!(said.contains("before-resync") && said.contains("1 records waited"), "{said}");
    let kept = reg_home.join("records.before-resync").join(format!("{}.json", waiting.id().digest().hex()));
    assert_eq!(std::fs::read_to_string(kept).unwrap(), waiting.envelope().to_json());
    assert!(
        data.is_symlink() && disk.join("before-resync/CURRENT").is_file() && disk.join("CURRENT").is_file()
    );
    let mut reg = pair.spawn("reg");
    pair.reach(1, height).await;
    assert!(pair.client(1).record(&ids[0]).await.is_ok());
    signal(&reg, "-INT").await;
    assert_eq!(ended(&mut reg).await, Some(0));

    // A lone validator has nobody to fetch from.
    signal(&city, "-TERM").await;
    assert_eq!(ended(&mut city).await, Some(0));

    // The engine's log, at its head and in its middle.
    let log = city_home.join("consensus/engine.wal");
    let good = std::fs::read(&log).unwrap();
    for at in [3, good.len() / 2] {
        let mut bad = good.clone();
        bad[at] ^= 16;
        std::fs::write(&log, &bad).unwrap();
        let refused = biaozheng(&["start", "--home", text(&city_home)]).await;
        if bad.len() > 12 || at == 3 {
            assert_eq!(refused.status.code(), DAMAGED, "{}", words(&refused));
            let said = words(&refused);
            assert!(said.contains("write-ahead log is damaged") && !said.contains("panicked"), "{said}");
        }
    }
    std::fs::write(&log, &good).unwrap();

    // A guard that is lost and damaged again and again: everything is kept, and the words say what to run.
    let guard = city_home.join("guard/signed.guard");
    let above = (height + 100).to_string();
    for kept in ["signed.damaged", "signed.damaged-2"] {
        let mut bytes = std::fs::read(&guard).unwrap();
        bytes[20] ^= 1;
        std::fs::write(&guard, bytes).unwrap();
        let refused = biaozheng(&["start", "--home", text(&city_home)]).await;
        assert_eq!(refused.status.code(), DAMAGED);
        assert!(words(&refused).contains("biaozheng guard remake"), "{}", words(&refused));
        let remake = [
            "guard",
            "remake",
            "--home",
            text(&city_home),
            "--above",
            above.as_str(),
            "--no-other-copy-runs",
        ];
        let said = fine(&remake).await;
        assert!(said.contains(kept) && city_home.join("guard").join(kept).is_file(), "{said}");
    }
    std::fs::remove_file(&guard).unwrap();
    let refused = words(&biaozheng(&["start", "--home", text(&city_home)]).await);
    assert!(refused.contains("guard remake") && !refused.contains("restore the file"), "{refused}");

    // A member's line can be printed again.
    let made = fine(&["keys", "sealing", "--home", text(&city_home)]).await;
    assert_eq!(fine(&["keys", "sealing", "--home", text(&city_home), "--show"]).await, made);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_no_more_ends_a_node_over_a_record_and_nothing_is_promised() {
    let scratch = tempfile::tempdir().unwrap();
    let pair = Pair::found(scratch.path()).await;
    // As under a limit of file sizes: what is beyond it fails, as on a disk that is full, and is no signal.
    let script = "trap '' XFSZ; exec \"$0\" start --home \"$1\"";
    let mut command = Command::new("sh");
    command.args(["-c", script]).arg(program("biaozheng").unwrap()).arg(pair.home("city"));
    command.kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let city = command.spawn().unwrap();
    pair.reach(0, 1).await;
    let key = key_file::read(&pair.folder.join("organisations/CITY.key")).unwrap();
    let author = Author::new(OrgId::new("CITY").unwrap(), key, pair.genesis.chain_id());
    let record = author.record("evidence.recorded/1", json!({"n": 1})).sign(TimeMs::new(1_790_000_000_000));
    let envelope = record.unwrap().envelope().to_json();

    let id = city.id().unwrap().to_string();
    assert!(Command::new("prlimit").args(["--fsize=1", "--pid", &id]).status().await.unwrap().success());
    let sent = pair.client(0).submit(&envelope, Wait::Receipt, Duration::from_secs(5)).await;
    assert!(sent.is_err(), "no receipt for what is not on disk: {sent:?}");
    let ended = tokio::time::timeout(SOON, city.wait_with_output()).await.unwrap().unwrap();
    let said = words(&ended);
    assert!(!ended.status.success() && ended.status.code() != DAMAGED, "{said}");
    assert!(said.contains("cannot trust its disk") && said.contains("File too large"), "{said}");

    // There is room again: the same bytes are taken.
    let mut city = pair.spawn("city");
    pair.reach(0, 1).await;
    let sent = pair.client(0).submit(&envelope, Wait::Certificate, SOON).await.unwrap();
    assert!(sent.reached(Wait::Certificate));
    signal(&city, "-TERM").await;
    assert_eq!(self::ended(&mut city).await, Some(0));
}
