#![expect(clippy::unwrap_used, reason = "tests")]

use crate::db::{Database, DatabaseOptions, explain_uses_index};
use crate::secret::DatabaseKey;
use crate::{conversations, directory, outbox, requests};

#[tokio::test]
async fn every_list_goes_by_an_index() {
    let dir = tempfile::tempdir().unwrap();
    let key = DatabaseKey::from_bytes([1; 32]);
    let db = Database::open(&dir.path().join("nous.db"), &key, DatabaseOptions::default()).unwrap();
    let mut statements = super::page::statements();
    statements.push(conversations::list_statement());
    statements.push(directory::list_statement());
    statements.extend(outbox::statements());
    statements.extend(requests::statements());
    statements.extend(crate::disappearing::statements());
    statements.extend(crate::contacts::statements());
    statements.extend(crate::search::statements());
    statements.extend(crate::deletions::statements());
    statements.extend(super::quotes::statements());
    statements.extend(super::age::statements());
    statements.extend(crate::reactions::statements());
    statements.extend(crate::attachments::statements());
    for sql in statements {
        let asked = sql.clone();
        assert!(
            db.read(move |reader| explain_uses_index(reader, &asked))
                .await
                .unwrap(),
            "{sql}"
        );
    }
}
