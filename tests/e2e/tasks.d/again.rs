// A task that waits for one thing again and again, and all the time for another, which never comes.
use std::sync::Arc;
use tokio::sync::{Notify, Semaphore};

async fn wait_for_both(never: Notify, often: Arc<Semaphore>) {
    let notified = never.notified();
    tokio::pin!(notified);
    loop {
        tokio::select! { permit = often.acquire() => permit.unwrap().forget(), _ = &mut notified => {} }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let often = Arc::new(Semaphore::new(0));
    tokio::spawn(wait_for_both(Notify::new(), often.clone()));
    for _ in 0..20 {
        often.add_permits(1);
        for _ in 0..10 {
            tokio::task::yield_now().await
        }
    }
    std::process::exit(0)
}
