//! What recording and playing have in common: a thread that owns the device, takes orders one after
//! the other, and shows how it stands.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;
use std::time::Duration;

use super::DeviceError;
use super::device::OpenDevice;
use super::ring::Ring;

/// How often an open device is looked after.
const TURN: Duration = Duration::from_millis(20);
/// How long a sound server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Orders that have a place before they are taken.
const ORDERS: usize = 16;

/// What a thread does that owns a device.
pub(super) trait Owner: Send + Sized + 'static {
    /// What the thread is called.
    const NAME: &'static str;
    /// What it is told to do.
    type Order: Send + 'static;
    /// The open device, with what belongs to it. It stays on the thread.
    type Open;

    /// Opens the device.
    fn open(&mut self) -> Result<Self::Open, DeviceError>;

    /// Works until nobody is left who gives orders.
    fn run(self, open: Self::Open, orders: &Receiver<Self::Order>);
}

/// Opens the device on a thread of its own, which works on. Waits until it is open.
pub(super) fn begin<O: Owner>(mut owner: O) -> Result<Orders<O::Order>, DeviceError> {
    let (orders, taken) = sync_channel(ORDERS);
    let (opened, answer) = sync_channel(1);
    let work = move || match owner.open() {
        Ok(open) => {
            if opened.send(Ok(())).is_ok() {
                owner.run(open, &taken);
            }
        }
        // Nobody waits any more if this does not arrive.
        Err(error) => {
            let _ = opened.send(Err(error));
        }
    };
    // It ends by itself when the orders are dropped: nobody waits for a driver.
    Builder::new()
        .name(O::NAME.into())
        .spawn(work)
        .map_err(|_| DeviceError::Failed)?;
    answer
        .recv_timeout(PATIENCE)
        .unwrap_or(Err(DeviceError::Failed))?;
    Ok(Orders(orders))
}

/// Opens a device with so many places for samples between it and the thread.
///
/// A driver that panics is taken for none: some do where no sound is set up.
pub(super) fn open(
    room: usize,
    open: impl FnOnce(Arc<Ring>) -> Result<OpenDevice, DeviceError>,
) -> Result<(OpenDevice, Arc<Ring>), DeviceError> {
    let ring = Arc::new(Ring::new(room));
    let given = Arc::clone(&ring);
    let opened = catch_unwind(AssertUnwindSafe(move || open(given)));
    let device = opened.unwrap_or(Err(DeviceError::Missing))?;
    if device.shape.channels == 0 {
        return Err(DeviceError::Failed);
    }
    Ok((device, ring))
}

/// The next order. An open device is looked after meanwhile; else there is nothing to do until one
/// comes.
pub(super) fn next<C>(orders: &Receiver<C>, is_open: bool) -> Result<C, RecvTimeoutError> {
    if is_open {
        orders.recv_timeout(TURN)
    } else {
        orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
    }
}

/// Who gives orders to such a thread. Dropping it ends the thread.
pub(super) struct Orders<C>(SyncSender<C>);

impl<C> Orders<C> {
    /// Gives an order; [`DeviceError::Failed`] if the thread is gone.
    pub(super) fn give(&self, order: C) -> Result<(), DeviceError> {
        self.0.send(order).map_err(|_| DeviceError::Failed)
    }

    /// Gives an order and waits for what comes of it.
    pub(super) fn ask<T, E: From<DeviceError>>(
        &self,
        order: impl FnOnce(SyncSender<Result<T, E>>) -> C,
    ) -> Result<T, E> {
        let (answer, answered) = sync_channel(1);
        self.give(order(answer))?;
        answered
            .recv_timeout(PATIENCE)
            .unwrap_or_else(|_| Err(DeviceError::Failed.into()))
    }
}

/// How such a thread stands, for others to see. Clones are the same.
#[derive(Clone)]
pub(super) struct Shown<T>(Arc<Mutex<T>>);

impl<T: Copy> Shown<T> {
    pub(super) fn new(now: T) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    pub(super) fn now(&self) -> T {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set(&self, now: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}
