//! A request with a file, over a connection of its own. How long it may take depends on whether
//! bytes still move, and that is seen at the socket: what HTTP and TLS hold back has not moved, and
//! the system is told to hold back little.
//!
//! Source: `network.md` §3.3.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::client::conn::http1;
use hyper::{Request, Response, header};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::{CONNECT_LIMIT, HttpAnswer, LANGUAGE, TransportError, USER_AGENT};
use crate::clock;
use crate::progress::Progress;

/// A body leaves in pieces of so many bytes.
const PIECE: usize = 16 << 10;
/// HTTP holds back about so many bytes.
const HTTP_BUFFER: usize = 64 << 10;
/// The port that a URL with `https` does not name.
const HTTPS: u16 = 443;

/// How long a file may be on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endurance {
    /// The longest that no byte may move.
    pub silence: Duration,
    /// The longest altogether, however steadily they move.
    pub whole: Duration,
}

/// What is posted, with the headers that every other request has. `progress`: is told what leaves.
pub(super) fn request(
    address: SocketAddr,
    path: &str,
    body: Vec<u8>,
    progress: Option<&Progress>,
) -> Result<Request<Pieces>, TransportError> {
    let host = if address.port() == HTTPS {
        address.ip().to_string()
    } else {
        address.to_string()
    };
    let pieces = Pieces {
        left: Bytes::from(body),
        progress: progress.cloned(),
    };
    Request::post(format!("/{path}"))
        .header(header::ACCEPT, "*/*")
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::ACCEPT_LANGUAGE, LANGUAGE)
        .header(header::HOST, host)
        .body(pieces)
        .map_err(|_| TransportError::Setup)
}

/// Posts it and reads the answer. `progress`: is told what comes.
pub(super) async fn post(
    tls: Arc<ClientConfig>,
    address: SocketAddr,
    request: Request<Pieces>,
    endurance: Endurance,
    max_bytes: usize,
    progress: Option<&Progress>,
) -> Result<HttpAnswer, TransportError> {
    let moved = Moved::just_now();
    let whole = async {
        let connecting = connect(tls, address, moved.clone());
        let stream = tokio::time::timeout(CONNECT_LIMIT, connecting)
            .await
            .unwrap_or(Err(TransportError::Timeout))?;
        talk(stream, request, max_bytes, progress).await
    };
    tokio::select! {
        // What came while this machine was busy has moved.
        biased;
        answer = whole => answer,
        () = moved.silence_of(endurance.silence) => Err(TransportError::Timeout),
        () = tokio::time::sleep(endurance.whole) => Err(TransportError::Timeout),
    }
}

async fn connect(
    tls: Arc<ClientConfig>,
    address: SocketAddr,
    moved: Moved,
) -> Result<TlsStream<Wire>, TransportError> {
    let connected = TcpStream::connect(address).await;
    let stream = connected.map_err(|_| TransportError::Connect)?;
    // Without them it is only slower, or silence is noticed later.
    let _ = stream.set_nodelay(true);
    let _ = hold_back_little(&stream);
    let name = ServerName::from(address.ip());
    let secured = TlsConnector::from(tls)
        .connect(name, Wire { stream, moved })
        .await;
    secured.map_err(|_| TransportError::Connect)
}

/// The system takes no more than it can soon send: what it took has moved, or nearly.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn hold_back_little(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_tcp_notsent_lowat(64 << 10)
}

/// Elsewhere what was not confirmed yet counts as well: more, for lines that are fast and long.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn hold_back_little(stream: &TcpStream) -> io::Result<()> {
    SockRef::from(stream).set_send_buffer_size(256 << 10)
}

async fn talk(
    stream: TlsStream<Wire>,
    request: Request<Pieces>,
    max_bytes: usize,
    progress: Option<&Progress>,
) -> Result<HttpAnswer, TransportError> {
    let broken = |_: hyper::Error| TransportError::Broken;
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HTTP_BUFFER);
    let handshake = builder.handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(broken)?;
    let answer = async {
        let response = sender.send_request(request).await.map_err(broken)?;
        read(response, max_bytes, progress).await
    };
    // It may end before all that came over it was read.
    let driven = async {
        let _ = connection.await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        answer = answer => answer,
        () = driven => Err(TransportError::Broken),
    }
}

async fn read(
    mut response: Response<Incoming>,
    max_bytes: usize,
    progress: Option<&Progress>,
) -> Result<HttpAnswer, TransportError> {
    let status = response.status().as_u16();
    let announced = response.body().size_hint().exact().unwrap_or(0);
    let expected = usize::try_from(announced).unwrap_or(usize::MAX);
    if expected > max_bytes {
        return Err(TransportError::TooLarge);
    }
    if let Some(progress) = progress {
        progress.expect(announced);
    }
    let mut body = Vec::with_capacity(expected);
    while let Some(frame) = response.body_mut().frame().await {
        let frame = frame.map_err(|_| TransportError::Broken)?;
        let Ok(data) = frame.into_data() else { continue };
        if body.len().saturating_add(data.len()) > max_bytes {
            return Err(TransportError::TooLarge);
        }
        body.extend_from_slice(&data);
        if let Some(progress) = progress {
            progress.add_received(data.len());
        }
    }
    Ok(HttpAnswer { status, body })
}

/// A body in pieces, each counted when the connection takes it. Nothing is copied.
pub(super) struct Pieces {
    left: Bytes,
    progress: Option<Progress>,
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let most = self.left.len().min(PIECE);
        let piece = self.left.split_to(most);
        if let Some(progress) = &self.progress {
            progress.add_sent(piece.len());
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(u64::try_from(self.left.len()).unwrap_or(u64::MAX))
    }
}

/// When a byte last moved. Clones are the same.
#[derive(Clone)]
struct Moved(Arc<Mutex<Instant>>);

impl Moved {
    fn just_now() -> Self {
        Self(Arc::new(Mutex::new(clock::monotonic())))
    }

    fn mark(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = clock::monotonic();
    }

    /// Ends when nothing has moved for so long.
    async fn silence_of(&self, limit: Duration) {
        loop {
            let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let until = last + limit;
            if clock::monotonic() >= until {
                return;
            }
            clock::sleep_until(Some(until)).await;
        }
    }
}

/// The socket, below everything that holds bytes back.
struct Wire {
    stream: TcpStream,
    moved: Moved,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.moved.mark();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        if taken > 0 {
            self.moved.mark();
        }
        Poll::Ready(Ok(taken))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
