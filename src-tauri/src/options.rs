//! The command line of the app, and what follows from it.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;
use nous_api::NetworkConfig;

/// A private messenger without phone number, e-mail or central server.
#[derive(Debug, Parser)]
#[command(name = "entre-nous", version, about)]
pub struct Options {
    /// The folder with the account and its messages [default: the standard folder]
    #[arg(long, value_name = "DIR")]
    pub profile: Option<PathBuf>,
    /// `mainnet`, `testnet`, or a file that describes a network
    #[arg(long, value_name = "NAME|FILE", default_value = "mainnet")]
    pub network: String,
    /// A file whose first line is the profile's password [else: `ENTRE_NOUS_PASSWORD`]
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// Use a network inside the app, with a contact that answers
    #[cfg(feature = "demo")]
    #[arg(long, conflicts_with = "network")]
    pub demo: bool,
}

/// Why the app cannot start with these options. Shown on the terminal.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// The network file cannot be read.
    #[error("cannot read the network file {path}: {source}")]
    NetworkFile {
        /// As given.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The network file does not describe a network.
    #[error("{path} does not describe a network: {source}")]
    Network {
        /// As given.
        path: String,
        /// What is wrong with it.
        source: nous_api::NetworkConfigError,
    },
    /// Neither `XDG_DATA_HOME` nor `HOME` is set.
    #[error("no folder for the profile: give one with --profile")]
    NoFolder,
    /// The demo's folder cannot be made.
    #[error("no temporary folder: {0}")]
    Temporary(std::io::Error),
}

impl Options {
    /// The network to use; not that of the demo.
    ///
    /// # Errors
    /// When the file that describes it cannot be read.
    pub fn network_config(&self) -> Result<NetworkConfig, OptionsError> {
        match self.network.as_str() {
            "mainnet" => Ok(NetworkConfig::mainnet()),
            "testnet" => Ok(NetworkConfig::testnet()),
            path => read_network(path),
        }
    }

    /// The profile's folder: as given (made absolute), or the standard one.
    ///
    /// # Errors
    /// [`OptionsError::NoFolder`].
    pub fn profile_folder(&self) -> Result<PathBuf, OptionsError> {
        match &self.profile {
            Some(folder) => Ok(std::path::absolute(folder).unwrap_or_else(|_| folder.clone())),
            None => standard_folder(env::var_os("XDG_DATA_HOME"), env::var_os("HOME"))
                .ok_or(OptionsError::NoFolder),
        }
    }
}

fn read_network(path: &str) -> Result<NetworkConfig, OptionsError> {
    let text = std::fs::read_to_string(path).map_err(|source| OptionsError::NetworkFile {
        path: path.to_owned(),
        source,
    })?;
    NetworkConfig::from_json(&text).map_err(|source| OptionsError::Network {
        path: path.to_owned(),
        source,
    })
}

/// `$XDG_DATA_HOME/entre-nous/default`, else `~/.local/share/entre-nous/default`.
fn standard_folder(data_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let data = data_home.map(PathBuf::from).filter(|path| path.is_absolute());
    let own = || home.map(|home| PathBuf::from(home).join(".local/share"));
    data.or_else(own).map(|base| base.join("entre-nous/default"))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

    use super::*;

    #[test]
    fn standard_folder_follows_the_data_home() {
        let folder = |data: Option<&str>, home: Option<&str>| {
            standard_folder(data.map(Into::into), home.map(Into::into))
        };
        assert_eq!(
            folder(Some("/data"), Some("/home/a")),
            Some("/data/entre-nous/default".into())
        );
        assert_eq!(
            folder(Some("data"), Some("/home/a")),
            folder(None, Some("/home/a"))
        );
        assert_eq!(
            folder(None, Some("/home/a")),
            Some("/home/a/.local/share/entre-nous/default".into())
        );
        assert_eq!(folder(None, None), None);
    }

    #[test]
    fn network_file_that_is_none_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.json").to_string_lossy().into_owned();
        let error = Options::parse_from(["entre-nous", "--network", &missing])
            .network_config()
            .unwrap_err();
        assert!(error.to_string().contains(&missing), "{error}");
    }
}
