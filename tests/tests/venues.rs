//! A host and a sub venue with nodes of their own: the sub venue's node drops out in the middle of an evaluation and comes
//! back, and nothing is drawn again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::sync::Arc;
use std::time::Duration;

use biaozheng_client::PageQuery;
use biaozheng_tests::cluster::Cluster;
use biaozheng_tests::scenes::{DAY_MS, Stage};
use serde_json::{Value, json};
use tokio::sync::Mutex;

#[tokio::test(flavor = "multi_thread")]
async fn a_venue_that_drops_out_resumes_without_a_second_draw() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::found(&folder.path().join("consortium"), "venues").await.unwrap();
    cluster.start(0..4).await.unwrap();
    let (archives, documents) = (folder.path().join("archives"), folder.path().join("documents"));
    let stage = Stage::new(&cluster, &archives, &documents, DAY_MS).unwrap();
    let cluster = Arc::new(Mutex::new(cluster));
    let project = stage.play_sub_venue(Arc::clone(&cluster)).await.unwrap();
    let mut cluster = cluster.lock().await;
    let height = cluster.height_of(1).await.unwrap();
    cluster.reach(0, height, Duration::from_secs(60)).await.unwrap();
    let mut told = Vec::new();
    for index in 0..2 {
        let client = cluster.client(index).unwrap();
        let (mut types, mut query) = (Vec::new(), PageQuery { limit: Some(200), after: None });
        loop {
            let page = client.project_records(&project, &query).await.unwrap();
            types.extend(page.items.iter().map(|one| (one["record"].clone(), one["type"].clone())));
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        let count = |kind: &str| types.iter().filter(|(_, one)| one == kind).count();
        let once = ["draw.requested/1", "experts.drawn/1", "evaluation.reported/1", "draw.disclosed/1"];
        assert_eq!(once.map(count), [1; 4], "{types:?}");
        assert_eq!(["scores.sealed/1", "scores.revealed/1"].map(count), [5; 2]);
        let shown: Value = client.project(&project).await.unwrap();
        assert_eq!(shown["stage"], json!("supervised"));
        told.push((types, shown));
    }
    assert!(told[0] == told[1], "the venue that came back has the same records in the same order");
    cluster.stop().await;
}
