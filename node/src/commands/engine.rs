//! The two calls from the command line into the node itself.

use std::path::Path;

use biaozheng_ledger::genesis::Genesis;

use crate::run::config::Config;
use crate::run::node::Ended;
use biaozheng_commands::output::say;

/// Creates a node's store and signer guard: once in its life.
pub(super) fn initialise(home: &Path, genesis: &Genesis) -> anyhow::Result<()> {
    crate::run::node::initialise(home, genesis)
}

/// Runs a node until the terminal or the service manager stops it. `notes` are said once blocks advance.
pub(super) fn run(config: Config, notes: Vec<String>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let stop = stop_signal()?;
        crate::run::node::run(config, stop, move |running, height| {
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

/// Resolves at an interrupt, a request to terminate, or when the terminal hung up. Where there is no terminal, SIGHUP is
/// what a log rotator or an old habit sends: log files are opened anew and the node goes on. SIGPIPE is ignored by every
/// Rust program; a reader of the log or of standard output that left ends nothing.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use std::io::IsTerminal as _;
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let mut hangup = signal(SignalKind::hangup())?;
    // Asked now: a terminal that hung up is none any more.
    let at_terminal = std::io::stdin().is_terminal() || std::io::stderr().is_terminal();
    Ok(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => return,
                _ = terminate.recv() => return,
                _ = hangup.recv() => {
                    if at_terminal {
                        return;
                    }
                    crate::run::logging::reopen();
                    tracing::info!("SIGHUP: log files are opened anew; config.toml is read at a start only");
                }
            }
        }
    })
}
