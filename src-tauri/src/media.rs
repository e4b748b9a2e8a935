//! Bytes between the pages and the program, without JSON: the media scheme answers pictures
//! (`nous-media://localhost/picture/<id>/small`) and files that a page shows
//! (`nous-media://localhost/attachment/<message>/<index>`), and the picture on the clipboard
//! (`nous-media://localhost/clipboard`), which not every engine hands to a page; and a command takes a file that was chosen,
//! dropped or pasted as the body of its call.
//!
//! Elements of a page show what is answered; of the scripts, those of our own pages alone may read it.
//!
//! Source: `architecture.md` §8.5 and §11.

use nous_api::rows::FilePart;
use specta::function::FunctionArg;
use tauri::http::{Method, Request, Response, StatusCode, header};
use tauri::ipc::{CommandArg, CommandItem, InvokeBody, InvokeError};
use tauri::{AppHandle, Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::clipboard;
use crate::shell::Shell;
use crate::windows::{MAIN, OWN_ORIGIN};

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

/// Who asks, by what the web engine says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asker {
    /// An element, which shows what comes: for these the engine names no origin.
    Element,
    /// A script of our own pages, which reads what comes.
    OwnScript,
    Stranger,
}

impl Asker {
    fn of(headers: &header::HeaderMap) -> Self {
        match headers.get(header::ORIGIN) {
            None => Self::Element,
            Some(origin) if origin == OWN_ORIGIN => Self::OwnScript,
            Some(_) => Self::Stranger,
        }
    }

    /// Lets our own script read an answer, which has another origin; also that nothing is there.
    fn may_read(self, mut answer: Response<Vec<u8>>) -> Response<Vec<u8>> {
        if self == Self::OwnScript {
            let own = header::HeaderValue::from_static(OWN_ORIGIN);
            let headers = answer.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, own);
        }
        answer
    }
}

/// Answers one request of a page.
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let asker = Asker::of(request.headers());
    if context.webview_label() != MAIN || asker == Asker::Stranger {
        responder.respond(empty(StatusCode::FORBIDDEN));
        return;
    }
    let app = context.app_handle().clone();
    match *request.method() {
        Method::GET => {
            let path = request.uri().path().to_owned();
            let range = request
                .headers()
                .get(header::RANGE)
                .and_then(|range| range.to_str().ok());
            let range = range.and_then(Range::parse);
            tauri::async_runtime::spawn(async move {
                responder.respond(asker.may_read(found(&app, &path, range).await));
            });
        }
        _ => responder.respond(empty(StatusCode::METHOD_NOT_ALLOWED)),
    }
}

/// The most bytes of a part: a film is asked for piece by piece.
const MOST_OF_A_PART: usize = 1 << 20;

/// Which bytes of a file are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Range {
    from: u64,
    /// The last one; `None`: as many as there are.
    to: Option<u64>,
}

impl Range {
    /// `None` for what is not one range with a beginning: then the whole is answered.
    fn parse(text: &str) -> Option<Self> {
        let (from, to) = text.trim().strip_prefix("bytes=")?.split_once('-')?;
        let from = from.parse::<u64>().ok()?;
        let to = match to {
            "" => None,
            to => Some(to.parse::<u64>().ok().filter(|to| *to >= from)?),
        };
        Some(Self { from, to })
    }

    fn length(self) -> usize {
        let asked = self.to.map(|to| to.saturating_sub(self.from).saturating_add(1));
        let asked = asked.and_then(|asked| usize::try_from(asked).ok());
        asked.unwrap_or(MOST_OF_A_PART).min(MOST_OF_A_PART)
    }
}

async fn found<R: Runtime>(app: &AppHandle<R>, path: &str, range: Option<Range>) -> Response<Vec<u8>> {
    if path == "/clipboard" {
        copied(app).await
    } else if path.starts_with("/attachment/") || path.starts_with("/chosen/") {
        file(app, path, range).await
    } else {
        picture(app, path).await
    }
}

async fn file<R: Runtime>(app: &AppHandle<R>, path: &str, range: Option<Range>) -> Response<Vec<u8>> {
    let shell = app.state::<Shell>();
    let from = range.map_or(0, |range| range.from);
    let most = range.map_or(usize::MAX, Range::length);
    let found = match shell.app().await {
        Ok(app) => nous_api::attachments::get_file_part(&app, path, from, most).await,
        Err(error) => Err(error),
    };
    match found {
        Ok(Some(part)) => part_of(part, range),
        Ok(None) => empty(StatusCode::NOT_FOUND),
        Err(_) => empty(StatusCode::FORBIDDEN),
    }
}

fn part_of(part: FilePart, range: Option<Range>) -> Response<Vec<u8>> {
    let FilePart {
        content_type,
        length,
        bytes,
    } = part;
    let Some(range) = range else {
        let mut whole = response(StatusCode::OK, Some(&content_type), bytes);
        let accepts = header::HeaderValue::from_static("bytes");
        whole.headers_mut().insert(header::ACCEPT_RANGES, accepts);
        return whole;
    };
    let (status, place) = if bytes.is_empty() {
        (StatusCode::RANGE_NOT_SATISFIABLE, format!("bytes */{length}"))
    } else {
        let last = range.from.saturating_add(bytes.len() as u64).saturating_sub(1);
        let place = format!("bytes {}-{last}/{length}", range.from);
        (StatusCode::PARTIAL_CONTENT, place)
    };
    let mut part = response(status, Some(&content_type), bytes);
    if let Ok(place) = header::HeaderValue::from_str(&place) {
        part.headers_mut().insert(header::CONTENT_RANGE, place);
    }
    part
}

async fn copied<R: Runtime>(app: &AppHandle<R>) -> Response<Vec<u8>> {
    match clipboard::picture_file(app).await {
        Ok(png) => response(StatusCode::OK, Some("image/png"), png),
        Err(_) => empty(StatusCode::NOT_FOUND),
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
        (header::VARY, "origin"),
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
    fn one_range_with_a_beginning_is_understood() {
        let range = |from, to| Some(Range { from, to });
        assert_eq!(Range::parse("bytes=0-"), range(0, None));
        assert_eq!(Range::parse("bytes=10-19"), range(10, Some(19)));
        for bad in ["bytes=-5", "bytes=5-1", "bytes=0-1,3-4", "lines=0-", ""] {
            assert_eq!(Range::parse(bad), None, "{bad}");
        }
        assert_eq!(range(10, Some(19)).map(Range::length), Some(10));
        assert_eq!(range(0, None).map(Range::length), Some(MOST_OF_A_PART));
    }

    #[test]
    fn a_part_says_which_it_is() {
        let part = |bytes: &[u8]| FilePart {
            content_type: "video/mp4".to_owned(),
            length: 100,
            bytes: bytes.to_vec(),
        };
        let from_ten = Some(Range { from: 10, to: None });
        let place = |response: &Response<Vec<u8>>| {
            let place = response.headers().get(header::CONTENT_RANGE);
            place.and_then(|place| place.to_str().ok()).map(str::to_owned)
        };
        let answer = part_of(part(b"abc"), from_ten);
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
        assert_eq!(place(&answer).as_deref(), Some("bytes 10-12/100"));
        let answer = part_of(part(b""), from_ten);
        assert_eq!(answer.status(), StatusCode::RANGE_NOT_SATISFIABLE);
        assert_eq!(part_of(part(b"abc"), None).status(), StatusCode::OK);
    }

    #[test]
    fn scripts_of_our_own_pages_alone_may_read_an_answer() {
        let asker = |origin: Option<&'static str>| {
            let mut headers = header::HeaderMap::new();
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, header::HeaderValue::from_static(origin));
            }
            Asker::of(&headers)
        };
        assert_eq!(asker(Some(OWN_ORIGIN)), Asker::OwnScript);
        assert_eq!(asker(None), Asker::Element);
        for stranger in [
            "null",
            "*",
            "",
            "tauri://localhost.example.org",
            "tauri://localhost:1420",
            "http://localhost:1420",
            "https://example.org",
            "nous-media://localhost",
        ] {
            assert_eq!(asker(Some(stranger)), Asker::Stranger, "{stranger}");
        }
    }

    #[test]
    fn an_answer_names_our_origin_to_our_own_script_only() {
        let part = FilePart {
            content_type: "video/mp4".to_owned(),
            length: 100,
            bytes: b"abc".to_vec(),
        };
        let range = Some(Range { from: 10, to: None });
        let answers = [
            part_of(part.clone(), None),
            part_of(part, range),
            empty(StatusCode::NOT_FOUND),
        ];
        for answer in answers {
            let status = answer.status();
            let header = |answer: &Response<Vec<u8>>, name| {
                let value = answer.headers().get(name);
                value.and_then(|value| value.to_str().ok()).map(str::to_owned)
            };
            let named = |answer: &Response<Vec<u8>>| header(answer, header::ACCESS_CONTROL_ALLOW_ORIGIN);
            // For a cache, the same address has several answers.
            assert_eq!(header(&answer, header::VARY).as_deref(), Some("origin"));
            for other in [Asker::Element, Asker::Stranger] {
                assert_eq!(named(&other.may_read(answer.clone())), None, "{status}");
            }
            let answer = Asker::OwnScript.may_read(answer);
            assert_eq!(named(&answer).as_deref(), Some(OWN_ORIGIN), "{status}");
            assert_eq!(answer.status(), status);
        }
    }

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
