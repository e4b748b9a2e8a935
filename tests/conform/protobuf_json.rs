//! Any protobuf message of the schema as JSON: field names of the schema, enums by name,
//! absent fields absent, bytes as `{"type":"Buffer","data":[…]}`.

use anyhow::{Context, bail, ensure};
use serde_json::{Map, Value, json};

use crate::schema::MESSAGES;

/// What a field holds.
pub(crate) enum Kind {
    /// A string.
    Text,
    /// Bytes.
    Bytes,
    /// A flag.
    Bool,
    /// An unsigned number.
    Number,
    /// A signed number.
    Signed,
    /// One of these.
    Enum(&'static [(i32, &'static str)]),
    /// The message of that name.
    Message(&'static str),
}

/// A field of a message.
pub(crate) struct Field {
    /// Its number on the wire.
    pub(crate) number: u64,
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Whether it may come several times.
    pub(crate) repeated: bool,
}

/// One value on the wire.
enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

/// `bytes` of the message `name` as JSON.
pub(crate) fn to_json(name: &str, bytes: &[u8]) -> anyhow::Result<Value> {
    let found = MESSAGES.iter().find(|(message, _)| *message == name);
    let (_, fields) = found.with_context(|| format!("no message {name}"))?;
    let mut object = Map::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let tag = varint(&mut rest)?;
        let value = value(&mut rest, tag & 7)?;
        let Some(field) = fields.iter().find(|field| field.number == tag >> 3) else {
            continue;
        };
        put(&mut object, field, value)?;
    }
    Ok(Value::Object(object))
}

fn put(object: &mut Map<String, Value>, field: &Field, value: Wire<'_>) -> anyhow::Result<()> {
    let mut values = match (&field.kind, value) {
        // A packed list of numbers.
        (Kind::Number | Kind::Signed, Wire::Bytes(mut packed)) if field.repeated => {
            let mut values = Vec::new();
            while !packed.is_empty() {
                values.push(single(&field.kind, Wire::Number(varint(&mut packed)?))?);
            }
            values
        }
        (kind, value) => vec![single(kind, value)?],
    };
    if field.repeated {
        let list = object.entry(field.name).or_insert_with(|| json!([]));
        list.as_array_mut().context("a list")?.append(&mut values);
    } else if let Some(value) = values.pop() {
        object.insert(field.name.to_owned(), value);
    }
    Ok(())
}

fn single(kind: &Kind, value: Wire<'_>) -> anyhow::Result<Value> {
    Ok(match (kind, value) {
        (Kind::Text, Wire::Bytes(bytes)) => std::str::from_utf8(bytes)?.into(),
        (Kind::Bytes, Wire::Bytes(bytes)) => json!({ "type": "Buffer", "data": bytes }),
        (Kind::Message(name), Wire::Bytes(bytes)) => to_json(name, bytes)?,
        (Kind::Bool, Wire::Number(number)) => (number != 0).into(),
        (Kind::Number, Wire::Number(number)) => number.into(),
        (Kind::Signed, Wire::Number(number)) => number.cast_signed().into(),
        (Kind::Enum(names), Wire::Number(number)) => {
            let name = names
                .iter()
                .find(|(value, _)| i64::from(*value) == number.cast_signed());
            name.map_or_else(|| number.into(), |(_, name)| (*name).into())
        }
        _ => bail!("a value of another kind"),
    })
}

fn value<'a>(rest: &mut &'a [u8], wire_type: u64) -> anyhow::Result<Wire<'a>> {
    Ok(match wire_type {
        0 => Wire::Number(varint(rest)?),
        1 => {
            let (bytes, after) = rest.split_first_chunk().context("cut")?;
            *rest = after;
            Wire::Number(u64::from_le_bytes(*bytes))
        }
        2 => {
            let length = usize::try_from(varint(rest)?)?;
            let (bytes, after) = rest.split_at_checked(length).context("cut")?;
            *rest = after;
            Wire::Bytes(bytes)
        }
        5 => {
            let (bytes, after) = rest.split_first_chunk().context("cut")?;
            *rest = after;
            Wire::Number(u32::from_le_bytes(*bytes).into())
        }
        other => bail!("wire type {other}"),
    })
}

fn varint(rest: &mut &[u8]) -> anyhow::Result<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, after) = rest.split_first().context("cut")?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    ensure!(false, "a number of more than 64 bits");
    Ok(number)
}
