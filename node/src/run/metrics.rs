//! Numbers for Prometheus.

use biaozheng_ledger::block::Header;
use biaozheng_ledger::ids::Height;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// Every metric of a node. Names carry their unit.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    pub height: Gauge,
    pub round_now: Gauge,
    pub tree_size: Gauge,
    pub certified_size: Gauge,
    pub waiting: Gauge,
    pub peers_connected: Gauge,
    pub records: Counter,
    pub blocks: Counter,
    pub received: Counter,
    pub refused: Counter,
    pub invalid_proposals: Counter,
    pub misbehaviour: Counter,
    pub block_records: Histogram,
    pub disk_bytes: Gauge,
    pub webhook_deliveries: Counter,
    pub webhook_failures: Counter,
    pub webhook_behind: Gauge,
    pub webhook_aside: Gauge,
    pub witnessed_size: Gauge,
    pub witness_failures: Counter,
    pub witness_conflicts: Counter,
    pub timestamps: Counter,
    pub timestamp_failures: Counter,
    /// The engine's own count, taken over whenever it is asked for.
    pub engine_dropped: Counter,
    pub own_clock_ahead: Gauge,
    pub clocks_off: Gauge,
    pub sealing: SealingMetrics,
}

/// Sealed bids: what this node does with its shares.
#[derive(Debug, Clone)]
pub struct SealingMetrics {
    pub due: Gauge,
    pub partials_made: Counter,
    pub partials_taken: Counter,
    pub partials_bad: Counter,
    pub submitted: Counter,
    /// Of this node's own records, those that were not taken.
    pub not_taken: Counter,
    /// Clients' entries and dummies alike: a count of dummies alone would tell how many are bids.
    pub cover: Counter,
    pub beyond: Counter,
    pub missed: Counter,
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
        let gauge = |registry: &mut Registry, name: &str, help: &str| {
            let gauge = Gauge::default();
            registry.register(name, help, gauge.clone());
            gauge
        };
        let counter = |registry: &mut Registry, name: &str, help: &str| {
            let counter = Counter::default();
            registry.register(name, help, counter.clone());
            counter
        };
        let height = gauge(&mut registry, "height", "Height of the last committed block");
        let round_now = gauge(
            &mut registry,
            "consensus_round",
            "Round of the height being decided; above 0 a proposer is slow or down",
        );
        let tree_size = gauge(&mut registry, "history_tree_entries", "Leaves of the history tree");
        let certified_size =
            gauge(&mut registry, "certified_tree_entries", "Leaves under the newest cosigned checkpoint");
        let waiting = gauge(&mut registry, "waiting_records", "Records received and not yet in a block");
        let peers_connected = gauge(&mut registry, "peers_connected", "Connected nodes of the consortium");
        let disk = Gauge::default();
        registry.register_with_unit("store_disk", "Size of the store on disk", Unit::Bytes, disk.clone());
        let records = counter(&mut registry, "committed_records", "Records committed since start");
        let blocks = counter(&mut registry, "committed_blocks", "Blocks committed since start");
        let received =
            counter(&mut registry, "received_records", "Records this node gave a receipt for since start");
        let refused =
            counter(&mut registry, "refused_records", "Records the rules refused after their receipt");
        let invalid_proposals =
            counter(&mut registry, "invalid_proposals", "Proposed blocks this node voted against");
        let misbehaviour = counter(&mut registry, "misbehaviour", "Double votes or proposals seen");
        let webhook_deliveries =
            counter(&mut registry, "webhook_deliveries", "Events that webhooks' receivers took");
        let webhook_failures =
            counter(&mut registry, "webhook_failures", "Attempts to deliver an event that failed");
        let webhook_behind =
            gauge(&mut registry, "webhook_behind_blocks", "Blocks the webhook furthest behind has not done");
        let webhook_aside = gauge(
            &mut registry,
            "webhook_set_aside_events",
            "Events that webhooks' receivers refused for good and that wait for the operator",
        );
        let witnessed_size = gauge(
            &mut registry,
            "witnessed_tree_entries",
            "Leaves under the newest checkpoint with a line of an outside witness",
        );
        let witness_failures =
            counter(&mut registry, "witness_failures", "Times an outside witness did not cosign");
        let witness_conflicts = counter(
            &mut registry,
            "witness_conflicts",
            "Times an outside witness knew another history of this chain",
        );
        let timestamps =
            counter(&mut registry, "timestamps", "Checkpoints a time-stamping authority dated for this node");
        let timestamp_failures = counter(
            &mut registry,
            "timestamp_failures",
            "Times a time-stamping authority gave no token that holds",
        );
        let engine_dropped = counter(
            &mut registry,
            "engine_dropped_messages",
            "Messages the consensus engine threw away while it caught up, since start",
        );
        let own_clock_ahead = gauge(
            &mut registry,
            "own_clock_ahead_ms",
            "This node's clock less the other validators', where they agree that it is off; else 0",
        );
        let clocks_off = gauge(
            &mut registry,
            "clocks_off",
            "Validators, this node among them, whose clock is further off than the genesis' precision",
        );
        let block_records = Histogram::new(exponential_buckets(1.0, 2.0, 13));
        registry.register("block_records", "Records a block", block_records.clone());
        let sealing = SealingMetrics {
            due: gauge(
                &mut registry,
                "sealing_due_labels",
                "Labels of sealed bids that are to be opened now",
            ),
            partials_made: counter(
                &mut registry,
                "sealing_partials_made",
                "Partial signatures this node made",
            ),
            partials_taken: counter(
                &mut registry,
                "sealing_partials_taken",
                "Good partial signatures of peers",
            ),
            partials_bad: counter(
                &mut registry,
                "sealing_partials_bad",
                "Partial signatures that convict a peer",
            ),
            submitted: counter(
                &mut registry,
                "sealing_records",
                "Records of ceremonies and openings submitted",
            ),
            not_taken: counter(
                &mut registry,
                "sealing_records_not_taken",
                "Records of ceremonies and openings this node made that were not taken, mostly because another member was first",
            ),
            cover: counter(
                &mut registry,
                "sealing_cover",
                "Sealed entries that left at this node's moments, clients' and dummies alike",
            ),
            beyond: counter(
                &mut registry,
                "sealing_beyond_cover",
                "Clients' sealed entries for covered slots that were more than the moments have room for",
            ),
            missed: counter(
                &mut registry,
                "sealing_cover_missed",
                "Places at moments for which this node had no token",
            ),
        };
        Self {
            registry,
            height,
            round_now,
            tree_size,
            certified_size,
            waiting,
            peers_connected,
            records,
            blocks,
            received,
            refused,
            invalid_proposals,
            misbehaviour,
            block_records,
            disk_bytes: disk,
            webhook_deliveries,
            webhook_failures,
            webhook_behind,
            webhook_aside,
            witnessed_size,
            witness_failures,
            witness_conflicts,
            timestamps,
            timestamp_failures,
            engine_dropped,
            own_clock_ahead,
            clocks_off,
            sealing,
        }
    }

    pub fn committed(&self, header: &Header, records: usize) {
        self.height.set(i64::try_from(header.height.get()).unwrap_or(i64::MAX));
        self.tree_size.set(i64::try_from(header.history_size).unwrap_or(i64::MAX));
        self.blocks.inc();
        self.records.inc_by(records as u64);
        self.block_records.observe(f64::from(u32::try_from(records).unwrap_or(u32::MAX)));
    }

    pub fn round(&self, _: Height, round: u32) {
        self.round_now.set(i64::from(round));
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
