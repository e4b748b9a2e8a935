//! Drops files onto a window as a file manager does: the other side of the drag-and-drop protocol
//! of X11 (XDND, version 5), without a pointer.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, MapState, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_DEPTH_FROM_PARENT, CURRENT_TIME};

const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(20);
/// The target asks for what is dragged before it says whether it takes it; it is told again where
/// the pointer stands until it knows.
const BETWEEN_MOVES: Duration = Duration::from_millis(100);
/// So many answers of one kind are believed.
const ALIKE: u32 = 5;
const VERSION: u32 = 5;

x11rb::atom_manager! {
    /// Names of the protocol.
    Atoms: AtomsCookie {
        XdndAware,
        XdndEnter,
        XdndPosition,
        XdndStatus,
        XdndDrop,
        XdndFinished,
        XdndSelection,
        XdndActionCopy,
        TARGETS,
        URI_LIST: b"text/uri-list",
    }
}

/// Files held over a place of a window.
pub(crate) struct Drag {
    x: RustConnection,
    atoms: Atoms,
    source: Window,
    target: Window,
    place: u32,
    uris: String,
}

impl Drag {
    /// Takes files over a place of a screen.
    pub(crate) fn hold(display: &str, (x, y): (i32, i32), files: &[&Path]) -> Result<Self> {
        let uri = |file: &&Path| format!("file://{}\r\n", file.display().to_string().replace(' ', "%20"));
        let (connection, screen) = x11rb::connect(Some(display))?;
        let root = connection.setup().roots[screen].root;
        let atoms = Atoms::new(&connection)?.reply()?;
        let source = own_window(&connection, root)?;
        connection.set_selection_owner(source, atoms.XdndSelection, CURRENT_TIME)?;
        let target = find_target(&connection, root, atoms.XdndAware)?.context("no window takes drops")?;
        let drag = Self {
            x: connection,
            atoms,
            source,
            target,
            place: (u32::try_from(x)? << 16) | u32::try_from(y)?,
            uris: files.iter().map(uri).collect(),
        };
        drag.send(atoms.XdndEnter, [VERSION << 24, atoms.URI_LIST, 0, 0])?;
        Ok(drag)
    }

    /// Waits until the window says that it takes what is held here, or that it does not. It
    /// answers what its page said before, so it is asked again until it stays with it.
    pub(crate) async fn wait_taken(&self, is_taken: bool) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        let mut alike = 0;
        while Instant::now() < end {
            let position = [0, self.place, CURRENT_TIME, self.atoms.XdndActionCopy];
            self.send(self.atoms.XdndPosition, position)?;
            let status = self.answer(self.atoms.XdndStatus, BETWEEN_MOVES).await?;
            match status {
                Some(status) if (status[1] & 1 == 1) == is_taken => alike += 1,
                Some(_) => alike = 0,
                None => {}
            }
            if alike >= ALIKE {
                return Ok(());
            }
        }
        anyhow::bail!("the window does not say that files here are taken ({is_taken})")
    }

    /// Lets go of the files, and waits until the window is done with them.
    pub(crate) async fn release(self) -> Result<()> {
        self.send(self.atoms.XdndDrop, [0, CURRENT_TIME, 0, 0])?;
        let finished = self.answer(self.atoms.XdndFinished, PATIENCE).await?;
        finished.context("the drop was not finished").map(drop)
    }

    fn send(&self, kind: Atom, data: [u32; 4]) -> Result<()> {
        let [a, b, c, d] = data;
        let message = ClientMessageEvent::new(32, self.target, kind, [self.source, a, b, c, d]);
        self.x
            .send_event(false, self.target, EventMask::NO_EVENT, message)?;
        Ok(self.x.flush()?)
    }

    /// Waits for a message of the target; hands over what is dragged meanwhile.
    async fn answer(&self, kind: Atom, patience: Duration) -> Result<Option<[u32; 5]>> {
        let end = Instant::now() + patience;
        while Instant::now() < end {
            match self.x.poll_for_event()? {
                Some(Event::SelectionRequest(request)) => self.hand_over(&request)?,
                Some(Event::ClientMessage(message)) if message.type_ == kind => {
                    return Ok(Some(message.data.as_data32()));
                }
                Some(_) => {}
                None => tokio::time::sleep(PAUSE).await,
            }
        }
        Ok(None)
    }

    fn hand_over(&self, request: &SelectionRequestEvent) -> Result<()> {
        let (replace, to) = (PropMode::REPLACE, request.requestor);
        let mut property = request.property;
        if request.target == self.atoms.URI_LIST {
            self.x
                .change_property8(replace, to, property, request.target, self.uris.as_bytes())?;
        } else if request.target == self.atoms.TARGETS {
            let targets = [self.atoms.URI_LIST];
            self.x
                .change_property32(replace, to, property, AtomEnum::ATOM, &targets)?;
        } else {
            property = AtomEnum::NONE.into();
        }
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: to,
            selection: request.selection,
            target: request.target,
            property,
        };
        self.x.send_event(false, to, EventMask::NO_EVENT, answer)?;
        Ok(self.x.flush()?)
    }
}

fn own_window(x: &RustConnection, root: Window) -> Result<Window> {
    let source = x.generate_id()?;
    let (looks, class) = (CreateWindowAux::new(), WindowClass::INPUT_OUTPUT);
    x.create_window(
        COPY_DEPTH_FROM_PARENT,
        source,
        root,
        0,
        0,
        1,
        1,
        0,
        class,
        0,
        &looks,
    )?;
    Ok(source)
}

/// The window that says that it takes drops. (No window manager stands between.)
fn find_target(x: &RustConnection, root: Window, aware: Atom) -> Result<Option<Window>> {
    for window in x.query_tree(root)?.reply()?.children {
        let answer = x
            .get_property(false, window, aware, AtomEnum::ANY, 0, 1)?
            .reply()?;
        let is_shown = x.get_window_attributes(window)?.reply()?.map_state == MapState::VIEWABLE;
        if answer.type_ != u32::from(AtomEnum::NONE) && is_shown {
            return Ok(Some(window));
        }
    }
    Ok(None)
}
