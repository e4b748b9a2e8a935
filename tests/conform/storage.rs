//! Operations of `storage-rpc.json`: requests to storage nodes, replayed against the nodes
//! of the local network.

use anyhow::{Context, bail, ensure};
use nous_localnet::{Body, Cluster, NodeSpec};
use serde_json::Value;

use crate::fields::{array, list, number, text};
use crate::table::Table;

/// How far a moment that a node chose itself may be from the recorded one, in ms.
const OWN_TIME_TOLERANCE: u64 = 100;

/// Adds the operations of this family.
pub(crate) fn register(table: &mut Table) {
    table.scenario("storage.exchange", exchange);
}

/// Every scenario starts on an empty network; each step is a case.
fn exchange(file: &Value, case: &Value) -> Vec<anyhow::Result<()>> {
    match prepare(file, case) {
        Ok((mut cluster, steps)) => steps
            .into_iter()
            .map(|(step, wanted)| replay(&mut cluster, step, wanted))
            .collect(),
        Err(error) => vec![Err(error)],
    }
}

type Steps<'a> = Vec<(&'a Value, &'a Value)>;

fn prepare<'a>(file: &Value, case: &'a Value) -> anyhow::Result<(Cluster, Steps<'a>)> {
    let specs: anyhow::Result<Vec<NodeSpec>> = list(file, "nodes")?.iter().map(spec).collect();
    let steps = list(case.get("in").context("no input")?, "steps")?;
    let wanted = list(case.get("out").context("no answer recorded")?, "steps")?;
    ensure!(steps.len() == wanted.len(), "steps and answers differ in number");
    let started = steps.first().and_then(|step| step["at_ms"].as_i64()).unwrap_or(0);
    Ok((Cluster::new(specs?, started), steps.iter().zip(wanted).collect()))
}

fn spec(node: &Value) -> anyhow::Result<NodeSpec> {
    Ok(NodeSpec {
        seed: array(node, "ed25519_seed")?,
        swarm: text(node, "swarm_id")?.parse()?,
        ip: text(node, "public_ip")?.to_owned(),
        port: u16::try_from(number(node, "storage_port")?)?,
        omq_port: u16::try_from(number(node, "storage_omq_port")?)?,
    })
}

fn replay(cluster: &mut Cluster, step: &Value, wanted: &Value) -> anyhow::Result<()> {
    let body = match step.get("request_text") {
        Some(_) => text(step, "request_text")?.to_owned(),
        None => step.get("request").context("no request")?.to_string(),
    };
    let now = i64::try_from(number(step, "at_ms")?)?;
    let node = usize::try_from(number(step, "node")?)?;
    let reply = cluster.rpc(node, body.as_bytes(), now).reply;
    let status = number(wanted, "status")?;
    if u64::from(reply.status) != status {
        bail!("status {} ({}), not {status}", reply.status, short(&reply.text()));
    }
    match (wanted.get("reply"), reply.body) {
        (None, Body::Text(_)) => Ok(()),
        (Some(wanted), Body::Json(found)) => same(wanted, &found, "reply"),
        (Some(_), Body::Text(found)) => bail!("text `{found}` instead of JSON"),
        (None, Body::Json(found)) => bail!("JSON {} instead of text", short(&found.to_string())),
    }
}

fn short(text: &str) -> String {
    text.chars().take(100).collect()
}

/// Compares everything but the node's own clock. Where a moment that the node made is only
/// near, the signature beside it may differ.
fn same(wanted: &Value, found: &Value, path: &str) -> anyhow::Result<()> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let is_clock = |key: &str| key == "t" || (key == "timestamp" && wanted.contains_key("version"));
            for key in wanted.keys().chain(found.keys()).filter(|key| !is_clock(key)) {
                let path = format!("{path}.{key}");
                match (wanted.get(key), found.get(key)) {
                    (Some(Value::String(_)), Some(Value::String(_)))
                        if key == "signature" && wanted.get("expiry") != found.get("expiry") => {}
                    (Some(wanted), Some(found)) => same(wanted, found, &path)?,
                    (Some(_), None) => bail!("{path} is missing"),
                    (None, _) => bail!("{path} is there, but is not recorded"),
                }
            }
            Ok(())
        }
        (Value::Array(wanted), Value::Array(found)) => {
            ensure!(wanted.len() == found.len(), "{path} has {} entries", found.len());
            let mut pairs = wanted.iter().zip(found).enumerate();
            pairs.try_for_each(|(index, (wanted, found))| same(wanted, found, &format!("{path}[{index}]")))
        }
        (Value::Number(wanted), Value::Number(found)) if wanted != found => {
            let near = wanted
                .as_u64()
                .zip(found.as_u64())
                .is_some_and(|(a, b)| a > 1_000_000_000 && a.abs_diff(b) <= OWN_TIME_TOLERANCE);
            ensure!(near, "{path} is {found}, not {wanted}");
            Ok(())
        }
        _ => {
            ensure!(
                wanted == found,
                "{path} is {}, not {}",
                short(&found.to_string()),
                short(&wanted.to_string())
            );
            Ok(())
        }
    }
}
