//! Files on the file server.

use std::time::Duration;

use nous_localnet::{Effect, Fault, Level, Place};
use nous_network::file_server::{FileError, FileLink, MAX_UPLOAD_BYTES, REQUEST_ROOM};
use nous_network::{Network, Progress, SwarmError, Tasks};

use crate::support::{PATIENCE, Scene, config, localnet, until};

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(3_600);

/// A client that endures so much silence, and so much time for a whole file.
async fn with_limits(silence: Duration, whole: Duration) -> Scene {
    let localnet = localnet(9).await;
    let mut config = config(&localnet);
    config.intervals.file = silence;
    config.intervals.whole_file = whole;
    let network = Network::start(config, None, &Tasks::new()).unwrap();
    until(&network, |now| now.paths.len() >= 2).await;
    Scene {
        control: localnet.control(),
        localnet,
        network,
    }
}

/// What is sent to its guards and comes from them passes at so many bytes a second.
fn slow_down(scene: &Scene, pace: u32) {
    for path in scene.paths() {
        scene.control.set_pace(path[0], Some(pace));
    }
}

#[tokio::test]
async fn what_was_uploaded_comes_back() {
    let scene = Scene::new().await;
    let bytes: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let facts = scene.network.upload(bytes.clone(), None).await.unwrap();
    let link = FileLink::on_default(&config(&scene.localnet), &facts.id).unwrap();
    assert_eq!(scene.network.download(&link).await.unwrap(), bytes);
    let told = scene.network.file_facts(&link).await.unwrap();
    assert_eq!(told.size_bytes, Some(200_000));
    assert!(told.expires.as_ms() > scene.control.now_ms());
}

#[tokio::test]
async fn the_largest_file_fits() {
    let scene = Scene::new().await;
    let facts = scene
        .network
        .upload(vec![7; MAX_UPLOAD_BYTES], None)
        .await
        .unwrap();
    let link = FileLink::on_default(&config(&scene.localnet), &facts.id).unwrap();
    assert_eq!(
        scene.network.download(&link).await.unwrap().len(),
        MAX_UPLOAD_BYTES
    );
}

#[tokio::test]
async fn too_large_a_file_is_not_sent() {
    let scene = Scene::new().await;
    assert_eq!(
        scene.network.upload(vec![7; MAX_UPLOAD_BYTES + 1], None).await,
        Err(FileError::TooLarge)
    );
    assert_eq!(
        scene.network.upload(Vec::new(), None).await,
        Err(FileError::Input)
    );
    assert!(scene.control.files().is_empty());
}

#[tokio::test]
async fn a_servers_own_limit_is_told() {
    let scene = Scene::new().await;
    scene.control.set_max_file_bytes(100);
    assert_eq!(
        scene.network.upload(vec![7; 101], None).await,
        Err(FileError::TooLarge)
    );
}

#[tokio::test]
async fn a_file_that_is_gone_is_not_found() {
    let scene = Scene::new().await;
    let facts = scene.network.upload(vec![7; 10], None).await.unwrap();
    let link = FileLink::on_default(&config(&scene.localnet), &facts.id).unwrap();
    scene.control.remove_file(&facts.id);
    assert_eq!(scene.network.download(&link).await, Err(FileError::NotFound));
}

#[tokio::test]
async fn a_files_life_can_be_extended() {
    let scene = Scene::new().await;
    let short = scene
        .network
        .upload(vec![7; 10], Some(Duration::from_secs(60)))
        .await
        .unwrap();
    let link = FileLink::on_default(&config(&scene.localnet), &short.id).unwrap();
    let long = scene
        .network
        .extend_file(&link, Some(Duration::from_secs(86_400)))
        .await
        .unwrap();
    assert!(long.expires > short.expires + Duration::from_secs(3_600));
}

#[tokio::test]
async fn progress_ends_at_the_whole_file_both_ways() {
    let scene = Scene::new().await;
    let mut bytes = Vec::with_capacity(300_000 + REQUEST_ROOM);
    bytes.resize(300_000, 7);
    let (up, down) = (Progress::new(), Progress::new());
    let facts = scene
        .network
        .carry_up(bytes.clone(), None, Some(&up))
        .await
        .unwrap();
    assert_eq!(up.sent(), 1_000);
    let link = FileLink::on_default(&config(&scene.localnet), &facts.id).unwrap();
    let came = scene.network.carry_down(&link, Some(&down)).await.unwrap();
    assert_eq!((came, down.received()), (bytes, 1_000));
}

#[tokio::test]
async fn a_server_that_sends_too_much_is_stopped_and_one_that_sends_nothing_gives_nothing() {
    let scene = Scene::new().await;
    let facts = scene.network.upload(vec![7; 10], None).await.unwrap();
    let link = FileLink::on_default(&config(&scene.localnet), &facts.id).unwrap();
    let place = Place::FileServer;
    scene
        .control
        .add_fault(place, Fault::new(Level::Destination, Effect::TooMuch));
    assert_eq!(scene.network.download(&link).await, Err(FileError::TooLarge));
    scene.control.clear_faults(place);
    scene
        .control
        .add_fault(place, Fault::new(Level::Destination, Effect::Nothing));
    assert_eq!(scene.network.download(&link).await, Ok(Vec::new()));
}

#[tokio::test]
async fn on_a_slow_line_a_file_takes_longer_than_any_silence_both_ways() {
    // Silent is also what the client cannot see: the system's buffers on the line, and the nodes' work.
    let silence = Duration::from_secs(7);
    let scene = with_limits(silence, LONG).await;
    let bytes = vec![7; 1_200_000];
    let facts = scene.network.upload(bytes.clone(), None).await.unwrap();
    let link = FileLink::on_default(&config(&scene.localnet), &facts.id).unwrap();
    slow_down(&scene, 120_000);
    let start = tokio::time::Instant::now();
    let (up, down) = tokio::join!(
        async {
            scene.network.upload(bytes.clone(), None).await.unwrap();
            start.elapsed()
        },
        async {
            assert_eq!(scene.network.download(&link).await.unwrap(), bytes);
            start.elapsed()
        },
    );
    assert!(up.min(down) > silence, "{up:?} up, {down:?} down");
}

#[tokio::test]
async fn a_line_that_stands_still_in_the_middle_of_a_file_is_given_up() {
    let scene = with_limits(Duration::from_secs(3), LONG).await;
    slow_down(&scene, 400_000);
    let progress = Progress::new();
    let upload = scene.network.carry_up(vec![7; 1_000_000], None, Some(&progress));
    let stop = async {
        while progress.sent() < 300 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        slow_down(&scene, 0);
        tokio::time::Instant::now()
    };
    let ends = tokio::time::timeout(2 * PATIENCE, async { tokio::join!(upload, stop) });
    let (failed, stopped) = Box::pin(ends).await.unwrap();
    assert_eq!(failed, Err(FileError::Network(SwarmError::Timeout)));
    assert!(progress.sent() < 1_000);
    // The guard itself endures more.
    let endured = stopped.elapsed();
    assert!(
        endured > Duration::from_secs(2) && endured < PATIENCE / 2,
        "{endured:?}"
    );
}

#[tokio::test]
async fn a_guard_that_takes_a_file_and_falls_silent_is_given_up() {
    let scene = with_limits(Duration::from_millis(500), LONG).await;
    for path in scene.paths() {
        scene
            .control
            .add_fault(path[0], Fault::new(Level::Path, Effect::Silent));
    }
    let upload = scene.network.upload(vec![7; 200_000], None);
    let failed = tokio::time::timeout(PATIENCE, upload).await.unwrap();
    assert_eq!(failed, Err(FileError::Network(SwarmError::Timeout)));
}

#[tokio::test]
async fn a_line_that_only_trickles_is_given_up_in_the_end() {
    let scene = with_limits(LONG, Duration::from_secs(1)).await;
    slow_down(&scene, 20_000);
    let upload = scene.network.upload(vec![7; 1_000_000], None);
    let failed = tokio::time::timeout(PATIENCE, upload).await.unwrap();
    assert_eq!(failed, Err(FileError::Network(SwarmError::Timeout)));
}
