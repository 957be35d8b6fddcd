//! Hooks against a real HTTP server: signatures, order, repetition, restarts, what is never connected to.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::await_holding_lock
)]

mod server;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use biaozheng_webhook::{Event, HookSettings, Hooks, Source, SourceError, StartError};
use server::Server;
use tokio::sync::watch;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const CHAIN: &str = "sha256:chain";

/// A chain in memory.
#[derive(Default)]
struct Chain {
    blocks: Mutex<Vec<Vec<Event>>>,
    height: watch::Sender<u64>,
    unreadable: Mutex<u32>,
}

impl Chain {
    /// Commits a block of these kinds, each of project `P-<height>`.
    fn commit(&self, kinds: &[&str]) {
        let mut blocks = self.blocks.lock().unwrap();
        let height = blocks.len() as u64 + 1;
        let event = |(position, kind): (u32, &&str)| Event {
            height,
            position,
            time_ms: 1_772_414_400_000 + height,
            record: format!("sha256:{height:032x}{position:032x}"),
            kind: (*kind).to_owned(),
            project: Some(format!("P-{height}")),
            author: "ORG".to_owned(),
        };
        blocks.push((0..).zip(kinds).map(event).collect());
        self.height.send_replace(height);
    }
}

#[async_trait]
impl Source for Chain {
    fn height(&self) -> u64 {
        *self.height.borrow()
    }

    async fn committed(&self, height: u64, timeout: Duration) {
        let _ = tokio::time::timeout(timeout, self.height.subscribe().wait_for(|now| *now >= height)).await;
    }

    fn events(&self, height: u64) -> Result<Vec<Event>, SourceError> {
        let mut unreadable = self.unreadable.lock().unwrap();
        if *unreadable > 0 {
            *unreadable -= 1;
            return Err(SourceError("the disk is slow".to_owned()));
        }
        Ok(self.blocks.lock().unwrap()[usize::try_from(height).unwrap() - 1].clone())
    }
}

struct Setting {
    folder: tempfile::TempDir,
    chain: Arc<Chain>,
}

impl Setting {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret");
        std::fs::write(&secret, SECRET).unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        Self { folder, chain: Arc::default() }
    }

    fn hook(&self, name: &str, url: &str, rest: &str) -> HookSettings {
        let text = format!(
            "name = \"{name}\"\nurl = \"{url}\"\nsecret_file = \"secret\"\nallow_http = true\n{rest}"
        );
        toml::from_str::<HookSettings>(&text).unwrap().within(self.folder.path())
    }

    fn to(&self, server: &Server, rest: &str) -> HookSettings {
        let url = format!("http://{}/hook", server.address);
        self.hook("a", &url, &format!("private_addresses = true\n{rest}"))
    }

    fn start(&self, hooks: &[HookSettings]) -> Hooks {
        self.try_start(hooks).unwrap()
    }

    fn try_start(&self, hooks: &[HookSettings]) -> Result<Hooks, StartError> {
        let source: Arc<dyn Source> = Arc::clone(&self.chain) as _;
        Hooks::start(hooks, &self.folder.path().join("webhooks"), CHAIN, &source)
    }
}

/// `height.position` of everything received, with the answers.
fn places(received: &[server::Received]) -> Vec<(String, u16)> {
    let place = |one: &server::Received| {
        let body: serde_json::Value = serde_json::from_str(&one.body).unwrap();
        (format!("{}.{}", body["data"]["height"], body["data"]["position"]), one.answered)
    };
    received.iter().map(place).collect()
}

fn taken(received: &[server::Received]) -> Vec<String> {
    places(received).into_iter().filter(|(_, answer)| *answer == 204).map(|(place, _)| place).collect()
}

async fn until(what: impl Fn() -> bool) {
    let wait = async {
        while !what() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.expect("it must come about");
}

#[tokio::test]
async fn matching_events_arrive_in_order_and_verify_with_another_library() {
    let (setting, server) = (Setting::new(), Server::start().await);
    setting.chain.commit(&["before.the_hook/1"]);
    let hooks = setting.start(&[setting.to(&server, "kinds = [\"tender.*\", \"award.published\"]\n")]);
    setting.chain.commit(&["tender.published/1", "key.rotated/1", "tender.changed/1"]);
    setting.chain.commit(&[]);
    setting.chain.commit(&["award.published/2"]);
    {
        let received = server.requests(3).await;
        assert_eq!(taken(&received), ["2.0", "2.2", "4.0"]);
        let judge = standardwebhooks::Webhook::new(SECRET).unwrap();
        let mut ids = Vec::new();
        for one in received.iter() {
            assert_eq!(one.path, "/hook");
            assert_eq!(one.headers["content-type"], "application/json");
            judge.verify(one.body.as_bytes(), &one.headers).unwrap();
            let forged = one.body.replace("\"ORG\"", "\"GRO\"");
            assert!(forged != one.body && judge.verify(forged.as_bytes(), &one.headers).is_err());
            ids.push(one.headers["webhook-id"].to_str().unwrap().to_owned());
        }
        assert_eq!(ids[1], format!("record_{:032x}{:032x}", 2, 2));
        ids.dedup();
        assert_eq!(ids.len(), 3);
    }
    until(|| hooks.behind(4) == 0).await;
    assert_eq!((hooks.delivered(), hooks.failed()), (3, 0));
}

#[tokio::test]
async fn a_failure_is_repeated_with_the_same_id_before_anything_else_and_no_redirect_is_followed() {
    let (setting, server) = (Setting::new(), Server::start().await);
    let elsewhere = Server::start().await;
    let location = format!("http://{}/stolen", elsewhere.address);
    server.then(500, None).then(307, Some(("location", location))).then(204, None);
    let hooks = setting.start(&[setting.to(&server, "")]);
    setting.chain.commit(&["a.b/1", "a.c/1"]);
    let received = server.requests(4).await;
    let expected = [("1.0", 500), ("1.0", 307), ("1.0", 204), ("1.1", 204)];
    assert_eq!(places(&received), expected.map(|(place, answer)| (place.to_owned(), answer)));
    assert_eq!(received[0].headers["webhook-id"], received[2].headers["webhook-id"]);
    let judge = standardwebhooks::Webhook::new(SECRET).unwrap();
    received.iter().for_each(|one| judge.verify(one.body.as_bytes(), &one.headers).unwrap());
    assert_eq!((elsewhere.count(), hooks.failed()), (0, 2));
}

#[tokio::test]
async fn a_restart_loses_nothing_and_keeps_the_order() {
    let (setting, server) = (Setting::new(), Server::start().await);
    server.then(204, None).then(204, None).then(503, None);
    let hook = setting.to(&server, "");
    let hooks = setting.start(std::slice::from_ref(&hook));
    for _ in 0..5 {
        setting.chain.commit(&["a.b/1", "a.c/1"]);
    }
    // Two are taken, the third was refused and waits to be sent again.
    drop(server.requests(3).await);
    until(|| hooks.delivered() == 2 && hooks.failed() == 1).await;
    drop(hooks);
    setting.chain.commit(&["a.d/1"]);
    let hooks = setting.start(&[hook]);
    let received = server.requests(12).await;
    let expected = ["1.0", "1.1", "2.0", "2.1", "3.0", "3.1", "4.0", "4.1", "5.0", "5.1", "6.0"];
    assert_eq!(taken(&received), expected);
    assert_eq!(received.len(), 12);
    drop(received);
    until(|| hooks.behind(6) == 0).await;
}

#[tokio::test]
async fn a_hook_that_was_never_sent_anything_misses_nothing_while_the_node_is_down() {
    let (setting, server) = (Setting::new(), Server::start().await);
    let hook = setting.to(&server, "");
    drop(setting.start(std::slice::from_ref(&hook)));
    setting.chain.commit(&["a.b/1"]);
    let _hooks = setting.start(&[hook]);
    assert_eq!(taken(&server.requests(1).await), ["1.0"]);
}

#[tokio::test]
async fn a_new_hook_can_begin_in_the_past_and_for_one_project() {
    let (setting, server) = (Setting::new(), Server::start().await);
    for _ in 0..4 {
        setting.chain.commit(&["a.b/1"]);
    }
    *setting.chain.unreadable.lock().unwrap() = 1;
    let rest = "from_height = 2\nprojects = [\"P-1\", \"P-3\", \"P-4\"]\n";
    let _hooks = setting.start(&[setting.to(&server, rest)]);
    assert_eq!(taken(&server.requests(2).await), ["3.0", "4.0"]);
}

#[tokio::test]
async fn a_receiver_that_hangs_holds_up_no_other_and_410_ends_a_hook() {
    let (setting, server) = (Setting::new(), Server::start().await);
    let (hanging, gone) = (Server::start().await, Server::start().await);
    hanging.then(0, None).then(0, None).then(0, None);
    gone.then(410, None);
    let other = |name: &str, server: &Server| {
        let mut hook = setting.to(server, "timeout_ms = 200\n");
        hook.name = name.to_owned();
        hook
    };
    let hooks = setting.start(&[other("hanging", &hanging), setting.to(&server, ""), other("gone", &gone)]);
    for _ in 0..3 {
        setting.chain.commit(&["a.b/1"]);
    }
    assert_eq!(taken(&server.requests(3).await), ["1.0", "2.0", "3.0"]);
    drop(hanging.requests(2).await);
    assert!(hooks.failed() >= 1);
    assert_eq!(hooks.behind(3), 3);
    assert_eq!(gone.count(), 1);
}

#[tokio::test]
async fn a_name_with_a_private_address_is_never_connected_to() {
    let (setting, server) = (Setting::new(), Server::start().await);
    let url = format!("http://localhost:{}/hook", server.address.port());
    let hooks = setting.start(&[setting.hook("a", &url, "")]);
    setting.chain.commit(&["a.b/1"]);
    until(|| hooks.failed() >= 1).await;
    drop(hooks);
    assert_eq!(server.count(), 0);
    // The same name, allowed, gets what it missed.
    let _hooks = setting.start(&[setting.hook("a", &url, "private_addresses = true\n")]);
    assert_eq!(taken(&server.requests(1).await), ["1.0"]);
}

#[tokio::test]
async fn what_cannot_work_is_refused_at_the_start() {
    let (setting, server) = (Setting::new(), Server::start().await);
    let good = setting.to(&server, "");
    let missing = HookSettings { secret_file: Path::new("/nowhere").into(), ..good.clone() };
    assert!(matches!(setting.try_start(&[missing]), Err(StartError::Secret(_))));
    let private = HookSettings { private_addresses: false, ..good.clone() };
    assert!(matches!(setting.try_start(&[private]), Err(StartError::Settings(_))));
    let source: Arc<dyn Source> = Arc::clone(&setting.chain) as _;
    let folder = setting.folder.path().join("webhooks");
    drop(Hooks::start(std::slice::from_ref(&good), &folder, CHAIN, &source).unwrap());
    let other = Hooks::start(&[good], &folder, "sha256:other", &source);
    assert!(matches!(other, Err(StartError::Cursor(_))));
}

#[tokio::test]
async fn an_event_refused_for_good_is_set_aside_and_those_behind_it_go_on_in_order() {
    let (setting, server) = (Setting::new(), Server::start().await);
    server.then(204, None).then(422, None).then(422, None).then(422, None);
    let hook = setting.to(&server, "set_aside_after_s = 1\n");
    let hooks = setting.start(std::slice::from_ref(&hook));
    setting.chain.commit(&["a.b/1", "a.c/1", "a.d/1"]);
    setting.chain.commit(&["a.e/1"]);
    let refused = {
        let received = server.requests(6).await;
        assert_eq!(taken(&received), ["1.0", "1.2", "2.0"]);
        let of_refused = places(&received).into_iter().filter(|(place, _)| place == "1.1").count();
        assert_eq!(of_refused, 3);
        received[1].headers["webhook-id"].to_str().unwrap().to_owned()
    };
    until(|| hooks.behind(2) == 0).await;
    let view = hooks.views().remove(0);
    assert_eq!((view.aside.len(), view.held, hooks.set_aside()), (1, None, 1));
    let aside = &view.aside[0];
    assert_eq!(
        (aside.event.as_str(), aside.height, aside.position, aside.attempts),
        (refused.as_str(), 1, 1, 3)
    );
    assert!(aside.reason.contains("422"), "{}", aside.reason);

    // It is there after a restart, and can be sent again: the same id, signed anew.
    drop(hooks);
    let hooks = setting.start(&[hook]);
    server.then(422, None);
    let again = hooks.send_again("a", &refused).await.unwrap_err();
    assert!(again.to_string().contains("422") && hooks.set_aside() == 1, "{again}");
    hooks.send_again("a", &refused).await.unwrap();
    assert_eq!(hooks.set_aside(), 0);
    let received = server.requests(8).await;
    let last = received.last().unwrap();
    assert_eq!((last.headers["webhook-id"].to_str().unwrap(), last.answered), (refused.as_str(), 204));
    standardwebhooks::Webhook::new(SECRET).unwrap().verify(last.body.as_bytes(), &last.headers).unwrap();
    assert!(hooks.send_again("a", &refused).await.unwrap_err().to_string().contains("not set aside"));
}

#[tokio::test]
async fn the_operator_skips_what_is_held_and_drops_what_was_set_aside() {
    let (setting, server) = (Setting::new(), Server::start().await);
    // A path that is gone is no refusal of this event: it is never set aside by itself.
    for _ in 0..2 {
        server.then(404, Some(("retry-after", "3600".to_owned())));
    }
    let hooks = setting.start(&[setting.to(&server, "set_aside_after_s = 1\n")]);
    assert!(hooks.skip("a").unwrap_err().to_string().contains("waits on no event"));
    assert!(hooks.skip("b").unwrap_err().to_string().contains("there are: a"));
    setting.chain.commit(&["a.b/1", "a.c/1"]);
    until(|| hooks.views()[0].held.is_some()).await;
    assert_eq!(hooks.views()[0].held.as_ref().unwrap().refusals, 0);
    let skipped = hooks.skip("a").unwrap();
    until(|| hooks.set_aside() == 1).await;
    until(|| hooks.views()[0].held.as_ref().is_some_and(|held| held.position == 1)).await;
    hooks.drop_event("a", &skipped).unwrap();
    assert!(hooks.drop_event("a", &skipped).is_err() && hooks.set_aside() == 0);
    hooks.skip("a").unwrap();
    until(|| hooks.behind(1) == 0).await;
    assert_eq!((hooks.set_aside(), server.count()), (1, 2));
}

#[tokio::test]
async fn a_date_to_come_back_at_is_kept_to() {
    let (setting, server) = (Setting::new(), Server::start().await);
    let date = |seconds| {
        let at = std::time::SystemTime::now() + Duration::from_secs(seconds);
        Some(("retry-after", httpdate::fmt_http_date(at)))
    };
    server.then(503, date(3)).then(204, None);
    let _hooks = setting.start(&[setting.to(&server, "")]);
    setting.chain.commit(&["a.b/1"]);
    drop(server.requests(1).await);
    let first = tokio::time::Instant::now();
    drop(server.requests(2).await);
    // Without the date it would be half a second to one.
    assert!(first.elapsed() >= Duration::from_millis(1500), "{:?}", first.elapsed());
}
