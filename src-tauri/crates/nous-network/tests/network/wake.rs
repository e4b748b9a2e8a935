//! Waking from sleep, as a login service on a bus of its own tells it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use nous_network::Tasks;
use nous_network::wake::{self, Bus};
use tokio::sync::mpsc;
use zbus::connection::Builder;

/// A message bus that ends with the test.
struct PrivateBus {
    process: Child,
    address: String,
}

impl PrivateBus {
    fn start() -> Self {
        let mut process = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon (package dbus)");
        let mut address = String::new();
        let output = process.stdout.take().expect("it tells its address");
        BufReader::new(output).read_line(&mut address).expect("a line");
        Self {
            process,
            address: address.trim().to_owned(),
        }
    }

    /// A service with this name.
    async fn service(&self, name: &str) -> zbus::Connection {
        let builder = Builder::address(self.address.as_str()).expect("an address");
        builder
            .name(name.to_owned())
            .expect("a name")
            .build()
            .await
            .expect("a service")
    }
}

impl Drop for PrivateBus {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

async fn prepare_for_sleep(service: &zbus::Connection, sleeps: bool) {
    let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
    service
        .emit_signal(None::<&str>, path, interface, "PrepareForSleep", &sleeps)
        .await
        .expect("emitted");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_end_of_sleep_is_told_and_only_by_the_login_service() {
    let bus = PrivateBus::start();
    let logind = bus.service("org.freedesktop.login1").await;
    let stranger = bus.service("org.example.Stranger").await;
    let (told, mut heard) = mpsc::channel(8);
    let tasks = Tasks::new();
    let listener = tasks.spawn(
        "wake",
        wake::listen(Bus::At(bus.address.clone()), move || {
            told.try_send(()).ok();
        }),
    );
    // Emitted until it is heard: when the listener is ready nobody says.
    while heard.try_recv().is_err() {
        prepare_for_sleep(&logind, false).await;
        tokio::task::yield_now().await;
    }
    while heard.try_recv().is_ok() {}
    for _ in 0..3 {
        prepare_for_sleep(&stranger, false).await;
        prepare_for_sleep(&logind, true).await;
    }
    prepare_for_sleep(&logind, false).await;
    heard.recv().await.expect("heard");
    drop(bus);
    drop(listener.await);
    let more = std::iter::from_fn(|| heard.try_recv().ok()).count();
    assert!(more <= 64, "{more}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_bus_it_says_so() {
    let nowhere = Bus::At("unix:path=/nonexistent/bus".to_owned());
    assert!(wake::listen(nowhere, || ()).await.is_err());
}
