//! How fast bytes come to a server and leave it, on command.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use crate::faults::Place;
use crate::world::Shared;

/// A slow line lets bytes through so often.
const STEP: Duration = Duration::from_millis(20);
/// So many steps are a second.
const STEPS: u32 = 50;

/// A connection to a server, at the pace of the server's line.
pub(crate) struct Line<S> {
    stream: S,
    world: Shared,
    place: Place,
    coming: Option<Pause>,
    leaving: Option<Pause>,
}

type Pause = Pin<Box<Sleep>>;

impl<S> Line<S> {
    pub(crate) fn new(stream: S, world: Shared, place: Place) -> Self {
        Self {
            stream,
            world,
            place,
            coming: None,
            leaving: None,
        }
    }
}

/// The end of a pause; then how many bytes may move, all if there is no number.
fn poll_turn(
    pause: &mut Option<Pause>,
    world: &Shared,
    place: Place,
    context: &mut Context<'_>,
) -> Poll<Option<u32>> {
    loop {
        if let Some(running) = pause {
            ready!(running.as_mut().poll(context));
            *pause = None;
        }
        match world.pace(place) {
            None => return Poll::Ready(None),
            // Perhaps it is faster then.
            Some(0) => *pause = Some(Box::pin(tokio::time::sleep(STEP))),
            Some(pace) => return Poll::Ready(Some(pace.div_ceil(STEPS))),
        }
    }
}

/// The pause after `moved` bytes where `most` may move in a step.
fn pause_after(moved: usize, most: u32) -> Pause {
    let moved = u32::try_from(moved).unwrap_or(u32::MAX);
    Box::pin(tokio::time::sleep(STEP.saturating_mul(moved) / most.max(1)))
}

fn count(most: u32) -> usize {
    usize::try_from(most).unwrap_or(usize::MAX)
}

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let line = self.get_mut();
        let turn = ready!(poll_turn(&mut line.coming, &line.world, line.place, context));
        let Some(most) = turn else {
            return Pin::new(&mut line.stream).poll_read(context, buffer);
        };
        let room = buffer.remaining().min(count(most));
        let mut part = ReadBuf::new(buffer.initialize_unfilled_to(room));
        ready!(Pin::new(&mut line.stream).poll_read(context, &mut part))?;
        let came = part.filled().len();
        buffer.advance(came);
        line.coming = Some(pause_after(came, most));
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let line = self.get_mut();
        let turn = ready!(poll_turn(&mut line.leaving, &line.world, line.place, context));
        let Some(most) = turn else {
            return Pin::new(&mut line.stream).poll_write_vectored(context, bytes);
        };
        let mut parts = bytes.iter().map(|part| &part[..]);
        let first = parts.find(|part| !part.is_empty()).unwrap_or_default();
        let part = first.get(..count(most)).unwrap_or(first);
        let gone = ready!(Pin::new(&mut line.stream).poll_write(context, part))?;
        line.leaving = Some(pause_after(gone, most));
        Poll::Ready(Ok(gone))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
