//! A client with 50 groups of 100 members, three of them active: memory, and work at rest.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use nous_api::ids::ConversationId;
use nous_api::{App, AppOptions, subscriptions};
use nous_protocol::account::AccountId;
use nous_protocol::auth::Access;
use nous_protocol::config::group_members::{GroupMember, Progress};
use nous_protocol::config::user_groups::{Group, UserGroups};
use nous_protocol::group::secret::GroupSecret;
use nous_protocol::group::subaccount;
use nous_protocol::keys::{IdentityKeys, Seed};
use nous_protocol::time::Timestamp;
use nous_tests::phone::Phone;

use crate::account::{Account, has_text};
use crate::figure;
use crate::process::Program;
use crate::stage::Stage;

const CPU: &str = "50 groups of 100 members, 3 active: processor of nous-cli watch";
const MEMORY: &str = "50 groups of 100 members, 3 active: memory of nous-cli watch";
/// What [`measure`] measures.
pub(crate) const FIGURES: &[&str] = &[CPU, MEMORY];

const GROUPS: usize = 50;
const ACTIVE: usize = 3;
const MEMBERS: usize = 100;
/// The profile that is measured.
const MEASURED: &str = "Many groups";
/// Since then nothing happened in the quiet groups: they are polled at the slowest pace.
const QUIET_FOR: Duration = Duration::from_secs(20 * 86_400);
/// Until start-up is over: paths stand, each group was polled once.
const WARM_UP: Duration = Duration::from_secs(30);
/// Between two messages in active groups: one a minute in each.
const BETWEEN: Duration = Duration::from_secs(20);
/// Two minutes are the slowest pace: each quiet group is polled once meanwhile.
const WRITTEN: usize = 6;
/// How long the groups may take to be read at first.
const PATIENCE: Duration = Duration::from_secs(300);

/// The account that is measured is an admin of every second group; somebody else writes.
pub(crate) async fn measure(stage: &Stage) -> Result<()> {
    let network = stage.network_config()?;
    let mut own = Account::create(stage.place(MEASURED), network.clone(), "Alice").await?;
    let mut writer = Account::create(stage.place("Writer"), network.clone(), "Bob").await?;
    for account in [&own, &writer] {
        subscriptions::set_window_focus(&account.app, true).await?;
    }
    let active = found_groups(stage, &own, &writer).await?;
    // Read whole and extended before: a client at rest does neither.
    let reading = async {
        tokio::try_join!(
            own.until_groups_are_settled(GROUPS),
            writer.until_groups_are_settled(ACTIVE),
        )
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .context("the groups are not read")??;
    own.app.shutdown().await;
    // The first poll of the client finds them: from then on these groups are not quiet.
    for group in &active {
        let message = writer.write(group, "Good morning").await?;
        tokio::time::timeout(PATIENCE, writer.until_sent(&message)).await??;
    }

    let watch = stage.watch(&stage.place(MEASURED))?;
    let (percent, last) = work(&watch, &writer, &active).await?;
    let memory = watch.memory_mb()?;
    watch.end().await?;
    writer.app.shutdown().await;
    let reader = App::open(AppOptions {
        profile_dir: Some(stage.place(MEASURED)),
        is_polling: false,
        ..AppOptions::new(network)
    })
    .await?;
    for (group, text) in active.iter().zip(&last) {
        ensure!(
            has_text(&reader, group, text).await?,
            "the measured client did not receive"
        );
    }
    reader.shutdown().await;
    figure(CPU, "%", &[percent]);
    figure(MEMORY, "MB", &[memory]);
    Ok(())
}

/// Makes the groups on a phone; answers those that both are in.
async fn found_groups(stage: &Stage, own: &Account, writer: &Account) -> Result<Vec<ConversationId>> {
    let phone = Phone::start(stage.network_config()?)?;
    let (alice, bob) = (AccountId::from_hex(&own.id)?, AccountId::from_hex(&writer.id)?);
    let (mut of_alice, mut of_bob) = (UserGroups::default(), UserGroups::default());
    let (created, mut active) = (phone.ago(QUIET_FOR), Vec::new());
    for number in 0..GROUPS {
        let (admin, member) = if number % 2 == 0 {
            (alice, bob)
        } else {
            (bob, alice)
        };
        let secret = GroupSecret::generate(&mut rand::rng());
        let name = format!("Group {number}");
        phone
            .found_group(&secret, &name, created, &members(admin, member))
            .await?;
        let entry_of = |account: AccountId| entry(&secret, &name, created, (account == admin, account));
        of_alice.set_group(&entry_of(alice)?);
        if number < ACTIVE {
            of_bob.set_group(&entry_of(bob)?);
            active.push(ConversationId(secret.id().to_string()));
        }
    }
    phone.keep_groups(&own.words().await?, of_alice).await?;
    phone.keep_groups(&writer.words().await?, of_bob).await?;
    phone.end().await;
    Ok(active)
}

/// Both, and others of whom every group has its own.
fn members(admin: AccountId, member: AccountId) -> Vec<GroupMember> {
    let others =
        (2..MEMBERS).map(|_| IdentityKeys::from_seed(&Seed::generate(&mut rand::rng())).account_id());
    let joined = std::iter::once(member)
        .chain(others)
        .zip(1..)
        .map(|(id, number)| {
            let mut member = GroupMember::invited(id);
            member.name = format!("Member {number}");
            member.invite(Progress::Accepted);
            member
        });
    std::iter::once(GroupMember::founder(admin))
        .chain(joined)
        .collect()
}

/// What the config of an account says of a group that it joined when the group was made.
fn entry(
    secret: &GroupSecret,
    name: &str,
    created: Timestamp,
    (is_admin, account): (bool, AccountId),
) -> Result<Group> {
    let mut entry = Group::new(secret.id());
    name.clone_into(&mut entry.name);
    entry.settings.joined = created.as_ms() / 1_000;
    if is_admin {
        entry.admin_seed = Some(*secret.expose_seed());
    } else {
        let permission = subaccount::issue(secret, &account, Access::MEMBER).context("no usable ID")?;
        entry.auth_data = Some(*permission.expose());
    }
    Ok(entry)
}

/// Percent of one core while messages come in the active groups; and the last message of each.
async fn work(watch: &Program, writer: &Account, active: &[ConversationId]) -> Result<(f64, Vec<String>)> {
    tokio::time::sleep(WARM_UP).await;
    let before = watch.work()?;
    let mut last = vec![String::new(); active.len()];
    for (turn, place) in (0..active.len()).cycle().take(WRITTEN).enumerate() {
        let text = format!("Message {turn}");
        writer.write(&active[place], &text).await?;
        last[place] = text;
        tokio::time::sleep(BETWEEN).await;
    }
    let after = watch.work()?;
    let seconds = (BETWEEN * u32::try_from(WRITTEN)?).as_secs_f64();
    Ok(((after.seconds - before.seconds) / seconds * 100.0, last))
}
