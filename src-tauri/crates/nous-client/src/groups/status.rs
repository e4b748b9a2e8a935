//! How each group stands with its swarm, for people who want to know.

use std::time::Duration;

use nous_protocol::account::GroupId;
use nous_protocol::time::Timestamp;
use nous_storage::groups;
use nous_storage::groups::parked;
use nous_storage::groups::tasks::{self, Task, TaskKind};

use super::kept;
use crate::core::Core;
use crate::error::ClientError;

/// How long the swarm keeps a group's state after its life was last extended.
const LIFE: Duration = Duration::from_secs(30 * 86_400);

/// How a group stands with its swarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupStatus {
    /// Which.
    pub id: GroupId,
    /// Its name; empty while it is not known.
    pub name: String,
    /// The last poll that a node answered.
    pub last_poll: Option<Timestamp>,
    /// How many keys are here.
    pub keys: usize,
    /// The number of the newest key; `None` without keys.
    pub generation: Option<i64>,
    /// Messages that wait for their key.
    pub parked: u32,
    /// When the swarm forgets its state, if nobody extends its life.
    pub expires: Option<Timestamp>,
    /// Whether something is not stored there.
    pub is_push_due: bool,
    /// Whether something has to be done for it that was not tried yet, or must succeed.
    pub has_tasks: bool,
    /// Whether we leave it, or end it for all, and the others do not know yet.
    pub is_leaving: bool,
}

/// Who could not be invited is shown among the members; it is tried again now and then.
fn is_waiting(task: &Task) -> bool {
    match task.kind {
        TaskKind::Invite | TaskKind::Promote => task.attempts == 0,
        TaskKind::ForgetInvitation => false,
        _ => true,
    }
}

const fn is_end(task: &Task) -> bool {
    matches!(task.kind, TaskKind::Leave | TaskKind::Destroy)
}

/// How each followed group stands.
///
/// # Errors
/// What the database said.
pub(crate) async fn all(core: &Core) -> Result<Vec<GroupStatus>, ClientError> {
    let read = core.db.read(|reader| {
        let mut statuses = Vec::new();
        for standing in groups::standings(reader)? {
            let Some(kept) = kept::load(reader, &standing.id)? else {
                continue;
            };
            let keys = kept.state.keys();
            let tasks = tasks::of_group(reader, &standing.id)?;
            statuses.push(GroupStatus {
                id: standing.id,
                name: kept.state.info().name(),
                last_poll: standing.last_poll,
                keys: keys.all().len(),
                generation: (!keys.is_empty()).then(|| keys.generation()),
                parked: parked::total(reader, &standing.id)?,
                expires: standing.extended.map(|at| at + LIFE),
                is_push_due: standing.is_push_due,
                has_tasks: tasks.iter().any(is_waiting),
                is_leaving: tasks.iter().any(is_end),
            });
        }
        Ok(statuses)
    });
    Ok(read.await?)
}
