//! Numbers for Prometheus: one row a metric, in groups by what they are about. Names carry their unit.

use biaozheng_ledger::block::Header;
use biaozheng_ledger::ids::Height;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// A group of metrics: each row is its field, its kind, its name and what it says.
macro_rules! group {
    ($(#[$about:meta])* $group:ident { $($(#[$doc:meta])* $field:ident: $kind:ident, $name:literal, $help:literal;)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone)]
        pub struct $group {
            $($(#[$doc])* pub $field: $kind,)*
        }

        impl $group {
            fn register(registry: &mut Registry) -> Self {
                $(let $field = $kind::default();
                registry.register($name, $help, $field.clone());)*
                Self { $($field,)* }
            }
        }
    };
}

group! {
    /// Blocks: how they are decided.
    ChainMetrics {
        height: Gauge, "height", "Height of the last committed block";
        round_now: Gauge, "consensus_round", "Round of the height being decided; above 0 a proposer is slow or down";
        tree_size: Gauge, "history_tree_entries", "Leaves of the history tree";
        peers_connected: Gauge, "peers_connected", "Connected nodes of the consortium";
        records: Counter, "committed_records", "Records committed since start";
        blocks: Counter, "committed_blocks", "Blocks committed since start";
        invalid_proposals: Counter, "invalid_proposals", "Proposed blocks this node voted against";
        misbehaviour: Counter, "misbehaviour", "Double votes or proposals seen";
        /// The engine's own count, taken over whenever it is asked for.
        engine_dropped: Counter, "engine_dropped_messages", "Messages the consensus engine threw away while it caught up, since start";
        own_clock_ahead: Gauge, "own_clock_ahead_ms", "This node's clock less the other validators', where they agree that it is off; else 0";
        clocks_off: Gauge, "clocks_off", "Validators, this node among them, whose clock is further off than the genesis' precision";
    }
}

group! {
    /// Records on their way in.
    IntakeMetrics {
        waiting: Gauge, "waiting_records", "Records received and not yet in a block";
        received: Counter, "received_records", "Records this node took since start: those it gave a receipt for, and its own";
        heard: Counter, "heard_records", "Records this node took from peers since start";
        refused: Counter, "refused_records", "Records the rules refused after their receipt";
    }
}

group! {
    /// Checkpoints, and what others say under them.
    LogMetrics {
        certified_size: Gauge, "certified_tree_entries", "Leaves under the newest cosigned checkpoint";
        witnessed_size: Gauge, "witnessed_tree_entries", "Leaves under the newest checkpoint with a line of an outside witness";
        witness_failures: Counter, "witness_failures", "Times an outside witness did not cosign";
        witness_conflicts: Counter, "witness_conflicts", "Times an outside witness knew another history of this chain";
        timestamps: Counter, "timestamps", "Checkpoints a time-stamping authority dated for this node";
        timestamp_failures: Counter, "timestamp_failures", "Times a time-stamping authority gave no token that holds";
    }
}

group! {
    /// Events that are sent to others.
    WebhookMetrics {
        deliveries: Counter, "webhook_deliveries", "Events that webhooks' receivers took";
        failures: Counter, "webhook_failures", "Attempts to deliver an event that failed";
        behind: Gauge, "webhook_behind_blocks", "Blocks the webhook furthest behind has not done";
        aside: Gauge, "webhook_set_aside_events", "Events that webhooks' receivers refused for good and that wait for the operator";
    }
}

group! {
    /// Sealed bids: what this node does with its shares.
    SealingMetrics {
        due: Gauge, "sealing_due_labels", "Labels of sealed bids that are to be opened now";
        partials_made: Counter, "sealing_partials_made", "Partial signatures this node made";
        partials_taken: Counter, "sealing_partials_taken", "Good partial signatures of peers";
        partials_bad: Counter, "sealing_partials_bad", "Partial signatures that convict a peer";
        submitted: Counter, "sealing_records", "Records of ceremonies and openings submitted";
        /// Of this node's own records, those that were not taken.
        not_taken: Counter, "sealing_records_not_taken", "Records of ceremonies and openings this node made that were not taken, mostly because another member was first";
        /// Clients' entries and dummies alike: a count of dummies alone would tell how many are bids.
        cover: Counter, "sealing_cover", "Sealed entries that left at this node's moments, clients' and dummies alike";
        beyond: Counter, "sealing_beyond_cover", "Clients' sealed entries for covered slots that were more than the moments have room for";
        missed: Counter, "sealing_cover_missed", "Places at moments for which this node had no token";
    }
}

/// Every metric of a node.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub chain: ChainMetrics,
    pub intake: IntakeMetrics,
    pub log: LogMetrics,
    pub webhooks: WebhookMetrics,
    pub sealing: SealingMetrics,
    pub block_records: Histogram,
    pub disk_bytes: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("biaozheng");
        let block_records = Histogram::new(exponential_buckets(1.0, 2.0, 13));
        registry.register("block_records", "Records a block", block_records.clone());
        let disk_bytes = Gauge::default();
        registry.register_with_unit(
            "store_disk",
            "Size of the store on disk",
            Unit::Bytes,
            disk_bytes.clone(),
        );
        Self {
            chain: ChainMetrics::register(&mut registry),
            intake: IntakeMetrics::register(&mut registry),
            log: LogMetrics::register(&mut registry),
            webhooks: WebhookMetrics::register(&mut registry),
            sealing: SealingMetrics::register(&mut registry),
            block_records,
            disk_bytes,
            registry,
        }
    }

    pub fn committed(&self, header: &Header, records: usize) {
        self.chain.height.set(i64::try_from(header.height.get()).unwrap_or(i64::MAX));
        self.chain.tree_size.set(i64::try_from(header.history_size).unwrap_or(i64::MAX));
        self.chain.blocks.inc();
        self.chain.records.inc_by(records as u64);
        self.block_records.observe(f64::from(u32::try_from(records).unwrap_or(u32::MAX)));
    }

    pub fn round(&self, _: Height, round: u32) {
        self.chain.round_now.set(i64::from(round));
    }

    /// OpenMetrics text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a String does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const ALERTS: &str = include_str!("../../../docs/monitoring/alerts.yaml");
    const DASHBOARD: &str = include_str!("../../../docs/monitoring/grafana-dashboard.json");

    /// Every name of a sample, without its labels.
    fn samples() -> BTreeSet<String> {
        let metrics = Metrics::new();
        metrics.block_records.observe(1.0);
        let text = metrics.text();
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.split(['{', ' ']).next().unwrap().to_owned()).collect()
    }

    /// Every name of this node's that a text asks for.
    fn asked(text: &str) -> BTreeSet<String> {
        let words = text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
        words.filter(|word| word.starts_with("biaozheng_")).map(str::to_owned).collect()
    }

    #[test]
    fn alerts_and_dashboard_ask_for_what_there_is_and_the_dashboard_for_everything() {
        let samples = samples();
        for (file, text) in [("alerts", ALERTS), ("dashboard", DASHBOARD)] {
            let unknown: Vec<_> = asked(text).difference(&samples).cloned().collect();
            assert!(unknown.is_empty(), "{file} asks for {unknown:?}");
        }
        assert!(asked(ALERTS).len() >= 10);
        let unseen: Vec<_> = samples.difference(&asked(DASHBOARD)).cloned().collect();
        assert!(unseen.is_empty(), "the dashboard does not show {unseen:?}");
    }

    #[test]
    fn the_text_is_open_metrics() {
        let text = Metrics::new().text();
        assert!(text.ends_with("# EOF\n") && text.matches("# EOF").count() == 1, "{text}");
        assert!(text.contains("# TYPE biaozheng_height gauge\n"), "{text}");
    }
}
