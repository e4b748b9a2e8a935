//! Row numbers as types: one cannot stand where another is meant. No number is given twice.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

macro_rules! row_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_i64().map(Self)
            }
        }
    };
}

row_key!(
    /// A row of `attachments`.
    AttachmentKey
);
row_key!(
    /// A row of `conversations`.
    ConversationKey
);
row_key!(
    /// A row of `messages`; grows in the order in which messages were written down.
    MessageKey
);
row_key!(
    /// A row of `outbox`.
    OutboxKey
);
row_key!(
    /// A row of `reactions`; grows in the order in which reactions came.
    ReactionKey
);
