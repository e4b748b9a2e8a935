//! Reading config messages.

use super::{ConfigMessage, LAG, MAX_SEQNO, MessageId, Trust, hash};
use crate::config::bytes::Bytes;
use crate::config::data::{Dict, error};
use crate::config::diff::Diff;
use crate::error::{ErrorKind, HasKind, HasRetry, Retry};
use crate::wire::bt::{BtError, BtErrorKind, Limits, Reader};

/// Why bytes are no config message of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// The encoding is broken, or something stands where it may not.
    #[error(transparent)]
    Encoding(#[from] BtError),
    /// The first key is not the seqno: of a version that we cannot read.
    #[error("the seqno does not come first")]
    Version,
    /// A seqno below 0, or so great that none could follow.
    #[error("seqno {0} out of bounds")]
    Seqno(i64),
    /// No data.
    #[error("no data")]
    NoData,
    /// A seqno of an earlier diff that is not below the message's own.
    #[error("an earlier diff of seqno {0}")]
    LagSeqno(i64),
    /// A hash of an earlier diff that has not 32 bytes.
    #[error("a hash of {0} bytes")]
    LagHash(usize),
    /// Earlier diffs out of order, or with more than three parts.
    #[error("earlier diffs out of order")]
    LagOrder,
    /// No signature of 64 bytes where one is needed, or one that does not hold.
    #[error("the signature is missing or wrong")]
    Signature,
}

impl HasKind for MessageError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Version => ErrorKind::NewerVersion,
            Self::Signature => ErrorKind::NotAllowed,
            _ => ErrorKind::Damaged,
        }
    }
}

impl HasRetry for MessageError {
    fn retry(&self) -> Retry {
        Retry::Never
    }
}

/// What is taken from the network.
const LIMITS: Limits = Limits {
    depth: 64,
    values: 1 << 20,
    string: 16 << 20,
};

/// What is taken from our own rows: whatever came of messages within [`LIMITS`].
const OWN_LIMITS: Limits = Limits {
    depth: 64,
    values: usize::MAX,
    string: usize::MAX,
};

impl ConfigMessage {
    /// Reads a message of an account, or of a group whose signatures `verifier` checks.
    ///
    /// `serialised`: not compressed, not padded.
    ///
    /// # Errors
    /// [`MessageError`] says what is wrong.
    ///
    /// Source: `config.md` §2.
    pub fn parse(serialised: &[u8], verifier: Option<&super::Verifier<'_>>) -> Result<Self, MessageError> {
        let message = Self::read(serialised, verifier.map_or(Trust::Ignore, Trust::Check), LIMITS)?;
        match message.id.seqno {
            0..=MAX_SEQNO => Ok(message),
            seqno => Err(MessageError::Seqno(seqno)),
        }
    }

    /// Reads a message out of our own rows: a signature in it was checked before.
    pub(in crate::config) fn parse_own(serialised: &[u8]) -> Result<Self, MessageError> {
        Self::read(serialised, Trust::Known, OWN_LIMITS)
    }

    fn read(serialised: &[u8], trust: Trust<'_>, limits: Limits) -> Result<Self, MessageError> {
        let mut reader = Reader::new(serialised, limits);
        reader.begin_dict()?;
        if reader.next_key()? != Some(b"#") {
            return Err(MessageError::Version);
        }
        let mut message = Self::unsealed(reader.integer()?, Dict::new());
        let (mut has_data, mut signed_up_to) = (false, None);
        loop {
            let end = reader.offset();
            let Some(key) = reader.next_key()? else {
                break;
            };
            if signed_up_to.is_some() {
                return Err(error(&reader, BtErrorKind::Trailing).into());
            }
            match key {
                b"&" => {
                    message.data = Dict::read(&mut reader)?;
                    has_data = true;
                }
                b"<" => message.read_lags(&mut reader)?,
                b"=" => message.diff = Diff::read(&mut reader)?,
                b"~" => {
                    let signature = reader.string()?;
                    message.signature = Some(signature.try_into().map_err(|_| MessageError::Signature)?);
                    signed_up_to = Some(end);
                }
                key if key > b"~".as_slice() => {
                    return Err(error(&reader, BtErrorKind::Trailing).into());
                }
                key => {
                    let value = reader.raw()?.to_vec();
                    message.unknown.insert(Bytes::from(key), value);
                }
            }
        }
        reader.finish()?;
        if !has_data {
            return Err(MessageError::NoData);
        }
        let signed = signed_up_to.and_then(|end| serialised.get(..end));
        message.judge(trust, signed.unwrap_or_default())?;
        message.id.hash = hash(serialised);
        Ok(message)
    }

    /// Checks the signature over `signed`, or drops it.
    fn judge(&mut self, trust: Trust<'_>, signed: &[u8]) -> Result<(), MessageError> {
        match trust {
            Trust::Known => Ok(()),
            Trust::Ignore => {
                self.signature = None;
                Ok(())
            }
            Trust::Check(verify) => match &self.signature {
                Some(signature) if verify(signed, signature) => Ok(()),
                _ => Err(MessageError::Signature),
            },
        }
    }

    /// Reads the earlier diffs; those of long ago are left out.
    fn read_lags(&mut self, reader: &mut Reader<'_>) -> Result<(), MessageError> {
        reader.begin_list()?;
        while reader.next_item()? {
            reader.begin_list()?;
            let seqno = lag_part(reader, Reader::integer)?;
            if seqno >= self.id.seqno {
                return Err(MessageError::LagSeqno(seqno));
            }
            if seqno <= self.id.seqno.saturating_sub(LAG) {
                while reader.next_item()? {
                    reader.raw()?;
                }
                continue;
            }
            let hash = lag_part(reader, Reader::string)?;
            let hash = hash.try_into().map_err(|_| MessageError::LagHash(hash.len()))?;
            let diff = lag_part(reader, Diff::read)?;
            let id = MessageId { seqno, hash };
            let in_order = self.lags.last_key_value().is_none_or(|(last, _)| *last < id);
            if reader.next_item()? || !in_order {
                return Err(MessageError::LagOrder);
            }
            self.lags.insert(id, diff);
        }
        Ok(())
    }
}

/// The next part of the list that is one earlier diff.
fn lag_part<'a, T>(
    reader: &mut Reader<'a>,
    read: impl FnOnce(&mut Reader<'a>) -> Result<T, BtError>,
) -> Result<T, MessageError> {
    if reader.next_item()? {
        Ok(read(reader)?)
    } else {
        Err(MessageError::LagOrder)
    }
}
