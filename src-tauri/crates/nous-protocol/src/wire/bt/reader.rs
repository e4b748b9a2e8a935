//! The reader of bt-encoded bytes.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{BtError, BtErrorKind, Limits, Value};

/// What stands next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An integer.
    Integer,
    /// A byte string.
    String,
    /// A list.
    List,
    /// A dict.
    Dict,
    /// The end of the list or dict, or of all bytes.
    End,
}

/// A list or dict that has been entered.
#[derive(Debug, Clone, Copy)]
enum Frame<'a> {
    List,
    /// Holds the last key.
    Dict(Option<&'a [u8]>),
}

/// Steps through bt-encoded bytes.
///
/// After [`Reader::begin_list`], ask [`Reader::next_item`] before each item; after
/// [`Reader::begin_dict`], [`Reader::next_key`] before each value. Both leave the list or
/// dict when they say that there is no more.
#[derive(Debug)]
pub struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    frames: Vec<Frame<'a>>,
    values: usize,
    limits: Limits,
}

impl<'a> Reader<'a> {
    /// At the start of `data`.
    #[must_use]
    pub const fn new(data: &'a [u8], limits: Limits) -> Self {
        Self {
            data,
            at: 0,
            frames: Vec::new(),
            values: 0,
            limits,
        }
    }

    /// How many bytes have been read.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.at
    }

    /// What stands next; [`Kind::End`] also for bytes that begin nothing.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.peek() {
            Some(b'i') => Kind::Integer,
            Some(b'0'..=b'9') => Kind::String,
            Some(b'l') => Kind::List,
            Some(b'd') => Kind::Dict,
            _ => Kind::End,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.data.get(self.at).copied()
    }

    fn error<T>(&self, kind: BtErrorKind) -> Result<T, BtError> {
        Err(BtError {
            offset: self.at,
            kind,
        })
    }

    fn take(&mut self) -> Result<u8, BtError> {
        match self.peek() {
            Some(byte) => {
                self.at = self.at.saturating_add(1);
                Ok(byte)
            }
            None => self.error(BtErrorKind::End),
        }
    }

    fn count(&mut self) -> Result<(), BtError> {
        self.values = self.values.saturating_add(1);
        if self.values > self.limits.values {
            self.error(BtErrorKind::Limit)
        } else {
            Ok(())
        }
    }

    /// The byte that must stand next, else an error about the type.
    fn expect(&mut self, byte: u8) -> Result<(), BtError> {
        match self.peek() {
            None => self.error(BtErrorKind::End),
            Some(found) if found == byte => self.take().map(|_| ()),
            Some(b'0'..=b'9' | b'i' | b'l' | b'd') => self.error(BtErrorKind::Type),
            Some(_) => self.error(BtErrorKind::Byte),
        }
    }

    /// Digits up to `end`: no leading zero, at least one.
    fn digits(&mut self, end: u8) -> Result<u64, BtError> {
        let start = self.at;
        let mut number = 0_u64;
        loop {
            match self.take()? {
                digit @ b'0'..=b'9' => {
                    let digit = u64::from(digit.wrapping_sub(b'0'));
                    let next = number.checked_mul(10).and_then(|n| n.checked_add(digit));
                    match next {
                        Some(next) => number = next,
                        None => return self.error(BtErrorKind::Number),
                    }
                }
                byte if byte == end => break,
                _ => {
                    self.at = self.at.saturating_sub(1);
                    return self.error(BtErrorKind::Byte);
                }
            }
        }
        let length = self.at.saturating_sub(start).saturating_sub(1);
        let leading = self.data.get(start) == Some(&b'0') && length > 1;
        if length == 0 || leading {
            self.error(BtErrorKind::Number)
        } else {
            Ok(number)
        }
    }

    /// An integer.
    ///
    /// # Errors
    /// [`BtError`] if none stands next.
    pub fn integer(&mut self) -> Result<i64, BtError> {
        self.expect(b'i')?;
        self.count()?;
        let negative = self.peek() == Some(b'-');
        if negative {
            self.take()?;
        }
        let magnitude = self.digits(b'e')?;
        let number = if negative {
            0_i64.checked_sub_unsigned(magnitude).filter(|_| magnitude > 0)
        } else {
            i64::try_from(magnitude).ok()
        };
        number.map_or_else(|| self.error(BtErrorKind::Number), Ok)
    }

    fn bytes(&mut self) -> Result<&'a [u8], BtError> {
        match self.peek() {
            Some(b'0'..=b'9') => {}
            None => return self.error(BtErrorKind::End),
            Some(b'i' | b'l' | b'd') => return self.error(BtErrorKind::Type),
            Some(_) => return self.error(BtErrorKind::Byte),
        }
        let length = usize::try_from(self.digits(b':')?).unwrap_or(usize::MAX);
        if length > self.limits.string {
            return self.error(BtErrorKind::Limit);
        }
        let end = self.at.saturating_add(length);
        match self.data.get(self.at..end) {
            Some(bytes) => {
                self.at = end;
                Ok(bytes)
            }
            None => self.error(BtErrorKind::End),
        }
    }

    /// A byte string.
    ///
    /// # Errors
    /// [`BtError`] if none stands next.
    pub fn string(&mut self) -> Result<&'a [u8], BtError> {
        self.count()?;
        self.bytes()
    }

    fn begin(&mut self, byte: u8, frame: Frame<'a>) -> Result<(), BtError> {
        if self.frames.len() >= self.limits.depth {
            return self.error(BtErrorKind::Limit);
        }
        self.expect(byte)?;
        self.count()?;
        self.frames.push(frame);
        Ok(())
    }

    /// Enters a list.
    ///
    /// # Errors
    /// [`BtError`] if none stands next, or beyond the depth.
    pub fn begin_list(&mut self) -> Result<(), BtError> {
        self.begin(b'l', Frame::List)
    }

    /// Enters a dict.
    ///
    /// # Errors
    /// [`BtError`] if none stands next, or beyond the depth.
    pub fn begin_dict(&mut self) -> Result<(), BtError> {
        self.begin(b'd', Frame::Dict(None))
    }

    /// Whether another item of the list stands next; if not, the list is left.
    ///
    /// # Errors
    /// [`BtError`] at the end of all bytes, or outside of a list.
    pub fn next_item(&mut self) -> Result<bool, BtError> {
        if !matches!(self.frames.last(), Some(Frame::List)) {
            return self.error(BtErrorKind::Type);
        }
        match self.peek() {
            None => self.error(BtErrorKind::End),
            Some(b'e') => self.leave().map(|()| false),
            Some(_) => Ok(true),
        }
    }

    /// The next key of the dict; `None` if there is no more, and the dict is left.
    ///
    /// # Errors
    /// [`BtError`] for a key that is not greater than the one before, at the end of all
    /// bytes, or outside of a dict.
    pub fn next_key(&mut self) -> Result<Option<&'a [u8]>, BtError> {
        let Some(Frame::Dict(last)) = self.frames.last().copied() else {
            return self.error(BtErrorKind::Type);
        };
        if self.peek() == Some(b'e') {
            return self.leave().map(|()| None);
        }
        let start = self.at;
        let key = self.bytes()?;
        if last.is_some_and(|last| last >= key) {
            return Err(BtError {
                offset: start,
                kind: BtErrorKind::Order,
            });
        }
        if let Some(frame) = self.frames.last_mut() {
            *frame = Frame::Dict(Some(key));
        }
        Ok(Some(key))
    }

    fn leave(&mut self) -> Result<(), BtError> {
        self.take()?;
        self.frames.pop();
        Ok(())
    }

    /// Any value, built.
    ///
    /// # Errors
    /// [`BtError`] if it is malformed.
    pub fn value(&mut self) -> Result<Value<'a>, BtError> {
        match self.kind() {
            Kind::Integer => self.integer().map(Value::Integer),
            Kind::String => self.string().map(Value::string),
            Kind::List => {
                self.begin_list()?;
                let mut items = Vec::new();
                while self.next_item()? {
                    items.push(self.value()?);
                }
                Ok(Value::List(items))
            }
            Kind::Dict => {
                self.begin_dict()?;
                let mut entries = BTreeMap::new();
                while let Some(key) = self.next_key()? {
                    entries.insert(Cow::Borrowed(key), self.value()?);
                }
                Ok(Value::Dict(entries))
            }
            Kind::End if self.peek().is_none() => self.error(BtErrorKind::End),
            Kind::End => self.error(BtErrorKind::Byte),
        }
    }

    /// The bytes from an earlier [`Reader::offset`] up to where the reader stands.
    #[must_use]
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.data.get(start..self.at).unwrap_or_default()
    }

    /// Steps over any value and gives its bytes as they stand.
    ///
    /// # Errors
    /// [`BtError`] if it is malformed.
    pub fn raw(&mut self) -> Result<&'a [u8], BtError> {
        let start = self.at;
        self.skip()?;
        Ok(self.since(start))
    }

    fn skip(&mut self) -> Result<(), BtError> {
        match self.kind() {
            Kind::Integer => self.integer().map(|_| ()),
            Kind::List => {
                self.begin_list()?;
                while self.next_item()? {
                    self.skip()?;
                }
                Ok(())
            }
            Kind::Dict => {
                self.begin_dict()?;
                while self.next_key()?.is_some() {
                    self.skip()?;
                }
                Ok(())
            }
            Kind::String | Kind::End => self.string().map(|_| ()),
        }
    }

    /// All bytes have been read.
    ///
    /// # Errors
    /// [`BtErrorKind::Trailing`] if some are left, [`BtErrorKind::End`] inside a list or dict.
    pub fn finish(self) -> Result<(), BtError> {
        if !self.frames.is_empty() {
            self.error(BtErrorKind::End)
        } else if self.at < self.data.len() {
            self.error(BtErrorKind::Trailing)
        } else {
            Ok(())
        }
    }
}
