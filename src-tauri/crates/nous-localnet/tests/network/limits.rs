//! What is too much, too fast or nonsense.

use serde_json::json;

use crate::support::{info, start};

#[tokio::test]
async fn bodies_over_10_mib_are_refused() {
    let net = start().await;
    for path in ["/storage_rpc/v1", "/onion_req/v2"] {
        let got = net.post(net.url(0, path), vec![b'x'; 10_485_761]).await;
        // The refusal comes before the body is read, so a client may only see the end.
        assert!(got.is_err() || got.unwrap().status == 413, "{path}");
        let got = net.post(net.url(0, path), vec![b'x'; 10_485_760]).await.unwrap();
        assert_eq!(got.status, 400, "{path}");
    }
    assert_eq!(net.rpc(0, &info()).await.status, 200);
}

#[tokio::test]
async fn an_endless_body_is_refused() {
    let net = start().await;
    let chunks =
        futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b'x'; 65_536])));
    let body = reqwest::Body::wrap_stream(chunks);
    let got = net.post(net.url(0, "/onion_req/v2"), body).await;
    assert!(got.is_err() || got.unwrap().status == 413);
    assert_eq!(net.rpc(0, &info()).await.status, 200);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_not_found() {
    let net = start().await;
    assert_eq!(net.post(net.url(0, "/nothing"), "").await.unwrap().status, 404);
    let got = net.http.get(net.url(0, "/storage_rpc/v1")).send().await.unwrap();
    assert_eq!(got.status().as_u16(), 404);
}

#[tokio::test]
async fn nonsense_gets_an_answer() {
    let net = start().await;
    let bodies = [
        "null".to_owned(),
        "{\"method\":1,\"params\":{}}".to_owned(),
        json!({ "method": "store", "params": { "pubkey": 5 } }).to_string(),
        json!({ "method": "batch", "params": { "requests": "x" } }).to_string(),
        "[".repeat(100_000),
        "\u{0}".repeat(100),
    ];
    for body in bodies {
        let got = net.post(net.url(0, "/storage_rpc/v1"), body).await.unwrap();
        assert_eq!(got.status, 400);
    }
}

#[tokio::test]
async fn too_many_direct_requests_get_429() {
    let net = start().await;
    let request = info();
    // A slow machine may need several turns to be faster than what is allowed.
    let mut refused = 0;
    for _ in 0..20 {
        let asks = (0..1200).map(|_| net.rpc(0, &request));
        let got = futures_util::future::join_all(asks).await;
        refused += got.iter().filter(|got| got.status == 429).count();
        if refused > 0 {
            break;
        }
    }
    assert!(refused > 0);
    assert_eq!(net.rpc(1, &info()).await.status, 200);
}
