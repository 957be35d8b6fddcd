//! What a node's status means, in words. Pure: the same status always reads the same.

use biaozheng_client::Status;

/// Longer without a block that is due means that something is wrong: many rounds have passed in vain.
const PATIENCE_MS: u64 = 10_000;
/// The same for the heartbeat's block, which nobody waits for.
const HEARTBEAT_PATIENCE_MS: u64 = 60_000;

/// The answer in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Blocks are being made.
    Advancing,
    /// Nothing waits, and the heartbeat is on time.
    Idle,
    /// Blocks should be made and are not.
    Standing,
}

/// The answer with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) verdict: Verdict,
    pub(super) lines: Vec<String>,
}

pub(super) fn report(status: &Status) -> Report {
    let reasons = reasons(status);
    let verdict = match (reasons.is_empty(), status.waiting) {
        (false, _) => Verdict::Standing,
        (true, 0) => Verdict::Idle,
        (true, _) => Verdict::Advancing,
    };
    let word = match verdict {
        Verdict::Advancing => "advancing 正在出块",
        Verdict::Idle => "idle, healthy 空闲正常",
        Verdict::Standing => "STANDING 停滞",
    };
    let connected = status.peers.iter().filter(|peer| peer.connected).count();
    let mut lines = vec![
        format!("{word}: {} ({})", status.name, status.role),
        format!(
            "  height 高度 {}, last block 最近区块 {} ago",
            status.height,
            duration(status.last_block_age_ms)
        ),
        format!("  next block 下一区块 {}", next_block(status, verdict)),
        format!("  deciding 共识 {}", deciding(status)),
        format!(
            "  records waiting 待入块 {}; history {} entries, {} certified 已签证",
            status.waiting, status.history_size, status.certified_size
        ),
        format!("  peers connected 已连接 {connected} of {}", status.peers.len()),
    ];
    if !status.missing_validators.is_empty() {
        lines.push(format!("  validators missing 缺少验证节点: {}", status.missing_validators.join(", ")));
    }
    let away = status.peers.iter().filter(|peer| !peer.connected && !peer.validator);
    let away: Vec<&str> = away.map(|peer| peer.name.as_str()).collect();
    if !away.is_empty() {
        lines.push(format!("  observers away 未连接观察节点: {}", away.join(", ")));
    }
    lines.extend(clocks(status));
    if status.engine_dropped_messages > 0 {
        lines.push(format!(
            "  engine dropped 引擎丢弃消息: {} messages since the start; if the height stands while others go on, restart this node",
            status.engine_dropped_messages
        ));
    }
    lines.extend(reasons.into_iter().map(|reason| format!("  why 原因: {reason}")));
    lines.push(format!("  chain 链标识 {}", status.chain));
    Report { verdict, lines }
}

/// Why blocks do not advance; empty when they do, or need not.
fn reasons(status: &Status) -> Vec<String> {
    let mut reasons = status.reasons.clone();
    let present = status.validators.saturating_sub(status.missing_validators.len());
    if present < status.quorum {
        reasons.push(format!(
            "{present} of {} validators are in reach and {} must be; blocks go on by themselves when {} more return",
            status.validators,
            status.quorum,
            status.quorum.saturating_sub(present)
        ));
    }
    let due = status.waiting > 0 || status.next_block.in_ms == Some(0);
    let patience = if status.waiting > 0 { PATIENCE_MS } else { HEARTBEAT_PATIENCE_MS };
    if reasons.is_empty() && due && status.last_block_age_ms > patience {
        reasons.push(format!(
            "no block for {} although a quorum is in reach; {} is not decided: the logs of the validators say what they wait for or refuse",
            duration(status.last_block_age_ms),
            deciding(status)
        ));
    }
    reasons
}

/// Whose clock is off, and by how much.
fn clocks(status: &Status) -> Vec<String> {
    let way = |ahead_ms: i64| {
        let by = duration(ahead_ms.unsigned_abs());
        if ahead_ms > 0 { format!("{by} ahead 快") } else { format!("{by} behind 慢") }
    };
    let own = status.own_clock_ahead_ms.map(|ahead| {
        format!("  clock 时钟: THIS NODE'S is {} of the others': look at its NTP (chrony)", way(ahead))
    });
    let others = status.clocks_off.iter().map(|one| {
        format!(
            "  clock 时钟: {}'s is {}; {} of its blocks were refused for their time",
            one.name,
            way(one.ahead_ms),
            one.refused
        )
    });
    own.into_iter().chain(others).collect()
}

fn deciding(status: &Status) -> String {
    let Some(consensus) = &status.consensus else {
        return "the engine does not answer 引擎无应答".to_owned();
    };
    let round = consensus.round.map(|round| format!(", round 轮次 {round}")).unwrap_or_default();
    let turn = consensus.proposer.as_ref().map(|name| format!(", turn of 轮到 {name}")).unwrap_or_default();
    format!("height {}{round}{turn}", consensus.height)
}

fn next_block(status: &Status, verdict: Verdict) -> String {
    match (verdict, status.next_block.in_ms) {
        (Verdict::Standing, _) => "once the reason below is gone".to_owned(),
        (Verdict::Idle, Some(in_ms)) if in_ms > 0 => {
            format!("with the next record, or in {}", duration(in_ms))
        }
        _ => "under way".to_owned(),
    }
}

fn duration(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms} ms"),
        1000..120_000 => format!("{} s", ms / 1000),
        120_000..7_200_000 => format!("{} min", ms / 60_000),
        _ => format!("{} h", ms / 3_600_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// As the node writes it, with some members replaced.
    fn status(changes: Value) -> Status {
        let peer =
            |name: &str, validator: bool| json!({"name": name, "validator": validator, "connected": true});
        let mut status = json!({
            "name": "city", "role": "validator", "version": "0.1.0",
            "chain": format!("sha256:{}", "ab".repeat(32)), "height": 12, "block_time_ms": 1,
            "last_block_age_ms": 4000, "history_size": 13, "certified_size": 13, "waiting": 0,
            "peers": [peer("d1", true), peer("d2", true), peer("d3", true), peer("regulator", false)],
            "missing_validators": [], "quorum": 3, "validators": 4,
            "consensus": {"height": 13, "round": 0, "step": "Propose", "proposer": "d2"},
            "next_block": {"reason": "heartbeat", "in_ms": 26_000}, "ready": true, "reasons": [],
        });
        for (key, value) in changes.as_object().unwrap() {
            status[key] = value.clone();
        }
        serde_json::from_value(status).unwrap()
    }

    fn text(report: &Report) -> String {
        report.lines.join("\n")
    }

    #[test]
    fn a_healthy_chain_is_idle_or_advancing() {
        let idle = report(&status(json!({})));
        assert_eq!(idle.verdict, Verdict::Idle);
        assert!(text(&idle).contains("or in 26 s") && text(&idle).contains("轮到 d2"), "{idle:?}");
        let busy = status(json!({"waiting": 3, "next_block": {"reason": "records wait"}}));
        assert_eq!(report(&busy).verdict, Verdict::Advancing);
        let one_down = report(&status(json!({"missing_validators": ["d1"]})));
        assert_eq!(one_down.verdict, Verdict::Idle, "one of four may be away");
        assert!(text(&one_down).contains("缺少验证节点: d1"));
    }

    #[test]
    fn a_wrong_clock_is_named_and_dropped_messages_are_told() {
        assert!(!text(&report(&status(json!({})))).contains("时钟"), "nothing to say");
        let off = json!([{"name": "d2", "ahead_ms": 5003, "refused": 12}]);
        let told = report(&status(
            json!({"own_clock_ahead_ms": null, "clocks_off": off, "engine_dropped_messages": 4}),
        ));
        assert_eq!(told.verdict, Verdict::Idle);
        let words = text(&told);
        assert!(
            words.contains("d2's is 5 s ahead 快; 12 of its blocks") && words.contains("丢弃消息: 4"),
            "{words}"
        );
        let own = text(&report(&status(json!({"own_clock_ahead_ms": -700, "clocks_off": []}))));
        assert!(own.contains("THIS NODE'S is 700 ms behind 慢"), "{own}");
    }

    #[test]
    fn a_stall_explains_itself() {
        let no_quorum =
            json!({"missing_validators": ["d1", "d3"], "reasons": ["too few validators"], "ready": false});
        let no_quorum = report(&status(no_quorum));
        assert_eq!(no_quorum.verdict, Verdict::Standing);
        let words = text(&no_quorum);
        assert!(words.contains("d1, d3") && words.contains("when 1 more return"), "{words}");
        let consensus = json!({"height": 13, "round": 7, "step": "Prevote", "proposer": "d2"});
        let stuck = json!({"waiting": 1, "last_block_age_ms": 20_000, "consensus": consensus});
        let stuck = report(&status(stuck));
        assert_eq!(stuck.verdict, Verdict::Standing);
        assert!(text(&stuck).contains("round 轮次 7"));
        let silent = json!({"last_block_age_ms": 61_000, "next_block": {"reason": "heartbeat", "in_ms": 0}});
        assert_eq!(report(&status(silent)).verdict, Verdict::Standing, "the heartbeat stays away");
        let failed = json!({"ready": false, "reasons": ["this node stopped itself"], "consensus": null});
        assert_eq!(report(&status(failed)).verdict, Verdict::Standing);
    }
}
