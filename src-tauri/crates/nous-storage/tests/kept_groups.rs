//! Groups and communities that are kept.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::open;
use nous_protocol::config::fields::NotifyMode;
use nous_storage::kept_groups::{self, KeptGroup, KeptKind};

fn group(kind: KeptKind, id: &str, name: &str, priority: i64) -> KeptGroup {
    KeptGroup {
        kind,
        id: id.into(),
        name: name.into(),
        priority,
        joined_s: 1_790_000_000,
        notify: NotifyMode::All,
        mute_until_s: i64::MAX,
    }
}

#[tokio::test]
async fn groups_come_back_as_they_were_given_pinned_first() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let all = vec![
        group(KeptKind::Community, "https://a.example/room", "room", 0),
        group(KeptKind::Legacy, "03aa", "A \"group\" d’été", 0),
        group(KeptKind::Legacy, "05bb", "", -1),
        group(KeptKind::Legacy, "03cc", "Zoo", 2),
    ];
    let given = all.clone();
    assert!(db.write(move |w| kept_groups::replace(w, &given)).await.unwrap());
    let ids: Vec<String> = db
        .read(kept_groups::list)
        .await
        .unwrap()
        .into_iter()
        .map(|one| one.id)
        .collect();
    assert_eq!(ids, ["03cc", "05bb", "03aa", "https://a.example/room"]);
    let found = db.read(kept_groups::list).await.unwrap();
    assert!(all.iter().all(|one| found.contains(one)));

    let again = all.clone();
    let changed = db.write(move |w| kept_groups::replace(w, &again)).await.unwrap();
    assert!(!changed, "the same in another order is nothing new");
    assert!(db.write(|w| kept_groups::replace(w, &[])).await.unwrap());
    assert!(db.read(kept_groups::list).await.unwrap().is_empty());
}
