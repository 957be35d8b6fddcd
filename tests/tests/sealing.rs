//! Sealed bids through four real validators: ceremonies, tokens, three bids, and an opening with one validator gone.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::path::{Path, PathBuf};
use std::process::Output;
use std::time::Duration;

use biaozheng_api::schemas::Page;
use biaozheng_api::schemas::project::{OpenedBid, Project};
use biaozheng_api::schemas::sealing::Sealing;
use biaozheng_client::wallet::Wallet;
use biaozheng_client::{author, key_file};
use biaozheng_ledger::ids::OrgId;
use biaozheng_ledger::key::SecretKey;
use biaozheng_tests::cluster::{Cluster, program};
use biaozheng_tests::groups;
use biaozheng_tests::tender::{Trial, slot};
use serde_json::json;

const SLOT_MS: u64 = 15_000;
const COVERING: usize = 1;

async fn biaozheng(arguments: &[&str]) -> (Option<i32>, String) {
    let command = tokio::process::Command::new(program("biaozheng").unwrap()).args(arguments).output().await;
    let Output { status, stdout, stderr } = command.unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A bidder's office: its files, the node it asks, and the covering node it gives its entry to.
struct Bidder {
    org: String,
    folder: PathBuf,
    api: String,
    enter_at: String,
}

fn bidder(chain: &Trial, folder: &Path, number: usize) -> Bidder {
    Bidder {
        org: format!("B{}", number + 1),
        folder: folder.to_owned(),
        // Never the node that takes the entry: the program would refuse.
        api: chain.cluster.url([0, 2, 3][number]),
        enter_at: chain.cluster.url(COVERING),
    }
}

impl Bidder {
    fn file(&self, ending: &str) -> String {
        text(&self.folder.join(format!("{}.{ending}", self.org))).to_owned()
    }

    async fn runs(&self, command: &[&str], rest: &[&str]) -> (Option<i32>, String) {
        let (key, chain_id) = (self.file("key"), self.folder.join("chain-id"));
        let office = ["--api", &self.api, "--chain", text(&chain_id), "--key", &key, "--org", &self.org];
        biaozheng(&[command, &office, rest].concat()).await
    }

    /// Four tokens, which is the quota: broken off at once and taken up again, asked for once.
    async fn fetches(&self) {
        let wallet = self.file("wallet");
        let fetch = ["--count", "4", "--wallet", &wallet];
        let (code, said) =
            self.runs(&["tokens", "fetch"], &[&fetch[..], &["--timeout-s", "0"]].concat()).await;
        assert!(code == Some(3) || code == Some(2), "{said}");
        assert!(said.contains("0 unspent") && said.contains("4 waiting"), "{said}");
        for _ in 0..2 {
            let (code, said) = self.runs(&["tokens", "fetch"], &fetch).await;
            assert!(code == Some(0) && said.contains("4 unspent"), "{said}");
        }
        let (code, said) = self.runs(&["tokens", "fetch"], &["--count", "5", "--wallet", &wallet]).await;
        assert!(code == Some(1) && said.contains("quota"), "the chain counts four: {said}");
        assert!(self.holds().await.contains("4 unspent 未用, 0 spent 已用, 0 waiting 待签发, 1 refused"));
    }

    async fn holds(&self) -> String {
        let (code, said) = biaozheng(&["tokens", "list", "--wallet", &self.file("wallet")]).await;
        assert_eq!(code, Some(0), "{said}");
        said
    }

    /// Another firm's key, which the chain would call nobody's, is refused before a token is bound to anything.
    async fn is_refused_with_anothers_key(&self, place: &[&str], with: &[&str]) {
        let (bid, chain_id) = (self.file("bid"), self.folder.join("chain-id"));
        let key = self.folder.join("B2.key");
        let office =
            ["--api", &self.api, "--chain", text(&chain_id), "--key", text(&key), "--org", &self.org];
        let (code, said) = biaozheng(&[&["seal", &bid], &office[..], place, with].concat()).await;
        assert!(
            code == Some(1) && said.contains("密钥与申请凭证时所用的不同") && said.contains("--new-key"),
            "{said}"
        );
        assert!(!self.folder.join(&self.org).with_extension("proof").exists(), "nothing was made");
        assert!(self.holds().await.contains("4 unspent 未用, 0 spent 已用"));
    }

    /// Sealed again without a higher sequence the first would stand; what was sealed is told without a node.
    async fn is_refused_twice(&self, place: &[&str], with: &[&str]) {
        let (bid, again) = (self.file("bid"), self.folder.join("again"));
        let place = [&place[..2], &["--out", text(&again)]].concat();
        let (code, said) = self.runs(&["seal", &bid], &[&place[..], with].concat()).await;
        assert!(code == Some(1) && said.contains("give --sequence 2"), "{said}");
        assert!(!again.with_extension("proof").exists() && self.holds().await.contains("3 unspent"));
        let name = self.folder.join(&self.org);
        let (code, said) = biaozheng(&["seal", "--check", text(&name)]).await;
        assert!(
            code == Some(0) && said.contains("人民币玖拾万元整") && said.contains("project 项目 P-1"),
            "{said}"
        );
    }

    /// After the deadline nothing is withdrawn, and no token goes; the bid stands, and says so.
    async fn comes_too_late(&self) {
        let (proof, late) = (self.file("proof"), self.folder.join("late"));
        let wallet = self.file("wallet");
        let place = ["--project", "P-1", "--out", text(&late), "--wallet", &wallet, "--same-node"];
        let (code, said) = self.runs(&["seal", "--withdraw"], &place).await;
        assert!(code == Some(1) && said.contains("投标截止时间已过") && said.contains("北京时间"), "{said}");
        let of = [&["--of", &proof, "--sequence", "2"], &place[..]].concat();
        let (code, said) = self.runs(&["seal", "--withdraw"], &of).await;
        assert!(code == Some(1) && said.contains("不能再撤回"), "{said}");
        assert!(!late.with_extension("proof").exists() && self.holds().await.contains("3 unspent"));
        let name = self.folder.join(&self.org);
        let (code, said) = biaozheng(&["seal", "--check", text(&name), "--api", &self.api]).await;
        assert!(code == Some(0) && said.contains("stands"), "{said}");
    }

    /// `B1` and `B2` have tokens. The sending of `B2` fails, and it goes on with the same bytes. The wallet of `B3` is empty:
    /// it refuses, and asks by name
    /// when it is told to.
    async fn seals(&self) {
        let (bid, out, wallet) = (self.file("bid"), self.folder.join(&self.org), self.file("wallet"));
        let place = ["--project", "P-1", "--out", text(&out)];
        let at = ["--enter-at", &self.enter_at];
        let (mut with, mut first, mut kept) = (vec!["--wallet", &wallet], vec!["seal", &bid], None);
        if self.org == "B1" {
            self.is_refused_with_anothers_key(&place, &[&with[..], &at].concat()).await;
        }
        if self.org == "B3" {
            let (code, said) = self.runs(&first, &[&place[..], &with, &at].concat()).await;
            assert!(code == Some(1) && said.contains("没有有效的未用凭证"), "{said}");
            assert!(!out.with_extension("json").exists(), "nothing was made to be sent");
            first = vec!["seal", "--again"];
            with.push("--ask-by-name");
        }
        if self.org == "B2" {
            let nowhere = ["--enter-at", "http://127.0.0.1:9", "--timeout-s", "1"];
            let (code, said) = self.runs(&first, &[&place[..], &with, &nowhere].concat()).await;
            assert_eq!(code, Some(2), "{said}");
            assert!(self.holds().await.contains("3 unspent 未用, 1 spent"), "bound before it is sent");
            // Ended between binding the token and keeping the record: the same record is made again.
            kept = Some(std::fs::read(out.with_extension("json")).unwrap());
            std::fs::remove_file(out.with_extension("json")).unwrap();
            first = vec!["seal", "--again"];
        }
        let (code, said) = self.runs(&first, &[&place[..], &with, &at].concat()).await;
        assert_eq!(code, Some(0), "{said}");
        if first != ["seal", "--again"] {
            assert!(said.contains("人民币玖拾万元整") && said.contains("bidder 投标人 B1"), "{said}");
            assert!(said.contains("北京时间") && said.contains("sequence 序号 1"), "{said}");
        }
        assert_eq!(said.contains("警告"), self.org == "B3", "asking by name is warned of: {said}");
        let left = if self.org == "B3" { "0 unspent 未用, 1 spent" } else { "3 unspent 未用, 1 spent" };
        assert!(self.holds().await.contains(left));
        let record = std::fs::read(out.with_extension("json")).unwrap();
        assert!(kept.is_none_or(|kept| kept == record), "the same bytes");
        if self.org == "B1" {
            self.is_refused_twice(&place, &[&with[..], &at].concat()).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_sealed_bids_open_themselves_although_a_validator_is_gone() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path();
    let mut cluster = Cluster::found(&folder.join("consortium"), "sealing").await.unwrap();
    let members = groups::prepare(&cluster, |index| usize::from(index == COVERING)).await.unwrap();
    cluster.start(0..4).await.unwrap();
    let numbers =
        groups::Numbers { slot_ms: SLOT_MS, ahead: 1000, quota: 4, member_quota: 400, phase_ms: 4000 };
    groups::found(&cluster, &members, numbers).await.unwrap();
    let mut chain = Trial::prepare(cluster, 3).await.unwrap();
    for number in 1..=3_u8 {
        key_file::create(&folder.join(format!("B{number}.key")), &SecretKey::from_seed(&[50 + number; 32]))
            .unwrap();
    }
    let sealing: Sealing = serde_json::from_value(chain.look("/v1/sealing").await.unwrap()).unwrap();
    assert!(sealing.slot_ms == SLOT_MS && sealing.tokens.is_some());
    std::fs::write(folder.join("chain-id"), chain.cluster.chain.to_string()).unwrap();
    // Tokens are asked for before there is a tender; the third has only an empty wallet.
    let third = folder.join("B3.wallet");
    drop(Wallet::create(&third, chain.cluster.chain, OrgId::new("B3").unwrap()).unwrap());
    for number in 0..2 {
        bidder(&chain, folder, number).fetches().await;
    }
    let deadline = chain.deadline_after(SLOT_MS, Duration::from_secs(45));
    let published = chain.publish("P-1", deadline).await.unwrap();

    // Three bids through the bidder's program, all entered at the node that covers entries.
    let mut sealing = Vec::new();
    for (number, (org, price)) in
        [("B1", 90_000_000), ("B2", 80_000_000), ("B3", 95_000_000)].into_iter().enumerate()
    {
        let bidder = bidder(&chain, folder, number);
        std::fs::write(folder.join(format!("{org}.bid")), json!({"price": price}).to_string()).unwrap();
        sealing.push(tokio::spawn(async move { bidder.seals().await }));
    }
    for one in sealing {
        one.await.unwrap();
    }
    assert!(author::clock().get() < deadline, "the bids were to be in before the deadline");
    for org in ["B1", "B2", "B3"] {
        let certificate = std::fs::read_to_string(folder.join(format!("{org}.cert.json"))).unwrap();
        assert!(!certificate.contains(&format!("\"{org}\"")), "a receipt tells nobody's name");
        assert!(folder.join(format!("{org}.proof")).exists());
    }
    assert_eq!(chain.look("/v1/projects/P-1").await.unwrap()["stage"], "published");

    let before = chain.look("/v1/projects/P-1/opening").await.unwrap();
    assert!(before["lots"].is_null() && before["waits"]["code"] == "opening.early", "{before}");
    assert!(!before.to_string().contains("B1"), "neither names nor number before the opening: {before}");

    // One of four is gone: three are a quorum of the group and of the chain.
    chain.cluster.kill(3).await.unwrap();
    chain.opened(deadline).await.unwrap();
    let chain_id = folder.join("chain-id");
    let url = chain.cluster.url(0);
    let (code, said) = biaozheng(&["open", "P-1", "--chain", text(&chain_id), "--api", &url]).await;
    assert!(code == Some(0) && ["B1 1", "B2 1", "B3 1"].iter().all(|bid| said.contains(bid)), "{said}");
    bidder(&chain, folder, 0).comes_too_late().await;
    let prices = chain.read_out("P-1", published, &["B1", "B2", "B3"]).await.unwrap();
    assert_eq!(prices, [90_000_000, 80_000_000, 95_000_000]);
    let bids = chain.look("/v1/projects/P-1/bids").await.unwrap();
    let bids: Page<OpenedBid> = serde_json::from_value(bids).unwrap();
    assert!(bids.items.len() == 3 && bids.items.iter().all(|bid| bid.text.is_some() && bid.group.is_some()));
    let shown: Project = serde_json::from_value(chain.look("/v1/projects/P-1").await.unwrap()).unwrap();
    assert!(shown.sealed_by.is_some());
    for (name, least) in [("made", 2.0), ("taken", 2.0)] {
        let number =
            chain.metric(COVERING, &format!("biaozheng_sealing_partials_{name}_total")).await.unwrap();
        assert!(number >= least, "{name} {number}");
    }
    for name in ["partials_bad", "beyond_cover", "cover_missed"] {
        let number = chain.metric(COVERING, &format!("biaozheng_sealing_{name}_total")).await.unwrap();
        assert!(number < 1.0, "{name} {number}");
    }
    // Bids took the places of dummies: the slot has as many entries as the moments let out, the same of each class.
    let seen = chain.entries(slot(deadline, SLOT_MS).unwrap()).await.unwrap();
    let moments = chain.metric(COVERING, "biaozheng_sealing_cover_total").await.unwrap();
    println!("entries of each class: {seen:?}, places at moments: {moments}");
    assert_eq!(f64::from(seen.values().sum::<u32>()), moments);
    assert!(seen.len() == 4 && seen.values().all(|count| *count >= 3), "{seen:?}");
    // Shares lie encrypted, for their owner only.
    for index in 0..4 {
        use std::os::unix::fs::PermissionsExt as _;
        let share = chain.cluster.home(index).join("sealing/sealing-0.share");
        assert!(std::fs::read(&share).unwrap().starts_with(b"BZSH"));
        assert_eq!(std::fs::metadata(&share).unwrap().permissions().mode() & 0o777, 0o600);
    }
    chain.cluster.stop().await;
}
