//! Bytes between the pages and the program, without JSON: the media scheme answers pictures
//! (`nous-media://localhost/picture/<id>/small`), and a command takes a file that was chosen,
//! dropped or pasted as the body of its call.
//!
//! Source: `architecture.md` §8.5 and §11.

use specta::function::FunctionArg;
use tauri::http::{Method, Request, Response, StatusCode, header};
use tauri::ipc::{CommandArg, CommandItem, InvokeBody, InvokeError};
use tauri::{AppHandle, Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::shell::Shell;
use crate::windows::MAIN;

/// The name of the scheme, as in the policy of the pages.
pub(crate) const SCHEME: &str = "nous-media";

/// The body of a command's call.
pub(crate) struct Body(pub(crate) Vec<u8>);

impl<'de, R: Runtime> CommandArg<'de, R> for Body {
    fn from_command(command: CommandItem<'de, R>) -> Result<Self, InvokeError> {
        match command.message.payload() {
            InvokeBody::Raw(bytes) => Ok(Self(bytes.clone())),
            InvokeBody::Json(_) => Err(InvokeError::from("the bytes of a file belong here")),
        }
    }
}

/// No argument with a name: the page gives the bytes in the place of all arguments.
impl FunctionArg for Body {
    fn to_datatype(_: &mut specta::Types) -> Option<specta::datatype::DataType> {
        None
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
        _ => responder.respond(empty(StatusCode::METHOD_NOT_ALLOWED)),
    }
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
}
