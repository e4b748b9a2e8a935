//! `serve-localnet`: a whole network for other programs.

use nous_localnet::{Localnet, LocalnetOptions};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::arguments::ServeArguments;
use crate::exit::{ExitCode, Failure};
use crate::output::Output;

/// Runs until it is told to end. Standard input may hold control commands; its end is not the end.
pub(crate) async fn serve(arguments: ServeArguments, output: Output) -> Result<(), Failure> {
    let mut options = LocalnetOptions {
        nodes: arguments.nodes,
        dir: arguments.dir,
        ..LocalnetOptions::default()
    };
    if let Some(swarms) = arguments.swarms {
        options.swarms = swarms;
    }
    let localnet = Localnet::start(options).await.map_err(|error| {
        Failure::new(
            ExitCode::Other,
            format!("The local network could not start: {error}"),
        )
    })?;
    if let Some(file) = &arguments.write_network {
        localnet
            .write_network_file(file)
            .map_err(|error| Failure::new(ExitCode::Other, error.to_string()))?;
    }
    output.line(&json!({ "event": "ready", "network": localnet.network_file() }))?;
    let control = localnet.control();
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut is_open = true;
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    loop {
        tokio::select! {
            line = lines.next_line(), if is_open => match line? {
                Some(line) if line.trim().is_empty() => {}
                Some(line) => output.line(&match control.apply_json(&line).await {
                    Ok(result) => json!({ "event": "done", "result": result }),
                    Err(error) => json!({ "event": "error", "message": error.to_string() }),
                })?,
                None => is_open = false,
            },
            _ = tokio::signal::ctrl_c() => break,
            _ = terminate.recv() => break,
        }
    }
    localnet.shutdown().await;
    Ok(())
}
