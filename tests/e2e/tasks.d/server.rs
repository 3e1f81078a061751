// 1,000 tasks of a server, or as many as it is told: a quarter waits for a lock, which one of them
// holds while it sleeps, the others for a message, and one for connections. One task blocks its
// thread, and nobody can wake another one.
use std::{sync::Arc, time::Duration};
use tokio::net::TcpListener;
use tokio::sync::{Mutex, Notify};

async fn store(lock: &Mutex<u64>) {
    let mut stored = lock.lock().await;
    tokio::time::sleep(Duration::from_secs(3600)).await;
    *stored += 1;
}

async fn handle(number: usize, lock: Arc<Mutex<u64>>, message: Arc<Notify>) {
    if number % 4 == 0 {
        store(&lock).await
    } else {
        message.notified().await
    }
}

async fn listen() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    while listener.accept().await.is_ok() {}
}

async fn block() {
    std::thread::sleep(Duration::from_secs(3600))
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let tasks = std::env::args().nth(1).map_or(1000, |text| text.parse().unwrap());
    let (lock, message) = (Arc::new(Mutex::new(0)), Arc::new(Notify::new()));
    for number in 0..tasks {
        tokio::spawn(handle(number, lock.clone(), message.clone()));
    }
    tokio::spawn(listen());
    tokio::spawn(std::future::pending::<()>());
    tokio::time::sleep(Duration::from_millis(300)).await;
    tokio::spawn(block());
    tokio::time::sleep(Duration::from_secs(60)).await
}
