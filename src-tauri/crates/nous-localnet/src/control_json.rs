//! The commands as JSON, one object each: `{"command":"stop","node":3}`.
//!
//! A server is `"node":N`, or `"place":"seed"` or `"place":"file-server"`. Accounts are 66
//! hex, times are in ms.
//!
//! | Command | Other fields |
//! | --- | --- |
//! | `stop`, `start` | server |
//! | `silence`, `not-ready`, `lose-data` | `node` |
//! | `stop-all`, `start-all`, `clear-all-faults`, `sweep`, `clear-seen`, `nodes`, `swarms`, `files`, `now` | |
//! | `fault` | server, `level` (`direct`, `path`, `destination`), `effect` (`status` with `status` and `text`, `delay` with `ms`, `drop`, `silent`, `cut`, `garbage`, `too-much`, `nothing`), `method`, `times` |
//! | `error` | server, `level`, `error` (names of [`KnownError::from_name`]), `target` (a node), `times` |
//! | `clear-faults` | server |
//! | `pace` | server, `bytes` a second (absent: as many as come) |
//! | `replication` | `node`, `mode` (`works`, `timeout`, `code` with `status` and `text`, `bad-reply`, `query-failure`) |
//! | `skew` | `node`, `ms` |
//! | `advance` | `ms` |
//! | `set-time` | `ms` |
//! | `move-account` | `account`, `swarm` (decimal, as number or text), `rows`, `namespaces`, `revocations` (all true) |
//! | `refuse-stores` | `account`, `refuse` (true) |
//! | `fill-from-swarm` | `node`, `rows`, `namespaces`, `revocations` |
//! | `capacity` | `node`, `bytes` |
//! | `listed` | `node`, `listed` |
//! | `register-name`, `remove-name` | `name`, `account` |
//! | `remove-file`, `spoil-file` | `id` |
//! | `max-file-bytes` | `bytes` |
//! | `swarm-of`, `stored` | `account` |
//! | `seen` | server |

use std::time::Duration;

use nous_protocol::account::{AccountId, SwarmAccount};
use serde_json::{Map, Value, json};

use crate::control::LocalnetControl;
use crate::core::cluster::{Replication, Transfer};
use crate::error::LocalnetError;
use crate::faults::{Effect, Fault, Level, Place};
use crate::known_errors::KnownError;

type Got<T> = Result<T, LocalnetError>;

fn wrong<T>(text: impl Into<String>) -> Got<T> {
    Err(LocalnetError::Command(text.into()))
}

struct Command(Map<String, Value>);

impl Command {
    fn read(line: &str) -> Got<Self> {
        match serde_json::from_str(line) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            _ => wrong("a command is one JSON object"),
        }
    }

    fn maybe<T>(&self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Got<Option<T>> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(value) {
                Some(value) => Ok(Some(value)),
                None => wrong(format!("`{name}` cannot be used")),
            },
        }
    }

    fn must<T>(&self, name: &str, read: impl FnOnce(&Value) -> Option<T>) -> Got<T> {
        match self.maybe(name, read)? {
            Some(value) => Ok(value),
            None => wrong(format!("`{name}` is missing")),
        }
    }

    fn text(&self, name: &str) -> Got<String> {
        self.must(name, |value| value.as_str().map(str::to_owned))
    }

    fn count(&self, name: &str) -> Got<usize> {
        self.must(name, |value| usize::try_from(value.as_u64()?).ok())
    }

    fn ms(&self) -> Got<i64> {
        self.must("ms", Value::as_i64)
    }

    fn flag(&self, name: &str) -> Got<bool> {
        Ok(self.maybe(name, Value::as_bool)?.unwrap_or(true))
    }

    fn node(&self) -> Got<usize> {
        self.count("node")
    }

    fn status(&self) -> Got<u16> {
        self.must("status", |value| {
            let status = u16::try_from(value.as_u64()?).ok()?;
            (200..1000).contains(&status).then_some(status)
        })
    }

    fn free_text(&self) -> Got<String> {
        let text = self.maybe("text", |value| value.as_str().map(str::to_owned))?;
        Ok(text.unwrap_or_default())
    }

    fn account(&self) -> Got<SwarmAccount> {
        self.must("account", |value| SwarmAccount::from_hex(value.as_str()?))
    }

    fn place(&self) -> Got<Place> {
        let place = self.maybe("place", |value| match value.as_str()? {
            "seed" => Some(Place::Seed),
            "file-server" => Some(Place::FileServer),
            _ => None,
        })?;
        place.map_or_else(|| self.node().map(Place::Node), Ok)
    }

    fn level(&self) -> Got<Level> {
        self.must("level", |value| match value.as_str()? {
            "direct" => Some(Level::Direct),
            "path" => Some(Level::Path),
            "destination" => Some(Level::Destination),
            _ => None,
        })
    }

    fn times(&self) -> Got<Option<u32>> {
        self.maybe("times", |value| u32::try_from(value.as_u64()?).ok())
    }

    fn transfer(&self) -> Got<Transfer> {
        Ok(Transfer {
            rows: self.flag("rows")?,
            namespaces: self.flag("namespaces")?,
            revocations: self.flag("revocations")?,
        })
    }

    fn effect(&self) -> Got<Effect> {
        Ok(match self.text("effect")?.as_str() {
            "status" => Effect::Status(self.status()?, self.free_text()?),
            "delay" => Effect::Delay(Duration::from_millis(self.must("ms", Value::as_u64)?)),
            "drop" => Effect::Drop,
            "silent" => Effect::Silent,
            "cut" => Effect::Cut,
            "garbage" => Effect::Garbage,
            "too-much" => Effect::TooMuch,
            "nothing" => Effect::Nothing,
            _ => return wrong("`effect` cannot be used"),
        })
    }

    fn replication(&self) -> Got<Replication> {
        Ok(match self.text("mode")?.as_str() {
            "works" => Replication::Works,
            "timeout" => Replication::Timeout,
            "code" => Replication::Code(self.status()?, self.free_text()?),
            "bad-reply" => Replication::BadReply,
            "query-failure" => Replication::QueryFailure,
            _ => return wrong("`mode` cannot be used"),
        })
    }
}

impl LocalnetControl {
    /// Carries out a command given as one line of JSON; the table stands at the head of this
    /// module. Commands that ask for something give it back, the others `null`.
    ///
    /// # Errors
    /// [`LocalnetError::Command`] for what is not understood, and what the command itself
    /// can give.
    pub async fn apply_json(&self, line: &str) -> Result<Value, LocalnetError> {
        let command = Command::read(line)?;
        let name = command.text("command")?;
        match name.as_str() {
            "stop" => self.stop(command.place()?).await?,
            "start" => self.start(command.place()?).await?,
            "silence" => self.silence(command.node()?).await?,
            "not-ready" => self.make_not_ready(command.node()?).await?,
            "stop-all" => self.stop_all().await?,
            "start-all" => self.start_all().await?,
            name => match self.apply_change(name, &command)? {
                true => {}
                false => return self.tell(name, &command),
            },
        }
        Ok(Value::Null)
    }

    /// Commands that change something at once; `false` if `name` is none.
    fn apply_change(&self, name: &str, command: &Command) -> Got<bool> {
        match name {
            "fault" => {
                let mut fault = Fault::new(command.level()?, command.effect()?);
                fault.method = command.maybe("method", |v| v.as_str().map(str::to_owned))?;
                fault.times = command.times()?;
                self.add_fault(command.place()?, fault);
            }
            "error" => {
                let target = command.maybe("target", |v| usize::try_from(v.as_u64()?).ok())?;
                let error = KnownError::from_name(&command.text("error")?, target.unwrap_or(0));
                let Some(error) = error else {
                    return wrong("`error` cannot be used");
                };
                self.add_error(command.place()?, command.level()?, error, command.times()?);
            }
            "clear-faults" => self.clear_faults(command.place()?),
            "clear-all-faults" => self.clear_all_faults(),
            "pace" => {
                let bytes = command.maybe("bytes", |v| u32::try_from(v.as_u64()?).ok())?;
                self.set_pace(command.place()?, bytes);
            }
            "replication" => self.set_replication(command.node()?, command.replication()?)?,
            "skew" => self.skew_clock(command.node()?, command.ms()?)?,
            "advance" => self.advance_ms(command.ms()?),
            "set-time" => self.set_time_ms(command.ms()?),
            "sweep" => self.sweep(),
            "move-account" => {
                let swarm = command.must("swarm", |value| match value {
                    Value::String(text) => text.parse().ok(),
                    value => value.as_u64(),
                })?;
                self.move_account(command.account()?, swarm, command.transfer()?)?;
            }
            "refuse-stores" => self.refuse_stores(command.account()?, command.flag("refuse")?),
            "lose-data" => self.lose_data(command.node()?)?,
            "fill-from-swarm" => self.fill_from_swarm(command.node()?, command.transfer()?)?,
            "capacity" => {
                self.set_capacity(command.node()?, command.must("bytes", Value::as_u64)?)?;
            }
            "listed" => self.set_listed(command.node()?, command.flag("listed")?)?,
            "register-name" => {
                let account = command.must("account", |value| AccountId::from_hex(value.as_str()?).ok())?;
                self.register_name(&command.text("name")?, account);
            }
            "remove-name" => self.remove_name(&command.text("name")?),
            "max-file-bytes" => self.set_max_file_bytes(command.count("bytes")?),
            "clear-seen" => self.clear_seen(),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Commands that ask for something.
    fn tell(&self, name: &str, command: &Command) -> Got<Value> {
        Ok(match name {
            "nodes" => json!(self.nodes()),
            "swarms" => {
                let swarms = self.swarms();
                json!(swarms.iter().map(u64::to_string).collect::<Vec<_>>())
            }
            "files" => json!(self.files()),
            "now" => json!(self.now_ms()),
            "remove-file" => json!(self.remove_file(&command.text("id")?)),
            "spoil-file" => json!(self.spoil_file(&command.text("id")?)),
            "swarm-of" => json!(self.swarm_of(&command.account()?)),
            "stored" => json!(self.stored(&command.account()?)),
            "seen" => {
                let place = command.place()?;
                json!({ "count": self.seen_count(place), "entries": self.seen(place) })
            }
            _ => return wrong(format!("there is no command `{name}`")),
        })
    }
}
