//! Starting and ending a network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nous_protocol::wire::network_file::{FileServerFile, NetworkFile, SeedFile};
use tokio::net::TcpListener;

use crate::clock::Clock;
use crate::control::LocalnetControl;
use crate::core::cluster::Cluster;
use crate::core::identity::{NodeKeys, NodeSpec};
use crate::error::LocalnetError;
use crate::faults::{Faults, Place};
use crate::file_store::{FileLimits, FileStore, write_whole};
use crate::folder::{NetworkRecord, Ports, ServerRecord, seed_bytes};
use crate::journal::Journal;
use crate::rate::RateLimits;
use crate::tasks::Tasks;
use crate::world::{Door, Power, Shared, Timing, World};
use crate::{forward, http};

/// The most nodes of a network.
const MAX_NODES: usize = 100;
/// Expired rows and files are looked for so often.
const SWEEP: Duration = Duration::from_secs(10);

/// How a network shall be.
#[derive(Debug, Clone)]
pub struct LocalnetOptions {
    /// Storage nodes, 1 to 100. A folder that holds a network keeps its number.
    pub nodes: usize,
    /// Swarms, 1 to the number of nodes; members are dealt round.
    pub swarms: usize,
    /// Where keys, ports, certificates, messages and files live; `None`: all fresh, in memory.
    pub dir: Option<PathBuf>,
    /// The network's time.
    pub clock: Clock,
    /// Ports; 0 is any. A folder that holds a network keeps its ports.
    pub ports: Ports,
    /// How long silence lasts.
    pub timing: Timing,
    /// What the file server allows.
    pub files: FileLimits,
    /// Hard fork and revision that nodes name.
    pub hard_fork: (u8, u8),
    /// Whether its file says that files are encrypted in the newer form.
    pub deterministic_files: bool,
}

impl Default for LocalnetOptions {
    fn default() -> Self {
        Self {
            nodes: 9,
            swarms: 3,
            dir: None,
            clock: Clock::system(),
            ports: Ports::default(),
            timing: Timing::default(),
            files: FileLimits::default(),
            hard_fork: (20, 1),
            deterministic_files: false,
        }
    }
}

/// A running network. It ends when this is dropped, at once, or with [`Localnet::shutdown`].
pub struct Localnet {
    world: Shared,
    network: NetworkFile,
}

impl std::fmt::Debug for Localnet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Localnet")
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}

impl Localnet {
    /// Starts a network: all its ports are open when this returns.
    ///
    /// # Errors
    /// [`LocalnetError`] if the numbers make no network, a port cannot be bound, or the
    /// folder cannot be used.
    pub async fn start(options: LocalnetOptions) -> Result<Self, LocalnetError> {
        let mut record = record(&options)?;
        let bound = bind(&mut record)?;
        if let Some(dir) = &options.dir {
            record.save(dir)?;
        }
        let mut cluster = cluster(&record)?;
        cluster.hard_fork = options.hard_fork;
        let journal = match &options.dir {
            Some(dir) => Some(Journal::open(&dir.join("journal.jsonl"), &mut cluster)?),
            None => None,
        };
        let files = options.dir.as_ref().map(|dir| dir.join("files"));
        let file_keys = NodeKeys::from_seed(&seed_bytes(&record.file_seed)?);
        let mut network = network_file(&record, &file_keys)?;
        network.deterministic_files = options.deterministic_files;
        let world = Arc::new(World {
            power: Mutex::new(vec![Power::On; record.nodes.len()]),
            cluster: Mutex::new(cluster),
            files: Mutex::new(FileStore::open(files, options.files)?),
            file_keys,
            faults: Mutex::new(Faults::default()),
            paces: Mutex::new(BTreeMap::new()),
            seen: Mutex::new(BTreeMap::new()),
            rates: Mutex::new(RateLimits::default()),
            journal: Mutex::new(journal),
            doors: tokio::sync::Mutex::new(BTreeMap::new()),
            clock: options.clock,
            timing: options.timing,
            http: forward::client()?,
            tasks: Tasks::default(),
        });
        let localnet = Self { world, network };
        localnet.open(bound).await?;
        localnet.start_sweeps();
        Ok(localnet)
    }

    async fn open(&self, bound: Vec<Bound>) -> Result<(), LocalnetError> {
        let mut doors = self.world.doors.lock().await;
        for (mut door, listener) in bound {
            http::open(&self.world, &mut door, listener)?;
            doors.insert(door.place, door);
        }
        Ok(())
    }

    fn start_sweeps(&self) {
        let world = self.world.clone();
        self.world.tasks.spawn(async move {
            loop {
                tokio::time::sleep(SWEEP).await;
                world.sweep();
            }
        });
    }

    /// What a client needs to use this network.
    #[must_use]
    pub fn network_file(&self) -> NetworkFile {
        self.network.clone()
    }

    /// Writes [`Localnet::network_file`] as JSON.
    ///
    /// # Errors
    /// [`LocalnetError::Folder`] if the file cannot be written.
    pub fn write_network_file(&self, path: impl AsRef<Path>) -> Result<(), LocalnetError> {
        Ok(write_whole(path.as_ref(), self.network.to_json().as_bytes())?)
    }

    /// Commands for misbehaviour, and the record of what was seen.
    #[must_use]
    pub fn control(&self) -> LocalnetControl {
        LocalnetControl::new(self.world.clone())
    }

    /// Closes all ports and ends all tasks.
    pub async fn shutdown(&self) {
        self.world.tasks.end().await;
    }
}

impl Drop for Localnet {
    fn drop(&mut self) {
        self.world.tasks.cancel();
    }
}

fn record(options: &LocalnetOptions) -> Result<NetworkRecord, LocalnetError> {
    if let Some(dir) = &options.dir {
        std::fs::create_dir_all(dir)?;
        if let Some(record) = NetworkRecord::load(dir)? {
            return Ok(record);
        }
    }
    if !(1..=MAX_NODES).contains(&options.nodes) {
        return Err(LocalnetError::Options("a network has 1 to 100 nodes"));
    }
    if !(1..=options.nodes).contains(&options.swarms) {
        return Err(LocalnetError::Options(
            "a network has at least one swarm, and no more swarms than nodes",
        ));
    }
    let now = options.clock.now_ms();
    NetworkRecord::generate(options.nodes, options.swarms, options.ports, now)
}

type Bound = (Door, TcpListener);

/// Binds every port; those that were 0 are written into the record.
fn bind(record: &mut NetworkRecord) -> Result<Vec<Bound>, LocalnetError> {
    let mut bound = vec![
        tls_door(Place::Seed, &mut record.seed)?,
        plain_door(Place::FileServer, &mut record.file_port)?,
    ];
    for (index, node) in record.nodes.iter_mut().enumerate() {
        bound.push(tls_door(Place::Node(index), &mut node.server)?);
    }
    Ok(bound)
}

fn tls_door(place: Place, server: &mut ServerRecord) -> Result<Bound, LocalnetError> {
    let (mut door, listener) = plain_door(place, &mut server.port)?;
    door.tls = Some(server.identity()?);
    Ok((door, listener))
}

fn plain_door(place: Place, port: &mut u16) -> Result<Bound, LocalnetError> {
    let (kept, bound) = http::keep(*port)?;
    let listener = http::listen(bound)?;
    *port = bound;
    let door = Door {
        place,
        port: bound,
        _kept: kept,
        tls: None,
        open: None,
    };
    Ok((door, listener))
}

fn cluster(record: &NetworkRecord) -> Result<Cluster, LocalnetError> {
    let spec = |node: &crate::folder::NodeRecord| {
        Ok(NodeSpec {
            seed: seed_bytes(&node.seed)?,
            swarm: node.swarm,
            ip: "127.0.0.1".to_owned(),
            port: node.server.port,
            omq_port: node.server.port,
        })
    };
    let specs: Result<Vec<_>, LocalnetError> = record.nodes.iter().map(spec).collect();
    Ok(Cluster::new(specs?, record.started_ms))
}

fn network_file(record: &NetworkRecord, file_keys: &NodeKeys) -> Result<NetworkFile, LocalnetError> {
    let few = record.nodes.len() < 7;
    Ok(NetworkFile {
        name: "local".to_owned(),
        seeds: vec![SeedFile {
            url: format!("https://127.0.0.1:{}/", record.seed.port),
            certificate_sha256: Some(record.seed.identity()?.pin()),
        }],
        file_server: FileServerFile {
            url: format!("http://127.0.0.1:{}", record.file_port),
            ed25519: hex::encode(file_keys.ed25519()),
        },
        min_pool_size: 4.min(record.nodes.len()),
        distinct_subnets: false,
        path_length: 3.min(record.nodes.len()),
        path_count: if few { 1 } else { 2 },
        min_swarm_size: 1,
        refresh_agreement: 4.min(record.nodes.len()),
        ons: true,
        deterministic_files: false,
        turn: Vec::new(),
        call_bind: Some("127.0.0.1".to_owned()),
    })
}
