//! The doors: TCP, TLS and HTTP of every server.
//!
//! Source: `network.md` §3.3, §4.1, §9.1.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Body as _, Frame, Incoming};
use hyper::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use nous_protocol::onion::MAX_REQUEST;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::answer::{Answer, Http};
use crate::error::LocalnetError;
use crate::faults::Place;
use crate::line::Line;
use crate::world::{Door, Power, Shared};
use crate::{file_server, onion, seed, storage_rpc};

/// A handshake may take so long, and silence in the middle of a body.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many connections may wait to be taken.
const BACKLOG: u32 = 1_024;
/// The largest body the file server takes: a frame around the largest file.
const MAX_FILE_BODY: usize = 16 * 1024 * 1024;

type ReplyBody = UnsyncBoxBody<Bytes, io::Error>;

/// Keeps a port of loopback, 0 is any, for as long as the socket lives: a door that is closed
/// opens at its port again, whatever asks the system for a free one meanwhile. Gives the port.
///
/// Only Linux lets a listener stand beside such a socket; elsewhere nothing is kept.
pub(crate) fn keep(port: u16) -> Result<(Option<TcpSocket>, u16), LocalnetError> {
    if !cfg!(target_os = "linux") {
        let listener = listen(port)?;
        return Ok((None, port_of(port, listener.local_addr())?));
    }
    let kept = bound(port)?;
    let port = port_of(port, kept.local_addr())?;
    Ok((Some(kept), port))
}

/// Listens at a port of loopback.
pub(crate) fn listen(port: u16) -> Result<TcpListener, LocalnetError> {
    let failed = |source| LocalnetError::Bind { port, source };
    bound(port)?.listen(BACKLOG).map_err(failed)
}

fn bound(port: u16) -> Result<TcpSocket, LocalnetError> {
    let bind = || {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        Ok(socket)
    };
    bind().map_err(|source| LocalnetError::Bind { port, source })
}

fn port_of(wanted: u16, address: io::Result<SocketAddr>) -> Result<u16, LocalnetError> {
    let failed = |source| LocalnetError::Bind { port: wanted, source };
    Ok(address.map_err(failed)?.port())
}

/// Serves at an open listener until the door is closed.
pub(crate) fn open(world: &Shared, door: &mut Door, listener: TcpListener) -> Result<(), LocalnetError> {
    let tls = door
        .tls
        .as_ref()
        .map(|identity| identity.acceptor())
        .transpose()?;
    let token = world.tasks.child_token();
    let work = accept(world.clone(), door.place, listener, tls, token.clone());
    let handle = world.tasks.spawn(work);
    door.open = Some((token, handle));
    Ok(())
}

/// Closes a door and its connections; when this returns, the port refuses.
pub(crate) async fn close(door: &mut Door) {
    if let Some((token, handle)) = door.open.take() {
        token.cancel();
        // A listener that panicked is closed as well.
        let _ = handle.await;
    }
}

async fn accept(
    world: Shared,
    place: Place,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    token: CancellationToken,
) {
    loop {
        let accepted = tokio::select! {
            () = token.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let work = connection(world.clone(), place, stream, peer, tls.clone());
                let token = token.clone();
                world.tasks.spawn(async move {
                    tokio::select! {
                        () = token.cancelled() => {}
                        () = work => {}
                    }
                });
            }
            // Out of descriptors: the next one may work.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn connection(
    world: Shared,
    place: Place,
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
) {
    if let Place::Node(node) = place
        && world.power(node) == Power::Silent
    {
        tokio::time::sleep(world.timing.silent).await;
        return;
    }
    // Answers are small and wanted at once; without this they are only later.
    let _ = stream.set_nodelay(true);
    let stream = Line::new(stream, world.clone(), place);
    match tls {
        None => talk(world, place, stream, peer).await,
        Some(acceptor) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, acceptor.accept(stream)).await {
                talk(world, place, stream, peer).await;
            }
        }
    }
}

async fn talk<S>(world: Shared, place: Place, stream: S, peer: SocketAddr)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let world = world.clone();
        async move {
            let answer = serve(&world, place, peer, request).await;
            respond(answer, world.timing.silent).await
        }
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new());
    // How a connection ends is the client's affair.
    let _ = builder.serve_connection(TokioIo::new(stream), service).await;
}

async fn respond(answer: Answer, silent: Duration) -> Result<Response<ReplyBody>, io::Error> {
    match answer {
        Answer::Whole(http) => {
            let body = Full::new(http.body.clone()).map_err(|never: Infallible| match never {});
            Ok(response(&http, body.boxed_unsync()))
        }
        Answer::Half(http) => {
            let half = http.body.slice(..http.body.len() / 2);
            let chunks = [
                Ok(Frame::data(half)),
                Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
            ];
            let body = StreamBody::new(stream::iter(chunks));
            Ok(response(&http, body.boxed_unsync()))
        }
        Answer::Drop => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
        Answer::Silent => {
            tokio::time::sleep(silent).await;
            Err(io::Error::from(io::ErrorKind::TimedOut))
        }
    }
}

fn response(http: &Http, body: ReplyBody) -> Response<ReplyBody> {
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(http.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&http.content_type) {
        headers.insert(CONTENT_TYPE, value);
    }
    // What is left of a body that was not read would be taken for the next request.
    if http.status == 413 {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

async fn serve(world: &Shared, place: Place, peer: SocketAddr, request: Request<Incoming>) -> Answer {
    let route = format!("{} {}", request.method(), request.uri().path());
    match place {
        Place::Node(node) => at_node(world, node, peer, &route, request).await,
        Place::Seed => match route.as_str() {
            "POST /json_rpc" => match read(request, MAX_REQUEST).await {
                Ok(body) => seed::serve(world, peer, &body).await,
                Err(answer) => answer,
            },
            _ => not_found(&route),
        },
        Place::FileServer => match route.as_str() {
            "POST /oxen/v4/lsrpc" => match read(request, MAX_FILE_BODY).await {
                Ok(body) => file_server::serve(world, peer, &body).await,
                Err(answer) => answer,
            },
            _ => not_found(&route),
        },
    }
}

async fn at_node(
    world: &Shared,
    node: usize,
    peer: SocketAddr,
    route: &str,
    request: Request<Incoming>,
) -> Answer {
    let is_rpc = route == "POST /storage_rpc/v1";
    if !is_rpc && route != "POST /onion_req/v2" {
        return not_found(route);
    }
    if world.power(node) != Power::On {
        return Answer::text(503, "Service node is not ready: stopped for a test\n");
    }
    if is_rpc && storage_rpc::is_too_fast(world, node, peer) {
        return Answer::text(429, "Too Many Requests");
    }
    match read(request, MAX_REQUEST).await {
        Ok(body) if is_rpc => storage_rpc::serve(world, node, peer, &body).await,
        Ok(body) => onion::serve(world, node, peer, body.to_vec()).await,
        Err(answer) => answer,
    }
}

fn not_found(route: &str) -> Answer {
    Answer::text(404, format!("{route} Not Found"))
}

/// The whole body, or the answer to one that is too large, broken or no longer comes.
async fn read(request: Request<Incoming>, most: usize) -> Result<Bytes, Answer> {
    let too_large = || Answer::text(413, "Request body too large");
    let mut incoming = request.into_body();
    let announced = incoming.size_hint().lower();
    if announced > u64::try_from(most).unwrap_or(u64::MAX) {
        return Err(too_large());
    }
    let mut body = BytesMut::new();
    loop {
        let next = tokio::time::timeout(PATIENCE, incoming.frame()).await;
        let Some(frame) = next.map_err(|_| Answer::Drop)? else {
            return Ok(body.freeze());
        };
        let Ok(data) = frame.map_err(|_| Answer::Drop)?.into_data() else {
            continue;
        };
        if body.len() + data.len() > most {
            return Err(too_large());
        }
        body.extend_from_slice(&data);
    }
}
