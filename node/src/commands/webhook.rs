//! `biaozheng webhook`: where a running node's webhooks stand, and the way past an event that a receiver refuses.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use biaozheng_webhook::{HookView, SetAside};
use clap::{Args, Subcommand};

use crate::run::control::{self, Answer, Request};
use biaozheng_commands::Exit;
use biaozheng_commands::output::{complain, say};

const EXAMPLE: &str = "\
Events of one webhook are sent in the order of the chain, each until its receiver takes it. One that is answered 400, 409,
413, 415 or 422 for longer than the webhook's set_aside_after_s is set aside, and those behind it go on. It is kept in
HOME/webhooks/NAME.aside.json until it is sent or dropped here.

Exit codes: 0 done; for list: nothing waits for you; 1 it failed, or events are set aside; 2 the node does not run.

Examples:
  biaozheng webhook list --home /var/lib/biaozheng/node
  biaozheng webhook skip --home /var/lib/biaozheng/node --hook erp
  biaozheng webhook send --home /var/lib/biaozheng/node --hook erp";

/// How long `skip` waits for an attempt under way; longer than the longest.
const SKIP_PATIENCE: Duration = Duration::from_secs(70);
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// Say where each webhook stands, what it waits on and what was set aside 查看
    #[command(after_help = EXAMPLE)]
    List(List),
    /// Set aside the event a webhook waits on, so that those behind it are sent 搁置
    #[command(after_help = EXAMPLE)]
    Skip(Hook),
    /// Send events that were set aside once more, as they were; those taken leave the list 补发
    #[command(after_help = EXAMPLE)]
    Send(Events),
    /// Take events that were set aside out of the list: their receiver never hears of them 丢弃
    #[command(after_help = EXAMPLE)]
    Drop(Dropped),
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// The node's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    home: PathBuf,
    /// Print the node's own answer
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Hook {
    /// The node's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    home: PathBuf,
    /// The webhook's name
    #[arg(long, value_name = "NAME")]
    hook: String,
}

#[derive(Debug, Args)]
pub(super) struct Events {
    #[command(flatten)]
    of: Hook,
    /// This event alone, record_…; all of them when left out, in the order of the chain, until one is not taken
    #[arg(long = "event", value_name = "ID")]
    events: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Dropped {
    #[command(flatten)]
    of: Hook,
    /// The event, record_…
    #[arg(long = "event", value_name = "ID", required = true)]
    events: Vec<String>,
}

impl WebhookCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        match self {
            Self::List(list) => list.run().await,
            Self::Skip(hook) => hook.skip().await,
            Self::Send(events) => events.send().await,
            Self::Drop(dropped) => dropped.run().await,
        }
    }
}

/// `None` where no node runs in the folder, which is said.
async fn ask(home: &Path, request: &Request) -> anyhow::Result<Option<Answer>> {
    let answer = control::ask(home, request).await?;
    if answer.is_none() {
        complain(format_args!(
            "no node runs in {}: its webhooks stand in HOME/webhooks and go on with it 该目录没有运行中的节点",
            home.display()
        ));
    }
    Ok(answer)
}

async fn views(home: &Path) -> anyhow::Result<Option<Vec<HookView>>> {
    match ask(home, &Request::Webhooks).await? {
        None => Ok(None),
        Some(Answer::Webhooks(views)) => Ok(Some(views)),
        Some(_) => bail!("the node answered something else; is it of this version?"),
    }
}

impl List {
    async fn run(self) -> anyhow::Result<Exit> {
        let Some(views) = views(&self.home).await? else { return Ok(Exit::Unreachable) };
        if self.json {
            say(serde_json::to_string(&views)?);
        } else {
            views.iter().for_each(show);
            if views.is_empty() {
                say("this node has no webhooks 未配置事件通知");
            }
        }
        Ok(if views.iter().all(|view| view.aside.is_empty()) { Exit::Done } else { Exit::No })
    }
}

fn show(view: &HookView) {
    let end = if view.gone {
        "; answered 410 Gone, rests until the node's next start 接收方已停止"
    } else {
        ""
    };
    say(format_args!("{}: sends from block {} on 从该区块起{end}", view.hook, view.height));
    if let Some(held) = &view.held {
        say(format_args!(
            "  waits on 等待 {} ({}, block {}.{}) since {}: {} attempts, {} refusals in a row; {}",
            held.event,
            held.kind,
            held.height,
            held.position,
            time(held.since_ms),
            held.attempts,
            held.refusals,
            held.reason
        ));
    }
    view.aside.iter().for_each(show_aside);
}

fn show_aside(one: &SetAside) {
    say(format_args!(
        "  set aside 已搁置 {} ({}, block {}.{}) at {} after {} attempts; {}",
        one.event,
        one.kind,
        one.height,
        one.position,
        time(one.set_aside_ms),
        one.attempts,
        one.reason
    ));
}

/// Beijing time.
fn time(ms: u64) -> String {
    let time = i64::try_from(ms).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    let beijing = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    time.map_or_else(|| ms.to_string(), |time| time.to_zoned(beijing).strftime("%F %T%:z").to_string())
}

impl Hook {
    async fn skip(self) -> anyhow::Result<Exit> {
        let request = Request::SkipEvent { hook: self.hook.clone() };
        let event = match ask(&self.home, &request).await? {
            None => return Ok(Exit::Unreachable),
            Some(Answer::Event(event)) => event,
            Some(_) => bail!("the node answered something else; is it of this version?"),
        };
        let begun = Instant::now();
        while begun.elapsed() < SKIP_PATIENCE {
            let Some(views) = views(&self.home).await? else { return Ok(Exit::Unreachable) };
            let view = views.iter().find(|view| view.hook == self.hook).context("the webhook is gone")?;
            if view.aside.iter().any(|one| one.event == event) {
                say(format_args!("set aside 已搁置 {event}; the next ones are sent"));
                return Ok(Exit::Done);
            }
            if view.held.as_ref().is_none_or(|held| held.event != event) {
                say(format_args!("taken meanwhile 接收方已接受 {event}"));
                return Ok(Exit::Done);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        complain(format_args!("{event} is not set aside; the node's log says why 未能搁置，见节点日志"));
        Ok(Exit::No)
    }
}

impl Events {
    async fn send(self) -> anyhow::Result<Exit> {
        let hook = &self.of.hook;
        let mut events = self.events;
        if events.is_empty() {
            let Some(views) = views(&self.of.home).await? else { return Ok(Exit::Unreachable) };
            let view = views.into_iter().find(|view| view.hook == *hook);
            let mut aside =
                view.with_context(|| format!("there is no webhook {hook:?} 没有该事件通知"))?.aside;
            aside.sort_by_key(|one| (one.height, one.position));
            events = aside.into_iter().map(|one| one.event).collect();
        }
        for event in &events {
            let request = Request::SendEvent { hook: hook.clone(), event: event.clone() };
            if ask(&self.of.home, &request).await?.is_none() {
                return Ok(Exit::Unreachable);
            }
            say(format_args!("sent 已补发 {event}"));
        }
        say(format_args!("{} events sent 共补发", events.len()));
        Ok(Exit::Done)
    }
}

impl Dropped {
    async fn run(self) -> anyhow::Result<Exit> {
        for event in self.events {
            let request = Request::DropEvent { hook: self.of.hook.clone(), event: event.clone() };
            if ask(&self.of.home, &request).await?.is_none() {
                return Ok(Exit::Unreachable);
            }
            say(format_args!("dropped 已丢弃 {event}"));
        }
        Ok(Exit::Done)
    }
}
