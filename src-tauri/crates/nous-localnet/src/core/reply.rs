//! What a node answers.

use serde_json::{Value, json};

/// A status and a body.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// HTTP status, or the status inside an onion.
    pub status: u16,
    /// The body.
    pub body: Body,
}

/// The body of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// JSON.
    Json(Value),
    /// Plain text: errors.
    Text(String),
}

impl Reply {
    /// Success with JSON.
    pub(crate) const fn ok(body: Value) -> Self {
        Self {
            status: 200,
            body: Body::Json(body),
        }
    }

    /// An error with its text.
    pub(crate) fn error(status: u16, text: impl Into<String>) -> Self {
        Self {
            status,
            body: Body::Text(text.into()),
        }
    }

    /// The body as it goes over the wire.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.body {
            Body::Json(value) => value.to_string(),
            Body::Text(text) => text.clone(),
        }
    }

    /// The content type that belongs to the body.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        match self.body {
            Body::Json(_) => "application/json",
            Body::Text(_) => "text/plain",
        }
    }

    /// The form inside the results of a batch.
    pub(crate) fn into_result(self) -> Value {
        match self.body {
            Body::Json(value) => json!({ "code": self.status, "body": value }),
            Body::Text(text) => json!({ "code": self.status, "body": text }),
        }
    }
}
