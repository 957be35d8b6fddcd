//! `biaozheng status`: whether the chain advances, and if not, why.

use std::time::Duration;

use anyhow::Context as _;
use biaozheng_client::{Client, Status};
use clap::Args;

use crate::Exit;
use crate::output::{complain, print, say};

mod report;

use report::{Verdict, report};

const EXAMPLE: &str = "\
Exit codes: 0 blocks advance, or nothing waits; 1 the chain stands; 2 the node cannot be reached.

Examples:
  biaozheng status
  biaozheng status --api http://10.1.2.3:8600 --watch
  biaozheng status --json | jq .height";

/// Between two looks with `--watch`.
const WATCH_INTERVAL: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct StatusCommand {
    /// The node's address
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8600")]
    api: String,
    /// Print the node's own answer
    #[arg(long)]
    json: bool,
    /// Look again every two seconds until interrupted
    #[arg(long)]
    watch: bool,
}

impl StatusCommand {
    pub async fn run(self) -> anyhow::Result<Exit> {
        let client = Client::new(&self.api)?;
        loop {
            let exit = match self.look(&client).await {
                Err(error) if self.watch => {
                    complain(format_args!("{error:#}"));
                    Exit::Unreachable
                }
                looked => looked?,
            };
            if !self.watch {
                return Ok(exit);
            }
            tokio::select! {
                () = tokio::time::sleep(WATCH_INTERVAL) => {}
                stopped = tokio::signal::ctrl_c() => {
                    stopped?;
                    return Ok(exit);
                }
            }
        }
    }

    async fn look(&self, client: &Client) -> anyhow::Result<Exit> {
        let json = client.status_json().await?;
        let status: Status = serde_json::from_value(json.clone())
            .with_context(|| format!("{}/v1/status is not a status this program knows", client.base_url()))?;
        let report = report(&status);
        if self.json {
            say(json);
        } else {
            if self.watch && std::io::IsTerminal::is_terminal(&std::io::stdout()) {
                print("\u{1b}[H\u{1b}[2J");
            }
            report.lines.iter().for_each(say);
        }
        Ok(if report.verdict == Verdict::Standing { Exit::No } else { Exit::Done })
    }
}
