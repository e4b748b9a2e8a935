//! What a person is called, wherever they are shown.
//!
//! In this order: the nickname given here, the name they gave themselves **if both accepted**,
//! the name of the directory. What none of them knows is shown by its shortened ID. The name
//! inside a request is no name that others see: [`crate::requests::find`] has it.
//!
//! Source: `product.md` §9.

use std::collections::BTreeMap;

use nous_protocol::account::AccountId;

use crate::columns::{account, json_ids};
use crate::db::Reader;
use crate::error::StorageError;

/// What these people are called here; who has no name is left out.
///
/// # Errors
/// What the database said.
pub fn of_people(
    reader: &Reader<'_>,
    ids: &[AccountId],
) -> Result<BTreeMap<AccountId, String>, StorageError> {
    let sql = format!(
        "SELECT asked.id, coalesce(
             (SELECT {shown} FROM conversations AS c WHERE c.account_id = asked.id),
             (SELECT d.name FROM directory AS d WHERE d.account_id = asked.id), '') AS called
         FROM (SELECT unhex(value) AS id FROM json_each(?1)) AS asked WHERE called <> ''",
        shown = shown("c"),
    );
    let mut statement = reader.conn().prepare_cached(&sql)?;
    let rows = statement.query_map([json_ids(ids)?], |row| Ok((account(row, 0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// SQL of the shown name of a row of `conversations` called `row`; an empty text if none is
/// known. A name that a contact has too gets the shortened ID added.
pub(crate) fn shown(row: &str) -> String {
    format!(
        "CASE WHEN {given} = '' THEN coalesce({in_directory}, '') ELSE {told} END",
        given = given(row),
        in_directory = in_directory(row),
        told = told(row),
    )
}

/// As [`shown`], without regard to the directory.
pub(crate) fn told(row: &str) -> String {
    format!(
        "CASE WHEN {given} <> '' AND {shared} THEN {given} || ' (' || {short} || ')' ELSE {given} END",
        given = given(row),
        shared = is_shared(row, &format!("{row}.name_folded")),
        short = short_id(row),
    )
}

/// Whether [`shown`] is the name of the directory.
pub(crate) fn is_from_directory(row: &str) -> String {
    format!(
        "({given} = '' AND EXISTS (SELECT 1 FROM directory AS d
                                   WHERE d.account_id = {row}.account_id AND d.name <> ''))",
        given = given(row),
    )
}

/// Whether a word of the directory's name begins as the parameter `filter`, where that name is
/// the shown one.
pub(crate) fn fits_directory(row: &str, filter: &str) -> String {
    format!(
        "({given} = '' AND EXISTS (
             SELECT 1 FROM directory AS d WHERE d.account_id = {row}.account_id AND d.name <> ''
                AND (d.sort_key LIKE {filter} || '%' OR d.sort_key LIKE '% ' || {filter} || '%')))",
        given = given(row),
    )
}

/// The name in the directory of this device; NULL if there is none.
fn in_directory(row: &str) -> String {
    format!(
        "(SELECT CASE WHEN {shared} THEN d.name || ' (' || {short} || ')' ELSE d.name END
          FROM directory AS d WHERE d.account_id = {row}.account_id AND d.name <> '')",
        shared = is_shared(row, "d.sort_key"),
        short = short_id(row),
    )
}

/// The nickname, else the name that a contact gave themselves.
pub(crate) fn given(row: &str) -> String {
    format!(
        "CASE WHEN {row}.nickname <> '' THEN {row}.nickname
              WHEN {is_told} THEN {row}.name ELSE '' END",
        is_told = is_told(row),
    )
}

/// Whether [`given`] may be searched for: `name_folded` holds it then.
pub(crate) fn is_given(row: &str) -> String {
    format!("({row}.nickname <> '' OR {is_told})", is_told = is_told(row))
}

/// Whether the name is shown that a contact, or a group, has given itself. The IDs of groups come
/// before those of people.
fn is_told(row: &str) -> String {
    format!("(({row}.is_approved = 1 AND {row}.has_approved_me = 1) OR {row}.account_id < x'05')")
}

/// Whether another contact (of a group: another group) is called the same as `folded` says, capitals aside.
fn is_shared(row: &str, folded: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM conversations AS other
                 WHERE other.name_folded = {folded} AND other.name_folded <> ''
                   AND other.is_approved = 1 AND other.id <> {row}.id AND {given}
                   AND (other.account_id < x'05') = ({row}.account_id < x'05'))",
        given = is_given("other"),
    )
}

/// As [`nous_protocol::account::AccountId::short`].
fn short_id(row: &str) -> String {
    format!("substr(lower(hex({row}.account_id)), 1, 4) || '…' || substr(lower(hex({row}.account_id)), -4)")
}
