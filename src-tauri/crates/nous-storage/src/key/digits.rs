//! Byte arrays as hexadecimal digits in JSON.

use serde::{Deserialize, Deserializer, Serializer, de::Error};

pub(super) fn serialize<const N: usize, S: Serializer>(
    bytes: &[u8; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(bytes))
}

pub(super) fn deserialize<'de, const N: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    let text = String::deserialize(deserializer)?;
    let mut bytes = [0; N];
    // The digits themselves do not belong into an error.
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_| D::Error::custom("not the hexadecimal digits expected"))?;
    Ok(bytes)
}
