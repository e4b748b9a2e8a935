//! The media scheme: pictures for the pages of the app, and bytes that a person gives them.
//!
//! `GET nous-media://localhost/picture/<id>/small` and the like answer a picture. `POST
//! nous-media://localhost/received` takes the bytes of a file that was chosen, dropped or
//! pasted, for the command that comes next: a page has no other way for bytes but through JSON.
//!
//! Source: `architecture.md` §8.5 and §11.

use std::sync::{Mutex, PoisonError};

use tauri::http::{Method, Request, Response, StatusCode, header};
use tauri::{AppHandle, Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::shell::Shell;
use crate::windows::MAIN;

/// The name of the scheme, as in the policy of the pages.
pub(crate) const SCHEME: &str = "nous-media";
/// Where bytes are posted to.
const RECEIVED: &str = "/received";
/// The most bytes that are taken: more than any command accepts.
const MOST_BYTES: usize = 64_000_000;

/// The bytes that were posted last.
#[derive(Default)]
pub(crate) struct Received(Mutex<Vec<u8>>);

impl Received {
    /// Takes them; empty if there are none.
    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, bytes: Vec<u8>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = bytes;
    }
}

/// Answers one request of a page.
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    if context.webview_label() != MAIN {
        responder.respond(empty(StatusCode::FORBIDDEN));
        return;
    }
    let app = context.app_handle().clone();
    match *request.method() {
        Method::GET => {
            let path = request.uri().path().to_owned();
            tauri::async_runtime::spawn(async move { responder.respond(picture(&app, &path).await) });
        }
        Method::POST if request.uri().path() == RECEIVED => {
            responder.respond(receive(&app, request.into_body()));
        }
        // What a browser asks before it posts.
        Method::OPTIONS => responder.respond(empty(StatusCode::NO_CONTENT)),
        _ => responder.respond(empty(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

fn receive<R: Runtime>(app: &AppHandle<R>, bytes: Vec<u8>) -> Response<Vec<u8>> {
    if bytes.len() > MOST_BYTES {
        return empty(StatusCode::PAYLOAD_TOO_LARGE);
    }
    app.state::<Received>().put(bytes);
    empty(StatusCode::NO_CONTENT)
}

async fn picture<R: Runtime>(app: &AppHandle<R>, path: &str) -> Response<Vec<u8>> {
    let shell = app.state::<Shell>();
    let found = match shell.app().await {
        Ok(app) => nous_api::pictures::get_media(&app, path).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(Some(jpeg)) => response(StatusCode::OK, Some("image/jpeg"), jpeg),
        Ok(None) => empty(StatusCode::NOT_FOUND),
        Err(_) => empty(StatusCode::FORBIDDEN),
    }
}

fn empty(status: StatusCode) -> Response<Vec<u8>> {
    response(status, None, Vec::new())
}

/// Nothing is kept by the web engine, and nothing is taken for what we do not say it is.
fn response(status: StatusCode, kind: Option<&str>, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let fixed = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "tauri://localhost"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
    ];
    for (name, value) in fixed {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    if let Some(kind) = kind.and_then(|kind| header::HeaderValue::from_str(kind).ok()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_kept_by_the_web_engine_nor_sniffed() {
        let response = response(StatusCode::OK, Some("image/jpeg"), vec![1]);
        let header = |name| response.headers().get(name).map(header::HeaderValue::as_bytes);
        assert_eq!(header(header::CACHE_CONTROL), Some(b"no-store".as_slice()));
        assert_eq!(
            header(header::X_CONTENT_TYPE_OPTIONS),
            Some(b"nosniff".as_slice())
        );
        assert_eq!(header(header::CONTENT_TYPE), Some(b"image/jpeg".as_slice()));
    }

    #[test]
    fn posted_bytes_are_taken_once() {
        let received = Received::default();
        received.put(vec![1, 2]);
        assert_eq!(received.take(), [1, 2]);
        assert!(received.take().is_empty());
    }
}
