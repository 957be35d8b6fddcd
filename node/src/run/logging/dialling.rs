//! Leaves out what the engine says, as an error of several lines, of every dial to a node that is away.
//!
//! The node says itself, in one line, who is away (`reach`). Everything else the engine calls an error is shown.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata};
use tracing_subscriber::layer::{Context, Filter};

/// The engine's parts that dial.
const DIALLERS: [&str; 2] = ["arc_malachitebft_network", "arc_malachitebft_discovery"];
/// How their messages about dials begin.
const DIALS: [&str; 3] = ["Error dialing peer", "Failed to dial peer", "Discovery bootstrap failed"];

/// Passes everything but failed dials of the engine.
#[derive(Debug, Clone, Copy)]
pub(super) struct WithoutDials;

struct Begins(bool);

impl Visit for Begins {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            let message = format!("{value:?}");
            self.0 |= DIALS.iter().any(|dial| message.starts_with(dial));
        }
    }
}

impl<S> Filter<S> for WithoutDials {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let target = event.metadata().target();
        if !DIALLERS.iter().any(|dialler| target.starts_with(dialler)) {
            return true;
        }
        let mut begins = Begins(false);
        event.record(&mut begins);
        !begins.0
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::Layer as _;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn failed_dials_are_left_out_and_every_other_error_is_shown() {
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(layer.with_filter(WithoutDials));
        tracing::subscriber::with_default(subscriber, || {
            tracing::error!(target: "arc_malachitebft_network", "Error dialing peer: Failed to negotiate\n * /ip4");
            tracing::error!(target: "arc_malachitebft_discovery::handlers", "Failed to dial peer {:?}", 7);
            tracing::error!(target: "arc_malachitebft_network", "Error listening on {}: taken", "/ip4");
            tracing::error!(target: "biaozheng_node", "Error dialing peer is our own word here");
        });
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(text.contains("Error listening on /ip4: taken") && text.contains("our own word"), "{text}");
    }
}
