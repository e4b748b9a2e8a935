//! The file server.

use nous_localnet::{Effect, Fault, KnownError, Level, Place};
use nous_protocol::onion::ServerTarget;
use nous_protocol::onion::v4::{Request, Response};
use serde_json::{Value, json};

use crate::support::{NOW, Net, start};

async fn ask(net: &Net, request: Request) -> Response {
    let got = net.v4(net.file_server(), &request).await;
    got.unwrap_or_else(|got| panic!("status {} {}", got.status, got.text()))
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

async fn upload(net: &Net, data: &[u8]) -> Response {
    let request = Request::new("POST", "/file").body("application/octet-stream", data.to_vec());
    ask(net, request).await
}

#[tokio::test]
async fn a_file_comes_back_as_it_was_and_ends() {
    let net = start().await;
    let up = upload(&net, b"some bytes").await;
    let id = body(&up)["id"].as_str().unwrap().to_owned();
    let fourteen_days = 14 * 86_400_000;
    assert_eq!((up.code, id.len()), (200, 44));
    assert_eq!(body(&up)["expires"], json!((NOW + fourteen_days) as f64 / 1000.0));
    let down = ask(&net, Request::new("GET", &format!("/file/{id}"))).await;
    assert_eq!((down.code, down.body.as_slice()), (200, b"some bytes".as_slice()));
    assert_eq!(down.headers["content-type"], "application/octet-stream");
    let info = ask(&net, Request::new("GET", &format!("/file/{id}/info"))).await;
    assert_eq!(body(&info)["size"], json!(10));
    net.control.advance_ms(fourteen_days);
    let gone = ask(&net, Request::new("GET", &format!("/file/{id}"))).await;
    assert_eq!(gone.code, 404);
    assert!(net.control.files().is_empty());
}

#[tokio::test]
async fn a_file_can_be_extended_and_shortened_at_upload() {
    let net = start().await;
    let request = Request::new("POST", "/file")
        .header("X-FS-TTL", "60")
        .body("application/octet-stream", b"x".to_vec());
    let up = ask(&net, request).await;
    assert_eq!(body(&up)["expires"], json!((NOW + 60_000) as f64 / 1000.0));
    let id = body(&up)["id"].as_str().unwrap().to_owned();
    let more = ask(&net, Request::new("POST", &format!("/file/{id}/extend"))).await;
    assert_eq!(
        body(&more)["expires"],
        json!((NOW + 14 * 86_400_000) as f64 / 1000.0)
    );
    let unknown = ask(&net, Request::new("POST", "/file/abc/extend")).await;
    assert_eq!(unknown.code, 404);
}

#[tokio::test]
async fn the_size_limit_holds_and_can_be_set() {
    let net = start().await;
    assert_eq!(upload(&net, &vec![7; 10_223_616]).await.code, 200);
    net.control.set_max_file_bytes(10);
    assert_eq!(upload(&net, &[7; 10]).await.code, 200);
    assert_eq!(upload(&net, &[7; 11]).await.code, 413);
    assert_eq!(upload(&net, b"").await.code, 400);
}

#[tokio::test]
async fn the_version_is_told_and_its_signature_checked() {
    let net = start().await;
    let endpoint = "/session_version?platform=desktop&release_channel=stable";
    let told = ask(&net, Request::new("GET", endpoint)).await;
    assert_eq!(body(&told)["status_code"], json!(200));
    let alice = crate::support::Person::new(1);
    let signed = |time: i64, text: &str| {
        Request::new("GET", endpoint)
            .header("X-FS-Pubkey", &format!("07{}", alice.ed25519()))
            .header("X-FS-Timestamp", &time.to_string())
            .header("X-FS-Signature", &alice.sign(text))
    };
    let now = NOW / 1000;
    let good = signed(now, &format!("{now}GET{endpoint}"));
    assert_eq!(ask(&net, good).await.code, 200);
    assert_eq!(ask(&net, signed(now, "x")).await.code, 401);
    assert_eq!(ask(&net, signed(now - 90_000, "x")).await.code, 425);
    let half = Request::new("GET", endpoint).header("X-FS-Timestamp", "1");
    assert_eq!(ask(&net, half).await.code, 400);
}

#[tokio::test]
async fn servers_outside_this_machine_and_closed_ones_give_502() {
    let net = start().await;
    let request = Request::new("GET", "/file/x");
    let host = "example.org".to_owned();
    let outside = ServerTarget {
        host,
        ..net.file_server()
    };
    assert_eq!(net.v4(outside, &request).await.unwrap_err().status, 502);
    net.control.stop(Place::FileServer).await.unwrap();
    assert_eq!(net.v4(net.file_server(), &request).await.unwrap_err().status, 502);
    net.control.start(Place::FileServer).await.unwrap();
    assert_eq!(net.v4(net.file_server(), &request).await.unwrap().code, 404);
}

#[tokio::test]
async fn the_file_server_misbehaves_on_command() {
    let net = start().await;
    let request = Request::new("GET", "/file/x");
    let place = Place::FileServer;
    net.control
        .add_error(place, Level::Direct, KnownError::Internal, Some(1));
    assert_eq!(net.v4(net.file_server(), &request).await.unwrap_err().status, 500);
    net.control
        .add_error(place, Level::Destination, KnownError::Internal, Some(1));
    assert_eq!(ask(&net, request.clone()).await.code, 500);
    net.control
        .add_fault(place, Fault::new(Level::Destination, Effect::Nothing).times(1));
    assert!(ask(&net, request.clone()).await.body.is_empty());
    net.control
        .add_fault(place, Fault::new(Level::Direct, Effect::Drop).times(1));
    assert_eq!(net.v4(net.file_server(), &request).await.unwrap_err().status, 502);
    assert_eq!(net.control.seen(place)[0].method.as_deref(), Some("GET /file/x"));
}

#[tokio::test]
async fn a_lost_file_is_not_found() {
    let net = start().await;
    let id = body(&upload(&net, b"x").await)["id"].as_str().unwrap().to_owned();
    assert!(net.control.remove_file(&id));
    let gone = ask(&net, Request::new("GET", &format!("/file/{id}"))).await;
    assert_eq!(gone.code, 404);
}
