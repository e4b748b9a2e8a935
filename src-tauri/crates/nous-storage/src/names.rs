//! What a person is called, wherever they are shown.
//!
//! In this order: the nickname given here, the name they gave themselves **if both accepted**,
//! the name of the directory. What none of them knows is shown by its shortened ID. The name
//! inside a request is no name that others see: [`crate::requests::find`] has it.
//!
//! Source: `product.md` §9.

/// The name in the directory of this device, as SQL; there is no directory yet.
const IN_DIRECTORY: &str = "''";

/// SQL of the shown name of a row of `conversations` called `row`; an empty text if none is
/// known. A name that another contact has too gets the shortened ID added.
pub(crate) fn shown(row: &str) -> String {
    format!(
        "CASE WHEN {given} = '' THEN {IN_DIRECTORY}
              WHEN {shared} THEN {given} || ' (' || {short} || ')'
              ELSE {given} END",
        given = given(row),
        shared = is_shared(row),
        short = short_id(row),
    )
}

/// The nickname, else the name that a contact gave themselves.
pub(crate) fn given(row: &str) -> String {
    format!(
        "CASE WHEN {row}.nickname <> '' THEN {row}.nickname
              WHEN {row}.is_approved = 1 AND {row}.has_approved_me = 1 THEN {row}.name ELSE '' END"
    )
}

/// Whether [`given`] may be searched for: `name_folded` holds it then.
pub(crate) fn is_given(row: &str) -> String {
    format!("({row}.nickname <> '' OR ({row}.is_approved = 1 AND {row}.has_approved_me = 1))")
}

/// Whether another contact is called the same, capitals aside.
fn is_shared(row: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM conversations AS other
                 WHERE other.name_folded = {row}.name_folded AND other.name_folded <> ''
                   AND other.is_approved = 1 AND other.id <> {row}.id AND {given})",
        given = is_given("other"),
    )
}

/// As [`nous_protocol::account::AccountId::short`].
fn short_id(row: &str) -> String {
    format!("substr(lower(hex({row}.account_id)), 1, 4) || '…' || substr(lower(hex({row}.account_id)), -4)")
}
