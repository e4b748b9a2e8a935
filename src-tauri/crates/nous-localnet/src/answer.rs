//! What goes back over a connection, or does not.

use bytes::Bytes;

use crate::core::reply::Reply;
use crate::faults::Effect;

/// Bytes of "too much": 10 MiB.
const TOO_MUCH: usize = 10 * 1024 * 1024;

/// A status with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Http {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
}

/// An answer, or the way in which there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Whole(Http),
    /// The first half, then the end of the connection.
    Half(Http),
    /// The end of the connection.
    Drop,
    /// Nothing for as long as it takes.
    Silent,
}

impl Answer {
    /// Plain text.
    pub(crate) fn text(status: u16, text: impl Into<String>) -> Self {
        Self::Whole(Http {
            status,
            content_type: "text/plain".to_owned(),
            body: text.into().into(),
        })
    }

    /// Status 200 and bytes.
    pub(crate) fn bytes(body: impl Into<Bytes>) -> Self {
        Self::Whole(Http {
            status: 200,
            content_type: "application/octet-stream".to_owned(),
            body: body.into(),
        })
    }

    /// A node's answer in the clear.
    pub(crate) fn reply(reply: &Reply) -> Self {
        Self::Whole(Http {
            status: reply.status,
            content_type: reply.content_type().to_owned(),
            body: reply.text().into(),
        })
    }

    /// `self` as `effect` leaves it. Delays were waited for before.
    pub(crate) fn after(self, effect: &Effect) -> Self {
        match effect {
            Effect::Status(code, text) => Self::text(*code, text.clone()),
            Effect::Delay(_) => self,
            Effect::Drop => Self::Drop,
            Effect::Silent => Self::Silent,
            Effect::Cut => match self {
                Self::Whole(http) => Self::Half(http),
                other => other,
            },
            Effect::Garbage => Self::bytes(garbage()),
            Effect::TooMuch => Self::bytes(vec![b'A'; TOO_MUCH]),
            Effect::Nothing => Self::bytes(Bytes::new()),
        }
    }
}

/// Bytes that mean nothing to anybody: neither JSON nor base64 nor UTF-8.
pub(crate) fn garbage() -> Vec<u8> {
    (0..2000_u32)
        .flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes())
        .collect()
}

/// A node's or server's own text that means nothing.
pub(crate) fn garbage_text() -> String {
    "\u{1}}{ not an answer <".repeat(40)
}

/// A text of 10 MiB.
pub(crate) fn too_much_text() -> String {
    "A".repeat(TOO_MUCH)
}
