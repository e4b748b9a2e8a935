//! Groups whose swarm is followed.
#![expect(clippy::unwrap_used, reason = "tests")]

mod common;

use common::{NOW, later, open};
use nous_protocol::account::{GroupId, Namespace, SwarmAccount};
use nous_storage::cursors::{self, Place};
use nous_storage::groups::{self, GroupRow};
use nous_storage::seen_hashes;

fn row(n: u8) -> GroupRow {
    GroupRow {
        id: GroupId::from_ed25519([n; 32]),
        keys: vec![n, 1].into(),
        info: vec![n, 2],
        members: vec![n, 3],
        is_admin: n == 1,
        is_push_due: n == 2,
        newest_key: (n == 2).then_some(NOW),
    }
}

#[tokio::test]
async fn a_group_comes_back_as_it_was_kept_and_the_newer_row_counts() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    db.write(|w| groups::save(w, &row(1))).await.unwrap();
    db.write(|w| groups::save(w, &row(2))).await.unwrap();
    let mut newer = row(1);
    newer.keys = vec![9].into();
    newer.is_push_due = true;
    newer.is_admin = false;
    let given = newer.clone();
    db.write(move |w| groups::save(w, &given)).await.unwrap();
    let load = |id| db.read(move |r| groups::load(r, &id));
    assert_eq!(load(row(1).id).await.unwrap(), Some(newer));
    assert_eq!(load(row(2).id).await.unwrap(), Some(row(2)));
    assert_eq!(load(row(3).id).await.unwrap(), None);
    let shown = format!("{:?}", row(1));
    assert!(!shown.contains("keys"), "{shown}");
}

#[tokio::test]
async fn what_was_polled_and_extended_only_moves_forward() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let id = row(1).id;
    db.write(move |w| {
        groups::save(w, &row(1))?;
        groups::note_polled(w, &id, later(5))?;
        groups::note_polled(w, &id, NOW)?;
        groups::note_extended(w, &id, later(7))?;
        groups::save(w, &row(1))
    })
    .await
    .unwrap();
    let standings = db.read(groups::standings).await.unwrap();
    let same = db.read(move |r| groups::standing(r, &id)).await.unwrap();
    assert_eq!(same.as_ref(), standings.first());
    let [one] = standings.as_slice() else {
        unreachable!("{standings:?}");
    };
    assert_eq!(
        (one.id, one.last_poll, one.extended, one.is_push_due),
        (id, Some(later(5)), Some(later(7)), false)
    );
}

#[tokio::test]
async fn a_forgotten_group_leaves_nothing_and_is_read_from_the_beginning() {
    let dir = tempfile::tempdir().unwrap();
    let profile = open(dir.path());
    let db = profile.database();
    let id = row(1).id;
    let account = SwarmAccount::from(id);
    let node = [7; 32];
    let (is_known, cursor, seen) = db
        .write(move |w| {
            let place = Place {
                account: &account,
                node: &node,
                namespace: Namespace::GROUP_KEYS,
            };
            groups::save(w, &row(1))?;
            cursors::advance(w, place, "hash", later(9))?;
            seen_hashes::note(w, &account, Namespace::GROUP_KEYS, &[("hash", later(9))])?;
            let is_known = groups::forget(w, &id)? && !groups::forget(w, &id)?;
            let cursor = cursors::last_hash(&w.reader(), place, NOW)?;
            let seen = seen_hashes::seen_among(&w.reader(), &account, Namespace::GROUP_KEYS, &["hash"])?;
            Ok((is_known, cursor, seen.len()))
        })
        .await
        .unwrap();
    assert_eq!((is_known, cursor, seen), (true, None, 0));
}
