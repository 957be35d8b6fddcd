//! The two calls from the command line into the node itself.

use std::path::Path;

use biaozheng_ledger::genesis::Genesis;

use super::output::say;
use crate::config::Config;
use crate::node::Ended;

/// Creates a node's store and signer guard: once in its life.
pub(super) fn initialise(home: &Path, genesis: &Genesis) -> anyhow::Result<()> {
    crate::node::initialise(home, genesis)
}

/// Runs a node until the terminal or the service manager stops it. `notes` are said once blocks advance.
pub(super) fn run(config: Config, notes: Vec<String>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let stop = stop_signal()?;
        crate::node::run(config, stop, move |running, height| {
            let address = running.api_address;
            say(format_args!("started 已启动: blocks advance, height {height}; http://{address}"));
            notes.iter().for_each(say);
        })
        .await
    })?;
    if ended == Ended::GuardPassed {
        // The same process from its beginning: every lock, port and key is taken anew.
        use std::os::unix::process::CommandExt as _;
        let program = std::env::current_exe()?;
        return Err(std::process::Command::new(program).args(std::env::args_os().skip(1)).exec().into());
    }
    Ok(())
}

/// Resolves at an interrupt or a request to terminate.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
