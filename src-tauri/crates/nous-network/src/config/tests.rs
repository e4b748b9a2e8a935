#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

fn with_seed(url: &str, pin: &str) -> Result<NetworkConfig, ConfigError> {
    NetworkConfig::from_json(&format!(
        r#"{{"name":"x","seeds":[{{"url":"{url}","certificateSha256":{pin}}}]}}"#
    ))
}

#[test]
fn mainnets_seeds_and_pins_are_those_of_the_page() {
    let config = NetworkConfig::mainnet();
    let hosts: Vec<_> = config
        .seeds
        .iter()
        .map(|seed| seed.url.as_str().to_owned())
        .collect();
    let expected = [1, 2, 3].map(|n| format!("https://seed{n}.getsession.org:4443/"));
    assert_eq!(hosts, expected);
    let pins = [
        "36ea0b253537988551ee856e4fd20d55011e9c8b27eaa2f34b8f32a0bdf04f2d",
        "c5908dd4139acd96aedd1e45576597650809c8a5ea02af556d4853d45396e0e7",
        "8a0af2c712342f22ce00e53c1601410ef8d84156aee0a9809c32f6f7efbe556e",
    ];
    for (seed, pin) in config.seeds.iter().zip(pins) {
        assert_eq!(seed.trust, SeedTrust::Pinned(read_key(pin).unwrap()));
    }
    assert_eq!(config.file, NetworkFile::mainnet());
}

#[test]
fn testnet_is_the_one_of_the_page() {
    let config = NetworkConfig::testnet();
    assert_eq!(config.seeds[0].url.as_str(), "http://seed2.getsession.org:38157/");
    assert_eq!(config.file, NetworkFile::testnet());
}

#[test]
fn any_certificate_is_refused_elsewhere_than_on_loopback() {
    for url in [
        "https://192.0.2.1:22021",
        "https://seed.example",
        "https://localhost.example",
        "https://10.0.0.1",
    ] {
        assert_eq!(
            with_seed(url, r#""any""#),
            Err(ConfigError::UnpinnedSeed(0)),
            "{url}"
        );
    }
    for url in [
        "https://127.0.0.1:1",
        "https://[::1]:1",
        "https://localhost:1",
        "https://127.9.9.9",
    ] {
        assert!(with_seed(url, r#""any""#).is_ok(), "{url}");
    }
}

#[test]
fn no_certificate_means_plain_http_on_loopback_only() {
    assert_eq!(
        with_seed("http://192.0.2.1:1", "null"),
        Err(ConfigError::UnpinnedSeed(0))
    );
    assert_eq!(
        with_seed("https://127.0.0.1:1", "null"),
        Err(ConfigError::UnpinnedSeed(0))
    );
    assert_eq!(
        with_seed("http://127.0.0.1:1", "null").unwrap().seeds[0].trust,
        SeedTrust::Plain
    );
}

#[test]
fn values_that_cannot_be_are_named() {
    let refused = |text: &str| NetworkConfig::from_json(text).unwrap_err();
    assert_eq!(refused(r#"{"seeds":[]}"#), ConfigError::Field("seeds"));
    assert_eq!(refused(r#"{"pathLength":0}"#), ConfigError::Field("pathLength"));
    assert_eq!(refused(r#"{"minPoolSize":3}"#), ConfigError::Field("minPoolSize"));
    assert_eq!(refused("no JSON"), ConfigError::Json { line: 1, column: 2 });
    let server = r#"{"fileServer":{"url":"http://h","ed25519":"zz"}}"#;
    assert_eq!(refused(server), ConfigError::Field("fileServer.ed25519"));
    assert_eq!(
        with_seed("https://h:1", r#""abc""#),
        Err(ConfigError::Field("seeds.certificateSha256"))
    );
}

#[test]
fn each_network_has_its_own_storage_key() {
    let mainnet = NetworkConfig::mainnet().storage_key();
    assert_eq!(mainnet.len(), 64);
    assert_ne!(mainnet, NetworkConfig::testnet().storage_key());
    let renamed = NetworkConfig::from_json(r#"{"name":"other"}"#).unwrap();
    assert_eq!(mainnet, renamed.storage_key());
}

#[test]
fn small_directories_carry_fewer_paths() {
    let local = NetworkConfig::from_json(r#"{"minPoolSize":4}"#).unwrap();
    assert_eq!(
        [3, 4, 6, 7, 100].map(|nodes| local.paths_for(nodes)),
        [0, 1, 1, 2, 2]
    );
}

#[test]
fn only_a_network_of_this_machine_is_on_loopback() {
    assert!(with_seed("http://127.0.0.1:1", "null").unwrap().is_on_loopback());
    assert!(!NetworkConfig::mainnet().is_on_loopback());
}
