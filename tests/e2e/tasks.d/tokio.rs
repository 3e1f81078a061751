// Of 100 tasks, 40 finish, 30 wait at a Notify, 20 sleep, and nobody can wake 10.
use std::{sync::Arc, time::Duration};
use tokio::sync::Notify;

async fn finished() -> u64 {
    tokio::task::yield_now().await;
    7
}

async fn at_notify(notify: Arc<Notify>) {
    notify.notified().await
}

async fn asleep() {
    tokio::time::sleep(Duration::from_secs(3600)).await
}

async fn lost() {
    std::future::pending::<()>().await
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let notify = Arc::new(Notify::new());
    let mut kept = vec![];
    for i in 0..100u32 {
        match i % 10 {
            0..=3 => kept.push(tokio::spawn(finished())),
            4..=6 => drop(tokio::spawn(at_notify(notify.clone()))),
            7..=8 => drop(tokio::spawn(asleep())),
            _ => drop(tokio::spawn(lost())),
        }
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    std::process::exit(if kept.iter().all(|task| task.is_finished()) { 0 } else { 1 })
}
