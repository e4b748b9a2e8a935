#![expect(clippy::unwrap_used, reason = "tests")]

use std::net::Ipv4Addr;

use rcgen::{CertificateParams, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::node::NodeKey;

fn config(seed: &str) -> NetworkConfig {
    NetworkConfig::from_json(&format!(r#"{{"seeds":[{{"url":"{seed}"}}]}}"#)).unwrap()
}

/// Answers one request after another with the same bytes; gives the first request's text.
async fn plain_server(answer: Vec<u8>) -> (String, tokio::task::JoinHandle<Option<String>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let tasks = crate::tasks::Tasks::new();
    let task = tasks.spawn("server", async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let length = socket.read(&mut request).await.unwrap();
        // The client may hang up in the middle of what is too long for it.
        let _ = socket.write_all(&answer).await;
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    (url, task)
}

#[tokio::test]
async fn host_names_of_nodes_are_refused() {
    let client = Nodes::new().unwrap().client;
    let error = client
        .post("https://localhost:1/onion_req/v2")
        .send()
        .await
        .unwrap_err();
    let mut text = String::new();
    let mut source: Option<&dyn std::error::Error> = Some(&error);
    while let Some(error) = source {
        text.push_str(&error.to_string());
        source = error.source();
    }
    assert!(text.contains("nodes have no names"), "{text}");
}

#[tokio::test]
async fn nodes_are_never_reached_without_tls() {
    let client = Nodes::new().unwrap().client;
    assert!(
        client
            .post("http://127.0.0.1:1/")
            .send()
            .await
            .unwrap_err()
            .is_builder()
    );
}

#[tokio::test]
async fn requests_look_like_those_of_other_clients() {
    let (url, request) = plain_server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec()).await;
    let config = config(&url);
    let transport = Transport::new(&config).unwrap();
    let body = transport
        .seed(&config.seeds[0], &serde_json::json!({}))
        .await
        .unwrap();
    assert_eq!(body, b"{}");
    let text = request.await.unwrap().unwrap().to_lowercase();
    assert!(text.starts_with("post /json_rpc http/1.1"), "{text}");
    assert!(
        text.contains("user-agent: whatsapp") && text.contains("accept-language: en-us"),
        "{text}"
    );
}

fn acceptor() -> TlsAcceptor {
    let key = KeyPair::generate().unwrap();
    let names = vec!["localhost".to_owned()];
    let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// A node that takes two connections and answers one request on each; gives the lines of their heads.
async fn node(body: &'static [u8]) -> (Snode, tokio::task::JoinHandle<Option<Vec<Vec<String>>>>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let node = Snode {
        key: NodeKey([1; 32]),
        x25519: NodeKey([2; 32]),
        ip: Ipv4Addr::LOCALHOST,
        port: listener.local_addr().unwrap().port(),
    };
    let tasks = crate::tasks::Tasks::new();
    let task = tasks.spawn("node", async move {
        let (acceptor, mut heads) = (acceptor(), Vec::new());
        for _ in 0..2 {
            let (socket, _) = listener.accept().await.unwrap();
            let mut stream = acceptor.accept(socket).await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(body) {
                assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
            }
            let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";
            stream.write_all(answer).await.unwrap();
            // The client may have gone already.
            let _ = stream.shutdown().await;
            let head = String::from_utf8_lossy(&request).to_lowercase();
            let mut lines: Vec<_> = head.lines().map(str::to_owned).collect();
            lines.sort();
            heads.push(lines);
        }
        heads
    });
    (node, task)
}

#[tokio::test]
async fn a_file_leaves_with_the_same_head_as_every_other_request() {
    let (node, heads) = node(b"layers").await;
    let transport = Transport::new(&config("http://127.0.0.1:1/")).unwrap();
    let limit = Duration::from_secs(5);
    let endurance = Endurance {
        silence: limit,
        whole: limit,
    };
    let usual = transport.onion(&node, b"layers".to_vec(), limit, 100).await;
    let file = transport
        .carry(&node, b"layers".to_vec(), endurance, 100, None)
        .await;
    assert_eq!((&usual, &usual.clone().unwrap().body), (&file, &b"ok".to_vec()));
    let heads = heads.await.unwrap().unwrap();
    assert_eq!(heads[0], heads[1]);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let answer = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    let (url, _request) = plain_server(answer.to_vec()).await;
    let config = config(&url);
    let answer = Transport::new(&config)
        .unwrap()
        .seed(&config.seeds[0], &serde_json::json!({}))
        .await;
    assert_eq!(answer, Err(TransportError::Broken));
}

#[tokio::test]
async fn an_announced_length_beyond_the_limit_is_refused() {
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", LIST_BYTES + 1);
    let (url, _request) = plain_server(answer.into_bytes()).await;
    let config = config(&url);
    let answer = Transport::new(&config)
        .unwrap()
        .seed(&config.seeds[0], &serde_json::json!({}))
        .await;
    assert_eq!(answer, Err(TransportError::TooLarge));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off_at_the_limit() {
    let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    answer.resize(answer.len() + LIST_BYTES + 1, b'x');
    let (url, _request) = plain_server(answer).await;
    let config = config(&url);
    let answer = Transport::new(&config)
        .unwrap()
        .seed(&config.seeds[0], &serde_json::json!({}))
        .await;
    assert_eq!(answer, Err(TransportError::TooLarge));
}

#[tokio::test]
async fn a_node_that_is_not_there_is_no_connection() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let node = Snode {
        key: NodeKey([1; 32]),
        x25519: NodeKey([2; 32]),
        ip: Ipv4Addr::LOCALHOST,
        port: free.port(),
    };
    let transport = Transport::new(&config("http://127.0.0.1:1/")).unwrap();
    let answer = transport.info(&node, Duration::from_secs(5)).await;
    assert_eq!(answer.unwrap_err(), TransportError::Connect);
}

#[tokio::test]
async fn a_silent_node_runs_into_the_time_limit() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let node = Snode {
        key: NodeKey([1; 32]),
        x25519: NodeKey([2; 32]),
        ip: Ipv4Addr::LOCALHOST,
        port,
    };
    let transport = Transport::new(&config("http://127.0.0.1:1/")).unwrap();
    let answer = transport.info(&node, Duration::from_millis(50)).await;
    assert_eq!(answer.unwrap_err(), TransportError::Timeout);
}
